import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRecord } from '../../src/gateway/read-record.ts';
import type { Bundle } from '../../src/policy/bundle.ts';
import { type Caller, type Decision, decide, whyWithheld } from '../../src/policy/decide.ts';
import { loadBundle } from '../../src/policy/load/load.ts';
import { territoryOf } from '../../src/policy/territory.ts';
import { compileView, type Territory, type View } from '../../src/policy/view.ts';
import {
  type HeldRelationship,
  type Link,
  NO_FACTS,
  type Permission,
  type Restriction,
  type SubjectFacts,
} from '../../src/record/facts.ts';

const DAY = '2026-11-22';
const ME = 'PRO-0001';
const ACCOUNT = `probation-service/${ME}`;
let bundle: Bundle;
let territory: Territory;

beforeAll(async () => {
  const record = await readRecord('schema');
  bundle = await loadBundle('policies', record);
  territory = territoryOf({ bundle, record });
});

const caller: Caller = { practitioner: ME, now: new Date(`${DAY}T12:00:00Z`), alone: true, asked: 1 };

const allocation: HeldRelationship = {
  type: 'SUPERVISION_ALLOCATION',
  partner: 'probation-service',
  practitioner: ME,
  team: null,
  assertedBy: 'probation-service:allocation-feed',
  evidence: 'ALLOC-1',
  from: '2026-01-01',
  until: null,
  standing: 'SELF',
  cover: null,
};

function view(overrides: { role?: string; purpose?: string; partner?: string; day?: string } = {}): View {
  const asked = {
    role: 'probation-practitioner',
    purpose: 'RELEASE_PLANNING',
    partner: 'probation-service',
    day: DAY,
    ...overrides,
  };
  const compiled = compileView(bundle, territory, asked);
  if (!compiled) throw new Error(`no view for ${JSON.stringify(asked)}`);
  return compiled;
}

function typeOf(source: string): string {
  const key = territory.sections.find((section) => section.source === source)?.keyField;
  return [...bundle.identifiers.values()].find((type) => type.key === key)?.name ?? '';
}

function facts(overrides: Partial<SubjectFacts> = {}): SubjectFacts {
  return {
    ...NO_FACTS,
    person: '00000000-0000-4000-8000-000000000001',
    links: territory.holders.map(({ code, source }) => ({
      holder: code,
      type: typeOf(source),
      value: 'X000001',
      confidence: 1,
    })),
    relationships: [allocation],
    ...overrides,
  };
}

/** Every (section, holder, coordinate) that a decision opens. */
function opened(decision: Decision): Set<string> {
  const all = new Set<string>();
  for (const [section, { holders }] of decision.sections) {
    for (const { holder, fields, link } of holders) {
      if (link) for (const field of fields) all.add(`${section} ${holder} ${field}`);
    }
  }
  return all;
}

const refusals = (decision: Decision) =>
  decision.reasons
    .filter(({ outcome, gate }) => outcome === 'refuse' && gate !== 'break-glass')
    .map(({ code }) => code);

describe('SHARE-10 no purpose opens a record without a relationship that someone else asserted', () => {
  test.each([
    ['none at all', [], ['NONE']],
    [
      'one of a type that does not carry the purpose',
      [{ ...allocation, type: 'BENEFIT_CLAIM' }],
      ['NONE_CARRIES_PURPOSE'],
    ],
    ['one the caller asserted', [{ ...allocation, assertedBy: ME }], ['NONE_CARRIES_PURPOSE']],
    [
      'one the caller asserted, by their account',
      [{ ...allocation, assertedBy: `probation-service/${ME}` }],
      ['NONE_CARRIES_PURPOSE'],
    ],
    ['one that has not begun', [{ ...allocation, from: '2026-11-23' }], ['NONE_CARRIES_PURPOSE']],
    ['one that ended long ago', [{ ...allocation, until: '2020-01-01' }], ['NONE_CARRIES_PURPOSE']],
  ] as const)('%s', (_name, relationships, expected) => {
    const decision = decide(bundle, view(), caller, facts({ relationships }));
    expect(decision.permitted).toBe(false);
    expect(decision.sections.size).toBe(0);
    expect(refusals(decision)).toEqual(expected);
  });

  test('an ended relationship carries through its grace and not a day longer', () => {
    const grace = bundle.relationships.get('SUPERVISION_ALLOCATION')?.graceDays ?? 0;
    const until = new Date(Date.parse(DAY) - grace * 86_400_000).toISOString().slice(0, 10);
    const before = new Date(Date.parse(DAY) - (grace + 1) * 86_400_000).toISOString().slice(0, 10);
    expect(decide(bundle, view(), caller, facts({ relationships: [{ ...allocation, until }] })).permitted).toBe(true);
    expect(decide(bundle, view(), caller, facts({ relationships: [{ ...allocation, until: before }] })).permitted).toBe(
      false,
    );
  });
});

describe('SHARE-06 a restriction binds everyone and opens only by name', () => {
  const restriction: Restriction = {
    type: 'RESTRICTION',
    owner: 'probation-service',
    accounts: [],
    desks: [],
    unresolved: [],
    from: '2026-01-01',
    until: null,
  };
  test.each([
    ['restricted, not listed', [restriction], false, ['RESTRICTED']],
    ['restricted, listed', [{ ...restriction, accounts: [ACCOUNT] }], true, []],
    ['two restrictions, listed in one', [{ ...restriction, accounts: [ACCOUNT] }, restriction], false, ['RESTRICTED']],
    ['excluded by name', [{ ...restriction, type: 'EXCLUSION', accounts: [ACCOUNT] }], false, ['EXCLUDED']],
    [
      'somebody else excluded',
      [{ ...restriction, type: 'EXCLUSION', accounts: ['probation-service/PRO-0002'] }],
      true,
      [],
    ],
    ['lifted yesterday', [{ ...restriction, until: '2026-11-21' }], true, []],
    [
      'listed under the same id at another partner',
      [{ ...restriction, accounts: [`northmere-police/${ME}`] }],
      false,
      ['RESTRICTED'],
    ],
    [
      'of a kind nobody knows',
      [{ ...restriction, type: 'SOMETHING' as 'RESTRICTION' }],
      false,
      ['UNKNOWN_RESTRICTION'],
    ],
  ] as const)('%s', (_name, restrictions, permitted, expected) => {
    const decision = decide(bundle, view(), caller, facts({ restrictions }));
    expect(decision.permitted).toBe(permitted);
    expect(refusals(decision)).toEqual(expected);
  });
});

describe('SHARE-07 what has ended is closed on its day', () => {
  test('every agreement of the demonstration ends: afterwards no view holds a field', () => {
    const last =
      bundle.agreements
        .map(({ until }) => until ?? '')
        .sort()
        .at(-1) ?? '';
    const after = new Date(Date.parse(last) + 86_400_000).toISOString().slice(0, 10);
    const decision = decide(bundle, view({ day: after }), caller, facts());
    expect(opened(view({ day: last }) && decide(bundle, view({ day: last }), caller, facts())).size).toBeGreaterThan(0);
    expect(opened(decision).size).toBe(0);
  });

  test('a withdrawn permission closes treatment.engagement to probation', () => {
    const given: Permission = {
      type: 'CONFIDENTIALITY',
      holder: null,
      recipientType: 'probation-service',
      from: '2026-01-01',
      until: null,
    };
    const sees = (permissions: readonly Permission[]) =>
      [...opened(decide(bundle, view(), caller, facts({ permissions })))].some((field) =>
        field.endsWith('Treatment.engaged'),
      );
    expect(sees([given])).toBe(true);
    expect(sees([{ ...given, until: '2026-11-21' }])).toBe(false);
    expect(sees([{ ...given, recipientType: 'police-force' }])).toBe(false);
    expect(sees([{ ...given, holder: 'health-service' }])).toBe(false);
    expect(sees([{ ...given, recipientType: null }])).toBe(false);
    expect(sees([{ ...given, type: 'TREATMENT_CONDITION' }])).toBe(true);
    expect(sees([])).toBe(false);
  });
});

describe('SHARE-01 two keys turn', () => {
  test('a field is open only where the role needs its class and an agreement of its holder gives it', () => {
    for (const [name, role] of bundle.roles) {
      for (const purpose of role.purposes.keys()) {
        for (const partner of bundle.partners.values()) {
          const compiled = compileView(bundle, territory, { role: name, purpose, partner: partner.code, day: DAY });
          if (!role.partnerTypes.includes(partner.type)) {
            expect(compiled).toBeNull();
            continue;
          }
          for (const section of compiled?.sections.values() ?? []) {
            const needed = new Set(role.purposes.get(purpose)?.sections.get(section.name)?.classes);
            for (const { holder, fields } of section.holders.values()) {
              for (const [coordinate, { agreement, dataClass }] of fields) {
                expect(bundle.classOf.get(coordinate)).toBe(dataClass);
                expect(needed.has(dataClass)).toBe(true);
                const given = bundle.agreements.find(({ reference }) => reference === agreement);
                expect(given?.holders).toContain(holder);
                expect(given?.purposes).toContain(purpose);
                expect(given?.classes).toContain(dataClass);
                expect(
                  given?.recipients === 'own' ? holder === partner.code : given?.recipients.includes(partner.code),
                ).toBe(true);
              }
            }
          }
        }
      }
    }
  });

  test('a purpose that the role does not have, or a role of another kind of partner, has no view', () => {
    const of = (role: string, purpose: string, partner: string) =>
      compileView(bundle, territory, { role, purpose, partner, day: DAY });
    expect(of('housing-officer', 'PUBLIC_PROTECTION', 'northmere-housing')).toBeNull();
    expect(of('housing-officer', 'HOUSING_REFERRAL', 'northmere-police')).toBeNull();
    expect(of('housing-officer', 'HOUSING_REFERRAL', 'nobody')).toBeNull();
    expect(of('nobody', 'HOUSING_REFERRAL', 'northmere-housing')).toBeNull();
  });
});

describe('properties of the decision', () => {
  let seen: View;
  beforeAll(() => {
    seen = view();
  });
  const permission = fc.record({
    type: fc.constantFrom('CONFIDENTIALITY', 'TREATMENT_CONDITION', 'AGREEMENT_TO_REFER'),
    holder: fc.constantFrom(null, 'northmere-treatment', 'health-service'),
    recipientType: fc.constantFrom(null, 'probation-service', 'police-force'),
    from: fc.constantFrom('2026-01-01', '2027-01-01'),
    until: fc.constantFrom(null, '2026-06-01', '2026-12-01'),
  });
  const restriction = fc.record({
    type: fc.constantFrom('RESTRICTION' as const, 'EXCLUSION' as const),
    owner: fc.constant('probation-service'),
    accounts: fc.subarray([ACCOUNT, 'probation-service/PRO-0002']),
    desks: fc.constant([]),
    unresolved: fc.constant([]),
    from: fc.constantFrom('2026-01-01', '2027-01-01'),
    until: fc.constantFrom(null, '2026-06-01'),
  });

  test('a restriction more never opens anything', () => {
    fc.assert(
      fc.property(fc.array(restriction, { maxLength: 4 }), restriction, (restrictions, another) => {
        const before = opened(decide(bundle, seen, caller, facts({ restrictions })));
        const after = opened(decide(bundle, seen, caller, facts({ restrictions: [...restrictions, another] })));
        for (const field of after) expect(before).toContain(field);
      }),
      { numRuns: 100 },
    );
  });

  test('a permission less never opens anything, and none opens more than the view holds', () => {
    fc.assert(
      fc.property(fc.array(permission, { maxLength: 5 }), (permissions) => {
        const all = opened(decide(bundle, seen, caller, facts({ permissions })));
        const fewer = opened(decide(bundle, seen, caller, facts({ permissions: permissions.slice(1) })));
        for (const field of fewer) expect(all).toContain(field);
        for (const field of all) {
          const [section = '', holder = '', coordinate = ''] = field.split(' ');
          expect(seen.sections.get(section)?.holders.get(holder)?.fields.has(coordinate)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('a link under the threshold is not followed', () => {
    const threshold = bundle.sections.get('supervision')?.matchThreshold ?? 0;
    const at = (confidence: number) =>
      decide(
        bundle,
        seen,
        caller,
        facts({ links: [{ holder: 'probation-service', type: 'CRN', value: 'X000001', confidence }] }),
      ).sections.get('supervision')?.holders[0]?.link;
    expect(at(threshold)).not.toBeNull();
    expect(at(threshold - 0.001)).toBeNull();
  });
});

describe('SHARE-08 each holder is asked by its own type of identifier', () => {
  const linkAt = (...links: readonly Link[]) =>
    decide(bundle, view(), caller, facts({ links })).sections.get('supervision')?.holders[0]?.link;
  const crn: Link = { holder: 'probation-service', type: 'CRN', value: 'X000001', confidence: 0.96 };

  test('a link of another type is no link', () => {
    expect(linkAt({ ...crn, type: 'PRISON_NUMBER', value: 'A1234AA' })).toBeNull();
    expect(linkAt({ ...crn, type: 'PRISON_NUMBER', value: 'A1234AA', confidence: 1 }, crn)).toEqual(crn);
  });

  test('of two links the surer one counts', () => {
    const surer = { ...crn, value: 'X000002', confidence: 0.99 };
    expect(linkAt(crn, surer)).toEqual(surer);
    expect(linkAt(surer, crn)).toEqual(surer);
  });

  test("a number that may be somebody else's is not told", () => {
    const told = (confidence: number) =>
      decide(bundle, view(), caller, facts({ links: [{ ...crn, confidence }] })).identifiers;
    expect(told(0.99)).toHaveLength(1);
    expect(told(0.5)).toEqual([]);
  });
});

describe('why a field is withheld', () => {
  test('outside the view, without an agreement, without a permission: three grounds', () => {
    expect(whyWithheld(view(), 'treatment', 'Treatment.substances', null)).toMatchObject({
      gate: 'view',
      code: 'NOT_IN_VIEW',
    });
    expect(whyWithheld(view(), 'nowhere', 'Nowhere.field', null)).toMatchObject({ gate: 'view', code: 'NOT_IN_VIEW' });
    expect(whyWithheld(view({ day: '2020-01-01' }), 'custody', 'Custody.releaseDate', null)).toMatchObject({
      gate: 'agreement',
      code: 'NO_AGREEMENT',
    });
    expect(whyWithheld(view(), 'treatment', 'Treatment.engaged', null)).toMatchObject({
      gate: 'permission',
      code: 'NO_PERMISSION',
    });
  });
});
