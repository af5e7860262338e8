import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migratedDatabase, query, type TestDatabase } from '../store/database.ts';
import { throughgate } from './program.ts';

const PERSON = '00000001-0000-4000-8000-000000000000';
const LINK = {
  kind: 'link',
  person: PERSON,
  holder: 'probation-service',
  type: 'CRN',
  value: 'X123456',
  confidence: 1,
  current: true,
};

let folder: string;
let database: TestDatabase;
let environment: Record<string, string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-seal-'));
  database = await migratedDatabase();
  const file = join(folder, 'hmac.key');
  writeFileSync(file, randomBytes(32).toString('hex'));
  writeFileSync(join(folder, 'links.ndjson'), `${JSON.stringify(LINK)}\n`);
  environment = { DATABASE_OWNER_URL: database.ownerUrl, AUDIT_HMAC_KEY_FILE: file };
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const importLinks = (env = environment) =>
  throughgate(['links', 'import', join(folder, 'links.ndjson'), '--json'], env);
const links = () => query(database.ownerUrl, 'select value from record.link');

test('a sealed person goes, and the same import again brings nobody and counts the same', async () => {
  const before = await importLinks();
  expect(await links()).toHaveLength(1);
  const seal = ['links', 'seal', '--type', 'CRN', '--identifier', 'X123456'];
  const done = await throughgate(seal, environment);
  expect(done).toMatchObject({ exitCode: 0, stdout: 'sealed\n', stderr: '' });
  expect(await links()).toEqual([]);
  const after = await importLinks();
  expect(after).toEqual(before);
  expect(await links()).toEqual([]);

  const without = await importLinks({ DATABASE_OWNER_URL: database.ownerUrl });
  expect(without).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('set AUDIT_HMAC_KEY_FILE') });
  expect(await links()).toEqual([]);
}, 60_000);

test.each([
  ['nobody', [], 'either --person, or --type and --identifier'],
  ['both ways at once', ['--person', PERSON, '--type', 'CRN', '--identifier', 'X123456'], 'either --person, or'],
  ['a person who is no UUID', ['--person', 'X123456'], '--person must be a UUID'],
  [
    'a number of some holder’s own',
    ['--type', 'HOUSING_APPLICATION', '--identifier', 'HA-0000001'],
    '--holder is missing: each holder issues its own HOUSING_APPLICATION',
  ],
  ['a type that there is not', ['--type', 'CNR', '--identifier', 'X123456'], 'there is no CNR; did you mean CRN'],
  ['a malformed number', ['--type', 'CRN', '--identifier', 'X12345'], 'not a well-formed CRN, such as X000000'],
  [
    'a holder that there is not',
    ['--type', 'HOUSING_APPLICATION', '--identifier', 'HA-0000001', '--holder', 'northmere-house'],
    'there is no partner northmere-house; did you mean northmere-housing',
  ],
])('refuses %s', async (_, options, message) => {
  const { exitCode, stderr } = await throughgate(['links', 'seal', ...options], environment);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(message) });
});

test('needs the key', async () => {
  const { exitCode, stderr } = await throughgate(['links', 'seal', '--person', PERSON], {
    DATABASE_OWNER_URL: database.ownerUrl,
  });
  expect({ exitCode, stderr }).toEqual({
    exitCode: 1,
    stderr: expect.stringContaining('AUDIT_HMAC_KEY_FILE is missing'),
  });
});
