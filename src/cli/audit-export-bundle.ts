import { createWriteStream, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readCheckpoints, readEntries, type StoredCheckpoint } from '../store/audit-reader.ts';
import { UsageError } from './command.ts';

/**
 * Writes the log as far as it is signed to a new folder: `entries.ndjson`, the newest `checkpoint`, and older ones in
 * `checkpoints/`, each by its size. Nothing is judged here: what does not fit together is for verification to find.
 * @throws UsageError for a folder that has something in it, and for a log that was never signed
 */
export async function writeBundle(readerUrl: string, dir: string): Promise<StoredCheckpoint> {
  const older = join(dir, 'checkpoints');
  makeFolder(dir, older);
  let newest: StoredCheckpoint | null = null;
  for await (const checkpoint of readCheckpoints(readerUrl)) {
    if (newest !== null) writeFileSync(join(older, String(newest.size)), newest.note, { mode: 0o600 });
    newest = checkpoint;
  }
  if (newest === null) throw new UsageError('The log has no checkpoint yet: a gateway signs one when it starts');
  const entries = readEntries(readerUrl, { before: newest.size });
  await pipeline(lines(entries), createWriteStream(join(dir, 'entries.ndjson'), { mode: 0o600 }));
  writeFileSync(join(dir, 'checkpoint'), newest.note, { mode: 0o600 });
  return newest;
}

async function* lines(entries: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const body of entries) yield Buffer.concat([body, NEWLINE]);
}

const NEWLINE = Buffer.from('\n');

/** Nobody else may read in it: it says who looked at whom. */
function makeFolder(dir: string, older: string): void {
  let empty: boolean;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    empty = readdirSync(dir).length === 0;
    if (empty) mkdirSync(older, { mode: 0o700 });
  } catch (error) {
    throw new UsageError(`--out cannot be written (${(error as NodeJS.ErrnoException).code}): name another folder`);
  }
  if (!empty) throw new UsageError('--out has something in it already: name a new folder');
}
