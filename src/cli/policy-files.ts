import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Policy } from '../policy/territory.ts';
import { isDay } from '../record/day.ts';
import type { Day } from '../record/facts.ts';
import { londonDay } from '../record/london.ts';
import { type Input, UsageError } from './command.ts';

/** The options by which every command on policy says what it reads. */
export const FILES = {
  policies: { value: 'DIR', text: 'The policy files (default policies).' },
  schema: { value: 'DIR', text: 'The contract (default schema).' },
} as const;

/** The folder that the option names, or the project's own of the same name. @throws UsageError when there is none */
export function folder(name: keyof typeof FILES, option: Input['option']): string {
  const path = option(name) ?? fileURLToPath(new URL(`../../${name}`, import.meta.url));
  if (!existsSync(path)) throw new UsageError(`--${name} names a folder that does not exist`);
  return path;
}

/**
 * The bundle and the schema that it is compiled for.
 * @throws PolicyError or SchemaError with every problem
 */
export async function readPolicy(policies: string, schema: string): Promise<Policy> {
  // Loaded only now, so that help and a mistyped option are answered at once.
  const [{ readRecord }, { loadBundle }] = await Promise.all([
    import('../gateway/read-record.ts'),
    import('../policy/load/load.ts'),
  ]);
  const record = await readRecord(schema);
  return { bundle: await loadBundle(policies, record), record };
}

/** The day of `--as-of`, or today in the United Kingdom. @throws UsageError */
export function asOf(option: Input['option']): Day {
  const day = option('as-of');
  if (day === undefined) return londonDay(new Date());
  if (!isDay(day)) throw new UsageError('--as-of must be a day, YYYY-MM-DD');
  return day;
}
