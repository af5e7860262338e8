import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createInclusionProver } from '../../src/audit/inclusion.ts';
import { verifyConsistency, verifyInclusion } from '../../src/audit/proof.ts';
import { EMPTY, extend, leafHash, rootOf } from '../../src/audit/tree.ts';
import { consistencyProof } from './definition.ts';
import { treeHash } from './naive.ts';
import { CONSISTENCY, INCLUSION, LEAVES } from './vectors.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const hashes = LEAVES.map(leafHash);
/** Of a leaf in the tree of these, the first `kept` of which are known by their frontier alone. */
function inclusionProof(leafHashes: readonly Uint8Array[], index: number, kept = 0): readonly Uint8Array[] | undefined {
  const prover = createInclusionProver(extend(EMPTY, leafHashes.slice(0, kept)));
  for (const [place, hash] of leafHashes.entries()) if (place >= kept) prover.add(hash, place === index);
  const { inclusion, size, root } = prover.finish();
  expect({ size, root: hex(root) }).toEqual({
    size: leafHashes.length,
    root: hex(rootOf(extend(EMPTY, leafHashes))),
  });
  return inclusion?.proof;
}
const treeOf = (leaves: readonly Uint8Array[]) => ({ size: leaves.length, root: treeHash(leaves) });

describe('the vectors of RFC 6962 implementations', () => {
  test.each(INCLUSION)('leaf %i is in the tree of %i', (index, size, expected) => {
    expect(inclusionProof(hashes.slice(0, size), index)?.map(hex)).toEqual(expected);
  });

  test.each(CONSISTENCY)('the tree of %i became the one of %i', (from, size, expected) => {
    expect(consistencyProof(hashes.slice(0, size), from).map(hex)).toEqual(expected);
  });
});

test('every leaf of every small tree is proved, and at no other place', () => {
  for (let size = 1; size <= 33; size += 1) {
    const leaves = Array.from({ length: size }, (_, i) => Buffer.of(i));
    const tree = treeOf(leaves);
    for (const [index, leaf] of leaves.entries()) {
      const proof = inclusionProof(leaves.map(leafHash), index) ?? [];
      const at = (place: number) => verifyInclusion({ leaf: leafHash(leaf), index: place, proof }, tree);
      expect(leaves.map((_, place) => at(place))).toEqual(leaves.map((_, place) => place === index));
      expect([at(-1), at(size), at(0.5), at(Number.NaN)]).toEqual([false, false, false, false]);
    }
  }
});

test('what came before the first leaf that is at hand is proved by its frontier', () => {
  for (const size of [1, 2, 3, 7, 8, 13]) {
    const leaves = hashes.concat(LEAVES.map((leaf) => leafHash(Buffer.of(1, ...leaf)))).slice(0, size);
    for (let index = 0; index < size; index += 1) {
      const proofs = leaves.slice(0, index + 1).map((_, kept) => inclusionProof(leaves, index, kept));
      expect(proofs).toEqual(proofs.map(() => proofs[0]));
    }
  }
});

test('every small tree is proved to have begun as every smaller one, and as no other', () => {
  for (let size = 1; size <= 33; size += 1) {
    const leaves = Array.from({ length: size }, (_, i) => Buffer.of(i));
    const other = leaves.map((leaf, i) => (i === 0 ? Buffer.of(255) : leaf));
    for (let from = 0; from <= size; from += 1) {
      const proof = consistencyProof(leaves.map(leafHash), from);
      expect(verifyConsistency(proof, treeOf(leaves.slice(0, from)), treeOf(leaves))).toBe(true);
      if (from === 0) continue;
      expect(verifyConsistency(proof, treeOf(other.slice(0, from)), treeOf(leaves))).toBe(false);
      expect(verifyConsistency(proof, treeOf(leaves.slice(0, from)), treeOf(other))).toBe(false);
    }
  }
});

const size = fc.integer({ min: 2, max: 200 });

test('a proof with any bit changed, or a hash more or less, proves nothing', () => {
  fc.assert(
    fc.property(size, fc.nat(), fc.nat(), fc.nat(255), fc.boolean(), (count, pick, place, bit, consistency) => {
      const leaves = Array.from({ length: count }, (_, i) => Buffer.of(i));
      const index = pick % count;
      const all = leaves.map(leafHash);
      const from = 1 + (pick % (count - 1));
      const proof = consistency ? consistencyProof(all, from) : (inclusionProof(all, index) ?? []);
      const holds = (given: readonly Uint8Array[]) =>
        consistency
          ? verifyConsistency(given, treeOf(leaves.slice(0, from)), treeOf(leaves))
          : verifyInclusion({ leaf: leafHash(Buffer.of(index)), index, proof: given }, treeOf(leaves));
      const flipped = proof.map((original, i) => {
        const bytes = Buffer.from(original);
        if (i === place % proof.length) bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        return bytes;
      });
      expect(holds(proof)).toBe(true);
      expect(holds(flipped)).toBe(false);
      expect(holds(proof.slice(1))).toBe(false);
      expect(holds(proof.slice(0, -1))).toBe(false);
      expect(holds([...proof, treeHash([])])).toBe(false);
      expect(holds([])).toBe(false);
    }),
    { numRuns: 80 },
  );
});

test('trees of sizes past 32 bits are walked to their root', () => {
  const leaf = leafHash(Buffer.of(1));
  const proof = Array.from({ length: 40 }, () => leaf);
  const tree = { size: 2 ** 40, root: treeHash([]) };
  expect(verifyInclusion({ leaf, index: 2 ** 39, proof }, tree)).toBe(false);
  const root = proof.slice(1).reduce((below) => nodeOf(below, leaf), nodeOf(leaf, leaf));
  expect(verifyInclusion({ leaf, index: 0, proof }, { ...tree, root })).toBe(true);
  expect(verifyInclusion({ leaf, index: 2 ** 32, proof }, { ...tree, root })).toBe(false);
});

test('no proof is of more or fewer leaves than there are', () => {
  expect([inclusionProof(hashes, 8), inclusionProof(hashes, -1), inclusionProof(hashes, 2, 3)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(verifyConsistency([], { size: 8, root: treeHash([]) }, { size: 7, root: treeHash([]) })).toBe(false);
  expect(verifyConsistency([], { size: 0, root: leafHash(Buffer.of(0)) }, treeOf(LEAVES))).toBe(false);
});

function nodeOf(left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer');
}
