import { type Checkpoint, parseCheckpoint } from '../../audit/checkpoint.ts';
import { NoteError, openNote, parseVkey, splitNote } from '../../audit/note.ts';
import { verifyConsistency } from '../../audit/proof.ts';
import { consistencyPath, type KeptTree } from '../../audit/tree-proofs.ts';

/** What a note says that the log's own key has signed; null for anything else. @param keys of the log, as vkeys */
export function checkpointIn(note: string, keys: readonly string[]): Checkpoint | null {
  try {
    const { text, signedBy } = openNote(note, keys.map(parseVkey));
    const checkpoint = parseCheckpoint(text);
    return checkpoint && signedBy.some(({ name }) => name === checkpoint.origin) ? checkpoint : null;
  } catch (error) {
    if (error instanceof NoteError) return null;
    throw error;
  }
}

/** What the log's newest checkpoint says, which the gateway has signed itself. */
export function checkpointOf(note: string): Checkpoint {
  const checkpoint = parseCheckpoint(splitNote(note).text);
  if (checkpoint === null) throw new Error('the log has signed what is no checkpoint');
  return checkpoint;
}

/**
 * Whether the tree that was signed last began as the older one, by a proof made from what is kept.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export async function goesOn(tree: KeptTree, older: Checkpoint, newest: Checkpoint): Promise<boolean> {
  if (older.size > newest.size) return false;
  try {
    return verifyConsistency(await consistencyPath(tree, older.size, newest.size), older, newest);
  } catch (error) {
    // Leaves are missing.
    if (error instanceof RangeError) return false;
    throw error;
  }
}
