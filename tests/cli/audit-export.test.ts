import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatCheckpoint } from '../../src/audit/checkpoint.ts';
import { NOBODY, requestEntry, type StoredEntry } from '../../src/audit/entry.ts';
import { generateKey, parseSigner, signNote } from '../../src/audit/note.ts';
import { EMPTY, type Frontier, rootOf } from '../../src/audit/tree.ts';
import { createAuditStore } from '../../src/store/audit.ts';
import { openStore } from '../../src/store/client.ts';
import { openExport } from '../../src/store/export-reader.ts';
import { createTreeStore } from '../../src/store/tree.ts';
import { migratedDatabase, query, type TestDatabase } from '../store/database.ts';
import { throughgate } from './program.ts';

const signer = parseSigner(generateKey('log.example').privateKey);
const REQUEST = '5b8f6a52-6f5a-4f0e-9d0f-1b6f3f3a7c11';

let database: TestDatabase;
let folder: string;
/** Ten entries, one a day from 1 May 2026 at half past eleven at night, London time; signed at 4, 8 and 10. */
let entries: readonly StoredEntry[];

function entryOf(n: number): StoredEntry {
  const actor = { ...NOBODY, practitioner: n < 5 ? 'PRO-1' : 'PRO-2', name: n === 0 ? '=1+1' : 'A name' };
  const operation = { name: null, hash: null };
  const requestId = n === 3 ? REQUEST : `5b8f6a52-6f5a-4f0e-9d0f-${String(n).padStart(12, '0')}`;
  return requestEntry(
    new Date(Date.UTC(2026, 4, 1 + n, 22, 30)),
    { requestId, trace: null, network: null, node: 'node-1', actor, purpose: null, policy: 'f', operation },
    { outcome: 'answered', status: 200, reasons: [], sources: [], counts: { subjects: 0, shown: 0, considered: 0 } },
  );
}

beforeAll(async () => {
  database = await migratedDatabase();
  folder = mkdtempSync(join(tmpdir(), 'throughgate-export-'));
  entries = Array.from({ length: 10 }, (_, n) => entryOf(n));
  const store = openStore(database.gatewayUrl, { poolSize: 1 });
  let tree: Frontier = EMPTY;
  const log = createAuditStore(store, EMPTY, (grown) => {
    tree = grown;
  });
  for (const [from, until] of [[0, 4] as const, [4, 8] as const, [8, 10] as const]) {
    await log.append(entries.slice(from, until));
    const text = formatCheckpoint({ origin: signer.name, size: tree.size, root: rootOf(tree) });
    await createTreeStore(store.db).keep({ tree, note: signNote(text, signer) });
  }
  await store.close();
});

afterAll(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({ AUDIT_READER_URL: database.readerUrl, DATABASE_URL: database.gatewayUrl });
const exported = (...argv: string[]) => throughgate(['audit', 'export', ...argv], environment());
const lineOf = ({ body }: StoredEntry) => `${Buffer.from(body).toString()}\n`;
const between = (first: number, past: number) => entries.slice(first, past).map(lineOf).join('');
const verify = (dir: string, ...argv: string[]) =>
  throughgate(['audit', 'verify', '--bundle', dir, '--key', signer.vkey, '--json', ...argv]);

/** The exports that were recorded, without what differs each time. */
async function recorded() {
  const rows = await query(database.ownerUrl, `select body from audit.entry where kind = 'export' order by index`);
  return rows.map(({ body }) => {
    const { id: _id, at: _at, node: _node, ...rest } = JSON.parse(String(body));
    return rest;
  });
}

async function bundle(name: string, ...argv: string[]): Promise<string> {
  const dir = join(folder, name);
  expect(await exported('--format', 'bundle', '--out', dir, ...argv)).toMatchObject({ exitCode: 0, stderr: '' });
  return dir;
}

/** While the database lacks some of its entries. */
async function without<T>(which: string, look: () => Promise<T>): Promise<T> {
  await query(
    database.ownerUrl,
    `create table kept as select * from audit.entry where ${which}; delete from audit.entry where ${which}`,
  );
  try {
    return await look();
  } finally {
    await query(database.ownerUrl, 'insert into audit.entry select * from kept; drop table kept');
  }
}

describe('entries as they were committed', () => {
  test.each<[string[], number, number]>([
    [['--request', REQUEST], 3, 4],
    [['--practitioner', 'PRO-1'], 0, 5],
    [['--practitioner', 'PRO-1', '--last', '2'], 3, 5],
    [['--from', '2026-05-03', '--to', '2026-05-05'], 2, 5],
    [['--to', '2026-05-02T22:30:00Z'], 0, 1],
    [['--to', '2026-05-02T23:30:00.001+01:00'], 0, 2],
    [['--from', '2026-05-08', '--to', '2026-05-31'], 7, 10],
  ])('%j', async (argv, first, past) => {
    expect(await exported(...argv)).toEqual({ exitCode: 0, stdout: between(first, past), stderr: '' });
  });

  test('none is told apart from an error', async () => {
    expect(await exported('--practitioner', 'PRO-9')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: 'No entry matches.\n',
    });
  });
});

test('an export is recorded before it is given, by what it picks and never by whom', async () => {
  const before = (await recorded()).length;
  await exported('--practitioner', 'PRO-1', '--from', '2026-05-02', '--last', '3');
  expect((await recorded()).slice(before)).toEqual([
    {
      ...{ v: 2, kind: 'export', processing: 'disclosure', outcome: 'answered', format: 'ndjson', entries: 3 },
      ...{ from: '2026-05-02', to: null, filters: ['practitioner', 'last'] },
    },
  ]);
});

test.each([
  ['there is no login to record it with', undefined, /DATABASE_URL is missing/],
  [
    'the login may not append',
    (): string => database.readerUrl,
    /could not be recorded in the log, so nothing is done/,
  ],
])('nothing is given when %s', async (_what, url, message) => {
  const variables = { AUDIT_READER_URL: database.readerUrl, DATA_DIR: folder, ...(url && { DATABASE_URL: url() }) };
  const out = join(folder, 'unrecorded');
  for (const argv of [[], ['--format', 'bundle', '--out', out]]) {
    const { exitCode, stdout, stderr } = await throughgate(['audit', 'export', ...argv], variables);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(message);
  }
  rmSync(out, { recursive: true, force: true });
});

describe('a bundle', () => {
  test('of the whole log ends where it was signed', async () => {
    const dir = await bundle('whole');
    expect(readFileSync(join(dir, 'entries.ndjson'), 'utf8')).toBe(between(0, 10));
    expect(readdirSync(dir).sort()).toEqual(['checkpoint', 'checkpoints', 'entries.ndjson']);
    expect(JSON.parse((await verify(dir)).stdout)).toMatchObject({ ok: true, from: 0, size: 10, checkpoints: 3 });
  });

  test('of a span goes on to the next checkpoint, and says what came before it', async () => {
    const dir = await bundle('part', '--from', '2026-05-03', '--to', '2026-05-05');
    expect(readFileSync(join(dir, 'entries.ndjson'), 'utf8')).toBe(between(2, 8));
    expect(readdirSync(join(dir, 'checkpoints'))).toEqual(['4']);
    expect(readFileSync(join(dir, 'proofs', 'range'), 'utf8')).toMatch(/^log\.example\n2\n[^\n]{44}\n$/);
    expect(JSON.parse((await verify(dir)).stdout)).toMatchObject({ ok: true, from: 2, size: 8, checkpoints: 2 });
  });

  test('of a span that begins anywhere, and of its end', async () => {
    for (const first of [1, 3, 4, 7, 9]) {
      const dir = await bundle(`from-${first}`, '--from', `2026-05-${String(first + 1).padStart(2, '0')}`);
      expect(JSON.parse((await verify(dir)).stdout)).toMatchObject({ ok: true, from: first, size: 10 });
    }
  });

  test('is compared with a checkpoint inside it, and with no other', async () => {
    const part = await bundle('compared', '--from', '2026-05-03', '--to', '2026-05-05');
    const [inside, outside] = [join(part, 'checkpoint'), join(await bundle('later'), 'checkpoint')];
    expect(await verify(part, '--since', inside)).toMatchObject({ exitCode: 0 });
    expect(await verify(part, '--since', outside)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('`audit consistency`'),
    });
  });

  test('of a part proves each of its entries, as the whole log up to there would', async () => {
    const [part, whole] = [
      await bundle('proved', '--from', '2026-05-03', '--to', '2026-05-05'),
      await bundle('proved-whole', '--to', '2026-05-05'),
    ];
    const prove = (dir: string, ...argv: string[]) => throughgate(['audit', 'prove', '--bundle', dir, ...argv]);
    for (const index of ['2', '4', '7']) {
      const proof = await prove(part, '--index', index);
      expect(proof).toMatchObject({ exitCode: 0, stderr: '' });
      expect(proof).toEqual(await prove(whole, '--entry', entries[Number(index)]?.id ?? ''));
    }
    expect(await prove(part, '--index', '1')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('it holds those from 2 to 7'),
    });
    writeFileSync(join(part, 'proofs', 'range'), `log.example\n2\n${'A'.repeat(43)}=\n`);
    expect(await prove(part, '--index', '4')).toMatchObject({ exitCode: 2, stdout: '' });
  });

  test('has what others signed under our checkpoint', async () => {
    const line = `— witness.example ${Buffer.alloc(76).toString('base64')}\n`;
    await query(database.ownerUrl, 'insert into audit.cosignature (size, key, line) values (8, $1, $2)', ['k', line]);
    const dir = await bundle('cosigned', '--to', '2026-05-07');
    expect(readFileSync(join(dir, 'checkpoint'), 'utf8')).toMatch(new RegExp(`\\n— log.example \\S+\\n${line}$`));
    expect(await verify(dir)).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['the first entry of its span', 2],
    ['an entry inside it', 5],
    ['the last up to its checkpoint', 7],
  ])('is found out when somebody deleted %s', async (what, index) => {
    const span = ['--from', '2026-05-03', '--to', '2026-05-05'];
    const dir = await without(`index = ${index}`, () => bundle(what.replaceAll(' ', '-'), ...span));
    expect(await verify(dir)).toMatchObject({ exitCode: 2 });
  });

  test('keeps months from being retired from before the moment that it shows', async () => {
    await using _log = await openExport(database.readerUrl);
    const taking = `set lock_timeout = '50ms'; lock table audit.entry in access exclusive mode`;
    await expect(query(database.ownerUrl, taking)).rejects.toThrow('lock timeout');
  });

  test('of a log whose oldest entries were retired begins after them', async () => {
    const retired = `('2026-05-01', 0, 5, '', '')`;
    await query(database.ownerUrl, `insert into audit.retired (period, first, past, root, sha256) values ${retired}`);
    const dir = await without('index < 5', () => bundle('after-retirement'));
    await query(database.ownerUrl, 'truncate audit.retired');
    expect(readFileSync(join(dir, 'entries.ndjson'), 'utf8')).toBe(between(5, 10));
    expect(JSON.parse((await verify(dir)).stdout)).toMatchObject({ ok: true, from: 5, size: 10 });
  });
});

describe('a file', () => {
  test.each([
    ['csv', /^index,v,id,.*\r\n0,2,.*,'=1\+1,/],
    ['fhir', /^\{"resourceType":"AuditEvent","id":"/],
    ['ocsf', /^\{"activity_id":2,"category_uid":6,"class_uid":6003,/],
  ])('%s has all entries, and is for its owner alone', async (format, beginning) => {
    const out = join(folder, `entries.${format}`);
    const span = ['--from', '2026-05-01', '--to', '2026-05-31'];
    expect(await exported('--format', format, '--out', out, ...span)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const text = readFileSync(out, 'utf8');
    expect(text).toMatch(beginning);
    expect(text.trimEnd().split('\n')).toHaveLength(format === 'csv' ? 11 : 10);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(await exported('--format', format, ...span)).toEqual({ exitCode: 0, stdout: text, stderr: '' });
    expect(await exported('--format', format, '--out', out)).toMatchObject({
      exitCode: 1,
      stderr: '--out exists already: name a new file\n',
    });
  });
});

describe('a wrong command line', () => {
  test('is told of in full', async () => {
    const argv = ['--format', 'cvs', '--from', 'May', '--to', '2026-02-30', '--request', 'x'];
    const { exitCode, stdout, stderr } = await exported(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/--from must be .*\n--to must be/);
    expect(stderr).toMatch(/--request takes the UUID/);
    expect(stderr).toMatch(/--format must be one of ndjson, csv, fhir, ocsf, bundle; did you mean csv$/m);
  });

  test.each([
    [['--format', 'bundle'], 'needs --out DIR'],
    [['--format', 'bundle', '--out', 'x', '--last', '3'], 'A bundle has every entry of its span'],
    [['--from', '2026-05-03', '--to', '2026-05-02'], '--from must be before --to'],
    [['--format', 'bundle', '--out', 'x', '--from', '2031-01-01'], 'There is no entry between --from and --to'],
    [['--out', '/no-such-folder/x'], '--out cannot be written (ENOENT)'],
  ])('%j', async (argv, message) => {
    expect(await exported(...argv)).toMatchObject({
      exitCode: 1,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });
});
