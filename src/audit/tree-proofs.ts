import { heights } from './range.ts';
import { EMPTY, extend, type Frontier, rootOf } from './tree.ts';

/**
 * The log's tree as it was kept while it grew. Read here and there, so that a proof does not take the whole log.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export interface KeptTree {
  /** The largest that was signed with so many leaves, from the one number to the other, both included; null for none. */
  signed(least: number, most: number): Promise<Frontier | null>;
  /** Hashes of the leaves from one place up to, and without, another, in order. */
  leaves(first: number, past: number): Promise<readonly Uint8Array[]>;
}

/** The same with what witnesses signed, and nothing of any entry but when it was made. */
export interface LogTree extends KeptTree {
  /** When the entry at a place was made; null where none lies there. */
  madeAt(index: number): Promise<Date | null>;
  /** The checkpoint that each of these keys signed last, a witness's vkey each, with its line under it. */
  cosigned(
    keys: readonly string[],
  ): Promise<readonly { readonly key: string; readonly size: number; readonly note: string }[]>;
  close(): Promise<void>;
}

/**
 * The hashes beside a leaf's way up to the root of the first `size` leaves, lowest first: RFC 9162, section 2.1.3.1.
 * @throws RangeError where a leaf is missing
 */
export async function inclusionPath(kept: KeptTree, index: number, size: number): Promise<readonly Uint8Array[]> {
  async function within(from: number, past: number): Promise<readonly Uint8Array[]> {
    if (past - from === 1) return [];
    const middle = from + split(past - from);
    return index < middle
      ? [...(await within(from, middle)), await partRoot(kept, middle, past)]
      : [...(await within(middle, past)), await partRoot(kept, from, middle)];
  }
  if (index < 0 || index >= size) throw new RangeError(`a tree of ${size} leaves has none at ${index}`);
  return within(0, size);
}

/**
 * What shows that the tree of `size` leaves began as the one of `older`: RFC 9162, section 2.1.4.1.
 * @throws RangeError where a leaf is missing
 */
export async function consistencyPath(kept: KeptTree, older: number, size: number): Promise<readonly Uint8Array[]> {
  async function within(from: number, past: number): Promise<readonly Uint8Array[]> {
    if (past === older) return from === 0 ? [] : [await partRoot(kept, from, past)];
    const middle = from + split(past - from);
    return older <= middle
      ? [...(await within(from, middle)), await partRoot(kept, middle, past)]
      : [...(await within(middle, past)), await partRoot(kept, from, middle)];
  }
  if (older > size) throw new RangeError(`a tree of ${size} leaves never had ${older}`);
  return older === 0 || older === size ? [] : within(0, size);
}

/** Not worth looking for a tree that was signed in between. */
const FEW = 1_000;

/**
 * The root of the leaves from `from` up to, and without, `past`: a part that the halving of a tree leads to. A tree that
 * was signed while it grew through the part has the beginning of the part among its perfect subtrees.
 */
async function partRoot(kept: KeptTree, from: number, past: number): Promise<Uint8Array> {
  const width = past - from;
  // Once it is complete, the right half of something is in no frontier any more.
  const isGone = split(width) * 2 === width && (from / width) % 2 === 1;
  const signed = width > FEW ? await kept.signed(from, isGone ? past - 1 : past) : null;
  const begun = (signed && since(signed, from)) ?? EMPTY;
  const part = extend(begun, await kept.leaves(from + begun.size, past));
  if (part.size !== width) throw new RangeError(`a leaf is missing between ${from} and ${past}`);
  return rootOf(part);
}

/** What of a tree comes after its first `from` leaves; null where that is no whole number of its perfect subtrees. */
function since({ size, hashes }: Frontier, from: number): Frontier | null {
  let before = 0;
  for (const [place, height] of heights(size).entries()) {
    if (before === from) return { size: size - from, hashes: hashes.slice(place) };
    before += 2 ** height;
  }
  return before === from ? EMPTY : null;
}

/** The largest power of two below a number above 1. */
function split(size: number): number {
  return 2 ** ((size - 1).toString(2).length - 1);
}
