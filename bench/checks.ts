/**
 * `npm run bench:checks [-- gaps queue]`: what a release list costs with its gaps, and whether the sweep of overdue
 * requests and a desk's queue slow down when a hundred times as many requests are open. Says on what it measured. Never part
 * of the tests: a machine that is busy would fail them.
 */
import { cpus } from 'node:os';
import process from 'node:process';
import { benchGaps } from './checks-gaps.ts';
import { benchQueue } from './checks-queue.ts';
import { startSurroundings } from './surroundings.ts';

const KNOWN = { gaps: benchGaps, queue: benchQueue };
const names = Object.keys(KNOWN) as (keyof typeof KNOWN)[];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.some((known) => known === name));
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark ${unknown.join(', ')}; there are: ${names.join(', ')}\n`);
  process.exit(1);
}

process.stdout.write(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}\n`);
const surroundings = await startSurroundings();
try {
  for (const name of names) if (wanted.length === 0 || wanted.includes(name)) await KNOWN[name](surroundings);
} finally {
  await surroundings.close();
}
