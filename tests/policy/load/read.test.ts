import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PolicyError } from '../../../src/policy/load/error.ts';
import { loadBundle } from '../../../src/policy/load/load.ts';
import { record } from './real.ts';

let home: string;
let folder: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'policies-'));
  folder = join(home, 'policies');
  // Few of the agreements, and no cases: each test is quick without them.
  cpSync('policies', folder, { recursive: true, filter: (from) => !/(agreements\/(?!OWN)|cases\/)/.test(from) });
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

async function problems(): Promise<string[]> {
  try {
    await loadBundle(folder, record);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.message.split('\n');
    throw error;
  }
}

test('files that hold no policy are passed over', async () => {
  writeFileSync(join(folder, 'NOTES.md'), 'anything');
  writeFileSync(join(folder, '.editor.yaml'), '[');
  writeFileSync(join(folder, 'roles', 'README.md'), 'anything');
  mkdirSync(join(folder, 'cases'), { recursive: true });
  writeFileSync(join(folder, 'cases', 'work-coach.yaml'), 'case: one');
  rmSync(join(folder, 'schemas'), { recursive: true });
  expect(await problems()).toEqual([]);
});

test('a folder that is not there', async () => {
  folder = join(home, 'elsewhere');
  expect(await problems()).toEqual(['.:1:1 the policy folder cannot be read']);
});

test('a file for a folder', async () => {
  folder = join(folder, 'permissions.yaml');
  expect(await problems()).toEqual(['.:1:1 the policy folder cannot be read']);
});

test('a folder of another name', async () => {
  renameSync(join(folder, 'agreements'), join(folder, 'agreement'));
  expect(await problems()).toEqual([
    'agreement:1:1 there is no policy in a folder of this name; did you mean agreements',
  ]);
});

test('a folder within a folder', async () => {
  mkdirSync(join(folder, 'agreements', 'old'));
  expect(await problems()).toEqual(['agreements/old:1:1 a folder in agreements is not read']);
});

test('the other ending of YAML', async () => {
  writeFileSync(join(folder, 'agreements', 'NEW-01.yml'), 'reference: NEW-01');
  expect(await problems()).toEqual(['agreements/NEW-01.yml:1:1 policy files end in .yaml']);
});

test('a file over 1 MB', async () => {
  writeFileSync(join(folder, 'permissions.yaml'), `# ${'x'.repeat(1024 * 1024)}\n`);
  expect(await problems()).toEqual(['permissions.yaml:1:1 the file is larger than 1 MB']);
});

test('a file that is not text', async () => {
  writeFileSync(join(folder, 'permissions.yaml'), Buffer.from([0x41, 0xff, 0xfe]));
  expect(await problems()).toEqual(['permissions.yaml:1:1 the file is not UTF-8 text']);
});

test('a link out of the folder', async () => {
  renameSync(join(folder, 'permissions.yaml'), join(home, 'permissions.yaml'));
  symlinkSync('../permissions.yaml', join(folder, 'permissions.yaml'));
  expect(await problems()).toEqual(['permissions.yaml:1:1 the link leads out of the policy folder']);
});

test('a linked folder out of the folder', async () => {
  renameSync(join(folder, 'agreements'), join(home, 'agreements'));
  symlinkSync('../agreements', join(folder, 'agreements'));
  expect(await problems()).toEqual(['agreements:1:1 the link leads out of the policy folder']);
});

test('a link that leads to nothing', async () => {
  symlinkSync('nowhere.yaml', join(folder, 'roles', 'lost.yaml'));
  expect(await problems()).toEqual(['roles/lost.yaml:1:1 the file cannot be read']);
});

test('links within the folder, as a mounted configuration has them', async () => {
  mkdirSync(join(folder, '..data'));
  for (const name of ['permissions.yaml', 'agreements']) {
    renameSync(join(folder, name), join(folder, '..data', name));
    symlinkSync(`..data/${name}`, join(folder, name));
  }
  expect(await problems()).toEqual([]);
});

test('a policy folder that is itself a link', async () => {
  symlinkSync('policies', join(home, 'current'));
  folder = join(home, 'current');
  expect(await problems()).toEqual([]);
});
