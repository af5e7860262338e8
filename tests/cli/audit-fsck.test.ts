import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateKey } from '../../src/audit/note.ts';
import { migratedDatabase, query, type TestDatabase } from '../store/database.ts';
import { openLog, someEntries, type TestLog } from '../store/log.ts';
import { throughgate } from './program.ts';

let database: TestDatabase;
let log: TestLog;

beforeAll(async () => {
  database = await migratedDatabase();
  log = await openLog(database);
  await log.append(someEntries());
  await log.sign();
});

afterAll(async () => {
  await log[Symbol.asyncDispose]();
  await database.drop();
});

const fsck = (...argv: string[]) => throughgate(['audit', 'fsck', ...argv], { AUDIT_READER_URL: database.readerUrl });

describe('audit fsck', () => {
  test('says that a log is good, in words and as JSON', async () => {
    const [row] = await query(database.ownerUrl, `select encode(root, 'base64') as root from audit.head`);
    const root = String(row?.['root']);
    const words = `good: entries 5, checkpoints 1, root ${root}\n`;
    expect(await fsck('--key', log.signer.vkey)).toEqual({ exitCode: 0, stdout: words, stderr: '' });
    const json = await fsck('--json');
    expect(JSON.parse(json.stdout)).toEqual({ ok: true, size: 5, entries: 5, root, checkpoints: 1 });
  });

  test('answers 1 where nothing says which log, and 4 for a key of another', async () => {
    expect(await throughgate(['audit', 'fsck'], { DATA_DIR: '/nowhere' })).toMatchObject({ exitCode: 1 });
    expect(await fsck('--key', generateKey('log.example').vkey)).toMatchObject({ exitCode: 4, stdout: '' });
    expect(await fsck('--key', 'log.example+00000000+AAAA')).toMatchObject({ exitCode: 4, stdout: '' });
  });

  test('answers 2 for one that was tampered with, and names the first bad entry', async () => {
    await query(database.ownerUrl, `update audit.entry set partner = 'other' where index = 2`);
    expect(await fsck()).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'tampered: entry 2 is searched by another partner than it has\n',
    });
    const json = await fsck('--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, fault: 'tampered', entry: 2 });
  });
});
