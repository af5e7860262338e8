/**
 * `npm run mutate [-- --sample N] [--seed S]`: changes one thing after another in the policy, or in a gate, and tells of
 * every change of a decision that no worked case notices. Ends with 1 when there is one, or when a case fails unchanged.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { uncovered } from '../../src/policy/cases/coverage.ts';
import { mutantsOf, mutate } from '../../src/policy/cases/mutate.ts';
import { runCases } from '../../src/policy/cases/run.ts';
import { PolicyError } from '../../src/policy/load/error.ts';
import { formatProblem } from '../../src/record/problem.ts';
import { sample } from './sample.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  const options = parseOptions();
  if (options === null) {
    process.stderr.write('Usage: npm run mutate [-- --sample <how many> --seed <number>]\n');
    return 2;
  }
  const read = await import('./real.ts').catch((error: unknown) => {
    if (error instanceof PolicyError) return error;
    throw error;
  });
  if (read instanceof PolicyError) return tell(read.message, 1);
  const { bundle, territory, cases } = read;
  const problems = [...runCases(bundle, territory, cases), ...uncovered(bundle, territory, cases)];
  if (problems.length > 0) return tell(['The cases must pass first.', ...problems.map(formatProblem)].join('\n'), 1);

  const started = performance.now();
  const all = mutantsOf(bundle, territory);
  const mutants = options.sample === null ? all : sample(all, options.sample, options.seed);
  if (options.sample !== null) process.stdout.write(`${mutants.length} of ${all.length}, seed ${options.seed}\n`);
  const { noticed, withoutEffect, survivors } = mutate(bundle, territory, cases, mutants);
  for (const { where, what } of survivors) process.stdout.write(`not noticed: ${where}: ${what}\n`);
  const effective = noticed + survivors.length;
  const score = effective === 0 ? 100 : Math.floor((noticed / effective) * 1000) / 10;
  const seconds = Math.round((performance.now() - started) / 1000);
  return tell(
    `${noticed} of ${effective} changes noticed (${score} %), and ${withoutEffect} change no decision; ${seconds} s`,
    survivors.length > 0 ? 1 : 0,
  );
}

function tell(message: string, exitCode: number): number {
  process.stdout.write(`${message}\n`);
  return exitCode;
}

/** Without a seed, another sample each time. Null when the arguments cannot be understood. */
function parseOptions(): { sample: number | null; seed: number } | null {
  try {
    const { values } = parseArgs({ options: { sample: { type: 'string' }, seed: { type: 'string' } } });
    const size = values.sample === undefined ? null : Number(values.sample);
    const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
    const valid = (size === null || (Number.isInteger(size) && size > 0)) && Number.isInteger(seed);
    return valid ? { sample: size, seed } : null;
  } catch {
    return null;
  }
}
