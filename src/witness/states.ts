import { hash, randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Checkpoint, parseCheckpoint } from '../audit/checkpoint.ts';
import { NoteError, splitNote } from '../audit/note.ts';

/** What a witness remembers: of each log the newest checkpoint that it cosigned. */
export interface States {
  of(origin: string): State;
  /** By the SHA-256 of the log's name, in hexadecimal; null where nothing was cosigned. */
  read(originHash: string): { readonly note: string } | null;
}

export interface State {
  /** Null where none of this log was ever cosigned. */
  readonly checkpoint: Checkpoint | null;
  /**
   * Puts another in its place: durable once it returns. Answers false, and has changed nothing, when somebody else has put
   * one there since this was read.
   */
  advance(note: string): boolean;
}

/** What lies in the folder is not what a witness wrote. To go on as if nothing had been cosigned would be worse. */
export class StateError extends Error {
  override readonly name = 'StateError';
  readonly problems: readonly string[];

  constructor(message: string) {
    super(message);
    this.problems = [message];
  }
}

/** `<SHA-256 of the log's name>.<how many were cosigned>`. */
const FILE = /^([0-9a-f]{64})\.([1-9]\d*)$/;

/**
 * Keeps them in a folder, one file for each log. The next one has the next number in its name and is put there by a hard
 * link, which fails where there is one already: not even two processes on one folder can both follow the same file.
 * What is older is deleted after that, and not before.
 * @throws StateError for a folder that cannot be used, or holds what no witness wrote
 */
export function createStates(dir: string): States {
  const numbersOf = (originHash: string) =>
    readdirSync(dir)
      .flatMap((name) => {
        const [, whose, number] = FILE.exec(name) ?? [];
        return whose === originHash ? [Number(number)] : [];
      })
      .sort((a, b) => b - a);
  const pathOf = (originHash: string, number: number) => join(dir, `${originHash}.${number}`);

  function newestOf(originHash: string) {
    const [number] = numbersOf(originHash);
    if (number === undefined) return null;
    const note = readFileSync(pathOf(originHash, number), 'utf8');
    return { number, note, checkpoint: checkpointOf(note, originHash) };
  }

  function advance(originHash: string, from: number, note: string): boolean {
    const [path, draft] = [pathOf(originHash, from + 1), join(dir, `${randomUUID()}.draft`)];
    try {
      writeDurably(draft, note);
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      unlinkIfThere(draft);
    }
    const [newest = 0, ...older] = numbersOf(originHash);
    // We slept, and others have gone on and deleted what was in our way.
    if (newest !== from + 1) {
      unlinkIfThere(path);
      return false;
    }
    syncFolder(dir);
    for (const number of older) unlinkIfThere(pathOf(originHash, number));
    return true;
  }

  for (const name of readdirSync(dir)) {
    const [, originHash] = FILE.exec(name) ?? [];
    if (originHash !== undefined) newestOf(originHash);
    // A process was ended while it wrote: nobody heard of this one.
    else if (name.endsWith('.draft')) unlinkIfThere(join(dir, name));
  }
  return {
    read: newestOf,
    of(origin) {
      const originHash = hash('sha256', origin);
      const newest = newestOf(originHash);
      return {
        checkpoint: newest?.checkpoint ?? null,
        advance: (note) => advance(originHash, newest?.number ?? 0, note),
      };
    },
  };
}

function checkpointOf(note: string, originHash: string): Checkpoint {
  try {
    const checkpoint = parseCheckpoint(splitNote(note).text);
    if (checkpoint !== null && hash('sha256', checkpoint.origin) === originHash) return checkpoint;
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
  }
  throw new StateError(
    `WITNESS_DIR: a file whose name begins with ${originHash.slice(0, 8)} is not the checkpoint that was cosigned last. ` +
      'Without it another log could be cosigned beside the first: make a key of a new name, and begin with an empty folder',
  );
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(dir: string): void {
  const folder = openSync(dir, constants.O_RDONLY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
