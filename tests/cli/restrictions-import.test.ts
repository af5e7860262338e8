import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migratedDatabase, query, type TestDatabase } from '../store/database.ts';
import { throughgate } from './program.ts';

const OWNER = 'probation-service';
const RECORD = {
  kind: 'restriction',
  person: '00000001-0000-4000-8000-000000000000',
  type: 'EXCLUSION',
  owner: OWNER,
  accounts: [],
  from: '2026-01-01',
  until: null,
};

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-restrictions-'));
  database = await migratedDatabase();
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function importList(count: number, records: readonly unknown[], ...options: readonly string[]) {
  const file = join(folder, 'list.ndjson');
  const header = { kind: 'restriction-list', owner: OWNER, asOf: '2026-01-02T09:00:00Z', count };
  writeFileSync(file, [header, ...records].map((line) => `${JSON.stringify(line)}\n`).join(''));
  const environment = { DATABASE_OWNER_URL: database.ownerUrl };
  return throughgate(['restrictions', 'import', '--owner', OWNER, file, ...options], environment);
}

test('a good list is in force, a bad one leaves it there, and one that shrinks must be meant', async () => {
  const good = await importList(1, [RECORD], '--json');
  expect(good.exitCode).toBe(0);
  expect(JSON.parse(good.stdout)).toEqual({ ok: true, entries: 1, released: 0, unreadable: 0, unresolved: 0 });

  const cut = await importList(2, [RECORD]);
  expect(cut).toMatchObject({ exitCode: 1, stdout: '' });
  expect(cut.stderr).toContain('COUNT_DIFFERS');
  expect(cut.stderr).toContain('the last good one stays in force');

  const shrunk = await importList(0, [], '--json');
  expect(shrunk.exitCode).toBe(1);
  expect(JSON.parse(shrunk.stdout)).toMatchObject({ ok: false, code: 'SHRUNK' });
  expect(await query(database.ownerUrl, 'select problem from record.restriction_list')).toEqual([
    { problem: 'SHRUNK' },
  ]);
  expect(await query(database.ownerUrl, 'select owner from record.restriction')).toEqual([{ owner: OWNER }]);

  const meant = await importList(0, [], '--accept-shrink');
  expect(meant).toMatchObject({ exitCode: 0, stdout: 'entries 0\nreleased 1\nunreadable 0\nunresolved 0\n' });
  expect(await query(database.ownerUrl, 'select owner from record.restriction')).toEqual([]);
}, 60_000);

test('asks whose list it is, and says so when there is no such file', async () => {
  const environment = { DATABASE_OWNER_URL: database.ownerUrl };
  const whose = await throughgate(['restrictions', 'import', join(folder, 'none')], environment);
  expect(whose).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--owner is missing') });
  const none = await throughgate(['restrictions', 'import', '--owner', OWNER, join(folder, 'none')], environment);
  expect(none).toMatchObject({ exitCode: 1, stderr: `There is no file ${join(folder, 'none')}\n` });
});
