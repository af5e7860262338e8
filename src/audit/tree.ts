import { hash } from 'node:crypto';

/**
 * The tree of the audit log: a Merkle tree as RFC 6962 section 2.1 defines it, over the exact stored bytes of entries.
 * What it holds are the roots of its perfect subtrees, largest first: one for each binary one of its size, and all that
 * is needed to make it grow.
 */
export interface Frontier {
  /** How many leaves. */
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

export const EMPTY: Frontier = { size: 0, hashes: [] };

/** The tree with more leaves at its end, given by their hashes, in order. */
export function extend(frontier: Frontier, leafHashes: readonly Uint8Array[]): Frontier {
  const hashes = [...frontier.hashes];
  let { size } = frontier;
  for (const leaf of leafHashes) {
    let grown = leaf;
    // Each perfect subtree that the leaf completes is one that the size counts as a trailing one.
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) grown = nodeHash(pop(hashes), grown);
    hashes.push(grown);
    size += 1;
  }
  return { size, hashes };
}

/** The root: of no leaves, the hash of nothing. */
export function rootOf({ hashes }: Frontier): Uint8Array {
  return hashes.length === 0
    ? hash('sha256', '', 'buffer')
    : hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** SHA-256 of 0x00 and an entry's bytes. */
export function leafHash(bytes: Uint8Array): Uint8Array {
  const input = Buffer.allocUnsafe(bytes.length + 1);
  input[0] = 0x00;
  input.set(bytes, 1);
  return hash('sha256', input, 'buffer');
}

/** SHA-256 of 0x01 and the two hashes below. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = Buffer.allocUnsafe(left.length + right.length + 1);
  input[0] = 0x01;
  input.set(left, 1);
  input.set(right, left.length + 1);
  return hash('sha256', input, 'buffer');
}

function pop(hashes: Uint8Array[]): Uint8Array {
  const last = hashes.pop();
  if (last === undefined) throw new RangeError('the frontier has fewer hashes than its size needs');
  return last;
}
