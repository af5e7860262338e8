import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EMPTY, extend, leafHash, rootOf } from '../../src/audit/tree.ts';
import { treeHash } from './naive.ts';
import { LEAVES, ROOTS } from './vectors.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the vectors of RFC 6962 implementations', () => {
  test('a tree of nothing', () => {
    expect(hex(rootOf(EMPTY))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  test.each(ROOTS.map((root, i) => [i + 1, root] as const))('a tree of %i', (size, root) => {
    const tree = extend(EMPTY, LEAVES.slice(0, size).map(leafHash));
    expect([tree.size, hex(rootOf(tree))]).toEqual([size, root]);
  });
});

const leaves = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 });

test('the root is that of the definition, in however many pieces the leaves came', () => {
  fc.assert(
    fc.property(leaves, fc.array(fc.nat(70), { maxLength: 5 }), (all, cuts) => {
      const at = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length];
      const pieces = at.slice(1).map((end, i) => all.slice(at[i], end).map(leafHash));
      const grown = pieces.reduce(extend, EMPTY);
      expect(grown).toEqual(extend(EMPTY, all.map(leafHash)));
      expect(hex(rootOf(grown))).toBe(hex(treeHash(all)));
    }),
    { numRuns: 200 },
  );
});

test('the frontier is one hash for each binary one of the size, and growing leaves the old one as it was', () => {
  fc.assert(
    fc.property(leaves, (all) => {
      const tree = extend(EMPTY, all.map(leafHash));
      expect(tree.hashes.length).toBe(tree.size.toString(2).replaceAll('0', '').length);
      const before = structuredClone(tree.hashes.map(hex));
      extend(tree, [leafHash(Buffer.of(1))]);
      expect(tree.hashes.map(hex)).toEqual(before);
    }),
    { numRuns: 100 },
  );
});

test('a frontier that lacks a hash does not grow', () => {
  expect(() => extend({ size: 1, hashes: [] }, [leafHash(Buffer.of(1))])).toThrow(RangeError);
});
