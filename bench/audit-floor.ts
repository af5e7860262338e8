import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { EMPTY, extend, leafHash } from '../src/audit/tree.ts';
import { entriesOfOperation } from './audit-entries.ts';
import { quantile } from './figures.ts';

const FLUSHES = 2_000;
const BLOCK = 8_192;
const MILLISECONDS = 2_000;

/** What no log on this machine can be faster than: the disk's flush, which a commit waits for, and the hashes of its tree. */
export async function benchFloor(): Promise<void> {
  const flushes = timeFlushes();
  const spread = [0.5, 0.99].map((q) => quantile(flushes, q).toFixed(2)).join(' / ');
  const total = flushes.reduce((sum, each) => sum + each, 0);
  const rate = Math.round((1_000 * FLUSHES) / total);
  process.stdout.write(`floor: fdatasync of ${BLOCK} bytes: ${rate} a second, p50 / p99 ${spread} ms\n`);

  const bodies = Array.from({ length: 500 }, (_, n) => entriesOfOperation(n)).flatMap((made) =>
    made.map(({ body }) => body),
  );
  const bytes = Math.round(bodies.reduce((sum, { length }) => sum + length, 0) / bodies.length);
  let tree = EMPTY;
  const started = performance.now();
  while (performance.now() - started < MILLISECONDS) tree = extend(tree, bodies.map(leafHash));
  const seconds = (performance.now() - started) / 1_000;
  const hashed = Math.round(tree.size / seconds);
  process.stdout.write(`floor: leaf and tree of entries of ${bytes} bytes: ${hashed} a second on one core\n`);
}

/** Each in milliseconds, one after the other, over the same few blocks, as a write-ahead log is written. */
function timeFlushes(): number[] {
  const folder = mkdtempSync(join(tmpdir(), 'throughgate-bench-'));
  const file = openSync(join(folder, 'flushed'), 'w');
  try {
    const block = Buffer.alloc(BLOCK, 1);
    for (let n = 0; n < FLUSHES; n++) writeSync(file, block);
    fdatasyncSync(file);
    return Array.from({ length: FLUSHES }, (_, n) => {
      writeSync(file, block, 0, BLOCK, n * BLOCK);
      const started = performance.now();
      fdatasyncSync(file);
      return performance.now() - started;
    });
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
}
