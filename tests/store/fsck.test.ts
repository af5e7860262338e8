import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { generateKey, parseVkey } from '../../src/audit/note.ts';
import { exportEntry } from '../../src/audit/own-entry.ts';
import { checkLog } from '../../src/store/fsck.ts';
import { findRetirable, retire } from '../../src/store/retire.ts';
import { openSession } from '../../src/store/session.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';
import { openLog, someEntries, type TestLog } from './log.ts';

const TABLES = ['entry', 'leaf', 'head', 'checkpoint', 'cosignature', 'key_change', 'retired'];

const recorded = { format: 'retire', from: '2097-01-01', to: null, entries: 5, outcome: 'answered' };

let database: TestDatabase;
let log: TestLog;

/** Entries 0 to 4 of a month that is retired, 5 to 10 of the next, 11 to 15 of the current one, and 15 of 16 signed. */
beforeAll(async () => {
  database = await migratedDatabase();
  log = await openLog(database);
  await log.begin('2097-01');
  await log.append(someEntries());
  await log.sign();
  await log.begin('2097-02');
  await log.append([exportEntry(new Date(), 'one', recorded), ...someEntries()]);
  await log.sign();
  const [first] = await sql(`select audit.root_of(frontier) as root from audit.checkpoint where size = 5`);
  const found = await findRetirable(database.ownerUrl, '2097-01');
  await retire(database.ownerUrl, { ...found, root: first?.['root'] as Buffer, sha256: 'x' });
  await log.begin('2097-03');
  await log.append(someEntries().slice(1));
  await log.sign();
  await log.append(someEntries().slice(0, 1));
  await sql(`insert into audit.cosignature (size, key, line) values (11, 'witness', 'line')`);
  for (const table of TABLES) await sql(`create table public.${table} as select * from audit.${table}`);
});

/** As it was before the attack. */
afterEach(() =>
  sql(`
    truncate ${TABLES.map((table) => `audit.${table}`).join(', ')};
    create unique index if not exists leaf_entry_id_key on audit.leaf (entry_id);
    ${TABLES.map((table) => `insert into audit.${table} select * from public.${table}`).join(';')}`),
);

afterAll(async () => {
  await log[Symbol.asyncDispose]();
  await database.drop();
});

const sql = (text: string) => query(database.ownerUrl, text);
const check = (...keys: string[]) =>
  checkLog(
    database.readerUrl,
    keys.map((key) => parseVkey(key)),
  );

it('is ended by its signal, whatever the database is busy with', async () => {
  await using other = await openSession(database.ownerUrl);
  await other.client.query('begin; lock table audit.entry in access exclusive mode');
  const stop = new AbortController();
  const ended = expect(checkLog(database.readerUrl, [], undefined, stop.signal)).rejects.toThrow();
  await vi.waitFor(async () => {
    const { rows } = await other.client.query(`select from pg_locks where not granted and pid <> pg_backend_pid()`);
    expect(rows).toHaveLength(1);
  });
  stop.abort();
  await ended;
  await expect(checkLog(database.readerUrl, [], undefined, stop.signal)).rejects.toThrow();
});

describe('a log that nobody has touched', () => {
  it('is good, with the keys and without, and while others append', async () => {
    expect(await check()).toMatchObject({ ok: true, size: 16, entries: 11, checkpoints: 3 });
    const [finding] = await Promise.all([check(log.signer.vkey), log.append(someEntries())]);
    expect(finding).toMatchObject({ ok: true, checkpoints: 3 });
    expect(await check()).toMatchObject({ ok: true, size: 21 });
  });

  it('is good when it is empty', async () => {
    const empty = await migratedDatabase();
    expect(await checkLog(empty.readerUrl, [])).toMatchObject({ ok: true, size: 0, entries: 0, checkpoints: 0 });
    await empty.drop();
  });

  it('is of another key than one that was given', async () => {
    expect(await check(generateKey('log.example').vkey)).toMatchObject({ ok: false, fault: 'key' });
  });
});

/** What whoever owns the database would do, so that leaves and head agree with the entries again. */
const REBUILT = `
  update audit.leaf set hash = sha256('\\x00'::bytea || body) from audit.entry where entry.index = leaf.index;
  update audit.head set frontier = audit.extend(0, '', (select string_agg(hash, ''::bytea order by index) from audit.leaf));
  update audit.head set root = audit.root_of(frontier), size = (select count(*) from audit.leaf)`;

describe('an attack by whoever owns the database is found', () => {
  it.each<readonly [string, string, number | null, string]>([
    [
      'an entry was edited',
      `update audit.entry set body = replace(convert_from(body, 'UTF8'), 'PRO-0001', 'PRO-0002')::bytea where index = 8`,
      8,
      'not the one that was appended',
    ],
    [
      'an entry was edited, and the tree written anew',
      `update audit.entry set body = replace(convert_from(body, 'UTF8'), 'PRO-0001', 'PRO-0002')::bytea, practitioner = 'PRO-0002' where index = 8; ${REBUILT}`,
      null,
      'not those of the checkpoint of 11',
    ],
    ['an entry was deleted', 'delete from audit.entry where index = 8', 8, 'missing'],
    [
      'an entry and its leaf were deleted',
      'delete from audit.entry where index = 8; delete from audit.leaf where index = 8',
      8,
      'leaf 8 is missing',
    ],
    ['the last entry was deleted', 'delete from audit.entry where index = 15', 15, 'missing'],
    [
      'the last entry was cut off with its leaf',
      'delete from audit.entry where index = 15; delete from audit.leaf where index = 15',
      15,
      'the head says 16',
    ],
    [
      'entries were cut off below a checkpoint',
      `delete from audit.entry where index >= 14; delete from audit.leaf where index >= 14; ${REBUILT}`,
      14,
      'more entries than there are',
    ],
    [
      'an entry was put in',
      `insert into audit.entry select 16, period, gen_random_uuid(), at, kind, null, null, null, null, body from audit.entry where index = 15`,
      16,
      'has no leaf',
    ],
    [
      'an entry was put in twice',
      `insert into audit.entry select index, '2097-04-01', id, at, kind, null, null, null, null, body from audit.entry where index = 14`,
      14,
      'twice',
    ],
    [
      'two entries changed places',
      'update audit.entry set index = 80 where index = 8; update audit.entry set index = 8 where index = 9; update audit.entry set index = 9 where index = 80',
      8,
      'not the one that was appended',
    ],
    [
      'a leaf was edited',
      `update audit.leaf set hash = sha256('x') where index = 8`,
      8,
      'not the one that was appended',
    ],
    [
      'a leaf of a retired month was edited',
      `update audit.leaf set hash = sha256('x') where index = 3`,
      null,
      'not those of the checkpoint of 5',
    ],
    [
      'a leaf has the id of another entry',
      `update audit.leaf set entry_id = gen_random_uuid() where index = 8`,
      8,
      'another id than its entry',
    ],
    [
      'an entry is there again under another place',
      `drop index audit.leaf_entry_id_key; insert into audit.entry select 16, period, id, at, kind, request_id, partner, practitioner, subject, body from audit.entry where index = 15; insert into audit.leaf select 16, entry_id, hash from audit.leaf where index = 15; ${REBUILT}`,
      16,
      'the id of another',
    ],
    ['the head says another size', 'update audit.head set size = 20', 16, 'the head says 20'],
    ['the head says another root', `update audit.head set root = sha256('x')`, null, 'another root'],
    ['the head says another frontier', `update audit.head set frontier = sha256('x')`, null, 'another root'],
    ['the head says another month', `update audit.head set period = '2098-01-01'`, null, 'another month'],
    [
      'a checkpoint was edited',
      `update audit.checkpoint set note = replace(note, e'\n15\n', e'\n14\n') where size = 15`,
      null,
      'the checkpoint of 15 says something else',
    ],
    [
      'a checkpoint is of another tree',
      `update audit.checkpoint set note = (select replace(note, e'\n11\n', e'\n15\n') from audit.checkpoint where size = 11) where size = 15`,
      null,
      'not those of the checkpoint of 15',
    ],
    [
      'the tree of a checkpoint was edited',
      `update audit.checkpoint set frontier = sha256('x') where size = 11`,
      null,
      'not those of the checkpoint of 11',
    ],
    [
      'a signature was edited',
      `update audit.checkpoint set note = overlay(note placing 'AAAA' from length(note) - 12) where size = 11`,
      null,
      'the signature of log.example',
    ],
    [
      'a checkpoint that a witness signed was deleted',
      'delete from audit.checkpoint where size = 11',
      null,
      'a witness signed the checkpoint of 11',
    ],
    ['a retired month has other bounds', 'update audit.retired set past = 4', 0, 'not those it was retired with'],
    [
      'a retired month has another root',
      `update audit.retired set root = sha256('x')`,
      0,
      'not those it was retired with',
    ],
    ['a retired month does not begin at the beginning', 'update audit.retired set first = 1', 0, 'does not follow'],
    [
      'a month is gone as if it had been retired',
      `delete from audit.entry where period = '2097-02-01'; insert into audit.retired select '2097-02-01', 5, 11, audit.root_of(frontier), 'x' from audit.checkpoint where size = 11`,
      5,
      'no entry records',
    ],
    [
      'an entry of a retired month lies there',
      `insert into audit.entry select 3, '2097-01-01', gen_random_uuid(), at, kind, null, null, null, null, body from audit.entry where index = 15`,
      3,
      'its month was retired',
    ],
    [
      'an entry lies in another month',
      `update audit.entry set period = '2097-01-01' where index = 8`,
      8,
      'an earlier month',
    ],
    [
      'a change of keys was edited',
      `update audit.key_change set body = 'x' where index = 7`,
      7,
      'not the entry that was appended',
    ],
    ['a change of keys was hidden', 'delete from audit.key_change where index = 7', 7, 'not kept with the others'],
    [
      'a change of keys was made up',
      `insert into audit.key_change select 8, body from audit.entry where index = 8`,
      8,
      'is none',
    ],
    ['a change of keys is of no entry', `insert into audit.key_change values (99, 'x')`, null, 'is no entry'],
    ...['id', 'at', 'kind', 'requestId', 'partner', 'practitioner', 'subject'].map((column) => {
      const name = column.replace('requestId', 'request_id');
      const value =
        { id: 'gen_random_uuid()', request_id: 'gen_random_uuid()', at: `at + interval '1 microsecond'` }[name] ??
        `'other'`;
      return [
        `${name} is not that of the entry`,
        `update audit.entry set ${name} = ${value} where index = 9`,
        9,
        `by another ${column}`,
      ] as const;
    }),
  ])('%s', async (_, attack, entry, message) => {
    await sql(attack);
    expect(await check(log.signer.vkey)).toEqual({
      ok: false,
      fault: 'tampered',
      entry,
      message: expect.stringContaining(message),
    });
  });

  it('also an entry that cannot be read', async () => {
    await sql(`update audit.entry set body = 'x' where index = 15; ${REBUILT}`);
    expect(await check()).toMatchObject({ ok: false, entry: 15, message: 'entry 15 cannot be read' });
  });
});

it('finds entries that were taken out with a retired month whose entry does not count them', async () => {
  await using other = await openLog(database);
  await other.append([exportEntry(new Date(), 'one', recorded)]);
  expect(await check()).toMatchObject({ ok: true });
  await sql(`
    update audit.retired set past = 7, root = (
      select audit.root_of(audit.extend(0, '', string_agg(hash, ''::bytea order by index))) from audit.leaf where index < 7
    );
    delete from audit.entry where index in (5, 6)`);
  expect(await check()).toEqual({
    ok: false,
    fault: 'tampered',
    entry: 5,
    message: '2097-01 is gone with 7 entries, and the entry that records it says 5',
  });
});
