import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import type { Bundle } from '../policy/bundle.ts';
import { PolicyError } from '../policy/load/error.ts';
import { SchemaError } from '../record/model.ts';
import { formatProblem, type Problem } from '../record/problem.ts';
import { type Command, EXIT, type Input, UsageError } from './command.ts';

export const policyCheckCommand: Command = {
  name: 'policy check',
  summary: 'Check the policy files against the contract, and print everything that is wrong.',
  options: {
    policies: { value: 'DIR', text: 'The policy files (default policies).' },
    schema: { value: 'DIR', text: 'The contract (default schema).' },
    json: { text: 'Print {ok, hash, counts} or {ok, problems} as JSON.' },
  },
  exitCodes: {
    [EXIT.ok]: 'good: its hash and what is in it are printed',
    [EXIT.usage]: 'wrong: every problem is printed, as file:line:column message',
  },
  run: async ({ option, switched }) => {
    const result = await check(folder('policies', option), folder('schema', option));
    if (switched('json')) {
      process.stdout.write(`${JSON.stringify(result)}\n`);
    } else {
      (result.ok ? process.stdout : process.stderr).write(`${describe(result)}\n`);
    }
    return result.ok ? EXIT.ok : EXIT.usage;
  },
};

type Result =
  | { readonly ok: true; readonly hash: string; readonly counts: Readonly<Record<string, number>> }
  | { readonly ok: false; readonly problems: readonly Problem[] };

async function check(policies: string, schema: string): Promise<Result> {
  // Loaded only now, so that help and a mistyped option are answered at once.
  const [{ readRecord }, { loadBundle }] = await Promise.all([
    import('../gateway/read-record.ts'),
    import('../policy/load/load.ts'),
  ]);
  try {
    const bundle = await loadBundle(policies, await readRecord(schema));
    return { ok: true, hash: bundle.hash, counts: countsOf(bundle) };
  } catch (error) {
    if (error instanceof PolicyError || error instanceof SchemaError) {
      return { ok: false, problems: error.problems };
    }
    throw error;
  }
}

function describe(result: Result): string {
  if (!result.ok) {
    return result.problems.map(formatProblem).join('\n');
  }
  const counts = Object.entries(result.counts).map(([what, count]) => `${what} ${count}`);
  return `${result.hash}\n${counts.join(', ')}`;
}

function countsOf(bundle: Bundle): Record<string, number> {
  return {
    roles: bundle.roles.size,
    purposes: bundle.purposes.size,
    classes: bundle.classes.size,
    fields: bundle.classOf.size,
    agreements: bundle.agreements.length,
    partners: bundle.partners.size,
  };
}

/** The folder that the option names, or the project's own of the same name. */
function folder(name: string, option: Input['option']): string {
  const path = option(name) ?? fileURLToPath(new URL(`../../${name}`, import.meta.url));
  if (!existsSync(path)) {
    throw new UsageError(`--${name} names a folder that does not exist`);
  }
  return path;
}
