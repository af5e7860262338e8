import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { throughgate } from './program.ts';

const POLICIES = join(import.meta.dirname, '..', '..', 'policies');

let folder: string;
let wider: string;
let broken: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-diff-'));
  wider = copy('wider', 'roles/work-coach.yaml', (text) => text.replace('lookups: [', 'lookups: [CRN, '));
  broken = copy('broken', 'roles/work-coach.yaml', (text) => text.replace('title:', 'titel:'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function copy(name: string, file: string, edit: (text: string) => string): string {
  const path = join(folder, name);
  cpSync(POLICIES, path, { recursive: true });
  const text = readFileSync(join(path, file), 'utf8');
  if (edit(text) === text) throw new Error(`nothing changed in ${file}`);
  writeFileSync(join(path, file), edit(text));
  return path;
}

test('the same folder differs in nothing: exit code 0', async () => {
  const { exitCode, stdout, stderr } = await throughgate(['policy', 'diff', POLICIES, POLICIES]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^Nothing differs \([0-9a-f]{64}\)\.\n$/);
});

test('what widens is told: exit code 1', async () => {
  const { exitCode, stdout, stderr } = await throughgate(['policy', 'diff', POLICIES, wider]);
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
  expect(stdout).toContain('Widens (1)\n- Work coaches could not look people up by CRN, and now could.\n');
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test('prints JSON for programs', async () => {
  const { exitCode, stdout } = await throughgate(['policy', 'diff', wider, POLICIES, '--json']);
  // It only narrows.
  expect(exitCode).toBe(0);
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(JSON.parse(stdout)).toMatchObject({
    before: hash,
    after: hash,
    widens: false,
    changes: [{ kind: 'narrowing', role: 'work-coach' }],
  });
});

test('what cannot be compared is exit code 2, with every problem under its folder', async () => {
  const bad = await throughgate(['policy', 'diff', POLICIES, broken]);
  expect({ exitCode: bad.exitCode, stdout: bad.stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(bad.stderr).toMatch(/^In .*broken:\n[\s\S]*^roles\/work-coach\.yaml:\d+:\d+ .*titel/m);
});

test.each([
  [
    ['policy', 'diff'],
    ['<a> is missing', '<b> is missing'],
  ],
  [['policy', 'diff', POLICIES, '/no/such/folder'], ['/no/such/folder is not a folder of policy files']],
  [['policy', 'diff', POLICIES, POLICIES, '--jsn'], ['policy diff has no option --jsn; did you mean --json']],
  [
    ['policy', 'diff', POLICIES, POLICIES, '--schema-b', '/no/such/folder'],
    ['--schema-b names a folder that does not exist'],
  ],
])('%j is exit code 2, and no widening', async (argv, problems) => {
  const { exitCode, stdout, stderr } = await throughgate(argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  for (const problem of problems) expect(stderr).toContain(problem);
  expect(stderr).not.toMatch(/^\s+at /m);
});
