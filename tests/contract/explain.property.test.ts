import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { visible } from './callers.ts';
import { PURPOSES, partnersOf, ROLES } from './oracle/policy.ts';
import { type Field, SECTIONS } from './oracle/record.ts';
import { lookup, type Subject, subjects } from './oracle/subject.ts';
import { wireOf } from './oracle/wire.ts';

const people = population();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.close());

const views = new Map(
  ROLES.filter(({ lookups }) => lookups.length > 0).flatMap((role) =>
    partnersOf(role).flatMap((partner) =>
      PURPOSES.filter((purpose) => purpose in role.purposes).map(
        (purpose) => [`${role.role} at ${partner} for ${purpose}`, { role, partner, purpose }] as const,
      ),
    ),
  ),
);
/** They differ in links, permissions, what is held and what is restricted. */
const everybody = (
  [
    'allowed',
    'unrelated',
    'restricted',
    'excluded',
    'notLinked',
    'belowThreshold',
    'permissionWithdrawn',
    'voluntaryTreatment',
    'treatmentCondition',
    'oneForceOnly',
    'notHeld',
    'stale',
  ] as const
).map((trait) => ({ trait, subject: subjects(people, trait)[0] as Subject }));

const whole = ({ name, below }: Field): string =>
  below.length > 0 ? `${name} { ${below.map(whole).join(' ')} }` : name;
/** Little is selected, so that many answers are equal although what is behind them is not. */
const selections = fc
  .uniqueArray(fc.constantFrom(...SECTIONS), { minLength: 1, maxLength: 2, selector: ({ name }) => name })
  .chain((sections) =>
    fc.tuple(
      ...sections.map(({ name, fields }) =>
        fc
          .uniqueArray(fc.constantFrom(...fields), { maxLength: 2, selector: (field) => field.name })
          .map((chosen) => `${name} { __typename ${chosen.map(whole).join(' ')} }`),
      ),
    ),
  )
  .map((parts) => parts.join(' '));

test('SHARE-02 SHARE-04 SHARE-05 an explanation tells apart nobody whom ordinary answers do not, and asks no holder', {
  timeout: 90_000,
}, async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(selections, fc.constantFrom(...views.keys()), async (selection, asked) => {
      const view = views.get(asked);
      if (!view) throw new Error('a view of the map');
      const { role, partner, purpose } = view;
      const ask = (subject: Subject, headers?: Record<string, string>) =>
        stack.ask(`{ person(${lookup(subject, role, partner)}) { ${selection} } }`, {
          persona: role.role,
          partner,
          purpose,
          ...(headers && { headers }),
        });
      const both = await Promise.all(
        everybody.map(async ({ trait, subject }) => {
          const [ordinary, explained] = [await ask(subject), await ask(subject, { prefer: 'explain' })];
          expect(wireOf(stack, explained)).toEqual([]);
          // Somebody whom the caller's own service does not know has no number to be asked for by.
          const isOpen = ordinary.body.data?.person != null;
          return { trait, isOpen, ordinary: JSON.stringify(visible(ordinary)), explained: visible(explained) };
        }),
      );
      for (const [, alike] of Map.groupBy(both, ({ ordinary }) => ordinary)) {
        const [one] = alike;
        for (const { trait, explained } of alike) expect({ trait, ...explained }).toEqual({ trait, ...one?.explained });
        if (one?.isOpen) compared += alike.length - 1;
      }
    }),
    {
      numRuns: 20,
      // Open sections that some of them are not linked to, and of others nothing is held.
      examples: [
        ['childrens { plan }', 'probation-practitioner at probation-service for SENTENCE_MANAGEMENT'],
        ['policing { notificationRequirement }', 'probation-practitioner at probation-service for PUBLIC_PROTECTION'],
        [
          'childrens { plan } policing { orders { type } }',
          'police-public-protection at northmere-police for DA_CHECK',
        ],
      ],
    },
  );
  // Of those who are open, as well as of those who are not.
  expect(compared).toBeGreaterThan(20);
});
