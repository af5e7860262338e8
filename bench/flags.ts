/**
 * `npm run bench:flags [-- ACCESSES PEOPLE]`: what the rules of `policies/flags.yaml` find of the snooping that was planted
 * into seeded years, what else they flag, and how long that takes. Weights were set by looking at some seeds, and what
 * counts is what they find in the others.
 */
import { cpus } from 'node:os';
import process from 'node:process';
import { readRecord } from '../src/gateway/read-record.ts';
import { loadBundle } from '../src/policy/load/load.ts';
import { measure } from './flags-measure.ts';
import { report, type Year, yearOf } from './flags-report.ts';

const SEEDS = { 'tuned on': [1, 2], unseen: [11, 12, 13] };

const [accesses = 300_000, people = 6_000] = process.argv.slice(2).map(Number);
if (![accesses, people].every(Number.isSafeInteger)) {
  process.stderr.write('npm run bench:flags [-- ACCESSES PEOPLE], both whole numbers\n');
  process.exit(1);
}
const record = await readRecord('schema');
const policy = { bundle: await loadBundle('policies', record), record };

process.stdout.write(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}\n`);
for (const [name, seeds] of Object.entries(SEEDS)) {
  const years: Year[] = seeds.map((seed) => yearOf(measure(policy, { seed, people, accesses })));
  process.stdout.write(`${name}: seeds ${seeds.join(', ')}, ${people} people, about ${accesses} accesses each\n`);
  for (const line of report(years)) process.stdout.write(`  ${line}\n`);
}
