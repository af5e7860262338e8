import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifyConsistency, verifyInclusion } from '../../src/audit/proof.ts';
import { EMPTY, extend, type Frontier, leafHash, rootOf } from '../../src/audit/tree.ts';
import { consistencyPath, inclusionPath, type KeptTree } from '../../src/audit/tree-proofs.ts';

/** As the gateway signs: now and then, and not at the same distance. */
const SIGNED_AT = Array.from({ length: 60 }, (_, n) => n * 113 + (n % 7) * 31).filter((size) => size > 0);
const SIZE = 6_000;
const LEAVES = Array.from({ length: SIZE }, (_, n) => leafHash(Buffer.from(hash('sha256', String(n)))));

/** By size. */
const TREES: Frontier[] = [EMPTY];
for (const leaf of LEAVES) TREES.push(extend(TREES.at(-1) ?? EMPTY, [leaf]));

function treeOf(size: number): Frontier {
  return TREES[size] ?? EMPTY;
}

/** What was kept, and how many leaves were read of it. */
function keptTree(signedAt: readonly number[] = SIGNED_AT): { kept: KeptTree; read: () => number } {
  let read = 0;
  return {
    read: () => read,
    kept: {
      async signed(least, most) {
        const size = signedAt.findLast((each) => each >= least && each <= most);
        return size === undefined ? null : treeOf(size);
      },
      async leaves(first, past) {
        read += past - first;
        return LEAVES.slice(first, past);
      },
    },
  };
}

const whole = (size: number) => ({ size, root: rootOf(treeOf(size)) });

describe('AUDIT-04 a proof is made from what was kept while the log grew', () => {
  test.each([1, 2, 3, 1_001, 2_048, 4_097, SIZE])('in a tree of %i, for any entry', async (size) => {
    const places = [0, 1_023, 1_024, 2_500, 4_096, size - 1];
    for (const index of new Set(places.filter((place) => place < size))) {
      const proof = await inclusionPath(keptTree().kept, index, size);
      const leaf = LEAVES[index] ?? Buffer.alloc(0);
      expect(verifyInclusion({ leaf, index, proof }, whole(size)), `${index} of ${size}`).toBe(true);
      expect(verifyInclusion({ leaf: leafHash(leaf), index, proof }, whole(size))).toBe(false);
    }
  });

  test.each([
    [0, SIZE],
    [1, 2],
    [113, SIZE],
    [1_024, 4_096],
    [3_000, 3_001],
    [4_096, 4_097],
    [SIZE, SIZE],
  ])('that %i became %i', async (older, newer) => {
    const proof = await consistencyPath(keptTree().kept, older, newer);
    expect(verifyConsistency(proof, whole(older), whole(newer))).toBe(true);
    const other = { size: older, root: leafHash(Buffer.from('another')) };
    expect(verifyConsistency(proof, other, whole(newer))).toBe(false);
  });

  test('and reads a small part of the leaves; without a signed tree, all of them, to the same end', async () => {
    const [signed, never] = [keptTree(), keptTree([])];
    const proof = await inclusionPath(signed.kept, 0, SIZE);
    expect(await inclusionPath(never.kept, 0, SIZE)).toEqual(proof);
    expect(signed.read()).toBeLessThan(SIZE / 2);
    expect(never.read()).toBe(SIZE - 1);
  });

  test('not for what is not there, nor where a leaf is missing', async () => {
    const { kept } = keptTree();
    await expect(inclusionPath(kept, SIZE, SIZE)).rejects.toThrow(RangeError);
    await expect(consistencyPath(kept, 2, 1)).rejects.toThrow(RangeError);
    const holed: KeptTree = { ...kept, leaves: async (first, past) => LEAVES.slice(first, past - 1) };
    await expect(inclusionPath(holed, 0, SIZE)).rejects.toThrow('a leaf is missing');
  });
});
