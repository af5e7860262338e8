import { heights } from './range.ts';
import { EMPTY, type Frontier, nodeHash, rootOf } from './tree.ts';

/** What shows that one leaf is in a tree: RFC 9162 section 2.1.3. */
export interface Inclusion {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** Grows a tree leaf by leaf and keeps the proof for one of them. Holds a hash for each level. */
export interface InclusionProver {
  /** @param wanted whether this is the leaf to prove; the first that is counts */
  add(leaf: Uint8Array, wanted: boolean): void;
  /** The proof in the tree as it is when it is complete, and what that tree is; null where no leaf was wanted. */
  finish(): { readonly inclusion: Inclusion | null; readonly size: number; readonly root: Uint8Array };
}

/** @param start the tree before the first leaf that is added: what lies to the left of all of them is in it */
export function createInclusionProver(start: Frontier = EMPTY): InclusionProver {
  const levels = heights(start.size);
  const stack = start.hashes.map((hash, place) => ({ height: levels[place] ?? 0, hash, holds: false }));
  let { size } = start;
  let found: { index: number; leaf: Uint8Array } | null = null;
  const proof: Uint8Array[] = [];

  /** Two neighbours under the node above them. Where one holds the leaf, the other is what its proof needs next. */
  function join(left: (typeof stack)[number], right: (typeof stack)[number]): (typeof stack)[number] {
    if (left.holds) proof.push(right.hash);
    if (right.holds) proof.push(left.hash);
    return {
      height: left.height + 1,
      hash: nodeHash(left.hash, right.hash),
      holds: left.holds || right.holds,
    };
  }

  return {
    add(leaf, wanted) {
      const holds = wanted && found === null;
      if (holds) found = { index: size, leaf };
      size += 1;
      let top = { height: 0, hash: leaf, holds };
      for (let left = stack.at(-1); left?.height === top.height; left = stack.at(-1)) {
        stack.pop();
        top = join(left, top);
      }
      stack.push(top);
    },
    finish() {
      const [last, ...lefts] = stack.reverse();
      const whole = lefts.reduce(
        (right, left) => join(left, right),
        last ?? { height: 0, hash: rootOf(EMPTY), holds: false },
      );
      return { inclusion: found && { ...found, proof }, size, root: whole.hash };
    },
  };
}
