import { EMPTY, extend, type Frontier, rootOf } from './tree.ts';

/**
 * Shows that a tree began as an older one, as RFC 9162 section 2.1.4 does, from the older one and the leaves since. Holds
 * a page of leaves and a hash for each level.
 * @param size of the newer tree
 * @param pages hashes of the leaves from the older tree's end on, in order; read no further than they are needed
 * @throws RangeError when the older tree is the larger one, or there are too few leaves
 */
export async function proveConsistency(
  older: Frontier,
  size: number,
  pages: AsyncIterable<readonly Uint8Array[]>,
): Promise<{ readonly proof: readonly Uint8Array[]; readonly newer: Frontier }> {
  if (older.size > size) throw new RangeError(`a tree of ${size} leaves never had ${older.size}`);
  const parts = older.size === 0 ? [] : partsOf(older.size, size);
  const trees = parts.map(() => EMPTY);
  let newer = older;
  if (size > older.size) {
    for await (const page of pages) {
      const leaves = page.slice(0, size - newer.size);
      for (const [n, part] of parts.entries()) {
        if (part.kind === 'since') {
          const [from, past] = [part.from - newer.size, part.past - newer.size];
          trees[n] = extend(trees[n] ?? EMPTY, leaves.slice(Math.max(from, 0), Math.max(past, 0)));
        }
      }
      newer = extend(newer, leaves);
      if (newer.size === size) break;
    }
  }
  if (newer.size < size) throw new RangeError(`there are only ${newer.size} leaves of ${size}`);
  const proof = parts.map((part, n) =>
    part.kind === 'older' ? subtree(older, part.place) : rootOf(trees[n] ?? EMPTY),
  );
  return { proof, newer };
}

/** What a proof is made of: one of the older tree's perfect subtrees, or the leaves from one place up to another. */
type Part =
  | { readonly kind: 'older'; readonly place: number }
  | { readonly kind: 'since'; readonly from: number; readonly past: number };

/** SUBPROOF, in the order of the proof. What the verifier has already, the whole of the older tree, is not in it. */
function partsOf(older: number, size: number): Part[] {
  function within(from: number, past: number, place: number): Part[] {
    if (past === older) return from === 0 ? [] : [{ kind: 'older', place }];
    const middle = from + 2 ** ((past - from - 1).toString(2).length - 1);
    return older <= middle
      ? [...within(from, middle, place), { kind: 'since', from: middle, past }]
      : [...within(middle, past, place + 1), { kind: 'older', place }];
  }
  return within(0, size, 0);
}

function subtree({ hashes }: Frontier, place: number): Uint8Array {
  const hash = hashes[place];
  if (hash === undefined) throw new RangeError('the frontier has fewer hashes than its size needs');
  return hash;
}
