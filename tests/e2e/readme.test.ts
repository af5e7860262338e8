import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeCluster } from '../../src/demo/postgres/start.ts';
import {
  type Demonstration,
  type DemonstrationPorts,
  ENVIRONMENT,
  freePorts,
  startDemonstration,
} from './demonstration.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const firstAnswer = /```sh\n(PERSON=[\s\S]*?)```/.exec(readme)?.[1] ?? '';
const afterwards = /```sh\n(ask [\s\S]*?)```/.exec(readme)?.[1] ?? '';
const hasCurl = spawnSync('curl', ['--version']).status === 0;

let dataDir: string;
let ports: DemonstrationPorts;
let demonstration: Demonstration;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'throughgate-readme-'));
  ports = await freePorts();
  demonstration = startDemonstration(ports, dataDir, '--people', '200');
  await demonstration.up;
}, 90_000);

afterAll(async () => {
  demonstration.kill('SIGTERM');
  await demonstration.exited;
  await removeCluster(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

test('the query that README explains is the one that its commands send', () => {
  const explained = /```graphql\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const sent = JSON.parse(readFileSync(join(ROOT, 'examples', 'first-query.json'), 'utf8')) as { query: string };
  expect(sent.query).toBe(explained.replace(/\s+/g, ' ').trim());
});

// Where there is no curl, nobody can paste its line either.
describe.skipIf(!hasCurl)("README's commands, pasted one after the other,", { timeout: 90_000 }, () => {
  let printed: Awaited<ReturnType<typeof paste>>;

  beforeAll(async () => {
    printed = await paste(firstAnswer + afterwards);
  }, 90_000);

  test('give a first answer: two roles, two answers, both recorded', () => {
    const [housing, probation, ...entries] = printed.slice(0, 6);
    expect(housing.data.person).toMatchObject({
      policing: null,
      childrens: null,
      identity: { name: expect.any(String) },
    });
    expect(probation.data.person.policing).toHaveLength(2);
    expect(probation.data.person.childrens).toHaveLength(2);
    expect(probation.data.person.identity).toEqual(housing.data.person.identity);
    expect(entries.map(({ kind, actor }) => [kind, actor.role])).toEqual([
      ['request', 'housing-officer'],
      ['disclosure', 'housing-officer'],
      ['request', 'probation-practitioner'],
      ['disclosure', 'probation-practitioner'],
    ]);
    expect(entries[1].subject).toEqual(entries[3].subject);
  });

  test('explain, and break the glass: asked in vain, opened, read, and up for review', () => {
    const [explained, before, opened, during, items] = printed.slice(6);
    expect(explained.extensions.explain.released).not.toEqual([]);
    expect(before.extensions.nothingToShow).toHaveLength(1);
    expect(opened.data.breakGlass).toMatchObject({ ok: true, allowedNow: ['person'] });
    expect(during.data.person.identity.name).toEqual(expect.any(String));
    expect(during.extensions.breakGlass.banner).toBe(opened.data.breakGlass.banner);
    const kinds = items.data.workItems.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toContain('BREAK_GLASS_REVIEW');
  });
});

/** Every JSON object that the commands print, in order. */
async function paste(script: string) {
  const env = { ...ENVIRONMENT, HOME: dataDir, DATA_DIR: dataDir, ...ports };
  const { stdout } = await promisify(execFile)('sh', ['-c', script], { cwd: ROOT, env, maxBuffer: 10_000_000 });
  // The answers end without a newline of their own: a JSON object begins where another ends.
  const lines = stdout.replaceAll('}{', '}\n{').trim().split('\n');
  return lines.map((line) => JSON.parse(line));
}
