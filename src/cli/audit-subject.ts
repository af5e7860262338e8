import { existsSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { NoteError } from '../audit/note.ts';
import { openReport } from '../audit/subject-report.ts';
import { addDays, isDay } from '../record/day.ts';
import { londonDay } from '../record/london.ts';
import { readKeys, readNote } from './audit-bundle.ts';
import { type Command, EXIT, type Input, UsageError } from './command.ts';
import {
  askGateway,
  asking,
  GATEWAY_EXITS,
  GATEWAY_OPTIONS,
  gatewayCall,
  IDENTIFIER_OPTION,
  readIdentifier,
} from './gateway-client.ts';

const QUERY = `query ($input: SubjectReportInput!) {
  subjectReport(input: $input) { note checkpoint total rows { month organisation purpose kinds times } }
}`;

const NOT_GENUINE = 4;

export const auditSubjectCommand: Command = {
  name: 'audit subject',
  summary: 'Draw up what a person may be told of who used their information, signed by the key of the log.',
  options: {
    identifier: IDENTIFIER_OPTION,
    from: { value: 'DAY', text: 'First day, YYYY-MM-DD (default a year before the last).' },
    to: { value: 'DAY', text: 'Last day, YYYY-MM-DD (default today).' },
    out: {
      value: 'FILE',
      text: 'Write the report there and the checkpoint to FILE.checkpoint: new files, for the person.',
    },
    json: { text: 'Print {note, checkpoint, total, rows} as JSON.' },
    ...GATEWAY_OPTIONS,
    check: { value: 'FILE', text: 'Ask nobody: say whether the key signed this report, and print it.' },
    key: { value: 'VKEY', text: 'With --check: the public key of the log, or a file with one on each line.' },
  },
  details: [
    'Every report has the same paragraph, and reads alike whether something is left out or not. Controllers that have\n' +
      'something to decide about it get a work item; ask again once they have.',
  ],
  exitCodes: { ...GATEWAY_EXITS, [NOT_GENUINE]: '--check: not a report that the key signed, or no key' },
  run: (input) => (input.option('check') === undefined ? draw(input) : Promise.resolve(check(input))),
};

function draw({ option, switched }: Input): Promise<number> {
  return asking(async () => {
    const call = gatewayCall({ option }, 'SUBJECT_RIGHTS');
    const input = { ...readDays(option), identifier: readIdentifier(option) };
    const out = option('out');
    // Before anything is asked: the report and its checkpoint are written together, or neither.
    const there = out === undefined ? undefined : [out, `${out}.checkpoint`].find((file) => existsSync(file));
    if (there !== undefined) throw new UsageError(`--out: ${there} is there already`);
    const { subjectReport } = await askGateway<{ subjectReport: SubjectReport }>(call, QUERY, { input });
    if (out !== undefined) {
      keep(out, subjectReport.note);
      if (subjectReport.checkpoint !== null) keep(`${out}.checkpoint`, subjectReport.checkpoint);
    }
    if (switched('json')) process.stdout.write(`${JSON.stringify(subjectReport, null, 2)}\n`);
    else if (out === undefined) process.stdout.write(subjectReport.note);
  });
}

interface SubjectReport {
  readonly note: string;
  readonly checkpoint: string | null;
}

/** @throws UsageError */
function readDays(option: Input['option']): { from: string; to: string } {
  const to = option('to') ?? londonDay(new Date());
  const from = option('from') ?? (isDay(to) ? addDays(to, -365) : '');
  const wrong = [
    ...(option('from') !== undefined && !isDay(from) ? ['--from'] : []),
    ...(isDay(to) ? [] : ['--to']),
  ].map((name) => `${name} must be a day, YYYY-MM-DD`);
  if (wrong.length > 0) throw new UsageError(wrong.join('\n'));
  return { from, to };
}

/** @throws UsageError for a file that is there already: one signed report does not replace another unseen */
function keep(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new UsageError(exists ? `--out: ${file} is there already` : `--out: ${file} cannot be written`);
  }
}

function check({ option }: Input): number {
  const [file = '', key] = [option('check'), option('key')];
  if (key === undefined) throw new UsageError('--check FILE needs --key VKEY');
  const note = readNote(file);
  try {
    process.stdout.write(openReport(note, readKeys(key)));
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    process.stderr.write(`${file}: ${error.message}\n`);
    return NOT_GENUINE;
  }
}
