import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callerReasons } from '../../src/policy/caller.ts';
import { decide } from '../../src/policy/decide.ts';
import { explainField, type FieldExplanation } from '../../src/policy/explain.ts';
import { GATES, refuse } from '../../src/policy/gates.ts';
import { anyCaller, anyFacts, glass, objection, permission } from './draw.ts';
import { bundle, COORDINATES, caller, facts, ME, PURPOSE, territory, view } from './world.ts';

const VIEW = view();
const ADMITTED = callerReasons(
  bundle,
  {
    partner: 'probation-service',
    practitioner: ME,
    name: 'A practitioner',
    role: 'probation-practitioner',
    client: 'probation-service-tool',
    issuer: 'https://issuer.example',
    subject: 'sub-1',
    tokenId: 'jti-1',
  },
  PURPOSE,
);

const refusals = ({ reasons }: FieldExplanation) =>
  reasons.filter(({ outcome }) => outcome === 'refuse').map(({ gate, code }) => `${gate} ${code}`);

describe('an explanation and the decision say the same', () => {
  test('whatever the facts: shown where the decision shows it, and then no gate refuses', () => {
    const effects = new Set<string>();
    fc.assert(
      fc.property(anyFacts, anyCaller, fc.constantFrom(...COORDINATES), (found, who, coordinate) => {
        const decision = decide(bundle, VIEW, who, found);
        const section = territory.sections.find(({ coordinates }) => coordinates.includes(coordinate));
        const explained = explainField(bundle, territory, ADMITTED, VIEW, who, found, coordinate);
        const serving = territory.holders.filter(({ source }) => source === section?.source).map(({ code }) => code);
        expect(explained.map(({ holder }) => holder)).toEqual(serving);
        for (const explanation of explained) {
          const { holder, effect, reasons } = explanation;
          const own = decision.sections.get(section?.field ?? '')?.holders.find((each) => each.holder === holder);
          expect(effect === 'SHOW').toBe(own?.link != null && own.fields.has(coordinate));
          // Break-glass is the one gate that stands in for another.
          const isBroken = reasons.some(({ code }) => code === 'GRANTED');
          const closing = reasons.filter(
            ({ outcome, gate }) => outcome === 'refuse' && !(isBroken && gate === 'relationship'),
          );
          expect(effect === 'SHOW').toBe(closing.length === 0);
          effects.add(`${effect}${isBroken ? ' under break-glass' : ''}`);
        }
      }),
      // The rarest of the four is drawn once in some 230 runs.
      { numRuns: 5_000 },
    );
    expect([...effects].sort()).toEqual(['SHOW', 'SHOW under break-glass', 'WITHHOLD', 'WITHHOLD under break-glass']);
  });

  test('whatever the facts, with a view or without: every gate is there, in its order', () => {
    fc.assert(
      fc.property(
        anyFacts,
        anyCaller,
        fc.constantFrom(...COORDINATES),
        fc.constantFrom(VIEW, view(bundle, 'DA_CHECK'), null),
        (found, who, coordinate, seen) => {
          for (const { reasons } of explainField(bundle, territory, ADMITTED, seen, who, found, coordinate)) {
            const gates = reasons.map(({ gate }) => gate);
            expect([...new Set(gates)]).toEqual(GATES);
            expect(gates).toEqual(gates.toSorted((a, b) => GATES.indexOf(a) - GATES.indexOf(b)));
          }
        },
      ),
    );
  });
});

describe('why not', () => {
  const at = (
    holder: string,
    coordinate: string,
    found: Parameters<typeof facts>[0] = {},
    seen: typeof VIEW | null = VIEW,
  ) => {
    const all = explainField(bundle, territory, ADMITTED, seen, caller, facts(found), coordinate);
    const explanation = all.find((each) => each.holder === holder);
    if (!explanation) throw new Error(`nothing of ${holder}`);
    return explanation;
  };

  test('nothing at all', () => {
    expect(at('hmpps-prisons', 'Custody.offence')).toMatchObject({ effect: 'SHOW' });
    expect(refusals(at('hmpps-prisons', 'Custody.offence'))).toEqual([]);
  });

  test('a permission that is not in force, with those that would do', () => {
    const explanation = at('northmere-treatment', 'Treatment.engaged');
    expect(explanation.effect).toBe('WITHHOLD');
    expect(explanation.reasons).toContainEqual(
      refuse('permission', 'NO_PERMISSION', 'CONFIDENTIALITY or TREATMENT_CONDITION'),
    );
    expect(refusals(at('northmere-treatment', 'Treatment.engaged', { permissions: [permission({})] }))).toEqual([]);
  });

  test('an objection, at the holder that it names', () => {
    const objections = [objection({ dataClass: 'policing.text', holder: 'southdale-police' })];
    expect(refusals(at('northmere-police', 'Policing.text', { objections }))).toEqual([]);
    expect(refusals(at('southdale-police', 'Policing.text', { objections }))).toEqual(['permission OBJECTION_UPHELD']);
  });

  test('a class that no agreement marks for emergencies', () => {
    const found = { relationships: [], breakGlass: [glass({})] };
    expect(at('hmpps-prisons', 'Custody.releaseDate', found)).toMatchObject({ effect: 'SHOW' });
    expect(refusals(at('hmpps-prisons', 'Custody.offence', found))).toEqual([
      'relationship NONE',
      'break-glass NOT_EMERGENCY',
    ]);
  });

  test('no link', () => {
    expect(refusals(at('hmpps-prisons', 'Custody.offence', { links: [] }))).toEqual(['link NOT_LINKED']);
  });

  test('no agreement', () => {
    const policy = { ...bundle, agreements: [] };
    const [explanation] = explainField(policy, territory, ADMITTED, view(policy), caller, facts(), 'Custody.offence');
    expect(explanation && refusals(explanation)).toEqual(['agreement NO_AGREEMENT']);
  });

  test('no view', () => {
    const explanation = at('hmpps-prisons', 'Custody.offence', {}, null);
    expect(explanation.effect).toBe('WITHHOLD');
    expect(refusals(explanation)).toEqual([
      'view NOT_IN_VIEW',
      'agreement NO_AGREEMENT',
      'relationship NO_VIEW',
      'restriction NO_VIEW',
      'volume NO_VIEW',
      'break-glass NO_VIEW',
      'link NO_VIEW',
    ]);
  });

  test('a caller who is not admitted is shown nothing, whatever the rest says', () => {
    const turned = ADMITTED.map((reason) => (reason.gate === 'client' ? refuse('client', 'UNKNOWN_CLIENT') : reason));
    const [explanation] = explainField(bundle, territory, turned, VIEW, caller, facts(), 'Custody.offence');
    expect(explanation?.effect).toBe('WITHHOLD');
    expect(explanation && refusals(explanation)).toEqual(['client UNKNOWN_CLIENT']);
  });

  test('a field of no section has no explanation', () => {
    expect(explainField(bundle, territory, ADMITTED, VIEW, caller, facts(), 'Person.id')).toEqual([]);
  });
});
