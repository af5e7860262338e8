import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { EntryFilter } from '../store/audit-reader.ts';
import { type Command, EXIT, UsageError, wholeNumber } from './command.ts';

export const auditExportCommand: Command = {
  name: 'audit export',
  summary:
    'Print entries of the audit log, one JSON object a line, exactly as they are stored, or copy all to verify it.',
  options: {
    request: { value: 'ID', text: 'Only the entries of one request, by the id its answer carried.' },
    practitioner: { value: 'ID', text: 'Only what one practitioner did.' },
    last: { value: 'N', text: 'Only the newest N.' },
    format: {
      value: 'FORMAT',
      text: 'ndjson (the default), or bundle: the whole log as far as it is signed, for `audit verify`.',
    },
    out: { value: 'DIR', text: 'The new folder for a bundle.' },
  },
  details: [
    'AUDIT_READER_URL says where the log is read. Without it, the demonstration in DATA_DIR (.data), while it runs.',
    'People stand in the log under pseudonyms; no value of any record is in it.',
  ],
  exitCodes: {
    [EXIT.ok]: 'printed, or copied',
    [EXIT.usage]: 'wrong command line, nothing to read from, or nowhere to write to',
    [EXIT.fault]: 'the log could not be read',
  },
  run: async ({ option }) => {
    const last = wholeNumber('--last', option('last'), 1);
    const [requestId, practitioner] = [option('request'), option('practitioner')];
    if (requestId !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(requestId)) {
      throw new UsageError('--request takes the UUID that stands in extensions.requestId of the answer');
    }
    const filter = {
      ...(requestId !== undefined && { requestId }),
      ...(practitioner !== undefined && { practitioner }),
      ...(last !== null && { last }),
    };
    const [format = 'ndjson', out] = [option('format'), option('out')];
    if (format !== 'ndjson' && format !== 'bundle') throw new UsageError('--format must be ndjson or bundle');
    if ((format === 'bundle') !== (out !== undefined))
      throw new UsageError('--format bundle and --out DIR go together');
    if (out !== undefined && Object.keys(filter).length > 0) {
      throw new UsageError('A bundle is of the whole log: leave out --request, --practitioner and --last');
    }
    try {
      await (out === undefined ? print(readerUrl(), filter) : copy(readerUrl(), out));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      throw new UsageError(
        'The log cannot be reached: nothing listens there. Run `npm start`, or set AUDIT_READER_URL',
      );
    }
    return EXIT.ok;
  },
};

async function print(url: string, filter: EntryFilter): Promise<void> {
  const { readEntries } = await import('../store/audit-reader.ts');
  let found = false;
  for await (const body of readEntries(url, filter)) {
    found = true;
    process.stdout.write(`${body.toString()}\n`);
  }
  if (!found) process.stderr.write('No entry matches.\n');
}

async function copy(url: string, dir: string): Promise<void> {
  const { writeBundle } = await import('./audit-export-bundle.ts');
  const { size } = await writeBundle(url, dir);
  process.stdout.write(`${dir}: the ${size} entries that the newest checkpoint covers\n`);
}

function readerUrl(): string {
  const given = process.env['AUDIT_READER_URL'];
  if (given) return given;
  const file = join(process.env['DATA_DIR'] || '.data', 'audit-reader.url');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new UsageError(
      'AUDIT_READER_URL is missing, and no demonstration runs here: set it, or run `npm start` first',
    );
  }
}
