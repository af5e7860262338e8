import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Interference } from '../stack/recorder.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { PRISON, PROBATION, visible } from './callers.ts';
import { pieces, print } from './oracle/document.ts';
import { roleOf } from './oracle/policy.ts';
import { lookup, type Subject, subjects } from './oracle/subject.ts';

const people = population();
const subject = subjects(people, 'allowed')[0] as Subject;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.close());

/** A holder of a hidden section, and what could be so with it while nothing of it is shown. */
interface Circumstance {
  readonly name: string;
  readonly wire: Interference | null;
  readonly linked: boolean;
  readonly confidence: number;
  readonly permitted: boolean;
}

const notHeld: Interference = (call, honest) => ({
  ...honest,
  body: JSON.stringify({ data: { _entities: call.representations.map(() => null) } }),
});

const CIRCUMSTANCES: readonly Circumstance[] = [
  { name: 'holds nothing', wire: notHeld, linked: true, confidence: 1, permitted: true },
  { name: 'is down', wire: () => 'dead', linked: true, confidence: 1, permitted: true },
  { name: 'is down, not permitted', wire: () => 'dead', linked: true, confidence: 1, permitted: false },
  { name: 'is not linked', wire: null, linked: false, confidence: 1, permitted: true },
  { name: 'is weakly linked', wire: null, linked: true, confidence: 0.5, permitted: true },
  { name: 'holds something not permitted', wire: null, linked: true, confidence: 1, permitted: false },
];

const ORDINARY = { name: 'as seeded', wire: null, linked: true, confidence: 1, permitted: true } as const;

/** Views with sections that they may not know of, and the holders of these. */
const VIEWS = [
  { caller: PROBATION, holders: ['health-service', 'northmere-treatment', 'southdale-treatment'], waits: true },
  { caller: PRISON, holders: ['northmere-police', 'southdale-police'], waits: false },
] as const;

const PREFER = ['', 'withheld=refuse', 'explain', 'explain, withheld=refuse'];

async function arrange(holders: readonly string[], { wire, linked, confidence, permitted }: Circumstance) {
  for (const holder of holders) {
    // An alert to life waits for no permission: held, it would be shown.
    const alert = holder === 'health-service' && !permitted ? notHeld : null;
    stack.recorder.interfere(holder, wire ?? alert);
  }
  await stack.sql('update record.link set current = $3, confidence = $4 where person = $1 and holder = any($2)', [
    subject.uuid,
    holders,
    linked,
    confidence,
  ]);
  await stack.sql(
    `update record.permission set valid_until = case when $2 then null else date '2020-01-01' end
      where person = $1 and type in ('CONFIDENTIALITY', 'TREATMENT_CONDITION')`,
    [subject.uuid, permitted],
  );
}

test('SHARE-04 SHARE-05 whatever is so with a hidden section that is not shown, every operation answers alike', {
  timeout: 120_000,
}, async () => {
  const documents = pieces.map((selected) => ({ selected, [fc.toStringMethod]: () => print(selected, '') }));
  const view = fc.constantFrom(...VIEWS);
  const circumstances = fc.shuffledSubarray([...CIRCUMSTANCES], { minLength: 2, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(
      documents,
      view,
      circumstances,
      fc.constantFrom(...PREFER),
      async (document, asked, two, prefer) => {
        const { caller, holders, waits } = asked;
        // A permission opens more than these holders' sections: only where all that it opens is not shown may it differ.
        fc.pre(two.every(({ permitted }) => waits || permitted));
        const answers = [];
        // The other holders as they are seeded, whatever an earlier run made of them.
        for (const other of VIEWS) await arrange(other.holders, ORDINARY);
        for (const circumstance of two) {
          await arrange(holders, circumstance);
          const text = print(document.selected, lookup(subject, roleOf(caller.persona), caller.partner));
          const headers = prefer === '' ? {} : { prefer };
          answers.push(await stack.ask(text, { ...caller, headers, variables: { yes: true, no: false } }));
        }
        const [one, other] = answers.map((answer) => visible(answer));
        expect(other).toEqual(one);
      },
    ),
    { numRuns: 25, timeout: 20_000, endOnFailure: true },
  );
});
