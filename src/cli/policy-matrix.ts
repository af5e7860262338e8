import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import type { MatrixRow } from '../policy/report/matrix.ts';
import { type Command, EXIT, type Input, UsageError } from './command.ts';
import { asOf, FILES, folder, readPolicy } from './policy-files.ts';

export const policyMatrixCommand: Command = {
  name: 'policy matrix',
  summary: 'Print who may see which field for which purpose at which partner, denied ones too.',
  options: {
    format: { value: 'FORMAT', text: 'html, one page with reasons; or csv, for a spreadsheet (the default).' },
    json: { text: 'Print a list of {role, purpose, partner, field, class, effect} as JSON instead.' },
    out: { value: 'FILE', text: 'Write there instead of to standard output.' },
    'as-of': { value: 'DAY', text: 'By the agreements in force on that day, YYYY-MM-DD (default today).' },
    docs: {
      value: 'DIR',
      text: 'Write a Markdown page for each role there instead, and remove pages of roles that are gone.',
    },
    ...FILES,
  },
  details: [
    'effect is SHOW, NEEDS_PERMISSION (only once a permission of the person is in force) or DENY. Where holders of the',
    "same kind differ, the widest. partner is whose practitioners ask. Fields of the envelope and of the gateway's own",
    'work are guarded by no class, and have no row. All of it only of people with whom the caller has a relationship.',
  ],
  exitCodes: {
    [EXIT.ok]: 'printed or written',
    [EXIT.usage]: 'bad options or bad policy files: every problem is told',
  },
  run: async ({ option, switched }) => {
    checkTogether(option, switched);
    const format = option('format') ?? 'csv';
    if (format !== 'html' && format !== 'csv') throw new UsageError('--format must be html or csv');
    const day = asOf(option);
    const policy = await readPolicy(folder('policies', option), folder('schema', option));
    const docs = option('docs');
    if (docs !== undefined) {
      const { GENERATED, viewPages } = await import('../policy/report/view-page.ts');
      await writeAll(docs, viewPages(policy), GENERATED);
      return EXIT.ok;
    }
    const [{ matrix }, { toCsv }, { toHtml }] = await Promise.all([
      import('../policy/report/matrix.ts'),
      import('../policy/report/csv.ts'),
      import('../policy/report/html.ts'),
    ]);
    const rows = matrix(policy, day);
    const text = switched('json')
      ? toJson(rows)
      : format === 'html'
        ? toHtml(policy.bundle, rows, day)
        : toCsv(policy.bundle, rows);
    const out = option('out');
    if (out === undefined) process.stdout.write(text);
    else await writing(out, () => writeFile(out, text));
    return EXIT.ok;
  },
};

/** @throws UsageError for options that say two things */
function checkTogether(option: Input['option'], switched: Input['switched']): void {
  const problems = [
    ...(switched('json') && switched('format') ? ['--json and --format each say what to print: give one'] : []),
    ...(option('docs') === undefined
      ? []
      : ['format', 'json', 'out', 'as-of'].filter(switched).map((name) => `--docs and --${name} do not go together`)),
  ];
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
}

/** One row a line: a difference between two days reads as lines. */
function toJson(rows: readonly MatrixRow[]): string {
  const lines = rows.map(({ role, purpose, partner, field, class: dataClass, effect }) =>
    JSON.stringify({ role, purpose, partner, field, class: dataClass, effect }),
  );
  return `[\n${lines.join(',\n')}\n]\n`;
}

/** Writes every page, and removes those that were generated for a role that is gone. Other files stay. */
async function writeAll(directory: string, pages: ReadonlyMap<string, string>, generated: string): Promise<void> {
  await writing(directory, async () => {
    await mkdir(directory, { recursive: true });
    for (const name of await readdir(directory)) {
      if (!name.endsWith('.md') || pages.has(name)) continue;
      const text = await readFile(join(directory, name), 'utf8');
      if (text.startsWith(generated)) await rm(join(directory, name));
    }
    for (const [name, text] of pages) await writeFile(join(directory, name), text);
  });
}

async function writing(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new UsageError(`${path} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}
