import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { generateCosigningKey } from '../../src/audit/cosignature.ts';
import { leafHash } from '../../src/audit/tree.ts';
import { submitCheckpoint } from '../../src/gateway/witness-client.ts';
import { linesOf, noteAt, VKEY } from '../audit/bundles.ts';
import { consistencyProof } from '../audit/definition.ts';

const folder = mkdtempSync(join(tmpdir(), 'throughgate-killed-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const environment = {
  PATH: process.env['PATH'],
  WITNESS_KEY_FILE: file('witness.key', generateCosigningKey('witness.example/w1').privateKey),
  WITNESS_LOGS_FILE: file('logs', VKEY),
  WITNESS_DIR: join(folder, 'state'),
  PORT: '0',
};

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `throughgate witness`, as a partner runs it. */
async function startProcess() {
  const program = join(import.meta.dirname, '..', '..', 'bin', 'throughgate.js');
  const child = spawn(process.execPath, [program, 'witness'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  for (const deadline = Date.now() + 20_000; ; await sleep(20)) {
    const url = /^(http\S+) witnesses/m.exec(output)?.[1];
    if (url !== undefined) return { url, output: () => output, end };
    if (child.exitCode === null && Date.now() < deadline) continue;
    await end('SIGKILL');
    throw new Error(`the witness did not come up:\n${output}`);
  }
}

const SIZE = 40;
const lines = linesOf(SIZE);
const never = new AbortController().signal;

test('a witness that is killed while it answers goes on from what it answered, and cosigns nothing beside it', async () => {
  const submit = (url: string, old: number, size: number, from = lines) => {
    const proof = consistencyProof(
      from.slice(0, size).map((line) => leafHash(Buffer.from(line))),
      old,
    );
    return submitCheckpoint(url, { old, proof, note: noteAt(from, size) }, never);
  };
  const first = await startProcess();
  for (const size of [1, 2, 3]) expect(await submit(first.url, size - 1, size)).toHaveProperty('lines');
  const last = submit(first.url, 3, 4);
  await first.end('SIGKILL');
  const acknowledged = (await last).kind === 'lines' ? 4 : 3;

  const second = await startProcess();
  const known = await submit(second.url, 0, 1);
  const size = known.kind === 'conflict' ? (known.size ?? -1) : -1;
  // It may have cosigned what we never heard of; never less than it answered.
  expect([acknowledged, 4]).toContain(size);
  const other = linesOf(SIZE, 7);
  for (const old of [0, 1, size]) expect(await submit(second.url, old, SIZE, other)).not.toHaveProperty('lines');
  expect(await submit(second.url, size, SIZE)).toHaveProperty('lines');
  expect(second.output()).toMatch(/^witness\.example\/w1\+[0-9a-f]{8}\+\S+$/m);
  expect(await second.end('SIGTERM')).toBe(0);
}, 60_000);
