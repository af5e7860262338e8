import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../src/store/client.ts';
import { checkLog } from '../../src/store/fsck.ts';
import { durabilityProblems } from '../../src/store/settings.ts';
import { createTreeStore, type TreeStore } from '../../src/store/tree.ts';
import { clearLog, emptyDatabase, migratedDatabase, query, type TestDatabase } from './database.ts';
import { openLog, someEntries } from './log.ts';

let database: TestDatabase;
let store: Store;
let trees: TreeStore;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 2 });
  trees = createTreeStore(store.db);
});

beforeEach(async () => {
  await clearLog(database);
  for (const name of await partitions()) await sql(`drop table ${name}`);
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

const sql = (text: string, values: unknown[] = []) => query(database.ownerUrl, text, values);

/** But for the default one. */
async function partitions(): Promise<string[]> {
  const rows = await sql(
    `select inhrelid::regclass::text as name from pg_inherits
     where inhparent = 'audit.entry'::regclass and inhrelid <> 'audit.entry_default'::regclass order by 1`,
  );
  return rows.map(({ name }) => String(name));
}

const inDefault = async () => (await sql('select count(*)::int as n from audit.entry_default'))[0]?.['n'];

describe('partitions', () => {
  it('are made for the month in which entries are appended now and those after it, once', async () => {
    await sql(`update audit.head set period = '2097-11-01'`);
    expect(await trees.makePartitions(3)).toBe(4);
    expect(await trees.makePartitions(3)).toBe(0);
    const made = ['audit.entry_2097_11', 'audit.entry_2097_12', 'audit.entry_2098_01', 'audit.entry_2098_02'];
    expect(await partitions()).toEqual(made);
    await using log = await openLog(database);
    await log.append(someEntries());
    expect(await sql('select distinct tableoid::regclass::text as name from audit.entry')).toEqual([{ name: made[0] }]);
  });

  it('take over what the default one took for want of them, while others append and nobody is refused', async () => {
    await sql(`update audit.head set period = '2097-11-01'`);
    await using log = await openLog(database);
    await log.append(someEntries());
    expect(await inDefault()).toBe(5);
    let [going, count] = [true, 5];
    const appending = (async () => {
      for (; going; count += 5) await log.append(someEntries());
    })();
    await untilAppended(50);
    expect(await trees.makePartitions(0)).toBe(1);
    await untilAppended(100);
    going = false;
    await appending;
    await log.append(someEntries());
    expect(await inDefault()).toBe(0);
    expect(await sql('select count(*)::int as n from audit.entry_2097_11')).toEqual([{ n: count + 5 }]);
    expect(await checkLog(database.readerUrl, [])).toMatchObject({ ok: true, size: count + 5 });
  });

  it('wait for a long reading no more than a second, and whoever appends meanwhile is served', async () => {
    await sql(`update audit.head set period = '2097-11-01'`);
    const reader = new pg.Client({ connectionString: database.readerUrl });
    await reader.connect();
    await reader.query('begin; select from audit.entry');
    await using log = await openLog(database);
    const [made] = await Promise.allSettled([trees.makePartitions(0), log.append(someEntries())]);
    expect(made).toMatchObject({ status: 'rejected', reason: { code: 'STORE_UNAVAILABLE' } });
    expect(await inDefault()).toBe(5);
    await reader.end();
    expect(await trees.makePartitions(0)).toBe(1);
    expect(await inDefault()).toBe(0);
  });

  it('of a month never come after those of a later one, whatever the clock says', async () => {
    await sql(`update audit.head set period = '2097-11-01'`);
    await using log = await openLog(database);
    await log.append(someEntries());
    expect(await sql('select distinct period::text as period from audit.entry')).toEqual([{ period: '2097-11-01' }]);
    expect(await sql('select period::text as period from audit.head')).toEqual([{ period: '2097-11-01' }]);
  });

  async function untilAppended(count: number): Promise<void> {
    for (let size = 0; size < count; ) size = Number((await sql('select size from audit.head'))[0]?.['size']);
  }
});

describe('a database with entries from before there were partitions', () => {
  it('keeps them, in the months that they say, in their order', async () => {
    const older = await emptyDatabase();
    try {
      // To which a migration grants rights; otherwise the engine makes it.
      await query(older.ownerUrl, 'create table _prisma_migrations ()');
      for (const name of ['0001_record', '0002_audit', '0003_governance', '0004_tree']) {
        await query(older.ownerUrl, migration(name));
      }
      const months = ['2024-12', '2025-01', '2025-01', '2024-12', '2025-03', '2097-01'];
      await query(
        older.ownerUrl,
        `insert into audit.entry (index, id, at, kind, body)
         select n - 1, gen_random_uuid(), (month || '-31T23:59:59Z')::timestamptz, 'start', convert_to(month, 'UTF8')
         from unnest($1::text[]) with ordinality as given (month, n)`,
        [months],
      );
      await query(older.ownerUrl, migration('0005_keeping'));
      const rows = await query(
        older.ownerUrl,
        'select index, body, period::text as period from audit.entry order by index',
      );
      expect(rows.map(({ body }) => String(body))).toEqual(months);
      const [head] = await query(older.ownerUrl, 'select period::text as period from audit.head');
      const period = String(head?.['period']);
      // The last one says a month to come: it is of this one.
      const periods = ['2024-12-01', '2025-01-01', '2025-01-01', '2025-01-01', '2025-03-01', period];
      expect(rows.map((row) => row['period'])).toEqual(periods);
      expect(period < '2097').toBe(true);
      expect(await query(older.ownerUrl, 'select from audit.entry_default')).toEqual([]);
    } finally {
      await older.drop();
    }
  });
});

describe('what the server must not have turned off', () => {
  it('is named, each with what it would cost', async () => {
    expect(await durabilityProblems(store.db)).toEqual([]);
    // The server is everybody's: what it says of itself is put before it, for this database alone.
    const name = new URL(database.ownerUrl).pathname.slice(1);
    await sql(`create view public.pg_settings as
      select name, case when name in ('fsync', 'full_page_writes') then 'off' else setting end as setting
      from pg_catalog.pg_settings; grant select on public.pg_settings to public`);
    await sql(`alter database ${name} set search_path = public, pg_catalog`);
    await sql(`alter database ${name} set synchronous_commit = off`);
    const other = openStore(database.gatewayUrl, { poolSize: 1 });
    const problems = await durabilityProblems(other.db).finally(() => other.close());
    expect(problems.map((problem) => problem.slice(0, problem.indexOf(':', 14)))).toEqual([
      'DATABASE_URL: the server has fsync = off',
      'DATABASE_URL: the server has full_page_writes = off',
      'DATABASE_URL: the server has synchronous_commit = off',
    ]);
  });
});

const migration = (name: string) =>
  readFileSync(new URL(`../../prisma/migrations/${name}/migration.sql`, import.meta.url), 'utf8');
