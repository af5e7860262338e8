import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, startGateway } from '../../src/main.ts';
import { importRestrictionList } from '../../src/store/restriction-lists.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const OWNER = 'northmere-police';
const RESTRICTED = subjects(population(), 'allowed')[0] as Subject;
const HOUR = 3_600_000;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.close());

/** The owner's whole list, drawn up so many hours ago: one person, opened to nobody. */
function list(hoursAgo: number, count = 1): Buffer {
  const asOf = new Date(Date.now() - hoursAgo * HOUR).toISOString();
  const from = '2026-01-01';
  return Buffer.from(
    [
      { kind: 'restriction-list', owner: OWNER, asOf, count },
      {
        kind: 'restriction',
        person: RESTRICTED.uuid,
        type: 'RESTRICTION',
        owner: OWNER,
        accounts: [],
        from,
        until: null,
      },
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
}

const send = (file: Buffer) =>
  importRestrictionList(stack.ownerUrl, file, { owner: OWNER, now: new Date(), acceptShrink: false });

/** What an operator finds at a gateway that looks at the lists as they are now. */
async function found() {
  const logged: string[] = [];
  const gateway: Gateway = await startGateway({
    config: stack.config,
    logger: pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
    development: {},
  });
  try {
    const metrics = async () => (await fetch(`${gateway.adminUrl}/metrics`)).text();
    await expect.poll(metrics, { timeout: 10_000 }).toContain('throughgate_restriction_list_problem{');
    const text = await metrics();
    const number = (name: string) => Number(new RegExp(`${name}\\{owner="${OWNER}"\\} (\\S+)`).exec(text)?.[1]);
    return {
      ready: await (await fetch(`${gateway.url}/health/ready`)).json(),
      hours: number('throughgate_restriction_list_age_seconds') / 3_600,
      problem: number('throughgate_restriction_list_problem'),
      warnings: logged.map((line) => JSON.parse(line)).filter(({ owner }) => owner === OWNER),
    };
  } finally {
    await gateway.close();
  }
}

async function opens(): Promise<boolean> {
  const query = `{ person(identifier: {type: "CRN", value: "${RESTRICTED.identifiers['CRN']}"}) { id } }`;
  return (await stack.ask(query)).body.data.person !== null;
}

describe('SHARE-06 an owner’s list of restrictions', () => {
  test('that is fresh concerns nobody', async () => {
    expect(await opens()).toBe(true);
    await send(list(2));
    const { ready, hours, problem, warnings } = await found();
    expect(ready).toEqual({ ready: true, reasons: [] });
    expect(hours).toBeCloseTo(2, 1);
    expect([problem, warnings]).toEqual([0, []]);
    expect(await opens()).toBe(false);
  });

  test('that cannot be read is told with whom to ring, and the last good one stays in force', async () => {
    await expect(send(list(1, 7))).rejects.toThrow('COUNT_DIFFERS');
    const { ready, problem, warnings } = await found();
    expect(ready).toEqual({ ready: true, reasons: ['RESTRICTION_LIST_STALE'] });
    expect(problem).toBe(1);
    expect(warnings).toMatchObject([{ what: 'COUNT_DIFFERS', ring: { telephone: expect.stringMatching(/^01632 /) } }]);
    expect(await opens()).toBe(false);
    await send(list(1));
    expect((await found()).ready.reasons).toEqual([]);
  });

  test('that is older than agreed is told, and stays in force', async () => {
    // As if nothing had come since.
    await stack.sql(`update record.restriction_list set as_of = now() - interval '25 hours' where owner = $1`, [OWNER]);
    const { ready, hours, problem, warnings } = await found();
    expect(ready).toEqual({ ready: true, reasons: ['RESTRICTION_LIST_STALE'] });
    expect(hours).toBeCloseTo(25, 1);
    expect(problem).toBe(0);
    expect(warnings).toMatchObject([{ what: 'STALE', freshnessHours: 24, ring: { name: expect.any(String) } }]);
    expect(await opens()).toBe(false);
  });
});
