import { NoteError, parseVkey, type Verifier } from './note.ts';

/**
 * Follows the name of a log along its checkpoints. It has one name, but where its database was restored from a backup: it
 * then goes on under a new one, once an entry of it says so.
 */
export interface Origins {
  /** Told of every entry, in order. */
  entry(index: number, line: Uint8Array): void;
  /** Told of every checkpoint, in order; false for one of another log. */
  checkpoint(origin: string, size: number): boolean;
  /** Whether the log was ever called so, as far as it is known. */
  had(origin: string): boolean;
  /** Places of the entries by which it took another name. */
  restored(): readonly number[];
}

interface Restored {
  /** Several where it was restored again before anything was signed. */
  readonly places: readonly [number, ...number[]];
  readonly from: string;
  readonly to: string;
}

const RESTORED = Buffer.from('"reason":"restored"');

/** @param keys that were given: a log can only take a name of theirs */
export function createOrigins(keys: readonly Verifier[]): Origins {
  const mayChange = new Set(keys.map(({ name }) => name)).size > 1;
  const names: string[] = [];
  const taken: number[] = [];
  let last = 0;
  let restored: Restored | null = null;
  return {
    entry(index, line) {
      if (!mayChange || Buffer.from(line.buffer, line.byteOffset, line.byteLength).indexOf(RESTORED) === -1) return;
      const said = readRestored(index, line);
      if (said === null) return;
      const before = restored;
      const goesOn = before !== null && before.to === said.from && before.places[0] >= last;
      restored = goesOn ? { ...said, from: before.from, places: [...before.places, index] } : said;
    },
    checkpoint(origin, size) {
      const current = names.at(-1);
      if (origin !== current) {
        // Between the last checkpoint of the old name and the first of the new one.
        const isSaid = restored?.from === current && restored?.to === origin && restored.places[0] >= last;
        if (current !== undefined && !isSaid) return false;
        if (current !== undefined) taken.push(...(restored?.places ?? []));
        names.push(origin);
      }
      last = size;
      return true;
    },
    had: (origin) => names.includes(origin),
    restored: () => taken,
  };
}

function readRestored(index: number, line: Uint8Array): Restored | null {
  const { kind, what, from, to } = JSON.parse(new TextDecoder().decode(line)) as Readonly<Record<string, unknown>>;
  if (kind !== 'key-change' || what !== 'signing' || typeof from !== 'string' || typeof to !== 'string') return null;
  try {
    return { places: [index], from: parseVkey(from).name, to: parseVkey(to).name };
  } catch (error) {
    if (error instanceof NoteError) return null;
    throw error;
  }
}
