import { once } from 'node:events';
import { closeSync, createWriteStream, openSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { pipeline } from 'node:stream/promises';
import { FORMATS, type FormatName } from '../audit/export/formats.ts';
import { exportEntry } from '../audit/own-entry.ts';
import { didYouMean } from '../record/problem.ts';
import type { ExportFilter, ExportReader } from '../store/export-reader.ts';
import { databaseUrlFromEnvironment, readerUrlFromEnvironment, recordOnce } from './audit-record.ts';
import { type Command, EXIT, type Input, UsageError, wholeNumber } from './command.ts';
import { INSTANT_OR_DAY, spanOf } from './span.ts';

export const auditExportCommand: Command = {
  name: 'audit export',
  summary: 'Copy the audit log, or some of its entries, out of the database. It is an entry itself.',
  options: {
    format: {
      value: 'FORMAT',
      text: 'ndjson (the default: the exact bytes), bundle (for `audit verify`), csv, fhir or ocsf: see docs/log-formats.md.',
    },
    from: { value: 'WHEN', text: `Only from then on: ${INSTANT_OR_DAY}.` },
    to: { value: 'WHEN', text: 'Only up to then; a day is included, an instant is not.' },
    request: { value: 'ID', text: 'Only the entries of one request, by the id its answer carried.' },
    practitioner: { value: 'ID', text: 'Only what one practitioner did.' },
    last: { value: 'N', text: 'Only the newest N.' },
    out: { value: 'PATH', text: 'A new file, or the new folder of a bundle, instead of standard output.' },
  },
  details: [
    'AUDIT_READER_URL says where the log is read, DATABASE_URL where the export is recorded before anything is given.',
    'Without them, the demonstration in DATA_DIR (.data), while it runs.',
    'People stand in the log under pseudonyms; no value of any record is in it.',
    'A bundle ends at a signed checkpoint: with --to, at the first that covers the span.',
  ],
  exitCodes: {
    [EXIT.ok]: 'printed, or copied',
    [EXIT.usage]: 'wrong command line, nothing to read from, nowhere to record it or nowhere to write to',
    [EXIT.fault]: 'the log could not be read',
  },
  run: async (input) => {
    const wish = wishOf(input);
    const [readerUrl, databaseUrl] = [readerUrlFromEnvironment(), databaseUrlFromEnvironment()];
    const { openExport } = await import('../store/export-reader.ts');
    try {
      await using log = await openExport(readerUrl);
      await (wish.format === 'bundle' ? copy(log, databaseUrl, wish) : print(log, databaseUrl, wish));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      throw new UsageError(
        'The log cannot be reached: nothing listens there. Run `npm start`, or set AUDIT_READER_URL',
      );
    }
    return EXIT.ok;
  },
};

interface Wish {
  readonly format: FormatName | 'bundle';
  readonly filter: ExportFilter;
  /** What the command line said of the span. */
  readonly from: string | null;
  readonly to: string | null;
  readonly out: string | undefined;
}

/** @throws UsageError with everything that is wrong */
function wishOf({ option }: Input): Wish {
  const problems: string[] = [];
  const last = wholeNumber('--last', option('last'), 1);
  const [requestId, practitioner] = [option('request'), option('practitioner')];
  const [format = 'ndjson', out, from, to] = [option('format'), option('out'), option('from'), option('to')];
  if (requestId !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(requestId)) {
    problems.push('--request takes the UUID that stands in extensions.requestId of the answer');
  }
  const formats = [...Object.keys(FORMATS), 'bundle'];
  if (!formats.includes(format)) {
    problems.push(`--format must be one of ${formats.join(', ')}${didYouMean(format, formats)}`);
  }
  if (format === 'bundle') {
    if (out === undefined) problems.push('--format bundle needs --out DIR');
    if (requestId !== undefined || practitioner !== undefined || last !== null) {
      problems.push('A bundle has every entry of its span: leave out --request, --practitioner and --last');
    }
  }
  const filter = {
    ...spanOf(from, to, problems),
    ...(requestId !== undefined && { requestId }),
    ...(practitioner !== undefined && { practitioner }),
    ...(last !== null && { last }),
  };
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { format: format as Wish['format'], filter, from: from ?? null, to: to ?? null, out };
}

/** How it is recorded: what else picked the entries is named, and what was looked for is not. */
function record(databaseUrl: string, { format, filter, from, to }: Wish, entries: number): Promise<void> {
  const filters = (['requestId', 'practitioner', 'last'] as const).filter((name) => filter[name] !== undefined);
  const facts = { format, from, to, entries, outcome: 'answered', filters };
  return recordOnce(databaseUrl, exportEntry(new Date(), hostname(), facts));
}

async function print(log: ExportReader, databaseUrl: string, wish: Wish): Promise<void> {
  const file = wish.out === undefined ? null : openNew(wish.out);
  try {
    const selection = await log.select(wish.filter);
    await record(databaseUrl, wish, selection?.count ?? 0);
    if (selection === null) process.stderr.write('No entry matches.\n');
    const { head, line } = FORMATS[wish.format as FormatName];
    const pieces = async function* () {
      if (head !== '') yield head;
      if (selection === null) return;
      for await (const { index, body } of log.entries(wish.filter, selection)) yield line(body, index);
    };
    if (file === null) {
      for await (const piece of pieces()) if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
    } else {
      await pipeline(pieces, createWriteStream('', { fd: file, autoClose: false }));
    }
  } finally {
    if (file !== null) closeSync(file);
  }
}

async function copy(log: ExportReader, databaseUrl: string, wish: Wish): Promise<void> {
  const { makeBundleFolder, placesOf, WHOLE, writeFiles } = await import('./audit-export-bundle.ts');
  const { from, to } = wish.filter;
  const selection = from || to ? await log.select(wish.filter) : WHOLE;
  if (selection === null) throw new UsageError('There is no entry between --from and --to');
  const places = await placesOf(log, selection);
  const dir = makeBundleFolder(wish.out ?? '');
  await record(databaseUrl, wish, places.past - places.first);
  await writeFiles(log, dir, places);
  const which = places.first > 0 ? `entries ${places.first} to ${places.past - 1}` : `the first ${places.past} entries`;
  process.stdout.write(`${dir}: ${which}, up to a signed checkpoint\n`);
}

/** @throws UsageError */
function openNew(file: string): number {
  try {
    return openSync(file, 'wx', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === 'EEXIST'
        ? '--out exists already: name a new file'
        : `--out cannot be written (${code}): name another file`,
    );
  }
}
