import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migratedDatabase, type TestDatabase } from '../store/database.ts';
import { program } from './program.ts';

const LINK = {
  kind: 'link',
  person: '00000001-0000-4000-8000-000000000000',
  holder: 'probation-service',
  type: 'CRN',
  value: 'X123456',
  confidence: 1,
  current: true,
};

let folder: string;
let database: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-links-'));
  database = await migratedDatabase();
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

function importFile(name: string, ...lines: readonly unknown[]) {
  const file = join(folder, name);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return program(['links', 'import', file, '--json'], { DATABASE_OWNER_URL: database.ownerUrl });
}

test('imports a facts file and counts what it read', async () => {
  const { exitCode, stdout } = await importFile('good.ndjson', LINK, { ...LINK, holder: 'hmpps-prisons' });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ link: 2, people: 1 });
});

test('imports nothing of a file with mistakes, and names their lines', async () => {
  const { exitCode, stdout, stderr } = await importFile('bad.ndjson', LINK, { ...LINK, confidence: 2 });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toContain('line 2: confidence must be a number from 0 to 1');
  expect(stderr).not.toContain('X123456');
});

test('says so when there is no such file', async () => {
  const { exitCode, stderr } = await program(['links', 'import', join(folder, 'none')], {
    DATABASE_OWNER_URL: database.ownerUrl,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: `There is no file ${join(folder, 'none')}\n` });
});

test('says so when the database cannot be reached, without telling its URL', async () => {
  const { exitCode, stderr } = await program(['links', 'import', join(folder, 'good.ndjson')], {
    DATABASE_OWNER_URL: 'postgresql://owner:hunter2@127.0.0.1:1/throughgate',
  });
  expect(exitCode).toBe(70);
  expect(stderr).toContain('ECONNREFUSED');
  expect(stderr).not.toContain('hunter2');
});
