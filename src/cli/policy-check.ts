import process from 'node:process';
import type { Bundle } from '../policy/bundle.ts';
import { PolicyError } from '../policy/load/error.ts';
import { SchemaError } from '../record/model.ts';
import { formatProblem, type Problem } from '../record/problem.ts';
import { type Command, EXIT } from './command.ts';
import { FILES, folder, readPolicy } from './policy-files.ts';

export const policyCheckCommand: Command = {
  name: 'policy check',
  summary: 'Check the policy files against the contract, and print everything that is wrong.',
  options: {
    ...FILES,
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
  try {
    const { bundle } = await readPolicy(policies, schema);
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
