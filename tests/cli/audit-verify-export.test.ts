import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateKey } from '../../src/audit/note.ts';
import { exportText, signExport } from '../../src/audit/signed-export.ts';
import { leafHash } from '../../src/audit/tree.ts';
import { bundleOf, linesOf, SIGNER, VKEY } from '../audit/bundles.ts';
import { throughgate } from './program.ts';

const log = linesOf(5);
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-exports-'));
  mkdirSync(join(folder, 'bundle'));
  const { entries, checkpoint } = bundleOf(log, []);
  writeFileSync(join(folder, 'bundle', 'entries.ndjson'), entries);
  writeFileSync(join(folder, 'bundle', 'checkpoint'), checkpoint);
  write(
    'good',
    [log[1], log[3]].map((line) => leafHash(Buffer.from(line ?? ''))),
  );
  write('other', [leafHash(Buffer.from('another'))]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, leaves: readonly Uint8Array[]): void {
  const lines = leaves.map((leaf) => `${JSON.stringify({ leaf: Buffer.from(leaf).toString('base64'), entry: {} })}\n`);
  // Of the officer's own doing: without a leaf.
  lines.push('{"leaf":null,"entry":{}}\n');
  const text = exportText({
    reference: 'r',
    madeAt: 'now',
    partner: 'p',
    role: 'ig-officer',
    from: 'a',
    to: 'b',
    filters: [],
    policy: 'h',
    parts: [{ entries: lines.length, sha256: createHash('sha256').update(lines.join('')).digest('hex') }],
    checkpoint: null,
  });
  writeFileSync(join(folder, name), `${lines.join('')}\n${signExport(text, SIGNER)}`);
}

const verify = (name: string, ...more: string[]) =>
  throughgate(['audit', 'verify-export', join(folder, name), ...more]);
const bundle = () => ['--bundle', join(folder, 'bundle')];

test('says what was signed, and that it is good', async () => {
  const { exitCode, stdout, stderr } = await verify('good', '--key', VKEY, ...bundle());
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Throughgate log export v1\nExport r, made now\n/);
  expect(stdout).toMatch(/\ngood: 3 entries, as they were signed, and the 2 that name a leaf are in the bundle\n$/);
  expect((await verify('good', '--key', VKEY)).stdout).toMatch(/\ngood: 3 entries, as they were signed\n$/);
});

test.each([
  ['an entry that is not in the log', 'other', () => ['--key', VKEY, ...bundle()], 3],
  ['a file that nobody signed', 'bundle/entries.ndjson', () => ['--key', VKEY], 2],
  ['another key', 'good', () => ['--key', generateKey('another.example').vkey], 4],
  ['a key that is none', 'good', () => ['--key', `${VKEY}x`], 4],
  ['no key', 'good', () => [], 1],
  ['no such file', 'nowhere', () => ['--key', VKEY], 1],
])('%s is told by exit code', async (_, name, more, exitCode) => {
  expect((await verify(name, ...more())).exitCode).toBe(exitCode);
});
