import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { expectedPerson, expectedWire } from './oracle/expected.ts';
import { roleOf, verdictOf } from './oracle/policy.ts';
import { EVERYTHING } from './oracle/record.ts';
import { lookup, type Subject, subjects } from './oracle/subject.ts';
import { askedFor, wireOf } from './oracle/wire.ts';

const people = population();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.close());

/** The opaque ids by which a partner knows people, asked as its practitioner would. */
async function idsOf(persona: string, partner: string, purpose: string, list: readonly Subject[]): Promise<string[]> {
  const role = roleOf(persona);
  const fields = list.map((subject, index) => `p${index}: person(${lookup(subject, role, partner)}) { id }`);
  const { body } = await stack.ask(`{ ${fields.slice(0, 10).join(' ')} }`, { persona, partner, purpose });
  return Object.values(body.data as Record<string, { id: string }>).map(({ id }) => id);
}

const IN_LIST = 'query ($ids: [ID!]!) { people(ids: $ids) { %% } }';
const listOf = (selection: string) => IN_LIST.replace('%%', selection);

describe('permissions decide what is asked, person by person', () => {
  const purposes = [
    ['probation-practitioner', 'probation-service', 'RELEASE_PLANNING'],
    ['probation-practitioner', 'probation-service', 'SENTENCE_MANAGEMENT'],
    ['prison-offender-manager', 'hmpps-prisons', 'RELEASE_PLANNING'],
    ['prison-offender-manager', 'hmpps-prisons', 'SENTENCE_MANAGEMENT'],
    ['housing-officer', 'southdale-housing', 'HOUSING_REFERRAL'],
    ['housing-officer', 'northmere-housing', 'RELEASE_PLANNING'],
  ] as const;
  const traits = ['permissionWithdrawn', 'voluntaryTreatment', 'treatmentCondition'] as const;

  test.each(traits.flatMap((trait) => purposes.map((purpose) => [trait, ...purpose] as const)))(
    'SHARE-02 %s, asked by %s at %s for %s',
    async (trait, persona, partner, purpose) => {
      const role = roleOf(persona);
      const compare = async (subject: Subject) => {
        const verdict = verdictOf(role, partner, purpose, people.anchor, subject.permits(partner));
        if (!verdict) throw new Error('the oracle allows it');
        const answer = await stack.ask(`{ person(${lookup(subject, role, partner)}) { ${EVERYTHING} } }`, {
          persona,
          partner,
          purpose,
        });
        const { id: _, ...person } = answer.body.data.person;
        const rows = person.sections.map(({ asOf: __, ...row }: Record<string, unknown>) => row);
        expect({ ...person, sections: rows }).toEqual(expectedPerson(subject, verdict, new Date()));
        const asked = new Map(wireOf(stack, answer).map((call) => [call.holder, askedFor(call)]));
        expect(asked).toEqual(expectedWire(subject, verdict));
      };
      await Promise.all(subjects(people, trait).map(compare));
    },
  );
});

describe('batches', () => {
  test('SHARE-02 people with equal permissions travel in one call to each holder, in their order', async () => {
    const list = subjects(people, 'allowed').slice(0, 7);
    const [persona, partner, purpose] = ['probation-practitioner', 'probation-service', 'RELEASE_PLANNING'] as const;
    const ids = await idsOf(persona, partner, purpose, list);
    const answer = await stack.ask(listOf(EVERYTHING), { persona, purpose, variables: { ids } });
    expect(answer.body.data.people.map(({ id }: { id: string }) => id)).toEqual(ids);
    const wire = wireOf(stack, answer);
    expect(wire).toHaveLength(12);
    for (const { holder, representations } of wire) {
      expect(representations.map((representation) => Object.values(representation)[1])).toEqual(
        list.map((subject) => subject.numberAt(holder)?.value),
      );
    }
  });

  test('SHARE-02 a duplicate keeps its place and is asked about once', async () => {
    const [first, second] = await idsOf(
      'work-coach',
      'benefits-department',
      'BENEFITS_EMPLOYMENT',
      subjects(people, 'allowed').slice(0, 2),
    );
    const ids = [first, second, first, first];
    const answer = await stack.ask(listOf('id employment { claim }'), {
      persona: 'work-coach',
      purpose: 'BENEFITS_EMPLOYMENT',
      variables: { ids },
    });
    expect(answer.body.data.people.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(wireOf(stack, answer).map(({ representations }) => representations.length)).toEqual([2]);
  });

  test('SHARE-02 people with different permissions never share a call', async () => {
    const groups = [subjects(people, 'allowed').slice(0, 3), subjects(people, 'voluntaryTreatment')];
    const [persona, partner, purpose] = ['probation-practitioner', 'probation-service', 'RELEASE_PLANNING'] as const;
    const role = roleOf(persona);
    // Interleaved, so that the order alone cannot keep them apart.
    const mixed = [0, 1, 2].flatMap((index) => groups.flatMap((group) => group[index] ?? []));
    const ids = await idsOf(persona, partner, purpose, mixed);
    const answer = await stack.ask(listOf(EVERYTHING), { persona, purpose, variables: { ids } });

    const expected = groups.map((group) => {
      const [subject] = group;
      if (!subject) throw new Error('a trait without people');
      const verdict = verdictOf(role, partner, purpose, people.anchor, subject.permits(partner));
      return { group, wire: verdict ? expectedWire(subject, verdict) : new Map<string, string[]>() };
    });
    const calls = wireOf(stack, answer).map((call) => ({
      holder: call.holder,
      asked: askedFor(call),
      who: call.representations.map((representation) => Object.values(representation)[1]),
    }));
    for (const { group, wire } of expected) {
      for (const [holder, asked] of wire) {
        const carrying = calls.filter((call) => call.holder === holder && call.asked.join() === asked.join());
        expect(carrying).toHaveLength(1);
        for (const subject of group) expect(carrying[0]?.who).toContain(subject.numberAt(holder)?.value);
      }
    }
    // Two shapes where a permission counts, one everywhere else.
    const count = (holder: string) => calls.filter((call) => call.holder === holder).length;
    expect([count('health-service'), count('northmere-treatment'), count('hmpps-prisons')]).toEqual([2, 1, 1]);
  });

  test('SHARE-02 two aliases of two people are two selections, never their union', async () => {
    const [one, two] = subjects(people, 'allowed');
    const role = roleOf('health-practitioner');
    const answer = await stack.ask(
      `{ one: person(${lookup(one as Subject, role, 'health-service')}) { health { gpRegistration } }
         two: person(${lookup(two as Subject, role, 'health-service')}) { health { diagnoses } } }`,
      { persona: 'health-practitioner', purpose: 'HEALTH_CONTINUITY' },
    );
    const asked = wireOf(stack, answer).map((call) => [
      Object.values(call.representations[0] ?? {})[1],
      call.representations.length,
      askedFor(call),
    ]);
    expect(asked).toHaveLength(2);
    expect(asked).toContainEqual([one?.numberAt('health-service')?.value, 1, ['health.asOf', 'health.gpRegistration']]);
    expect(asked).toContainEqual([two?.numberAt('health-service')?.value, 1, ['health.asOf', 'health.diagnoses']]);
  });

  test('SHARE-02 a section that is not selected is not asked for, not even to tell its status', async () => {
    const [subject] = subjects(people, 'allowed');
    const answer = await stack.ask(
      `{ person(${lookup(subject as Subject, roleOf('probation-practitioner'), 'probation-service')}) { id sections { section status } } }`,
    );
    expect(answer.body.data.person.sections).toEqual([]);
    expect(wireOf(stack, answer)).toEqual([]);
  });
});
