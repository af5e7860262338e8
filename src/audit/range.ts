import { fromBase64 } from './note.ts';
import type { Frontier } from './tree.ts';

/** Where a part of the log begins: what the tree was before its first entry. */
export interface RangeStart {
  /** The name of the log. */
  readonly origin: string;
  readonly tree: Frontier;
}

/**
 * The text of `proofs/range`: origin and size as in a checkpoint, then the hashes of the tree's perfect subtrees in
 * base64, largest first, a line each. Nobody signs it: a wrong one leads to another root than the checkpoints say.
 */
export function formatRange({ origin, tree }: RangeStart): string {
  return [origin, tree.size, ...tree.hashes.map((hash) => Buffer.from(hash).toString('base64'))]
    .join('\n')
    .concat('\n');
}

/** Null for a text that says no such thing, a tree of nothing included. */
export function parseRange(text: string): RangeStart | null {
  const [, origin = '', digits = '', rest = ''] = /^(.+)\n([1-9]\d*)\n((?:.+\n)+)$/u.exec(text) ?? [];
  const size = Number(digits);
  const hashes = rest.slice(0, -1).split('\n').map(fromBase64);
  if (origin === '' || !Number.isSafeInteger(size) || hashes.length !== heights(size).length) return null;
  const whole = hashes.filter((hash) => hash?.length === 32);
  return whole.length === hashes.length ? { origin, tree: { size, hashes: whole as Uint8Array[] } } : null;
}

/** How high each perfect subtree of so many leaves is, largest first: one for each binary one. */
export function heights(size: number): number[] {
  const bits = size.toString(2);
  return Array.from(bits).flatMap((bit, place) => (bit === '1' ? [bits.length - 1 - place] : []));
}
