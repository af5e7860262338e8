import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Interference } from '../stack/recorder.ts';
import { type AskOptions, type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { PRISON, PROBATION, visible } from './callers.ts';
import { type Subject, subjects } from './oracle/subject.ts';
import { wireOf } from './oracle/wire.ts';
import { asOf, ROWS, row } from './rows.ts';

const people = population();
const first = (trait: Parameters<typeof subjects>[1]) => subjects(people, trait)[0] as Subject;

let stack: Stack;
const interfered = new Set<string>();

beforeAll(async () => {
  stack = await startStack();
});

afterEach(() => {
  for (const holder of interfered) stack.recorder.interfere(holder, null);
  interfered.clear();
});

afterAll(() => stack.close());

function interfere(holder: string, how: Interference): void {
  interfered.add(holder);
  stack.recorder.interfere(holder, how);
}

/** Asks as the probation practitioner who plans the release, by prison number. */
function ask(subject: Subject, selection: string, options: AskOptions = {}): Promise<GraphQLAnswer> {
  const value = subject.identifiers['PRISON_NUMBER'];
  return stack.ask(`{ person(identifier: {type: "PRISON_NUMBER", value: "${value}"}) { ${selection} } }`, options);
}

describe('SHARE-05 NOT_AVAILABLE: where the view may not know that there is anything', () => {
  const dead: Interference = () => 'dead';
  const wrong: Interference = (_call, honest) => ({
    ...honest,
    body: honest.body.replace(/"__typename":"Person"/g, '"__typename":"Other"'),
  });
  const HIDDEN = [
    ['health', 'health { appointments medication }', PROBATION, ['health-service']],
    ['treatment', 'treatment { holder engaged referral }', PROBATION, ['northmere-treatment', 'southdale-treatment']],
    ['health', 'health { gpRegistration appointments }', PRISON, ['health-service']],
    [
      'policing',
      'policing { orders { type } publicProtectionUnit { name } }',
      PRISON,
      ['northmere-police', 'southdale-police'],
    ],
  ] as const;

  test.each(HIDDEN)(
    'SHARE-05 SHARE-04 %s: { %s }, byte for byte alike whatever the cause',
    async (section, selection, options, holders) => {
      const cause = async (trait: Parameters<typeof subjects>[1], how: Interference | null) => {
        for (const holder of holders) if (how) interfere(holder, how);
        const started = performance.now();
        const answer = await ask(first(trait), `${selection} ${ROWS}`, options);
        const elapsed = performance.now() - started;
        for (const holder of holders) stack.recorder.interfere(holder, null);
        return { trait, answer, elapsed, asked: wireOf(stack, answer).length };
      };
      const causes = [
        await cause('notHeld', null),
        await cause('allowed', dead),
        await cause('allowed', wrong),
        await cause('stale', dead),
        ...(section === 'treatment' ? [] : [await cause('notLinked', null)]),
        ...(section === 'policing'
          ? []
          : [await cause('permissionWithdrawn', null), await cause('voluntaryTreatment', null)]),
        ...(section === 'health' ? [await cause('belowThreshold', null)] : []),
      ];
      // The causes differ indeed: some holders were asked, and some were not.
      expect(causes[0]?.asked).toBe(holders.length);
      if (section !== 'treatment') expect(causes.map(({ asked }) => asked)).toContain(0);
      for (const { answer, elapsed } of causes) {
        expect(answer.body.data.person).toEqual({ [section]: null, sections: [row(section, null, 'NOT_AVAILABLE')] });
        expect(Object.keys(answer.body.extensions)).toEqual(['requestId']);
        expect(visible(answer)).toEqual(visible(causes[0]?.answer as GraphQLAnswer));
        expect(elapsed).toBeGreaterThanOrEqual(250);
      }
      const { answer } = await cause('allowed', null);
      expect(answer.body.data.person.sections.map(({ status }: { status: string }) => status)).toEqual(
        holders.map(() => 'AVAILABLE'),
      );
    },
  );

  test('SHARE-05 one of two hidden holders is dead: the other is shown, and nothing is said of the first', async () => {
    const section = `treatment { holder } ${ROWS}`;
    interfere('northmere-treatment', dead);
    const { body } = await ask(first('allowed'), section);
    expect(body.data.person).toEqual({
      treatment: [{ holder: 'southdale-treatment' }],
      sections: [row('treatment', 'southdale-treatment', 'AVAILABLE', { asOf })],
    });
    expect(Object.keys(body.extensions)).toEqual(['requestId']);
  });

  test('SHARE-05 a hidden section changes nothing about whether a partial answer is refused', async () => {
    const headers = { prefer: 'withheld=refuse' };
    const one = await ask(first('permissionWithdrawn'), `${HIDDEN[0][1]} ${ROWS}`, { headers });
    const two = await ask(first('notHeld'), `${HIDDEN[0][1]} ${ROWS}`, { headers });
    expect([one.status, one.headers.get('preference-applied')]).toEqual([200, 'withheld=refuse']);
    expect(visible(one)).toEqual(visible(two));
  });
});
