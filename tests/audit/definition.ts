import { EMPTY, extend, rootOf } from '../../src/audit/tree.ts';

/** PROOF of RFC 9162 section 2.1.4.1 by its definition, from the hashes of all leaves. @throws RangeError for more than there are */
export function consistencyProof(leafHashes: readonly Uint8Array[], from: number): Uint8Array[] {
  if (from > leafHashes.length) throw new RangeError(`a tree of ${leafHashes.length} leaves never had ${from}`);
  return from === 0 ? [] : subproof(leafHashes, from, true);
}

/** @param known whether the verifier has this subtree's hash already: it is the whole of the older tree */
function subproof(leafHashes: readonly Uint8Array[], from: number, known: boolean): Uint8Array[] {
  if (from === leafHashes.length) return known ? [] : [treeHash(leafHashes)];
  const [left, right] = halves(leafHashes);
  return from <= left.length
    ? [...subproof(left, from, known), treeHash(right)]
    : [...subproof(right, from - left.length, false), treeHash(left)];
}

function treeHash(leafHashes: readonly Uint8Array[]): Uint8Array {
  return rootOf(extend(EMPTY, leafHashes));
}

/** Split where the tree is: at the largest power of two that leaves something on the right. */
function halves(leafHashes: readonly Uint8Array[]): [readonly Uint8Array[], readonly Uint8Array[]] {
  const at = 2 ** (Math.ceil(Math.log2(leafHashes.length)) - 1);
  return [leafHashes.slice(0, at), leafHashes.slice(at)];
}
