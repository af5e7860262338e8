import { parseCheckpoint } from './checkpoint.ts';
import type { SignedTree } from './checkpointer.ts';
import { splitNote } from './note.ts';
import { ResumeError } from './resume.ts';
import { extend, type Frontier, rootOf } from './tree.ts';

/**
 * Holds the log to the newest checkpoint that a witness signed, as it was kept: the tree must have grown from that one.
 * @param pages leaf hashes from an index on, in order
 * @throws ResumeError
 */
export async function requireWitnessed(
  tree: Frontier,
  { tree: witnessed, note }: SignedTree,
  pages: (first: number) => AsyncIterable<readonly Uint8Array[]>,
): Promise<void> {
  const checkpoint = parseCheckpoint(splitNote(note).text);
  if (checkpoint?.size !== witnessed.size || !same(checkpoint.root, rootOf(witnessed))) {
    throw new ResumeError('its newest witnessed checkpoint is of another tree than the one kept with it');
  }
  if (witnessed.size > tree.size) {
    throw new ResumeError(`it has ${tree.size} entries, and witnesses have cosigned ${witnessed.size}`);
  }
  let grown = witnessed;
  for await (const page of pages(witnessed.size)) {
    grown = extend(grown, page.slice(0, tree.size - grown.size));
    if (grown.size === tree.size) break;
  }
  if (grown.size < tree.size || !same(rootOf(grown), rootOf(tree))) {
    throw new ResumeError(`it has not grown from the ${witnessed.size} entries that witnesses have cosigned`);
  }
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
