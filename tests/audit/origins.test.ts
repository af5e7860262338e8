import { expect, test } from 'vitest';
import { generateKey, parseSigner, parseVkey } from '../../src/audit/note.ts';
import { type KeyChange, keyChangeEntry } from '../../src/audit/own-entry.ts';
import { verifyLog } from '../../src/audit/verify.ts';
import { linesOf, noteAt, partOf, rangeAt, SIGNER, VKEY } from './bundles.ts';

const RENAMED = parseSigner(generateKey('log-2.example').privateKey);
const OTHER = parseSigner(generateKey('elsewhere.example').privateKey);
const ALL = [VKEY, RENAMED.vkey, OTHER.vkey];

const change = (more: Partial<KeyChange> = {}): string => {
  const restored = { what: 'signing', from: VKEY, to: RENAMED.vkey, reason: 'restored', size: 10, ...more } as const;
  return Buffer.from(keyChangeEntry(new Date(0), 'node', restored).body).toString();
};
const [before, after] = [linesOf(10), linesOf(10, 1)];

/** Ten entries, one that says why another name follows, and ten more; checkpoints of the first name, then of the other. */
function evidence(said = change(), lines = [...before, said, ...after]) {
  return {
    entries: lines.map((line) => Buffer.from(`${line}\n`)),
    checkpoint: noteAt(lines, 21, RENAMED),
    earlier: [
      { name: '5', note: noteAt(lines, 5, SIGNER) },
      { name: '10', note: noteAt(lines, 10, SIGNER) },
      { name: '15', note: noteAt(lines, 15, RENAMED) },
    ],
  };
}

const verify = (given: object, vkeys = ALL) =>
  verifyLog({ ...evidence(), ...given, keys: vkeys.map((vkey) => parseVkey(vkey)) });

test('a log that was restored goes on under another name, which an entry of it says', async () => {
  expect(await verify({})).toMatchObject({
    ok: true,
    origin: 'log-2.example',
    checkpoints: 4,
    restored: [10],
  });
  const lines = [...before, change(), ...after];
  const part = { ...partOf(lines, 7, []), earlier: evidence().earlier.slice(1), checkpoint: evidence().checkpoint };
  expect(await verify({ ...part, entries: [part.entries] })).toMatchObject({ ok: true, from: 7, checkpoints: 3 });
});

test('also when it was restored again before anything was signed under that name', async () => {
  const again = change({ from: OTHER.vkey, to: RENAMED.vkey, size: 11 });
  const lines = [...before, change({ to: OTHER.vkey }), again, ...after.slice(1)];
  expect(await verify(evidence('', lines))).toMatchObject({ ok: true, restored: [10, 11] });
});

test.each([
  ['of the first name', [VKEY]],
  ['of the other', [RENAMED.vkey]],
])('only the key %s is not enough', async (_what, keys) => {
  expect(await verify({}, keys)).toMatchObject({ ok: false, fault: 'key' });
});

test.each([
  ['nothing says so', linesOf(1, 2)[0] as string],
  ['what is said is a rotation', change({ reason: 'rotated' })],
  ['what is said is of the other key', change({ what: 'pseudonym' })],
  ['it was another log', change({ from: OTHER.vkey })],
  ['it became another log', change({ to: OTHER.vkey })],
  ['what is said names no keys', change({ from: 'a', to: 'b' })],
])('another name is another log, where %s', async (_what, said) => {
  expect(await verify(evidence(said))).toMatchObject({
    ok: false,
    fault: 'tampered',
    message: expect.stringContaining('another log'),
  });
});

test('another name is another log before it is said, and the first one is after that', async () => {
  const lines = [...before, change(), ...after];
  for (const [size, signer] of [
    [8, RENAMED],
    [12, SIGNER],
    [18, SIGNER],
  ] as const) {
    const earlier = [...evidence().earlier, { name: String(size), note: noteAt(lines, size, signer) }];
    earlier.sort((one, other) => Number(one.name) - Number(other.name));
    expect(await verify({ earlier }), `${size}`).toMatchObject({ ok: false, fault: 'tampered' });
  }
  const part = { ...partOf(lines, 7, []), range: rangeAt(lines, 7, RENAMED.name), checkpoint: evidence().checkpoint };
  const inside = { ...part, entries: [part.entries], earlier: evidence().earlier.slice(1) };
  expect(await verify(inside)).toMatchObject({ ok: false, fault: 'tampered' });
});

test('a checkpoint kept from before still holds; of what was lost it shows that it is gone; of another log it says nothing', async () => {
  const lost = [...before, ...linesOf(30, 3)];
  expect(await verify({ since: noteAt(before, 7, SIGNER) })).toMatchObject({ ok: true });
  expect(await verify({ since: noteAt(lost, 12, SIGNER) })).toMatchObject({ ok: false, fault: 'tampered' });
  expect(await verify({ since: noteAt(lost, 25, SIGNER) })).toMatchObject({ ok: false, fault: 'truncated' });
  for (const size of [7, 12, 25]) {
    const since = noteAt(lost, size, OTHER);
    expect(await verify({ since }), `${size}`).toMatchObject({ ok: false, fault: 'key' });
  }
});
