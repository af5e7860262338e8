import { createHash } from 'node:crypto';
import { NoteError, openNote, type Signer, signNote, type Verifier } from './note.ts';

/**
 * What an officer took out of the log, as they may read it, in one file: a line of JSON an entry, an empty line, and a
 * signed note (C2SP) about the lines. They are not the bytes that the tree was made of, which hold what the officer may not
 * read; each names the hash of its leaf instead, so that whoever has those bytes can tell which entry it is of.
 */
export interface ExportFrame {
  readonly reference: string;
  /** RFC 3339. */
  readonly madeAt: string;
  /** For whom: what they may read depends on it. */
  readonly partner: string;
  readonly role: string;
  readonly from: string;
  readonly to: string;
  /** `name=value`, or a name alone. */
  readonly filters: readonly string[];
  /** The hash of the policy by which it was cut. */
  readonly policy: string;
  /** Of the lines, one after the other: how many, and the SHA-256 of them with their line ends, hexadecimal. */
  readonly parts: readonly { readonly entries: number; readonly sha256: string }[];
  /** The log as it was signed then: a note itself. Null before it was. */
  readonly checkpoint: string | null;
}

/** No key has such a name, so no checkpoint begins so. */
const FIRST_LINE = 'Throughgate log export v1';
const NO_CHECKPOINT = 'The log had no checkpoint.\n';

export function exportText(frame: ExportFrame): string {
  const { reference, madeAt, partner, role, from, to, filters, policy, parts, checkpoint } = frame;
  return [
    FIRST_LINE,
    `Export ${reference}, made ${madeAt}`,
    `For ${partner}, ${role}`,
    `From ${from} up to ${to}`,
    `Picked by ${filters.join('; ') || 'time alone'}`,
    `Policy ${policy}`,
    `Entries ${parts.reduce((sum, { entries }) => sum + entries, 0)}`,
    ...parts.map(({ entries, sha256 }) => `Lines ${entries} ${sha256}`),
    '',
    checkpoint ?? NO_CHECKPOINT,
  ].join('\n');
}

/** @throws NoteError for anything but an export: the log's key signs no stranger's text */
export function signExport(text: string, signer: Signer): string {
  checkFirstLine(text);
  return signNote(text, signer);
}

/** What a file that was taken out says, once it is shown to be what the key signed. */
export interface OpenedExport {
  /** What was signed, for people to read. */
  readonly text: string;
  readonly lines: readonly string[];
}

/** @throws NoteError for a file that is not one, that no such key signed, or whose lines are not those that it signed */
export function openExport(file: Uint8Array, verifiers: readonly Verifier[]): OpenedExport {
  const content = textOf(file);
  const end = content.startsWith('\n') ? 0 : content.indexOf('\n\n') + 1;
  if (end === 0 && !content.startsWith('\n')) throw new NoteError('malformed', 'there is no note under the lines');
  const { text } = openNote(content.slice(end + 1), verifiers);
  checkFirstLine(text);
  const lines = content.slice(0, end).split('\n').slice(0, -1);
  const parts = [...text.matchAll(/^Lines (\d+) ([0-9a-f]{64})$/gm)].map(([, count, sha256]) => ({
    count: Number(count),
    sha256,
  }));
  let next = 0;
  for (const { count, sha256 } of parts) {
    const part = lines.slice(next, next + count).map((line) => `${line}\n`);
    next += count;
    if (createHash('sha256').update(part.join('')).digest('hex') !== sha256) {
      throw new NoteError('bad-signature', 'the lines are not those that were signed');
    }
  }
  if (next !== lines.length) throw new NoteError('bad-signature', 'there are other lines than those that were signed');
  return { text, lines };
}

function textOf(file: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file);
  } catch {
    throw new NoteError('malformed', 'it is no text');
  }
}

function checkFirstLine(text: string): void {
  if (text.startsWith(`${FIRST_LINE}\n`)) return;
  throw new NoteError('malformed', `what is said of an export begins with "${FIRST_LINE}"`);
}
