/**
 * `npm run chaos [-- --seed N --minutes M]`: two gateways under load, and whatever can go wrong between them, their
 * clients, their database and the disk, at random, for so long. Prints the seed first. Ends with 0 when everything that a
 * client was told is in the log once, with 1 for an anomaly, with 2 for arguments that it does not know.
 */
import { randomInt } from 'node:crypto';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startPartners } from '../../src/demo/partners/partners.ts';
import { createPopulation } from '../../src/demo/population/population.ts';
import { stream } from '../../src/demo/population/random.ts';
import { startProvider } from '../../src/demo/provider/provider.ts';
import { londonDay } from '../../src/record/london.ts';
import { chaos } from './chaos.ts';
import { FAULTS, type Fault } from './faults.ts';
import { canFailSyscalls } from './syscalls.ts';
import type { Neighbours } from './world.ts';

const { seed, minutes } = readArguments();
say(`seed ${seed}, ${minutes} minutes`);
const traced = await canFailSyscalls();
if (!traced) say('left out: system calls of the database failing; there is no strace here, or no right to trace');

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    stopping = true;
  });

const neighbours = await startNeighbours();
try {
  const anomalies = await chaos({ neighbours, seed, faults: atRandom(), pace: 1, say });
  for (const anomaly of anomalies) say(`ANOMALY ${anomaly}`);
  say(`${anomalies.length} anomalies with seed ${seed}`);
  process.exitCode = anomalies.length === 0 ? 0 : 1;
} finally {
  await neighbours.close();
}

function* atRandom(): Generator<Fault> {
  const random = stream(seed, 0, 'faults');
  const [first, ...others] = FAULTS.filter(({ needsTracing }) => traced || !needsTracing);
  if (first === undefined) return;
  for (const end = Date.now() + minutes * 60_000; Date.now() < end && !stopping; )
    yield random.pick([first, ...others]);
}

async function startNeighbours(): Promise<Neighbours & { close(): Promise<void> }> {
  const clock = { now: () => new Date() };
  const choice = { seed: 20_261_122, size: 600, anchor: londonDay(clock.now()) };
  const provider = await startProvider({ port: 0, host: '127.0.0.1' });
  const partners = await startPartners({
    population: createPopulation(choice),
    basePort: 0,
    sdlDir: fileURLToPath(new URL('../../schema/sources', import.meta.url)),
    clock,
  });
  return {
    issuer: provider.issuer,
    holders: partners.holders,
    population: choice,
    close: async () => void (await Promise.all([partners.close(), provider.close()])),
  };
}

function readArguments(): { readonly seed: number; readonly minutes: number } {
  try {
    const options = { seed: { type: 'string' }, minutes: { type: 'string', default: '5' } } as const;
    const { values } = parseArgs({ options });
    const [seed, minutes] = [Number(values.seed ?? randomInt(1_000_000_000)), Number(values.minutes)];
    if (Number.isSafeInteger(seed) && minutes > 0) return { seed, minutes };
  } catch {
    // The same answer as to a value that is no number.
  }
  process.stderr.write('npm run chaos [-- --seed N --minutes M]: a whole number, and how long\n');
  process.exit(2);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
