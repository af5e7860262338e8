import { parseCheckpoint } from './checkpoint.ts';
import type { SignedTree } from './checkpointer.ts';
import { openNote, parseVkey } from './note.ts';
import { EMPTY, extend, type Frontier, rootOf } from './tree.ts';

/** The log as its store has it. */
export interface StoredTree {
  head(): Promise<{ readonly tree: Frontier; readonly root: Uint8Array }>;
  /** The newest; null where none was ever kept. */
  checkpoint(): Promise<SignedTree | null>;
  /** Leaf hashes of the entries as they are stored now, from an index on, in order. */
  leaves(first: number): AsyncIterable<{ readonly index: number; readonly hash: Uint8Array }>;
}

/** What lies in the store is not the log that was signed. */
export class ResumeError extends Error {
  override readonly name = 'ResumeError';

  constructor(reason: string, options?: { cause?: unknown }) {
    super(
      `The audit log in the database is not the one that was signed: ${reason}. Nothing is appended to it.`,
      options,
    );
  }
}

/**
 * Where the log was left off, once its newest checkpoint, the entries since, and the head agree. What is older than that
 * checkpoint is not looked at: that is what verifying a copy is for.
 * @param vkeys of the key in use, and of older ones
 * @returns the tree; and its newest checkpoint with the key that signed it, null for a log that was never signed, whose
 *   every entry was looked at
 * @throws ResumeError
 */
export async function resume(
  store: StoredTree,
  vkeys: readonly string[],
): Promise<{ readonly tree: Frontier; readonly last: SignedTree | null; readonly signedBy: string | null }> {
  const last = await store.checkpoint();
  // Read second, so that it is at least as far.
  const head = await store.head();
  const signedBy = last && requireSigned(last, vkeys);
  let tree = last?.tree ?? EMPTY;
  if (tree.size > head.tree.size) throw new ResumeError('it ends before its newest checkpoint');
  for await (const { index, hash } of store.leaves(tree.size)) {
    // Another gateway may have appended since the head was read.
    if (tree.size === head.tree.size) break;
    if (index !== tree.size) throw new ResumeError(`entry ${tree.size} is missing`);
    tree = extend(tree, [hash]);
  }
  if (tree.size < head.tree.size) throw new ResumeError(`entry ${tree.size} is missing`);
  if (!same(rootOf(tree), head.root) || !same(rootOf(head.tree), head.root)) {
    throw new ResumeError('the entries since its newest checkpoint do not have the root that it says');
  }
  return { tree, last, signedBy };
}

function requireSigned({ tree, note }: SignedTree, vkeys: readonly string[]): string {
  const verifiers = vkeys.map((vkey) => parseVkey(vkey));
  let opened: ReturnType<typeof openNote>;
  try {
    opened = openNote(note, verifiers);
  } catch (cause) {
    const keys = 'the key in use nor of one in AUDIT_VERIFY_KEYS_FILE';
    throw new ResumeError(`its newest checkpoint carries a signature neither of ${keys}`, { cause });
  }
  const checkpoint = parseCheckpoint(opened.text);
  const signer = opened.signedBy.find(({ name }) => name === checkpoint?.origin);
  if (!signer || checkpoint?.size !== tree.size || !same(checkpoint.root, rootOf(tree))) {
    throw new ResumeError('its newest checkpoint is of another tree than the one kept with it');
  }
  return vkeys[verifiers.indexOf(signer)] ?? '';
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
