import { createWriteStream, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseCheckpoint } from '../audit/checkpoint.ts';
import { formatRange } from '../audit/range.ts';
import { type ExportReader, openExport } from '../store/export-reader.ts';
import { UsageError } from './command.ts';

/** Which entries a bundle holds: from one place in the log up to, and without, another. */
export interface BundleRange {
  readonly first: number;
  readonly past: number;
}

/**
 * Writes the log as far as it is signed, or a part of it, to a new folder: `entries.ndjson`, the `checkpoint` at the end
 * of it, older ones in `checkpoints/`, each by its size, and for a part the tree before it in `proofs/range`. Nothing is
 * judged here: what does not fit together is for verification to find.
 * @param range what is wanted: it goes on to the first checkpoint that covers it, or ends at the newest where none does
 * @returns what was written
 * @throws UsageError for a folder that has something in it, and for a log, or a part of it, that was never signed
 */
export async function writeBundle(readerUrl: string, dir: string, range: BundleRange = WHOLE): Promise<BundleRange> {
  await using log = await openExport(readerUrl);
  const places = await placesOf(log, range);
  await writeFiles(log, makeBundleFolder(dir), places);
  return places;
}

/** All of it, as far as it is signed. */
export const WHOLE: BundleRange = { first: 0, past: Number.MAX_SAFE_INTEGER };

/** What a bundle of a part will hold. @throws UsageError where that was never signed */
export async function placesOf(log: ExportReader, range: BundleRange): Promise<BundleRange> {
  const past = await log.sizeSigned(range.past);
  if (past === null) throw new UsageError('The log has no checkpoint yet: a gateway signs one when it starts');
  const first = await log.placeAfterTheLastBefore(range.first);
  if (first >= past) throw new UsageError('These entries are not signed yet: a gateway signs them while it runs');
  return { first, past };
}

/** Fills the folder of a bundle, which must be new. */
export async function writeFiles(log: ExportReader, dir: string, { first, past }: BundleRange): Promise<void> {
  let origin = '';
  for await (const { size, note } of log.checkpoints(first, past)) {
    writeFileSync(size === past ? join(dir, 'checkpoint') : join(dir, 'checkpoints', String(size)), note, SECRET);
    // The first one's: a log that was restored goes on under another name.
    origin ||= parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))?.origin ?? '';
  }
  if (first > 0) {
    mkdirSync(join(dir, 'proofs'), { mode: 0o700 });
    writeFileSync(join(dir, 'proofs', 'range'), formatRange({ origin, tree: await log.treeAt(first) }), SECRET);
  }
  const entries = lines(log.entries({}, { first, past }));
  await pipeline(entries, createWriteStream(join(dir, 'entries.ndjson'), SECRET));
}

async function* lines(entries: AsyncIterable<{ readonly body: Buffer }>): AsyncGenerator<Buffer> {
  for await (const { body } of entries) yield Buffer.concat([body, NEWLINE]);
}

const NEWLINE = Buffer.from('\n');
/** Nobody else may read in it: it says who looked at whom. */
const SECRET = { mode: 0o600 };

/** @returns its name @throws UsageError for a folder that has something in it, or that cannot be made */
export function makeBundleFolder(dir: string): string {
  let empty: boolean;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    empty = readdirSync(dir).length === 0;
    if (empty) mkdirSync(join(dir, 'checkpoints'), { mode: 0o700 });
  } catch (error) {
    throw new UsageError(`--out cannot be written (${(error as NodeJS.ErrnoException).code}): name another folder`);
  }
  if (!empty) throw new UsageError('--out has something in it already: name a new folder');
  return dir;
}
