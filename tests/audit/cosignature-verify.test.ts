import { describe, expect, test } from 'vitest';
import { cosign, generateCosigningKey, parseCosigner, parseCosigningKey } from '../../src/audit/cosignature.ts';
import { parseVkey, splitNote } from '../../src/audit/note.ts';
import type { Quorum } from '../../src/audit/tally.ts';
import { type Verdict, verifyLog } from '../../src/audit/verify.ts';
import { bundleOf, linesOf, partOf, VKEY } from './bundles.ts';
import type { Files } from './naive.ts';

const names = ['one', 'two', 'three'] as const;
type Name = (typeof names)[number];
const keys = new Map(names.map((name) => [name, generateCosigningKey(`${name}.example/w`)]));

const lines = linesOf(20);

/** A bundle whose checkpoints carry the lines of some witnesses, each of the text that `of` has. */
function verify(
  cosigned: Readonly<Record<number, readonly Name[]>>,
  quorum: { of: readonly Name[]; need: number },
  { entries = lines, of = entries }: { entries?: readonly string[]; of?: readonly string[] } = {},
): Promise<Verdict> {
  const files = bundleOf(entries, [5, 9, 14]);
  const texts = bundleOf(of, [5, 9, 14]);
  const withLines = (note: string, like: string, size: number) =>
    note + (cosigned[size] ?? []).map((name) => lineOf(name, like.slice(0, like.indexOf('\n\n') + 1))).join('');
  return verifyLog({
    entries: [files.entries],
    checkpoint: withLines(files.checkpoint, texts.checkpoint, 20),
    earlier: files.earlier.map(({ name, note }, n) => ({
      name,
      note: withLines(note, texts.earlier[n]?.note ?? '', Number(name)),
    })),
    keys: [parseVkey(VKEY)],
    quorum: quorumOf(quorum),
  });
}

function lineOf(name: Name, text: string): string {
  return cosign(text, parseCosigningKey(keys.get(name)?.privateKey ?? ''), 1_777_971_600);
}

function quorumOf({ of, need }: { of: readonly Name[]; need: number }): Quorum {
  return { need, cosigners: of.map((name) => parseCosigner(keys.get(name)?.vkey ?? '')) };
}

describe('a log is witnessed as far as', () => {
  test.each<[string, Readonly<Record<number, readonly Name[]>>, { of: readonly Name[]; need: number }, number]>([
    ['one has cosigned it', { 9: ['one'] }, { of: ['one'], need: 1 }, 9],
    ['it goes, where the newest checkpoint is cosigned', { 20: ['one', 'two'] }, { of: ['one', 'two'], need: 2 }, 20],
    ['one of two has', { 9: ['one'], 14: ['two'] }, { of: ['one', 'two'], need: 1 }, 14],
    ['both have, each elsewhere', { 9: ['one'], 14: ['two'] }, { of: ['one', 'two'], need: 2 }, 9],
    ['two of three have', { 5: ['three'], 9: ['one'], 20: ['two'] }, { of: names, need: 2 }, 9],
    ['the newest of several by one', { 5: ['one'], 14: ['one'] }, { of: ['one'], need: 1 }, 14],
  ])('%s', async (_what, cosigned, quorum, witnessed) => {
    expect(await verify(cosigned, quorum)).toMatchObject({ ok: true, size: 20, witnessed });
  });
});

describe('nothing is wrong, and too few have cosigned it, when', () => {
  test.each<[string, Readonly<Record<number, readonly Name[]>>, { of: readonly Name[]; need: number }]>([
    ['none has', {}, { of: ['one'], need: 1 }],
    ['it is another who has', { 20: ['two'] }, { of: ['one'], need: 1 }],
    ['one has twice, and two must', { 9: ['one'], 20: ['one'] }, { of: ['one', 'two'], need: 2 }],
  ])('%s', async (_what, cosigned, quorum) => {
    expect(await verify(cosigned, quorum)).toMatchObject({ ok: false, fault: 'witness', entry: null });
  });
});

describe('a log written anew by who has its key', () => {
  const anew = [...lines.slice(0, 7), ...linesOf(13, 7)];
  const quorum = { of: ['one'], need: 1 } as const;

  test('has no cosignatures, or those of the old one, which are not good', async () => {
    expect(await verify({}, quorum, { entries: anew })).toMatchObject({ ok: false, fault: 'witness' });
    expect(await verify({ 20: ['one'] }, quorum, { entries: anew, of: lines })).toMatchObject({
      ok: false,
      fault: 'tampered',
    });
    expect(await verify({ 9: ['one'] }, quorum, { entries: anew, of: lines })).toMatchObject({
      ok: false,
      fault: 'tampered',
    });
  });

  test('is witnessed no further than it was not changed', async () => {
    expect(await verify({ 5: ['one'] }, quorum, { entries: anew, of: lines })).toMatchObject({
      ok: true,
      witnessed: 5,
    });
  });
});

test.each<[string, Files, number]>([
  ['the empty log', bundleOf(lines, [0, 9]), 0],
  ['only what came before this part of it', partOf(lines, 9, [9, 14]), 9],
])('who cosigned %s has cosigned nothing of it', async (_what, files, size) => {
  const earlier = files.earlier.map(({ name, note }) => ({
    name,
    note: name === String(size) ? note + lineOf('one', splitNote(note).text) : note,
  }));
  const quorum = quorumOf({ of: ['one'], need: 1 });
  const verdict = await verifyLog({ ...files, earlier, entries: [files.entries], keys: [parseVkey(VKEY)], quorum });
  expect(verdict).toMatchObject({ ok: false, fault: 'witness', entry: null });
});

test('who cosigned is not looked at unless that is asked', async () => {
  const { entries, checkpoint, earlier } = bundleOf(lines, [9]);
  const verdict = await verifyLog({ entries: [entries], checkpoint, earlier, keys: [parseVkey(VKEY)] });
  expect(verdict).not.toHaveProperty('witnessed');
});
