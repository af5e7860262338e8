import { describe, expect, test } from 'vitest';
import { parseVkey } from '../../src/audit/note.ts';
import { heights, parseRange } from '../../src/audit/range.ts';
import { OutsideError, verifyLog } from '../../src/audit/verify.ts';
import { bundleOf, FORGER, LOG, linesOf, noteAt, partOf, rangeAt, VKEY } from './bundles.ts';
import { type Files, findingOf, treeHash } from './naive.ts';

const keys = [parseVkey(VKEY)];
const lines = linesOf(20);
const FROM = 7;
const good = partOf(lines, FROM, [8, 13]);
const here = lines.slice(FROM);
const [otherLine = ''] = linesOf(1, 7);

/** Both verifiers agree, or the test fails. */
async function verify({ entries, ...rest }: Files, since?: string) {
  const verdict = await verifyLog({ entries: [entries], ...rest, since, keys });
  expect(verdict.ok ? 'good' : verdict.fault).toBe(findingOf({ entries, ...rest }, VKEY, since));
  return verdict;
}

const withLines = (changed: readonly string[]): Files => ({
  ...good,
  entries: Buffer.from(changed.map((line) => `${line}\n`).join('')),
});

describe('a part of a log that nobody changed', () => {
  test('is good, and says where it begins', async () => {
    const root = treeHash(lines.map((line) => Buffer.from(line))).toString('base64');
    expect(await verify(good)).toEqual({ ok: true, origin: LOG, from: 7, size: 20, root, checkpoints: 3 });
  });

  test('is good wherever it begins', async () => {
    const verdicts = await Promise.all(lines.map((_, from) => (from === 0 ? null : verify(partOf(lines, from, [])))));
    expect(verdicts.slice(1)).toEqual(
      lines.slice(1).map((_, i) => expect.objectContaining({ ok: true, from: i + 1, size: 20 })),
    );
  });

  test.each([7, 8, 11, 20])('is good against the checkpoint kept at %i', async (size) => {
    expect(await verify(good, noteAt(lines, size))).toMatchObject({ ok: true });
  });

  test('is good with a checkpoint of what came before it', async () => {
    expect(await verify(partOf(lines, 7, [7, 8]))).toMatchObject({ ok: true, checkpoints: 3 });
  });
});

describe('what was changed in a part is found, and where', () => {
  test.each<[string, Files, { from: number; to: number } | null]>([
    ['an entry edited', withLines(here.with(3, otherLine)), { from: 8, to: 12 }],
    ['the first entry edited', withLines(here.with(0, otherLine)), { from: 7, to: 7 }],
    ['an entry deleted', withLines(here.toSpliced(3, 1)), { from: 8, to: 12 }],
    ['an entry inserted', withLines(here.toSpliced(3, 0, otherLine)), { from: 8, to: 12 }],
    ['two entries swapped', withLines(here.with(2, here[3] ?? '').with(3, here[2] ?? '')), { from: 8, to: 12 }],
    ['the first entry taken away', withLines(here.slice(1)), { from: 7, to: 7 }],
    ['the entry before the first put in', withLines(lines.slice(FROM - 1)), { from: 7, to: 7 }],
    ['the last entry taken away', withLines(here.slice(0, -1)), { from: 13, to: 19 }],
    ['an entry at the end', withLines([...here, otherLine]), { from: 20, to: 20 }],
    ['no entry', withLines([]), { from: 7, to: 19 }],
    ['a line that is no entry', withLines(here.with(3, '[]')), { from: 10, to: 10 }],
    ['a torn line', { ...good, entries: good.entries.subarray(0, -1) }, { from: 19, to: 19 }],
    ['the beginning left out', { ...good, range: undefined }, { from: 0, to: 7 }],
    ['the beginning of another log', { ...good, range: rangeAt(linesOf(20, 7), FROM) }, { from: 7, to: 7 }],
    ['a later beginning', { ...good, range: rangeAt(lines, 8) }, { from: 8, to: 12 }],
    ['a beginning after the end', { ...good, range: rangeAt(linesOf(21), 21) }, null],
    ['a beginning at the end', { ...withLines([]), earlier: [], range: rangeAt(lines, 20) }, null],
    ['a beginning under the name of another log', { ...good, range: rangeAt(lines, FROM, 'elsewhere') }, null],
    ['a beginning with a hash too few', { ...good, range: rangeAt(lines, FROM).replace(/[^\n]+\n$/, '') }, null],
    ['a beginning with a hash too many', { ...good, range: `${rangeAt(lines, FROM)}${'A'.repeat(43)}=\n` }, null],
    ['a size that begins with nought', { ...good, range: rangeAt(lines, FROM).replace('\n7\n', '\n07\n') }, null],
    ['a beginning at nothing', { ...good, range: `${LOG}\n0\n` }, null],
    ['a torn beginning', { ...good, range: rangeAt(lines, FROM).slice(0, -1) }, null],
    ['a checkpoint of what came before', partOf(lines, FROM, [3, 8]), null],
    ['a checkpoint of other entries', { ...good, earlier: bundleOf(linesOf(20, 7), [9]).earlier }, { from: 7, to: 8 }],
    ['a beginning beside the whole log', { ...bundleOf(lines, []), range: rangeAt(lines, FROM) }, { from: 7, to: 19 }],
  ])('%s', async (_what, files, entry) => {
    expect(await verify(files)).toMatchObject({ ok: false, fault: 'tampered', entry });
  });

  test('a part signed by others', async () => {
    const checkpoint = noteAt(lines, 20, FORGER);
    expect(await verify({ ...good, checkpoint })).toMatchObject({ fault: 'key', entry: null });
  });

  test('a part cut short of the checkpoint that was kept', async () => {
    expect(await verify(withLines(here.slice(0, 3)), noteAt(lines, 13))).toMatchObject({ fault: 'truncated' });
  });

  test('a part of a log written anew with the right key', async () => {
    const anew = [...lines.slice(0, 9), ...linesOf(11, 7)];
    expect(await verify(partOf(anew, FROM, []))).toMatchObject({ ok: true });
    expect(await verify(partOf(anew, FROM, []), noteAt(lines, 20))).toMatchObject({ fault: 'tampered' });
  });
});

test.each([0, 3, 6, 21])('a checkpoint kept at %i is of what the part does not have', async (size) => {
  const since = noteAt(linesOf(21), size);
  const { entries, ...rest } = good;
  await expect(verifyLog({ entries: [entries], ...rest, since, keys })).rejects.toThrow(OutsideError);
  await expect(verifyLog({ entries: [entries], ...rest, since, keys })).rejects.toThrow('`audit consistency`');
  expect(findingOf(good, VKEY, since)).toBe('outside');
});

test('a tree has a subtree for each binary one of its size, past 32 bits too', () => {
  expect([0, 1, 6, 7, 2 ** 40 + 2].map(heights)).toEqual([[], [0], [2, 1], [2, 1, 0], [40, 1]]);
});

test('a range says its tree, and nothing else is one', () => {
  const hash = `${'A'.repeat(43)}=`;
  expect(parseRange(`log\n5\n${hash}\n${hash}\n`)).toEqual({
    origin: 'log',
    tree: { size: 5, hashes: [Buffer.alloc(32), Buffer.alloc(32)] },
  });
  const odd = ['', 'log\n', `log\n5\n${hash}\n`, `log\n-1\n${hash}\n`, `log\n1\n${hash}`, `log\n1\n${hash}\n\n`];
  expect([...odd, 'log\n1\nAAAA\n', `log\n1e0\n${hash}\n`, `\n1\n${hash}\n`].map(parseRange)).toEqual(
    Array.from({ length: 9 }, () => null),
  );
});
