import fc from 'fast-check';
import { expect, test } from 'vitest';
import { proveConsistency } from '../../src/audit/consistency.ts';
import { verifyConsistency } from '../../src/audit/proof.ts';
import { EMPTY, extend, leafHash, rootOf } from '../../src/audit/tree.ts';
import { consistencyProof } from './definition.ts';
import { CONSISTENCY, LEAVES } from './vectors.ts';

const leaves = Array.from({ length: 70 }, (_, n) => leafHash(Buffer.from(String(n))));
const treeOf = (size: number, of = leaves) => extend(EMPTY, of.slice(0, size));

async function* pagesOf(all: readonly Uint8Array[], length: number) {
  for (let at = 0; at < all.length; at += length) yield all.slice(at, at + length);
}

test.each(CONSISTENCY)('the published proof from %i to %i', async (older, size, expected) => {
  const hashes = LEAVES.map(leafHash);
  const { proof } = await proveConsistency(treeOf(older, hashes), size, pagesOf(hashes.slice(older), 1));
  expect(proof.map((hash) => Buffer.from(hash).toString('hex'))).toEqual(expected);
});

test('from the older tree and the leaves since it is the proof that all leaves give, and holds', async () => {
  const sizes = fc.tuple(fc.nat(70), fc.nat(70), fc.integer({ min: 1, max: 9 }));
  await fc.assert(
    fc.asyncProperty(sizes, async ([one, other, length]) => {
      const [older, size] = [Math.min(one, other), Math.max(one, other)];
      // More leaves than asked for: another gateway appends meanwhile.
      const made = await proveConsistency(treeOf(older), size, pagesOf(leaves.slice(older), length));
      expect(made.proof).toEqual(consistencyProof(leaves.slice(0, size), older));
      expect(made.newer).toEqual(treeOf(size));
      const at = (n: number) => ({ size: n, root: rootOf(treeOf(n)) });
      expect(verifyConsistency(made.proof, at(older), at(size))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('there is none to a smaller tree, nor without the leaves', async () => {
  await expect(proveConsistency(treeOf(5), 4, pagesOf([], 1))).rejects.toThrow(RangeError);
  await expect(proveConsistency(treeOf(5), 8, pagesOf(leaves.slice(5, 7), 1))).rejects.toThrow(RangeError);
});
