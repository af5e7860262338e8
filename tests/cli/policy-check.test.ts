import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { throughgate } from './program.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

let broken: string;

beforeAll(() => {
  broken = mkdtempSync(join(tmpdir(), 'throughgate-policies-'));
  cpSync(POLICIES, broken, { recursive: true });
  const file = join(broken, 'roles', 'work-coach.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('title:', 'titel:'));
});

afterAll(() => rmSync(broken, { recursive: true, force: true }));

test('prints the hash of good policy files, and what is in them', async () => {
  const { exitCode, stdout, stderr } = await throughgate(['policy', 'check']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^[0-9a-f]{64}\nroles 13, /);
});

test('prints every problem of bad ones by file, line and column', async () => {
  const { exitCode, stdout, stderr } = await throughgate(['policy', 'check', '--policies', broken]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^roles\/work-coach\.yaml:\d+:\d+ .*titel/m);
});

test('prints JSON for programs, good or bad', async () => {
  const good = await throughgate(['policy', 'check', '--json']);
  expect(JSON.parse(good.stdout)).toEqual({
    ok: true,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    counts: expect.objectContaining({ roles: 13, partners: 15 }),
  });
  const bad = await throughgate(['policy', 'check', '--json', '--policies', broken]);
  expect(bad.exitCode).toBe(1);
  expect(JSON.parse(bad.stdout)).toMatchObject({ ok: false, problems: [{ file: 'roles/work-coach.yaml' }, {}] });
});

test('says so when a folder does not exist', async () => {
  const { exitCode, stderr } = await throughgate(['policy', 'check', '--schema', '/no/such/folder']);
  expect(exitCode).toBe(1);
  expect(stderr).toBe('--schema names a folder that does not exist\n');
});
