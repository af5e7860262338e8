import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { type Command, EXIT, UsageError, wholeNumber } from './command.ts';

export const auditExportCommand: Command = {
  name: 'audit export',
  summary: 'Print entries of the audit log, one JSON object a line, exactly as they are stored.',
  options: {
    request: { value: 'ID', text: 'Only the entries of one request, by the id its answer carried.' },
    practitioner: { value: 'ID', text: 'Only what one practitioner did.' },
    last: { value: 'N', text: 'Only the newest N.' },
  },
  details: [
    'AUDIT_READER_URL says where the log is read. Without it, the demonstration in DATA_DIR (.data), while it runs.',
    'People stand in the log under pseudonyms; no value of any record is in it.',
  ],
  exitCodes: { [EXIT.ok]: 'printed', [EXIT.usage]: 'nothing to read from', [EXIT.fault]: 'the log could not be read' },
  run: async ({ option }) => {
    const last = wholeNumber('--last', option('last'), 1);
    const [requestId, practitioner] = [option('request'), option('practitioner')];
    if (requestId !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(requestId)) {
      throw new UsageError('--request takes the UUID that stands in extensions.requestId of the answer');
    }
    const { readEntries } = await import('../store/audit-reader.ts');
    const filter = {
      ...(requestId !== undefined && { requestId }),
      ...(practitioner !== undefined && { practitioner }),
      ...(last !== null && { last }),
    };
    let found = false;
    try {
      for await (const body of readEntries(readerUrl(), filter)) {
        found = true;
        process.stdout.write(`${body.toString()}\n`);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') throw error;
      throw new UsageError(
        'The log cannot be reached: nothing listens there. Run `npm start`, or set AUDIT_READER_URL',
      );
    }
    if (!found) process.stderr.write('No entry matches.\n');
    return EXIT.ok;
  },
};

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
