import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { parseCheckpoint } from '../../src/audit/checkpoint.ts';
import { type Checkpointer, createCheckpointer, type SignedTree } from '../../src/audit/checkpointer.ts';
import { generateKey, openNote, parseSigner, parseVkey } from '../../src/audit/note.ts';
import { EMPTY, extend, type Frontier, leafHash, rootOf } from '../../src/audit/tree.ts';

const { privateKey, vkey } = generateKey('log.example');
const signer = parseSigner(privateKey);
const made: Checkpointer[] = [];

afterEach(() => {
  for (const checkpointer of made.splice(0)) checkpointer.close();
});

/** A tree of the leaves 0, 1, 2, ... */
function treeOf(size: number): Frontier {
  return extend(
    EMPTY,
    Array.from({ length: size }, (_, n) => leafHash(Buffer.from(String(n)))),
  );
}

/** A checkpointer whose trees are kept when the test says so. */
function held(last: SignedTree | null = null, limits = { entries: 10, milliseconds: 30 }) {
  const keeping: { size: number; note: string; end(error?: Error): void }[] = [];
  const failures: unknown[] = [];
  const checkpointer = createCheckpointer({
    signer,
    last,
    limits,
    failed: (error) => void failures.push(error),
    keep: ({ tree, note }) =>
      new Promise((resolve, reject) => {
        keeping.push({ size: tree.size, note, end: (error) => (error ? reject(error) : resolve()) });
      }),
  });
  made.push(checkpointer);
  return { checkpointer, keeping, failures, sizes: () => keeping.map(({ size }) => size) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a tree is signed', () => {
  test('at once when so many entries are not, and shown once it is kept', async () => {
    const { checkpointer, keeping, sizes } = held();
    expect(checkpointer.latest()).toBeNull();
    checkpointer.grew(treeOf(10));
    await settled();
    expect([sizes(), checkpointer.latest()]).toEqual([[10], null]);
    keeping[0]?.end();
    await settled();
    const note = checkpointer.latest() ?? '';
    const checkpoint = parseCheckpoint(openNote(note, [parseVkey(vkey)]).text);
    expect(checkpoint).toEqual({ origin: 'log.example', size: 10, root: rootOf(treeOf(10)) });
    expect(keeping[0]?.note).toBe(note);
  });

  test('after a while when fewer are not', async () => {
    const { checkpointer, sizes } = held();
    checkpointer.grew(treeOf(1));
    checkpointer.grew(treeOf(3));
    await settled();
    expect(sizes()).toEqual([]);
    await sleep(100);
    expect(sizes()).toEqual([3]);
  });

  test('within half of the second that is promised, unless told otherwise', () => {
    vi.useFakeTimers();
    try {
      const signed: number[] = [];
      const checkpointer = createCheckpointer({
        signer,
        last: null,
        failed: () => {},
        keep: async ({ tree }) => void signed.push(tree.size),
      });
      made.push(checkpointer);
      checkpointer.grew(treeOf(1));
      vi.advanceTimersByTime(499);
      expect(signed).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(signed).toEqual([1]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('one at a time, and what grew meanwhile next', async () => {
    const { checkpointer, keeping, sizes } = held();
    checkpointer.grew(treeOf(10));
    checkpointer.grew(treeOf(20));
    checkpointer.grew(treeOf(35));
    await sleep(100);
    expect(sizes()).toEqual([10]);
    keeping[0]?.end();
    await settled();
    expect(sizes()).toEqual([10, 35]);
  });

  test('when flushed, without waiting', async () => {
    const { checkpointer, keeping, sizes } = held(null, { entries: 10, milliseconds: 60_000 });
    checkpointer.grew(treeOf(2));
    const flushed = checkpointer.flush();
    await settled();
    expect(sizes()).toEqual([2]);
    keeping[0]?.end();
    await flushed;
    expect(checkpointer.latest()).toBe(keeping[0]?.note);
    await checkpointer.flush();
    expect(sizes()).toEqual([2]);
  });

  test('again when it could not be kept; the one before is shown until then', async () => {
    const { checkpointer, keeping, failures, sizes } = held();
    checkpointer.grew(treeOf(10));
    keeping[0]?.end(new Error('no store'));
    await settled();
    expect([failures, checkpointer.latest()]).toEqual([[new Error('no store')], null]);
    await sleep(100);
    expect(sizes()).toEqual([10, 10]);
  });
});

describe('no tree is signed', () => {
  test('that is not larger than the last, of an earlier start included', async () => {
    const { checkpointer, sizes } = held({ tree: treeOf(20), note: 'before' });
    expect(checkpointer.latest()).toBe('before');
    checkpointer.grew(treeOf(20));
    checkpointer.grew(treeOf(12));
    await checkpointer.flush();
    await sleep(60);
    expect(sizes()).toEqual([]);
    checkpointer.grew(treeOf(30));
    expect(sizes()).toEqual([30]);
  });

  test('after it was closed', async () => {
    const { checkpointer, sizes } = held();
    checkpointer.grew(treeOf(1));
    checkpointer.close();
    checkpointer.grew(treeOf(50));
    await sleep(60);
    expect(sizes()).toEqual([]);
  });

  test('silently when flushing fails', async () => {
    const { checkpointer, keeping } = held();
    checkpointer.grew(treeOf(1));
    const flushed = checkpointer.flush();
    keeping[0]?.end(new Error('no store'));
    await expect(flushed).rejects.toThrow('no store');
  });
});
