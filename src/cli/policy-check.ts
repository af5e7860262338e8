import process from 'node:process';
import type { Bundle } from '../policy/bundle.ts';
import { PolicyError } from '../policy/load/error.ts';
import type { Policy } from '../policy/territory.ts';
import { SchemaError } from '../record/model.ts';
import { formatProblem, type Problem, sortProblems } from '../record/problem.ts';
import { type Command, EXIT } from './command.ts';
import { FILES, folder, readPolicy } from './policy-files.ts';

export const policyCheckCommand: Command = {
  name: 'policy check',
  summary: 'Check the policy files, run their worked cases, and print everything that is wrong.',
  details: [
    'First the files against each other and the contract; then, once they are good, what they decide against the worked',
    'cases; then, once every case comes out as it says, whether all that can be seen stands in one.',
  ],
  options: {
    ...FILES,
    json: { text: 'Print {ok, hash, counts} or {ok, problems} as JSON.' },
  },
  exitCodes: {
    [EXIT.ok]: 'good: the hash, for APPROVALS.md, and what is in the files are printed',
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
    const policy = await readPolicy(policies, schema);
    const { problems, cases } = await tryCases(policies, policy);
    if (problems.length > 0) return { ok: false, problems };
    return { ok: true, hash: policy.bundle.hash, counts: { ...countsOf(policy.bundle), cases } };
  } catch (error) {
    if (error instanceof PolicyError || error instanceof SchemaError) {
      return { ok: false, problems: error.problems };
    }
    throw error;
  }
}

/** One wrong case leaves much without a case, so that is told only when none is wrong. @throws PolicyError */
async function tryCases(policies: string, policy: Policy): Promise<{ problems: Problem[]; cases: number }> {
  const [{ loadCases }, { territoryOf }, { runCases }, { uncovered }] = await Promise.all([
    import('../policy/cases/load.ts'),
    import('../policy/territory.ts'),
    import('../policy/cases/run.ts'),
    import('../policy/cases/coverage.ts'),
  ]);
  const { bundle } = policy;
  const territory = territoryOf(policy);
  const files = await loadCases(policies, bundle, territory);
  const wrong = runCases(bundle, territory, files);
  return {
    problems: sortProblems(wrong.length > 0 ? wrong : uncovered(bundle, territory, files)),
    cases: files.reduce((sum, { content }) => sum + content.cases.length, 0),
  };
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
