import type { SignedTree } from '../audit/checkpointer.ts';
import { proveConsistency } from '../audit/consistency.ts';
import { type Cosignature, cosignaturesOf } from '../audit/cosignature.ts';
import { NoteError, splitNote } from '../audit/note.ts';
import { EMPTY, extend, type Frontier } from '../audit/tree.ts';
import { submitCheckpoint, type WitnessAnswer } from './witness-client.ts';
import type { ListedWitness } from './witness-list.ts';

/** The log as it is kept, and where what witnesses sign goes. */
export interface WitnessedLog {
  /** The newest checkpoint that is kept. */
  newest(): Promise<SignedTree>;
  /** Null where no checkpoint of that size was kept. */
  checkpointAt(size: number): Promise<SignedTree | null>;
  /** Leaf hashes from an index on, in order, page by page. */
  pages(first: number): AsyncIterable<readonly Uint8Array[]>;
  keep(size: number, key: string, line: string): Promise<void>;
}

export type FeedOutcome =
  /** Nothing was signed since that witness was heard. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'cosigned'; readonly signed: SignedTree; readonly cosignature: Cosignature }
  /** The witness has cosigned a larger tree of this log, or one that ours does not go on from. */
  | { readonly kind: 'forked'; readonly theirs: number; readonly ours: number }
  | { readonly kind: 'failed'; readonly cause: WitnessFailure };

/** `conflict`: somebody else submitted meanwhile; `store`: our own log could not be read. */
export type WitnessFailure = (WitnessAnswer & { kind: 'failed' })['cause'] | 'conflict' | 'store';

/** How often another submitter may be faster. */
const TRIES = 3;

/**
 * Has a witness cosign the newest checkpoint, and keeps its line. Throws nothing.
 * @param known the size that it cosigned last, 0 where we do not know; it says so itself when that is wrong
 * @param signal ends it, also while a proof is made
 */
export async function feedWitness(
  log: WitnessedLog,
  { url, vkey, verifier }: ListedWitness,
  known: number,
  signal: AbortSignal,
): Promise<FeedOutcome> {
  try {
    let old = known;
    for (let time = 0; time < TRIES; time += 1) {
      // After a conflict read anew: a checkpoint that another gateway submitted was kept before that.
      const signed = await log.newest();
      const { tree, note } = signed;
      if (time === 0 && old > 0 && old === tree.size) return { kind: 'idle' };
      if (old > tree.size) return { kind: 'forked', theirs: old, ours: tree.size };
      const proof = await proofFrom(log, old, tree.size, signal);
      const answer = await submitCheckpoint(url, { old, proof, note }, signal);
      if (answer.kind === 'failed') return answer;
      if (answer.kind === 'inconsistent' || (old === tree.size && isConflictAt(old, answer))) {
        return { kind: 'forked', theirs: old, ours: tree.size };
      }
      if (answer.kind === 'conflict') {
        if (answer.size === null) return { kind: 'failed', cause: 'wrong-answer' };
        old = answer.size;
        continue;
      }
      const cosignature = verified(note, answer.lines, verifier);
      if (cosignature === null) return { kind: 'failed', cause: 'wrong-answer' };
      if (tree.size > 0) await log.keep(tree.size, vkey, cosignature.line);
      return { kind: 'cosigned', signed, cosignature };
    }
    return { kind: 'failed', cause: 'conflict' };
  } catch {
    return { kind: 'failed', cause: signal.aborted ? 'unreachable' : 'store' };
  }
}

/** Of the same size as ours, and not to be cosigned again: in version 1 of the specification that means another root. */
function isConflictAt(size: number, answer: WitnessAnswer): boolean {
  return answer.kind === 'conflict' && (answer.size === null || answer.size === size);
}

async function proofFrom(
  log: WitnessedLog,
  old: number,
  size: number,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  if (old === 0 || old === size) return [];
  const older = (await log.checkpointAt(old))?.tree ?? (await treeOf(pages(0), old));
  return (await proveConsistency(older, size, pages(old))).proof;

  async function* pages(first: number): AsyncGenerator<readonly Uint8Array[]> {
    for await (const page of log.pages(first)) {
      signal.throwIfAborted();
      yield page;
    }
  }
}

/** From its leaves: the witness cosigned what another gateway signed and never kept. */
async function treeOf(pages: AsyncIterable<readonly Uint8Array[]>, size: number): Promise<Frontier> {
  let tree = EMPTY;
  for await (const page of pages) {
    tree = extend(tree, page.slice(0, size - tree.size));
    if (tree.size === size) break;
  }
  return tree;
}

function verified(note: string, lines: string, cosigner: ListedWitness['verifier']): Cosignature | null {
  try {
    // An empty line among them would make what is above it the text.
    if (splitNote(note + lines).text !== splitNote(note).text) return null;
    return cosignaturesOf(note + lines, [cosigner])[0] ?? null;
  } catch (error) {
    if (error instanceof NoteError) return null;
    throw error;
  }
}
