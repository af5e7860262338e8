import { cosignaturesOf } from './cosignature.ts';
import type { Verifier } from './note.ts';

/** Who must have cosigned a log, and how many of them at least. */
export interface Quorum {
  readonly cosigners: readonly Verifier[];
  readonly need: number;
}

/** Counts who cosigned the checkpoints of one log, whose every root must be found to be right by somebody else. */
export interface Tally {
  /** @throws NoteError for a cosignature of one of them that is not good */
  count(note: string, size: number): void;
  /**
   * How many entries as many as are needed have cosigned, be it each in another checkpoint: whoever cosigned a larger tree
   * has found the smaller one in it. Null where fewer have cosigned anything.
   */
  witnessed(): number | null;
}

export function createTally({ cosigners, need }: Quorum): Tally {
  const largest = new Map<Verifier, number>();
  return {
    count(note, size) {
      for (const { cosigner } of cosignaturesOf(note, cosigners)) {
        largest.set(cosigner, Math.max(size, largest.get(cosigner) ?? 0));
      }
    },
    witnessed: () => [...largest.values()].sort((a, b) => b - a)[need - 1] ?? null,
  };
}
