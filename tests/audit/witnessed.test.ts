import { describe, expect, test } from 'vitest';
import { signTree } from '../../src/audit/checkpointer.ts';
import { ResumeError } from '../../src/audit/resume.ts';
import { EMPTY, extend, leafHash } from '../../src/audit/tree.ts';
import { requireWitnessed } from '../../src/audit/witnessed.ts';
import { linesOf, SIGNER } from './bundles.ts';

const leavesOf = (seed: number) => linesOf(30, seed).map((line) => leafHash(Buffer.from(line)));
const [ours, others] = [leavesOf(0), leavesOf(7)];
const treeOf = (leaves: readonly Uint8Array[], size: number) => extend(EMPTY, leaves.slice(0, size));

function check(size: number, witnessed: { size: number; of?: readonly Uint8Array[] }, leaves = ours): Promise<void> {
  async function* pages(first: number) {
    yield leaves.slice(first, first + 4);
    yield leaves.slice(first + 4);
  }
  return requireWitnessed(treeOf(leaves, size), signTree(treeOf(witnessed.of ?? ours, witnessed.size), SIGNER), pages);
}

describe('a log is gone on with that grew from what witnesses cosigned', () => {
  test.each([
    [20, 20],
    [20, 9],
    // Another gateway has appended since its tree was read.
    [13, 12],
  ])('of %i entries, %i of them cosigned', async (size, witnessed) => {
    await expect(check(size, { size: witnessed })).resolves.toBeUndefined();
  });
});

describe('a log is not gone on with', () => {
  test('that is shorter', async () => {
    await expect(check(9, { size: 20 })).rejects.toThrow('it has 9 entries, and witnesses have cosigned 20');
  });

  test.each([20, 9])('that is another, of which %i entries were cosigned', async (size) => {
    await expect(check(20, { size, of: others })).rejects.toThrow(`not grown from the ${size} entries`);
  });

  test('whose leaves are missing', async () => {
    const empty = async function* () {};
    const witnessed = signTree(treeOf(ours, 9), SIGNER);
    await expect(requireWitnessed(treeOf(ours, 20), witnessed, empty)).rejects.toThrow(ResumeError);
  });

  test('whose cosigned checkpoint was kept with another tree', async () => {
    const { note } = signTree(treeOf(others, 9), SIGNER);
    const kept = { tree: treeOf(ours, 9), note };
    await expect(requireWitnessed(treeOf(ours, 9), kept, async function* () {})).rejects.toThrow('kept with it');
  });
});
