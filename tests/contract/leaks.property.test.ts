import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { expect as expectedOf, pieces, print } from './oracle/document.ts';
import { PURPOSES, partnersOf, ROLES, verdictOf } from './oracle/policy.ts';
import { lookup, subjects } from './oracle/subject.ts';
import { askedFor, wireOf } from './oracle/wire.ts';

const people = population();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.close());

/** By a name that reads well in a counterexample. */
const views = new Map(
  ROLES.filter(({ lookups }) => lookups.length > 0).flatMap((role) =>
    partnersOf(role).flatMap((partner) =>
      PURPOSES.filter((purpose) => purpose in role.purposes).map(
        (purpose) => [`${role.role} at ${partner} for ${purpose}`, { role, partner, purpose }] as const,
      ),
    ),
  ),
);
const someone = new Map(
  (['allowed', 'permissionWithdrawn', 'voluntaryTreatment', 'treatmentCondition'] as const).flatMap((trait) =>
    subjects(people, trait)
      .slice(0, 3)
      .map((subject, index) => [`${trait} ${index}`, subject] as const),
  ),
);

const documents = pieces.map((selected) => ({ selected, [fc.toStringMethod]: () => print(selected, '') }));

test('SHARE-02 SHARE-03 AUDIT-03 whatever the document, answer, wire and entry are what the policy files say', {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      documents,
      fc.constantFrom(...views.keys()),
      fc.constantFrom(...someone.keys()),
      async ({ selected }, asked, named) => {
        const [view, subject] = [views.get(asked), someone.get(named)];
        if (!view || !subject) throw new Error('a view and a person of the maps');
        const { role, partner, purpose } = view;
        const verdict = verdictOf(role, partner, purpose, people.anchor, subject.permits(partner));
        if (!verdict) throw new Error('the oracle allows it');
        const answer = await stack.ask(print(selected, lookup(subject, role, partner)), {
          persona: role.role,
          partner,
          purpose,
          variables: { yes: true, no: false },
        });
        fc.pre(answer.body.errors?.[0].extensions.code !== 'TOO_COMPLEX');
        const expected = expectedOf(selected, subject, verdict, new Date());
        expect(answer.body.errors).toBeUndefined();
        expect(answer.body.data.person).toEqual(expected.person);
        expect(new Map(wireOf(stack, answer).map((call) => [call.holder, askedFor(call)]))).toEqual(expected.wire);
        const [, disclosure] = await stack.entries(answer.body.extensions.requestId);
        expect(disclosure?.['released']).toEqual([...expected.released].sort());
      },
    ),
    { numRuns: 60, timeout: 10_000 },
  );
});
