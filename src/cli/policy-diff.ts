import { existsSync } from 'node:fs';
import process from 'node:process';
import type { Change } from '../policy/report/change.ts';
import type { PolicyDiff } from '../policy/report/diff.ts';
import { type Command, EXIT, UsageError } from './command.ts';
import { folder, readPolicy } from './policy-files.ts';
import { wrap } from './policy-wrap.ts';

const WIDENS = 1;
const NOT_COMPARED = 2;

export const policyDiffCommand: Command = {
  name: 'policy diff',
  summary: 'Say what callers could not see by policy folder <a> and could by <b>, and the other way round.',
  arguments: '<a> <b>',
  options: {
    schema: { value: 'DIR', text: 'The contract of both (default schema).' },
    'schema-b': { value: 'DIR', text: 'The contract of <b>, where it differs.' },
    json: { text: 'Print {before, after, widens, changes} as JSON.' },
  },
  details: [
    'Both are folders. What is compared is not the files but what they come to, on every day: who is shown what, who may',
    'ask, and what holds them back. The most harmful first. "Widens" is anything by which somebody may see more, or by which',
    'something that guards people is weaker.',
  ],
  misuse: NOT_COMPARED,
  exitCodes: {
    [EXIT.ok]: 'nothing widens: the same, or narrower',
    [WIDENS]: 'something widens',
    [NOT_COMPARED]: 'they cannot be compared: bad options, or a folder that is missing or wrong; every problem is told',
  },
  run: async ({ arguments: [a = '', b = ''], option, switched }) => {
    const missing = [a, b].filter((path) => !existsSync(path));
    if (missing.length > 0) {
      throw new UsageError(missing.map((path) => `${path} is not a folder of policy files`).join('\n'));
    }
    const schema = folder('schema', option);
    const policies = await Promise.allSettled([
      readPolicy(a, schema),
      readPolicy(b, schemaOfB(option('schema-b')) ?? schema),
    ]);
    const [one, other] = policies;
    if (one.status === 'rejected' || other.status === 'rejected') throw whatIsWrong([a, b], policies);
    const { diffPolicies } = await import('../policy/report/diff.ts');
    const diff = diffPolicies(one.value, other.value);
    process.stdout.write(switched('json') ? `${JSON.stringify(diff, null, 2)}\n` : describe(diff));
    return diff.widens ? WIDENS : EXIT.ok;
  },
};

function schemaOfB(path: string | undefined): string | undefined {
  if (path !== undefined && !existsSync(path)) throw new UsageError('--schema-b names a folder that does not exist');
  return path;
}

/** The problems of both folders, under the folder's name; a fault of ours as it is. */
function whatIsWrong(names: readonly string[], results: readonly PromiseSettledResult<unknown>[]): unknown {
  const failed = results.flatMap((result, index) =>
    result.status === 'rejected' ? [{ name: names[index] ?? '', reason: result.reason as unknown }] : [],
  );
  const fault = failed.find(({ reason }) => !(reason instanceof Error && 'problems' in reason));
  if (fault) return fault.reason;
  return new UsageError(failed.map(({ name, reason }) => `In ${name}:\n${(reason as Error).message}`).join('\n'));
}

const HEADINGS: Readonly<Record<Change['kind'], string>> = {
  widening: 'Widens',
  narrowing: 'Narrows',
  other: 'Also differs',
};

function describe({ before, after, changes }: PolicyDiff): string {
  if (changes.length === 0) return `Nothing differs (${before}).\n`;
  const kinds = Object.entries(HEADINGS).flatMap(([kind, heading]) => {
    const own = changes.filter((change) => change.kind === kind);
    if (own.length === 0) return [];
    const items = own.map(({ sentence, handling }) =>
      wrap(`${handling === null ? '' : `[${handling}] `}${sentence}`, '- '),
    );
    return [`${heading} (${own.length})\n${items.join('\n')}\n`];
  });
  return `From ${before}\nto   ${after}\n\n${kinds.join('\n')}`;
}
