import { hostname } from 'node:os';
import process from 'node:process';
import { reviewByCommandEntry } from '../audit/own-entry.ts';
import { recordOnce } from './audit-record.ts';
import { type Command, EXIT, type Input, UsageError } from './command.ts';
import { ownerUrlFromEnvironment } from './owner.ts';

const REASONS = ['RETENTION_ENDED', 'ERASURE_REQUESTED', 'COURT_ORDER', 'WRITTEN_IN_ERROR'];

export const auditEraseTextCommand: Command = {
  name: 'audit erase-text',
  summary: 'Erase what somebody wrote in their own words: at a break-glass, at its review, or for a cover.',
  options: {
    entry: { value: 'ID', text: 'The id of the entry that has a commitment to it.' },
    reason: { value: 'CODE', text: `Why: ${REASONS.join(', ')}. It goes into the log.` },
  },
  details: [
    'DATABASE_OWNER_URL says in which database. The erasure is an entry of the log, made before. The entry that it is',
    'about stays as it was, and so does every proof. Copies of the database keep the text until they are gone as well.',
  ],
  exitCodes: {
    [EXIT.ok]: 'erased, now or before',
    [EXIT.usage]: 'nothing was erased: the message says what is wrong, such as a hold over the month',
    [EXIT.fault]: 'the database could not be reached or did not take it',
  },
  run: async (input) => {
    const { entry, reason } = readWish(input);
    const ownerUrl = ownerUrlFromEnvironment();
    const { eraseText, textOf } = await import('../store/erase-text.ts');
    const text = await textOf(ownerUrl, entry);
    if (text === null) throw new UsageError('The log has no entry of this id with a text of its own');
    if (!text.kept) {
      process.stdout.write('erased before\n');
      return EXIT.ok;
    }
    refuseUnder(text.hold);
    const facts = { outcome: 'TEXT_ERASED', entry, reference: null, from: null, to: null, reason } as const;
    await recordOnce(ownerUrl, reviewByCommandEntry(new Date(), hostname(), facts));
    refuseUnder(await eraseText(ownerUrl, text));
    process.stdout.write('erased\n');
    return EXIT.ok;
  },
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @throws UsageError with everything that is wrong */
function readWish({ option }: Input): { readonly entry: string; readonly reason: string } {
  const [entry = '', reason = ''] = [option('entry'), option('reason')];
  const problems: string[] = [];
  if (!UUID.test(entry)) problems.push('--entry must be the id of an entry, a UUID in small letters');
  if (!REASONS.includes(reason)) problems.push(`--reason must be one of ${REASONS.join(', ')}`);
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { entry, reason };
}

function refuseUnder(hold: string | null): void {
  if (hold !== null) throw new UsageError(`The hold ${hold} is over the month of this entry: nothing of it is erased`);
}
