import { describe, expect, test } from 'vitest';
import { auditEvent } from '../../src/audit/export/fhir.ts';
import { FULL, SAMPLES } from './export-samples.ts';

interface Node {
  readonly [key: string]: Node | undefined;
}

/** What must be there: a place, a slice by the code of its `type`, how often, and of which codes. */
type Rule = readonly [place: string, least: number, most: number, codes?: readonly string[]];

/** https://hl7.org/fhir/R4/auditevent.html: elements with a cardinality from 1. */
const R4: readonly Rule[] = [
  ['type', 1, 1],
  ['recorded', 1, 1],
  ['agent', 1, 99],
  ['agent.requestor', 1, 1],
  ['source', 1, 1],
  ['source.observer', 1, 1],
  ['entity.detail.type', 1, 1],
  ['entity.detail.valueString', 1, 1],
];

const agent = (code: string): Rule[] => [
  [`agent[${code}]`, 1, 1],
  [`agent[${code}].who`, 1, 1],
  [`agent[${code}].network`, 1, 1],
  [`agent[${code}].media`, 0, 0],
];

const PATIENT: readonly Rule[] = [
  ['entity', 2, 99],
  ['entity[1]', 1, 1],
  ['entity[1].role', 1, 1, ['1']],
  ['entity[1].what', 1, 1],
];

/** IHE/ITI.BasicAudit, commit 09fe729, input/fsh/PatientRead.fsh. */
const READ: readonly Rule[] = [
  ['type', 1, 1, ['rest']],
  ['subtype', 1, 99, ['read', 'vread']],
  ['action', 1, 1, ['R']],
  ['outcome', 1, 1, ['0']],
  ['agent', 2, 99],
  ...agent('110152'),
  ...agent('110153'),
  ['agent[IRCP]', 0, 1],
  ['agent[IRCP].who', 1, 1],
  ['agent[IRCP].requestor', 1, 1],
  ['agent[IRCP].media', 0, 0],
  ['agent[IRCP].network', 0, 0],
  ['entity', 1, 99],
  ['entity[XrequestId]', 0, 1],
  ['entity[XrequestId].what.identifier.value', 1, 1],
  ['entity[2]', 1, 1],
  ['entity[2].role', 1, 1, ['3', '4', '20']],
  ['entity[2].what', 1, 1],
];

const PROFILES: Readonly<Record<string, readonly Rule[]>> = {
  'IHE.BasicAudit.Read': READ,
  'IHE.BasicAudit.PatientRead': [...READ, ...PATIENT],
  /** The same, input/fsh/Disclose.fsh. */
  'IHE.BasicAudit.PrivacyDisclosure.Source': [
    ['modifierExtension', 0, 0],
    ['type', 1, 1, ['110106']],
    ['subtype', 1, 99, ['disclose']],
    ['action', 1, 1, ['R']],
    ['outcome', 1, 1],
    ['agent', 2, 99],
    ...agent('110153'),
    ...agent('110152'),
    ...PATIENT,
  ],
};

/** Every element at a place, apart by what it is in. */
function find(node: unknown, place: string): unknown[][] {
  const [head = '', ...rest] = place.split('.');
  const [, name = '', code] = /^(\w+)(?:\[(\w+)\])?$/.exec(head) ?? [];
  const inside = [(node as Node)[name] ?? []].flat() as Node[];
  const found = code === undefined ? inside : inside.filter(({ type }) => codesOf(type).includes(code));
  return rest.length === 0 ? [found] : found.flatMap((one) => find(one, rest.join('.')));
}

/** Of a code, a coding, a concept. */
function codesOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [String(value)];
  const { coding, code } = value as { coding?: unknown[]; code?: string };
  return coding ? coding.flatMap(codesOf) : [code ?? ''];
}

function broken(event: unknown, rules: readonly Rule[]): string[] {
  return rules
    .filter(([place, least, most, codes]) =>
      find(event, place).some(
        (found) =>
          found.length < least ||
          found.length > most ||
          (codes && !found.flatMap(codesOf).some((code) => codes.includes(code))),
      ),
    )
    .map(([place]) => place);
}

const events = Object.entries(SAMPLES).map(([what, entry]) => [what, auditEvent(entry, 3) as unknown as Node] as const);
const profilesOf = (event: unknown) =>
  (find(event, 'meta.profile')[0] ?? []).map((url) =>
    String(url).replace('https://profiles.ihe.net/ITI/BALP/StructureDefinition/', ''),
  );

describe.each(events)('%s', (_what, event) => {
  test('is an AuditEvent of R4', () => {
    expect(broken(event, R4)).toEqual([]);
    expect(event).toMatchObject({ resourceType: 'AuditEvent', recorded: '2026-11-22T09:30:00.123Z' });
    expect(JSON.stringify(event)).not.toMatch(/null|""|\[\]|\{\}/);
  });

  test('has what the profiles that it claims ask for', () => {
    expect(profilesOf(event).flatMap((name) => broken(event, PROFILES[name] ?? [['unknown', 1, 1]]))).toEqual([]);
  });
});

test('whatever told of a person, or looked without an answer being refused, claims a profile', () => {
  const claims = Object.fromEntries(events.map(([what, event]) => [what, profilesOf(event).join()]));
  expect(Object.fromEntries(Object.entries(claims).filter(([, profile]) => profile !== ''))).toEqual({
    'a disclosure': 'IHE.BasicAudit.PrivacyDisclosure.Source',
    'a disclosure by break-glass': 'IHE.BasicAudit.PrivacyDisclosure.Source',
    'what another partner was told': 'IHE.BasicAudit.PrivacyDisclosure.Source',
    'a look of the gateway’s own': 'IHE.BasicAudit.PatientRead',
    'an entry of the first version': 'IHE.BasicAudit.PrivacyDisclosure.Source',
    'an explanation of a person': 'IHE.BasicAudit.PatientRead',
    'an explanation': 'IHE.BasicAudit.Read',
    'an answer': 'IHE.BasicAudit.Read',
  });
});

test('the table finds what is missing', () => {
  const whole = auditEvent(SAMPLES['an explanation of a person'] ?? FULL, 3) as unknown as Node;
  const rules = PROFILES['IHE.BasicAudit.PatientRead'] ?? [];
  expect(broken({ ...whole, outcome: '4' }, rules)).toEqual(['outcome']);
  expect(broken({ ...whole, entity: [] }, rules)).toContain('entity[1]');
  expect(broken({ ...whole, agent: [] }, rules)).toContain('agent[110152]');
});

test('about a person there is one patient, by pseudonym, and about nobody none', () => {
  for (const [what, event] of events) {
    const patients = find(event, 'entity[1].what.identifier').flat();
    expect(patients).toEqual(
      SAMPLES[what]?.subject
        ? [{ system: 'https://throughgate.example/audit/pseudonym/1', value: 'p'.repeat(43) }]
        : [],
    );
  }
});

test('a refusal is a security alert, and says why', () => {
  const refused = Object.fromEntries(events.filter(([, { outcome }]) => String(outcome) === '4'));
  expect(Object.keys(refused)).toEqual([
    'a deed refused',
    'a refusal',
    'a refusal of nobody',
    'a person not shown',
    'what another partner was not told',
    'a break-glass refused',
    'a search refused',
    'a change of policy',
  ]);
  for (const event of Object.values(refused)) {
    expect(codesOf(event['type'])).toEqual(['110113']);
    expect(find(event, 'subtype').flat().flatMap(codesOf)).toEqual([expect.stringMatching(/^AuthZ-(Role|Consent)$/)]);
    expect(event['outcomeDesc']).toMatch(/\S/);
  }
});

test('a purpose, and the breaking of glass, are the purposes of use', () => {
  const used = (what: string) =>
    find(auditEvent(SAMPLES[what] ?? FULL, 3), 'agent[IRCP].purposeOfUse')
      .flat()
      .flatMap(codesOf);
  expect(used('a disclosure')).toEqual(['PURPOSE_7']);
  expect(used('a disclosure by break-glass')).toEqual(['PURPOSE_7', 'BTG']);
  expect(used('a break-glass')).toEqual(['PURPOSE_7', 'BTG']);
});
