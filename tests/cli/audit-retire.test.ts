import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateKey } from '../../src/audit/note.ts';
import { resume } from '../../src/audit/resume.ts';
import { EMPTY } from '../../src/audit/tree.ts';
import { writeBundle } from '../../src/cli/audit-export-bundle.ts';
import { createAuditStore } from '../../src/store/audit.ts';
import { openStore } from '../../src/store/client.ts';
import { createTreeStore } from '../../src/store/tree.ts';
import { migratedDatabase, query, type TestDatabase } from '../store/database.ts';
import { openLog, someEntries, type TestLog } from '../store/log.ts';
import { program, throughgate } from './program.ts';

let database: TestDatabase;
let log: TestLog;
let folder: string;

/** Five entries a month, of which the first two are signed. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-retire-'));
  database = await migratedDatabase();
  log = await openLog(database);
  await log.begin('2097-01');
  const entries = someEntries();
  await log.append(entries.slice(0, 2));
  await log.sign();
  await log.append(entries.slice(2));
  await log.begin('2097-02');
  await log.append(someEntries());
  await log.begin('2097-03');
  await log.append(someEntries());
});

afterAll(async () => {
  await log[Symbol.asyncDispose]();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function run(...argv: string[]) {
  const { ownerUrl, gatewayUrl, readerUrl } = database;
  return throughgate(['audit', ...argv], {
    DATABASE_OWNER_URL: ownerUrl,
    DATABASE_URL: gatewayUrl,
    AUDIT_READER_URL: readerUrl,
  });
}

const out = (name: string) => join(folder, name);

const retire = (month: string, dir: string, key = log.signer.vkey) =>
  run('retire', '--month', month, '--out', out(dir), '--key', key, '--json');

const sql = (text: string) => query(database.ownerUrl, text);

/** Entries of the months that lie there. */
async function months(): Promise<unknown> {
  return sql(`select to_char(period, 'YYYY-MM') as month, count(*)::int as n from audit.entry group by 1 order by 1`);
}

const recorded = () =>
  sql(
    `select convert_from(body, 'UTF8')::jsonb as entry from audit.entry where kind in ('export', 'review') order by index`,
  )
    .then((rows) => rows.map(({ entry }) => entry as Record<string, unknown>))
    .then((entries) => entries.filter(({ format }) => format !== 'csv'));

describe('a month stays', () => {
  test.each([
    ['that is the current one', '2097-03', '2097-03 is not over'],
    ['that is to come', '2098-01', '2098-01 is not over'],
    ['before which another is kept', '2097-02', 'begin with 2097-01'],
    ['that has no entries', '2096-12', 'no entries of 2096-12'],
    ['whose end is not signed', '2097-01', 'not signed to its end'],
  ])('%s', async (_, month, message) => {
    const { exitCode, stderr } = await retire(month, 'refused');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(message) });
  });

  test('that no command line names, and every mistake is told at once', async () => {
    const { exitCode, stderr } = await run('retire', '--month', '2097-13');
    expect({ exitCode, lines: stderr.trim().split('\n') }).toMatchObject({ exitCode: 1, lines: { length: 3 } });
  });

  test('under a hold, until it is released', async () => {
    await log.sign();
    const place = ['hold', '--place', '--reference', 'COR-2097/1', '--from', '2096-12', '--until', '2099-12'];
    expect(await run(...place)).toMatchObject({ exitCode: 0, stdout: 'placed\n' });
    expect(await run(...place)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('use a new one') });
    const other = ['hold', '--place', '--reference', 'COR-2097/2', '--from', '2097-02', '--until', '2097-02'];
    expect(await run(...other)).toMatchObject({ exitCode: 0 });
    expect(await retire('2097-01', 'held')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('under the hold COR-2097/1'),
    });
    const release = ['hold', '--release', '--reference', 'COR-2097/1'];
    expect(await run(...release)).toMatchObject({ exitCode: 0, stdout: 'released\n' });
    expect(await run(...release)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('COR-2097/1 lasts') });
    expect(await run(...place)).toMatchObject({ exitCode: 1 });
    const listed = await run('hold', '--list', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { reference: 'COR-2097/2', from: '2097-02', until: '2097-02', releasedAt: null },
      { reference: 'COR-2097/1', from: '2096-12', until: '2099-12', releasedAt: expect.any(String) },
    ]);
    expect((await run('hold', '--list')).stdout).toMatch(
      /^COR-2097\/2 {2}2097-02 to 2097-02 .* in force\n.* released /,
    );
    expect(await recorded()).toMatchObject([
      { kind: 'review', outcome: 'HOLD_PLACED', reference: 'COR-2097/1', from: '2096-12', to: '2099-12' },
      { kind: 'review', outcome: 'HOLD_PLACED', reference: 'COR-2097/2', from: '2097-02', to: '2097-02' },
      { kind: 'review', outcome: 'HOLD_RELEASED', reference: 'COR-2097/1', from: null, to: null },
    ]);
  });

  test('under a hold that is there, where two are placed by one reference at the same moment', async () => {
    const head = new pg.Client({ connectionString: database.ownerUrl });
    await head.connect();
    await head.query('begin; select from audit.head for update');
    const placing = ['2098-01', '2098-02'].map((month) =>
      program(['audit', 'hold', '--place', '--reference', 'COR-2098/1', '--from', month, '--until', month], {
        DATABASE_OWNER_URL: database.ownerUrl,
      }),
    );
    const waiting = `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    for (let n = 0; n < 2; ) [{ n }] = (await sql(waiting)) as [{ n: number }];
    await head.end();
    const done = await Promise.all(placing);
    expect(done.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    expect(done.find(({ exitCode }) => exitCode === 1)?.stderr).toContain('use a new one');
    const { stdout } = await run('hold', '--list', '--json');
    const placed = (JSON.parse(stdout) as { reference: string; from: string }[]).filter(
      ({ reference }) => reference === 'COR-2098/1',
    );
    expect(placed).toMatchObject([{ from: done[0]?.exitCode === 0 ? '2098-01' : '2098-02' }]);
  });

  test.each([
    [[], 1],
    [['--place', '--list'], 1],
    [['--place'], 3],
    [['--place', '--reference', 'no spaces', '--from', '2097-02', '--until', '2097-01'], 2],
    [['--release', '--reference', 'R', '--from', '2097-02'], 1],
    [['--list', '--reference', 'R'], 1],
  ])('a hold is refused with every mistake of its command line: %j', async (argv, mistakes) => {
    const { exitCode, stderr } = await run('hold', ...argv);
    expect({ exitCode, mistakes: stderr.trim().split('\n').length }).toEqual({ exitCode: 1, mistakes });
  });

  test('whose entries are not those that were appended, and one that was never signed so', async () => {
    const edit = `update audit.entry set body = replace(convert_from(body, 'UTF8'), 'PRO-0001', 'PRO-0002')::bytea where index = 2`;
    await sql(`create table kept as select * from audit.entry; ${edit}`);
    expect(await retire('2097-01', 'edited')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('fsck') });
    await sql(`create table kept_leaf as select * from audit.leaf;
      update audit.leaf set hash = sha256('\\x00'::bytea || body) from audit.entry where entry.index = leaf.index`);
    expect(await retire('2097-01', 'edited')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('tampered'),
    });
    await sql(`truncate audit.entry, audit.leaf; insert into audit.entry select * from kept;
      insert into audit.leaf select * from kept_leaf; drop table kept, kept_leaf`);
    expect(await retire('2097-01', 'forged', generateKey('log.example').vkey)).toMatchObject({ exitCode: 4 });
    expect(await retire('2097-01', 'forged', 'no-key+00000000+AAAA')).toMatchObject({ exitCode: 4 });
    expect(readdirSync(folder).filter((name) => !name.endsWith('.partial'))).toEqual([]);
    expect(await months()).toMatchObject([{ month: '2097-01', n: 5 }, { month: '2097-02' }, { month: '2097-03' }]);
  });
});

describe('a month is retired', () => {
  test('by a run that is repeated after it was interrupted', async () => {
    mkdirSync(out('january.partial'));
    writeFileSync(join(out('january.partial'), 'entries.ndjson'), 'half');
    const reader = new pg.Client({ connectionString: database.readerUrl });
    await reader.connect();
    await reader.query('begin; select from audit.entry');
    const held = await retire('2097-01', 'january');
    expect(held).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('try again when they are done') });
    await reader.end();
    expect(await months()).toMatchObject([{ month: '2097-01', n: 5 }, {}, {}]);

    const done = await retire('2097-01', 'january');
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(done.stdout)).toMatchObject({ month: '2097-01', first: 0, past: 5 });
    expect(await months()).toMatchObject([{ month: '2097-02', n: 5 }, { month: '2097-03' }]);
    expect(await retire('2097-01', 'january')).toEqual(done);
    expect(existsSync(out('january.partial'))).toBe(false);
    expect((await recorded()).filter(({ kind }) => kind === 'export')).toMatchObject(
      Array(2).fill({ kind: 'export', processing: 'erasure', format: 'retire', from: '2097-01-01', entries: 5 }),
    );
  });

  test('and its bundle is what was signed, as is what is left, which fsck agrees with', async () => {
    expect(await verify('january')).toMatchObject({ exitCode: 0 });
    await log.sign();
    expect(await run('export', '--format', 'bundle', '--out', out('left'))).toMatchObject({ exitCode: 0 });
    const left = await verify('left', '--json');
    expect(JSON.parse(left.stdout)).toMatchObject({ ok: true, from: 5 });
    expect(await run('fsck', '--key', log.signer.vkey)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^good: entries \d+, 5 of them retired, checkpoints \d+, root /),
    });
    expect(await run('prove', '--bundle', out('left'), '--index', '7')).toMatchObject({ exitCode: 0 });
  });

  test('into no folder that has something else in it', async () => {
    await sql('delete from audit.hold');
    cpSync(out('left'), out('february'), { recursive: true });
    expect(await retire('2097-02', 'february')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('name a new folder'),
    });
    expect(await months()).toMatchObject([{ month: '2097-02' }, {}]);
  });

  test('into a folder that has its entries only where all of that is what was signed', async () => {
    await writeBundle(database.readerUrl, out('february-broken'), { first: 5, past: 10 });
    writeFileSync(join(out('february-broken'), 'checkpoint'), 'lost');
    expect(await retire('2097-02', 'february-broken')).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await months()).toMatchObject([{ month: '2097-02' }, {}]);
  });

  test('also where the default partition took its entries', async () => {
    await sql(`alter table audit.entry detach partition audit.entry_2097_02;
      insert into audit.entry select * from audit.entry_2097_02; drop table audit.entry_2097_02`);
    expect(await retire('2097-02', 'february-after-all')).toMatchObject({ exitCode: 0 });
    expect(await months()).toMatchObject([{ month: '2097-03' }]);
    expect(await sql('select from audit.entry_default')).toEqual([]);
  });

  test('and a gateway takes the log up from there, and one that knows nothing of it catches up', async () => {
    const store = openStore(database.gatewayUrl, { poolSize: 2 });
    try {
      const trees = createTreeStore(store.db);
      const { size } = (await trees.head()).tree;
      await createAuditStore(store, EMPTY).append(someEntries());
      expect((await resume(trees, [log.signer.vkey])).tree.size).toBe(size + 5);
      await log.sign();
      expect(await run('fsck')).toMatchObject({ exitCode: 0 });
      expect(await run('export', '--format', 'bundle', '--out', out('rest'))).toMatchObject({ exitCode: 0 });
      expect(await verify('rest')).toMatchObject({ exitCode: 0 });
    } finally {
      await store.close();
    }
  });
});

const verify = (name: string, ...more: string[]) =>
  run('verify', '--bundle', out(name), '--key', log.signer.vkey, ...more);
