import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LogReader, LogRow } from '../../src/audit/log-reader.ts';
import { createLogReader } from '../../src/store/log-reader.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

const MONTHS = ['2026-01-01', '2026-02-01', '2026-03-01'];
const OPERATION = randomUUID();

let database: TestDatabase;
let reader: LogReader;

beforeAll(async () => {
  database = await migratedDatabase();
  reader = createLogReader(database.readerUrl);
  for (const month of MONTHS.slice(0, 2)) await query(database.ownerUrl, 'select audit.make_partition($1)', [month]);
  for (const place of [0, 1, 2, 3, 4, 5]) await add(place, MONTHS[Math.floor(place / 3)] ?? '', time(place));
});

afterAll(async () => {
  await reader.close();
  await database.drop();
});

/** So many days after the first, to the millisecond. */
const time = (place: number) => new Date(Date.UTC(2026, 0, 1 + 10 * place, 12));
const whole = { from: time(0), to: time(100) };
const places = async (rows: Promise<readonly LogRow[]>) => (await rows).map(({ index }) => index);

/** Those of even places are about one person and of one practitioner, the others about and of another. */
async function add(place: number, period: string, at: Date): Promise<void> {
  const [subject, practitioner] = place % 2 === 0 ? ['one', 'PRO-1'] : ['other', 'PRO-2'];
  await query(
    database.ownerUrl,
    `insert into audit.entry (index, period, id, at, kind, request_id, partner, practitioner, subject, body)
     values ($1, $2, $3, $4, 'disclosure', $5, 'probation-service', $6, $7, 'x')`,
    [place, period, randomUUID(), at, place < 2 ? OPERATION : randomUUID(), practitioner, subject],
  );
}

it.each<[string, (log: LogReader) => Promise<readonly LogRow[]>, number[]]>([
  ['a person', (log) => log.bySubjects(['one'], whole, 9), [0, 2, 4]],
  ['people', (log) => log.bySubjects(['other', 'one', 'nobody'], whole, 9), [0, 1, 2, 3, 4, 5]],
  ['nobody', (log) => log.bySubjects([], whole, 9), []],
  ['a person, the oldest', (log) => log.bySubjects(['one'], whole, 2), [0, 2]],
  ['a person, from a time to another', (log) => log.bySubjects(['one'], { from: time(2), to: time(4) }, 9), [2]],
  ['a practitioner', (log) => log.byPractitioner('probation-service', 'PRO-2', whole, 9), [1, 3, 5]],
  [
    'a practitioner, from a time to another',
    (log) => log.byPractitioner('probation-service', 'PRO-2', { from: time(1), to: time(5) }, 9),
    [1, 3],
  ],
  ['an operation', (log) => log.byRequests([OPERATION]), [0, 1]],
  ['an operation, of another kind', (log) => log.byRequests([OPERATION], 'refusal'), []],
  ['the newest', (log) => log.page({}, 2), [5, 4]],
  ['the newest before one', (log) => log.page({ before: 4 }, 2), [3, 2]],
  ['a time to another', (log) => log.page({ to: time(4), from: time(1) }, 9), [3, 2, 1]],
  ['the same, otherwise said', (log) => log.page({ from: time(1), to: time(4) }, 9), [3, 2, 1]],
  ['a person by page', (log) => log.page({ subjects: ['one'], from: time(2), to: time(5), before: 4 }, 9), [2]],
  ['an operation by page', (log) => log.page({ requestId: OPERATION, kind: 'disclosure' }, 9), [1, 0]],
  ['a kind', (log) => log.page({ kind: 'disclosure', practitioner: 'PRO-1', from: time(1) }, 9), [4, 2]],
])('reads %s', async (_, read, found) => {
  expect(await places(read(reader))).toEqual(found);
});

it('draws by a seed, the same each time, a part after a part', async () => {
  const all = await places(reader.draw(whole, 'seed', 9, 0));
  expect(all.toSorted()).toEqual(await places(reader.page(whole, 9)).then((found) => found.toSorted()));
  expect([
    ...(await places(reader.draw(whole, 'seed', 2, 0))),
    ...(await places(reader.draw(whole, 'seed', 9, 2))),
  ]).toEqual(all);
  const others = await Promise.all(['a', 'b', 'c', 'd'].map((seed) => places(reader.draw(whole, seed, 9, 0))));
  expect(new Set([all, ...others].map(String)).size).toBeGreaterThan(1);
  expect(await places(reader.draw({ ...whole, kind: 'disclosure', practitioner: 'PRO-1' }, 'seed', 9, 0))).toHaveLength(
    (await places(reader.page({ ...whole, kind: 'disclosure', practitioner: 'PRO-1' }, 9))).length,
  );
});

it('goes on with what it has planned when a month comes and another goes', async () => {
  const all = () => places(reader.bySubjects(['one', 'other'], whole, 9));
  expect(await all()).toEqual([0, 1, 2, 3, 4, 5]);
  await query(database.ownerUrl, 'select audit.make_partition($1)', [MONTHS[2]]);
  await add(6, MONTHS[2] ?? '', time(6));
  await query(database.ownerUrl, 'alter table audit.entry detach partition audit.entry_2026_01');
  expect(await all()).toEqual([3, 4, 5, 6]);
  expect(await places(reader.page({}, 9))).toEqual([6, 5, 4, 3]);
});

it('finds an entry whose time is of another month than its place, whichever clock was wrong', async () => {
  await add(7, MONTHS[2] ?? '', new Date('2025-05-05T05:05:05.005Z'));
  const then = { from: new Date('2025-05-05T05:05:05.005Z'), to: new Date('2025-05-05T05:05:05.006Z') };
  expect(await places(reader.bySubjects(['other'], then, 9))).toEqual([7]);
  expect(await places(reader.page(then, 9))).toEqual([7]);
});
