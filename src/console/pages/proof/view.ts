import { countWords, whenWords } from '../../words.ts';
import type { LogStatus, Verification } from './documents.ts';

export interface Verdict {
  /** Whether somebody must look at it now. */
  readonly isBad: boolean;
  readonly text: string;
  /** What to do, or what it does not say yet. */
  readonly next: string;
}

/** What the page says first, in one sentence: the worst that is known, whoever found it. */
export function verdictOf({ outside, finished, size }: LogStatus): Verdict {
  if (outside?.agrees === false) {
    return {
      isBad: true,
      text: `The log is not the one that was signed: ${outside.who} kept a checkpoint of ${entries(outside.size)}, and the log does not go on from it.`,
      next: 'Entries were changed or taken out since. Keep that checkpoint, tell the operator and every partner, and do not rely on the log before its newest good checkpoint is known.',
    };
  }
  switch (finished?.state) {
    case 'TAMPERED':
      return {
        isBad: true,
        text: `Somebody has altered the log: ${finished.problem}.`,
        next: `${finished.entry === null ? 'No single entry is to blame.' : `The first bad entry is at place ${finished.entry}, counted from 0.`} It was found at ${whenWords(finished.finishedAt)}. Tell the operator and every partner, and change nothing.`,
      };
    case 'KEY':
      return {
        isBad: true,
        text: `Part of the log is signed by a key that is not known here: ${finished.problem}.`,
        next: 'The operator must give the gateway every key that the log had, or say whose this one is.',
      };
    case 'GOOD':
      return {
        isBad: false,
        text: `Nobody has altered the log: ${allOf(finished.of)} checked at ${whenWords(finished.finishedAt)}, and ${finished.of === 1 ? 'it is' : 'every one is'} as it was signed.`,
        next:
          size > finished.of
            ? `${countWords(size - finished.of, 'entry has', 'entries have')} come since. Check again whenever you like.`
            : 'Check again whenever you like.',
      };
    default:
      return {
        isBad: false,
        text: 'Nobody has checked the whole log here yet.',
        next: 'Have it checked now. It takes seconds for thousands of entries and minutes for millions.',
      };
  }
}

/** How a check stands or how it ended, in a sentence. */
export function verificationWords(check: Verification): string {
  const { state, checked, of, problem, entry } = check;
  switch (state) {
    case 'RUNNING':
      return of === 0
        ? 'The check has begun. How many entries there are is being counted.'
        : `${checked.toLocaleString('en-GB')} of ${entries(of)} checked so far.`;
    case 'GOOD':
      return `Nobody has altered the log: ${allOf(of)} checked, and ${of === 1 ? 'it is' : 'every one is'} as it was signed.`;
    case 'TAMPERED':
      return `Somebody has altered the log: ${problem}.${entry === null ? '' : ` The first bad entry is at place ${entry}, counted from 0.`}`;
    case 'KEY':
      return `Part of the log is signed by a key that is not known here: ${problem}.`;
    case 'FAILED':
      return 'The log could not be read to its end. That says nothing of the log: check again.';
    case 'INTERRUPTED':
      return 'The gateway stopped before the check ended. That says nothing of the log: check again.';
    default:
      return state satisfies never;
  }
}

/** What witnesses stand by. */
export function witnessWords({ witnesses, need, witnessed, size }: LogStatus): string {
  if (need === null) {
    return 'No witness outside signs this log. Whether its end was cut off shows only by a checkpoint that somebody keeps elsewhere.';
  }
  const who = `${need} of ${countWords(witnesses.length, 'witness', 'witnesses')}`;
  if (witnessed === null) return `Fewer than ${who} have signed any of it yet.`;
  const left = size > witnessed ? ` ${countWords(size - witnessed, 'newer entry waits', 'newer entries wait')}.` : '';
  return `At least ${who} have signed the first ${entries(witnessed)}.${left}`;
}

/** The one command, for whoever has an export and a checkpoint kept elsewhere. Keys have no quotation mark. */
export function commandOf({ key, olderKeys, witnesses, need }: LogStatus): string {
  return [
    'npx throughgate audit verify --bundle bundle',
    // Several are given as a file, a key on each line.
    olderKeys.length > 0 ? '--key log.vkey' : `--key '${key}'`,
    '--since checkpoint.txt',
    ...(need === null ? [] : [`--witness '${witnesses.map((each) => each.key).join(',')}' --need ${need}`]),
  ].join(' ');
}

function entries(count: number): string {
  return countWords(count, 'entry', 'entries');
}

function allOf(count: number): string {
  return count === 1 ? 'its 1 entry was' : `all ${entries(count)} were`;
}
