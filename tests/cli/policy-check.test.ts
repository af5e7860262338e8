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
  edit(broken, 'roles/work-coach.yaml', 'title:', 'titel:');
});

afterAll(() => rmSync(broken, { recursive: true, force: true }));

function edit(folder: string, path: string, from: string, to: string): void {
  const file = join(folder, path);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

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

test('runs the worked cases, and tells what else is seen before it prints a hash', async () => {
  const widened = mkdtempSync(join(tmpdir(), 'throughgate-policies-'));
  try {
    cpSync(POLICIES, widened, { recursive: true });
    edit(widened, 'roles/work-coach.yaml', 'supervision.recall]', 'supervision.recall, supervision.licence]');
    edit(
      widened,
      'agreements/PRB-DWP-01.yaml',
      '  - supervision.recall\n',
      '  - supervision.recall\n  - supervision.licence\n',
    );
    const { exitCode, stdout, stderr } = await throughgate(['policy', 'check', '--policies', widened]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^cases\/work-coach\.yaml:\d+:\d+ .*: also sees supervision\.licence at probation-service/m);
    // What a wrong case leaves without a case is no second mistake.
    expect(stderr).not.toContain('no case');

    rmSync(join(widened, 'cases', 'work-coach.yaml'));
    const uncovered = await throughgate(['policy', 'check', '--policies', widened]);
    expect(uncovered.exitCode).toBe(1);
    expect(uncovered.stderr).toContain('the role work-coach has no cases');
  } finally {
    rmSync(widened, { recursive: true, force: true });
  }
});

test('prints JSON for programs, good or bad', async () => {
  const good = await throughgate(['policy', 'check', '--json']);
  expect(JSON.parse(good.stdout)).toEqual({
    ok: true,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    counts: expect.objectContaining({ roles: 13, partners: 15, cases: expect.any(Number) }),
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
