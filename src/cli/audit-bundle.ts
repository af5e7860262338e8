import { closeSync, createReadStream, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { NoteError, parseVkey, type Verifier } from '../audit/note.ts';
import type { EarlierCheckpoint } from '../audit/verify.ts';
import { UsageError } from './command.ts';

/** A folder that `audit export --format bundle` wrote. */
export interface BundleFiles {
  readonly checkpoint: string;
  /** Where a part of the log begins; undefined for the whole. */
  readonly range: string | undefined;
  /** Read as they are asked for, smallest first. */
  readonly earlier: Iterable<EarlierCheckpoint>;
  readonly entries: AsyncIterable<Uint8Array>;
}

/** @throws UsageError where there is none, or, while it is read, for a file that cannot be */
export function openBundle(dir: string): BundleFiles {
  return {
    checkpoint: readNote(join(dir, 'checkpoint')),
    range: namesIn(join(dir, 'proofs')).includes('range') ? readNote(join(dir, 'proofs', 'range')) : undefined,
    earlier: readEarlier(join(dir, 'checkpoints')),
    entries: readEntries(join(dir, 'entries.ndjson')),
  };
}

/** `--key`: one key, or a file with one on each line. @throws UsageError for the file; NoteError for a key */
export function readKeys(given: string, parse: (line: string) => Verifier = parseVkey): Verifier[] {
  if (/\+[0-9a-f]{8}\+/.test(given)) return [parse(given)];
  const lines = readNote(given)
    .split('\n')
    .filter((line) => line !== '');
  if (lines.length === 0) throw new NoteError('malformed', 'there is no key');
  return lines.map((line) => parse(line));
}

/** No note is nearly as long, in bytes. */
const LONGEST = 256 * 1024;

/** The text of a small file: what is no UTF-8, or too long, becomes a text that nobody signed. @throws UsageError */
export function readNote(file: string): string {
  try {
    const handle = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(LONGEST);
      let length = 0;
      // A pipe gives it piece by piece.
      for (let read = -1; read !== 0 && length < LONGEST; length += read) {
        read = readSync(handle, bytes, length, LONGEST - length, null);
      }
      return bytes.toString('utf8', 0, length);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    throw unreadable(error, file);
  }
}

function* readEarlier(dir: string): Generator<EarlierCheckpoint> {
  for (const name of namesIn(dir).sort((a, b) => Number(a) - Number(b))) {
    yield { name, note: readNote(join(dir, name)) };
  }
}

/** A log that was never signed before has no older checkpoints, and the whole of it needs no proof. */
function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => !name.startsWith('.'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unreadable(error, dir);
  }
}

/** Opened only when asked for: nobody hears the error of a stream that nobody reads. */
async function* readEntries(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: 256 * 1024 });
  } catch (error) {
    throw unreadable(error, file);
  }
}

function unreadable(error: unknown, file: string): UsageError {
  // A name in somebody else's folder may have what moves the cursor.
  const shown = file.replaceAll(/\p{Cc}/gu, '?');
  return new UsageError(`${shown} cannot be read (${(error as NodeJS.ErrnoException).code})`);
}
