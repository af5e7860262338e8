import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bundle } from '../../src/policy/bundle.ts';
import { type Caller, type Decision, decide } from '../../src/policy/decide.ts';
import { GATES } from '../../src/policy/gates.ts';
import type { Objection, Permission, Restriction, SubjectFacts } from '../../src/record/facts.ts';
import { anyCaller, anyFacts, glass, objection, permission, restriction } from './draw.ts';
import { allocation, bundle, caller, DAY, facts, ME, NOW, SIGNPOST, view } from './world.ts';

const VIEW = view();
const look = (found: Partial<SubjectFacts> = {}, who: Partial<Caller> = {}, policy: Bundle = bundle) =>
  decide(policy, policy === bundle ? VIEW : view(policy), { ...caller, ...who }, facts(found));

/** `holder Field`, for every field that is shown. */
function opened({ sections }: Decision): string[] {
  return [...sections.values()]
    .flatMap(({ holders }) =>
      holders.flatMap(({ holder, fields, link }) => (link ? [...fields].map((field) => `${holder} ${field}`) : [])),
    )
    .sort();
}

const refusals = ({ reasons }: Decision) =>
  reasons.filter(({ outcome }) => outcome === 'refuse').map(({ gate, code }) => `${gate} ${code}`);

const ALWAYS = [
  'hmpps-prisons Custody.offence',
  'hmpps-prisons Custody.releaseDate',
  'northmere-police Policing.markers',
  'northmere-police Policing.text',
  'southdale-police Policing.markers',
  'southdale-police Policing.text',
];
const NO_GLASS = 'break-glass NONE';

describe('every gate is evaluated and kept, in one order', () => {
  test.each<[string, Decision, string[]]>([
    ['nobody found', decide(bundle, VIEW, caller, null), ['relationship UNKNOWN', NO_GLASS]],
    ['somebody unrelated', look({ relationships: [] }), ['relationship NONE', NO_GLASS]],
    [
      'all that can refuse at once',
      look(
        {
          relationships: [{ ...allocation, type: 'OTHER' }],
          restrictions: [restriction({})],
          interests: [OWN_RECORD()],
        },
        { asked: 4 },
      ),
      [
        'relationship NONE_CARRIES_PURPOSE',
        'restriction OWN_RECORD',
        'restriction RESTRICTED',
        'volume OVER_LIMIT',
        NO_GLASS,
      ],
    ],
    [
      'a view that is empty',
      decide(bundle, view(bundle, 'DA_CHECK'), caller, facts({ restrictions: [restriction({})] })),
      ['view EMPTY_VIEW', 'restriction RESTRICTED'],
    ],
    ['somebody seen', look(), []],
  ])('%s', (_, decision, expected) => {
    expect(refusals(decision)).toEqual(expected);
    expect([...new Set(decision.reasons.map(({ gate }) => gate))]).toEqual([
      'view',
      'relationship',
      'restriction',
      'volume',
      'break-glass',
    ]);
    expect(decision.permitted).toBe(expected.length === 0);
  });

  test('whatever the facts', () => {
    fc.assert(
      fc.property(anyFacts, anyCaller, (found, who) => {
        const places = decide(bundle, VIEW, who, found).reasons.map(({ gate }) => GATES.indexOf(gate));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        expect(new Set(places).size).toBe(5);
      }),
    );
  });
});

const OWN_RECORD = () => ({ type: 'OWN_RECORD' as const, from: '2026-01-01', until: null });

describe('SHARE-06 restriction beats all', () => {
  test.each<[string, Partial<SubjectFacts>]>([
    ['a listed relationship', { relationships: [allocation] }],
    ['a relationship by cover', { relationships: [{ ...allocation, standing: 'COVER', cover: 'COVER-1' }] }],
    ['break-glass', { relationships: [], breakGlass: [glass({})] }],
    ['every permission', { permissions: [permission({}), permission({ type: 'TREATMENT_CONDITION' })] }],
  ])('%s', (_, found) => {
    expect(look(found).permitted).toBe(true);
    const closed = look({ ...found, restrictions: [restriction({})] });
    expect([closed.permitted, opened(closed), closed.identifiers]).toEqual([false, [], []]);
    expect(refusals(closed)).toContain('restriction RESTRICTED');
  });

  test('another restriction lists the caller, and this one does not', () => {
    const listed = restriction({ owner: 'northmere-police', accounts: [`probation-service/${ME}`] });
    expect(look({ restrictions: [listed] }).permitted).toBe(true);
    expect(refusals(look({ restrictions: [listed, restriction({})] }))).toEqual(['restriction RESTRICTED']);
  });

  test.each<[string, Partial<Restriction>, string[], string]>([
    ['a desk of the caller', { desks: ['probation-service/DESK'] }, ['probation-service/DESK'], ''],
    ['a desk of others', { desks: ['probation-service/DESK'] }, ['probation-service/TEAM'], 'RESTRICTED'],
    ['a desk of that name elsewhere', { desks: ['northmere-police/DESK'] }, ['probation-service/DESK'], 'RESTRICTED'],
    ['an account, in no desk', { accounts: [`probation-service/${ME}`], desks: ['probation-service/DESK'] }, [], ''],
    [
      'a list that cannot be read',
      { accounts: null, desks: ['probation-service/DESK'] },
      ['probation-service/DESK'],
      'UNREADABLE',
    ],
    ['an exclusion that cannot be read', { type: 'EXCLUSION', accounts: null }, [], 'UNREADABLE'],
    ['an exclusion of others', { type: 'EXCLUSION', accounts: ['probation-service/PRO-0002'] }, [], ''],
    ['an exclusion by name', { type: 'EXCLUSION', accounts: [`probation-service/${ME}`] }, [], 'EXCLUDED'],
    [
      'a name not known, at the caller’s',
      { type: 'EXCLUSION', unresolved: ['probation-service'] },
      [],
      'UNRESOLVED_NAME',
    ],
    ['a name not known, elsewhere', { type: 'EXCLUSION', unresolved: ['northmere-police'] }, [], ''],
  ])('%s', (_, given, callerTeams, code) => {
    const decision = look({ restrictions: [restriction(given)], callerTeams });
    expect(refusals(decision)).toEqual(code === '' ? [] : [`restriction ${code}`]);
  });

  test.each(['OWN_RECORD', 'DECLARED_INTEREST'] as const)('%s closes, on its days', (type) => {
    const interest = { type, from: '2026-11-22', until: '2026-11-22' };
    expect(refusals(look({ interests: [interest] }))).toEqual([`restriction ${type}`]);
    expect(look({ interests: [{ ...interest, from: '2026-11-23', until: null }] }).permitted).toBe(true);
    expect(look({ interests: [{ ...interest, from: '2026-11-01', until: '2026-11-21' }] }).permitted).toBe(true);
  });

  test('one more restriction never opens anything', () => {
    fc.assert(
      fc.property(
        anyFacts,
        anyCaller,
        fc.array(fc.record({ accounts: fc.constantFrom([], null) })),
        (found, who, more) => {
          const restrictions = [...found.restrictions, ...more.map(restriction)];
          const before = opened(decide(bundle, VIEW, who, found));
          for (const field of opened(decide(bundle, VIEW, who, { ...found, restrictions })))
            expect(before).toContain(field);
          if (more.length > 0) expect(decide(bundle, VIEW, who, { ...found, restrictions }).permitted).toBe(false);
        },
      ),
    );
  });
});

describe('SHARE-10 relationships', () => {
  test.each(['SELF', 'TEAM', 'DUTY', 'COVER'] as const)('held as %s carries the purpose', (standing) => {
    const cover = standing === 'COVER' ? 'COVER-1' : null;
    const { relationship, reasons } = look({ relationships: [{ ...allocation, standing, cover }] });
    expect(relationship?.standing).toBe(standing);
    expect(reasons.find(({ gate }) => gate === 'relationship')).toEqual({
      gate: 'relationship',
      outcome: 'pass',
      code: 'SUPERVISION_ALLOCATION',
      ref: cover ?? 'ALLOC-1',
    });
  });

  test.each(['SELF', 'TEAM', 'DUTY', 'COVER'] as const)(
    'held as %s does not, where the caller asserted it',
    (standing) => {
      const own = { ...allocation, standing, cover: 'COVER-1', practitioner: 'PRO-0002', assertedBy: ME };
      expect(refusals(look({ relationships: [own] }))).toEqual(['relationship NONE_CARRIES_PURPOSE', NO_GLASS]);
    },
  );
});

describe('permissions', () => {
  const closed = (permissions: Permission[]) =>
    opened(look({ permissions })).filter((field) => !ALWAYS.includes(field));

  test.each<[string, Partial<Permission>, string[]]>([
    ['a confidentiality permission for this kind of recipient', {}, ['northmere-treatment Treatment.engaged']],
    ['for another kind', { recipientType: 'police-force' }, []],
    ['that names no recipient', { recipientType: null }, []],
    ['at this holder', { holder: 'northmere-treatment' }, ['northmere-treatment Treatment.engaged']],
    ['at another holder', { holder: 'southdale-treatment' }, []],
    ['withdrawn', { until: '2026-11-21' }, []],
    ['on its last day', { until: DAY }, ['northmere-treatment Treatment.engaged']],
    ['not begun', { from: '2026-11-23' }, []],
    [
      'a treatment condition, that need name nothing',
      { type: 'TREATMENT_CONDITION', recipientType: null },
      ['northmere-treatment Treatment.engaged'],
    ],
    [
      'an agreement to be referred to this authority',
      { type: 'AGREEMENT_TO_REFER', holder: 'northmere-housing', recipientType: null },
      ['northmere-housing Accommodation.duty'],
    ],
    ['to no authority', { type: 'AGREEMENT_TO_REFER', recipientType: null }, []],
    ['to another authority', { type: 'AGREEMENT_TO_REFER', holder: 'southdale-housing', recipientType: null }, []],
    ['of a type that nobody knows', { type: 'ANYTHING', holder: null, recipientType: null }, []],
  ])('%s', (_, given, expected) => {
    expect(closed([permission(given)])).toEqual(expected);
  });

  test('none widens: without the agreement it opens nothing', () => {
    const policy = { ...bundle, agreements: bundle.agreements.filter(({ reference }) => reference !== 'TRT-01') };
    expect(opened(look({ permissions: [permission({})] }, {}, policy))).toEqual(ALWAYS);
  });
});

describe('an objection that was upheld narrows', () => {
  const offence = 'hmpps-prisons Custody.offence';
  const without = (given: Partial<Objection>) => {
    const decision = look({ objections: [objection(given)] });
    const fields = opened(decision);
    const closed = ALWAYS.filter((field) => !fields.includes(field));
    if (closed.length > 0) expect(decision.narrowed).toBe(true);
    return closed;
  };

  test.each<[string, Partial<Objection>, string[]]>([
    ['its class', {}, [offence]],
    ['at one holder', { holder: 'hmpps-prisons' }, [offence]],
    ['at one of two', { dataClass: 'policing.text', holder: 'southdale-police' }, ['southdale-police Policing.text']],
    ['for this kind of recipient', { recipientType: 'probation-service' }, [offence]],
    ['for another kind', { recipientType: 'police-force' }, []],
    ['at another holder', { holder: 'southdale-police' }, []],
    ['lifted', { until: '2026-11-21' }, []],
    ['a class that protects: never', { dataClass: 'policing.markers' }, []],
    ['a class that nobody knows', { dataClass: 'custody.other' }, []],
  ])('%s', (_, given, expected) => {
    expect(without(given)).toEqual(expected);
  });

  test('a number of theirs goes with its class, and waits for what the agreement asks', () => {
    const PRISON_NUMBER = 'identifiers.prison-number';
    const numbers = (found: Partial<SubjectFacts>, policy: Bundle = bundle) =>
      look(found, {}, policy).identifiers.length;
    expect(numbers({})).toBe(1);
    expect(numbers({ objections: [objection({ dataClass: PRISON_NUMBER })] })).toBe(0);
    expect(numbers({ objections: [objection({ dataClass: PRISON_NUMBER, holder: 'southdale-police' })] })).toBe(1);
    const waiting = bundle.agreements.map((each) =>
      each.reference === 'PRI-01' ? { ...each, requires: new Map([[PRISON_NUMBER, ['CONFIDENTIALITY']]]) } : each,
    );
    const policy = { ...bundle, agreements: waiting };
    expect(numbers({}, policy)).toBe(0);
    expect(numbers({ permissions: [permission({ until: '2026-11-21' })] }, policy)).toBe(0);
    expect(numbers({ permissions: [permission({})] }, policy)).toBe(1);
  });

  test('a permission does not undo it', () => {
    const objections = [objection({ dataClass: 'treatment.engagement' })];
    expect(opened(look({ objections, permissions: [permission({})] }))).toEqual(ALWAYS);
  });

  test('what a decision does not call narrowed opens all that needs no permission', () => {
    fc.assert(
      fc.property(anyFacts, anyCaller, (found, who) => {
        const decision = decide(bundle, VIEW, who, found);
        if (!decision.permitted || decision.narrowed) return;
        for (const { name, holders } of VIEW.sections.values()) {
          for (const { holder, unconditional } of holders.values()) {
            const own = decision.sections.get(name)?.holders.find((each) => each.holder === holder);
            for (const field of unconditional) expect(own?.fields).toContain(field);
          }
        }
      }),
    );
  });
});

describe('break-glass stands in for a relationship', () => {
  const EMERGENCY = [
    'hmpps-prisons Custody.releaseDate',
    'northmere-police Policing.markers',
    'southdale-police Policing.markers',
  ];
  const broken = { relationships: [], breakGlass: [glass({})] };

  test('and shows what agreements mark for emergencies, and no identifier', () => {
    const decision = look(broken);
    expect(opened(decision)).toEqual(EMERGENCY);
    expect(decision.identifiers).toEqual([]);
    expect(look().identifiers).toHaveLength(1);
    expect([decision.relationship, decision.breakGlass?.id, decision.narrowed]).toEqual([null, 'BG-1', true]);
  });

  test('and is not looked at where there is a relationship', () => {
    const decision = look({ breakGlass: [glass({})] });
    expect([decision.breakGlass, opened(decision)]).toEqual([null, ALWAYS]);
  });

  test.each<[string, Parameters<typeof glass>[0], Partial<Caller>]>([
    ['in a list', {}, { alone: false }],
    ['after its minutes', {}, { now: glass({}).until }],
    ['for another purpose', { purpose: 'DA_CHECK' }, {}],
    ['in another role', { role: 'probation-manager' }, {}],
  ])('not %s', (_, grant, who) => {
    const decision = look({ relationships: [], breakGlass: [glass(grant)] }, who);
    expect([decision.permitted, opened(decision)]).toEqual([false, []]);
    expect(refusals(decision)).toEqual(['relationship NONE', NO_GLASS]);
  });

  test('to its last moment', () => {
    const now = new Date(glass({}).until.getTime() - 1);
    expect(look(broken, { now }).permitted).toBe(true);
  });

  test('lifts no restriction, no own record, no limit', () => {
    expect(refusals(look({ ...broken, restrictions: [restriction({})] }))).toContain('restriction RESTRICTED');
    expect(refusals(look({ ...broken, interests: [OWN_RECORD()] }))).toContain('restriction OWN_RECORD');
    expect(refusals(look(broken, { asked: 4 }))).toContain('volume OVER_LIMIT');
    expect(look({ ...broken, restrictions: [restriction({})] }).breakGlass).toBeNull();
  });

  test('lifts no permission and no objection', () => {
    const marked = bundle.agreements.map((each) => ({
      ...each,
      emergency: new Map([['probation-practitioner', each.classes]]),
    }));
    const policy = { ...bundle, agreements: marked };
    expect(opened(look(broken, {}, policy))).toEqual(ALWAYS);
    expect(opened(look({ ...broken, permissions: [permission({})] }, {}, policy))).toHaveLength(ALWAYS.length + 1);
    expect(opened(look({ ...broken, objections: [objection({})] }, {}, policy))).toHaveLength(ALWAYS.length - 1);
  });

  test('lifts no agreement', () => {
    const ended = bundle.agreements.map((each) =>
      each.reference === 'PRI-01' ? { ...each, until: '2026-11-21' } : each,
    );
    expect(opened(look(broken, {}, { ...bundle, agreements: ended }))).toEqual(EMERGENCY.slice(1));
  });
});

test('volume: the last person within the limit, and the first over it', () => {
  expect(look({}, { asked: 3 }).permitted).toBe(true);
  expect(refusals(look({}, { asked: 4 }))).toEqual(['volume OVER_LIMIT']);
});

describe('the owner’s signpost', () => {
  const signpost = (found: Partial<SubjectFacts>, who: Partial<Caller> = {}) => look(found, who).signpost;
  const own = restriction({});

  test('is for its own practitioners, when nothing but its restriction is in the way', () => {
    expect(signpost({ restrictions: [own] })).toEqual(SIGNPOST);
    expect(signpost({ restrictions: [own, own] })).toEqual(SIGNPOST);
  });

  test.each<[string, Partial<SubjectFacts>, Partial<Caller>]>([
    ['another owner’s restriction', { restrictions: [restriction({ owner: 'northmere-police' })] }, {}],
    ['another owner’s beside it', { restrictions: [own, restriction({ owner: 'northmere-police' })] }, {}],
    ['an exclusion', { restrictions: [restriction({ type: 'EXCLUSION', accounts: [`probation-service/${ME}`] })] }, {}],
    ['a list that cannot be read', { restrictions: [restriction({ accounts: null })] }, {}],
    ['no relationship', { relationships: [], restrictions: [own] }, {}],
    ['break-glass alone', { relationships: [], breakGlass: [glass({})], restrictions: [own] }, {}],
    ['too many people', { restrictions: [own] }, { asked: 4 }],
    ['the caller’s own record', { restrictions: [own], interests: [OWN_RECORD()] }, {}],
    ['nothing', {}, {}],
  ])('not with %s', (_, found, who) => {
    expect(signpost(found, who)).toBeNull();
  });

  test('not where the owner has none', () => {
    const restrictions = new Map(bundle.restrictions);
    restrictions.delete('probation-service');
    expect(look({ restrictions: [own] }, {}, { ...bundle, restrictions }).signpost).toBeNull();
  });
});

test('a decision is of its moment: the same facts, the same answer', () => {
  fc.assert(
    fc.property(anyFacts, anyCaller, (found, who) => {
      expect(decide(bundle, VIEW, who, found)).toEqual(decide(bundle, VIEW, who, found));
    }),
    { numRuns: 50 },
  );
  expect(NOW.toISOString().slice(0, 10)).toBe(DAY);
});
