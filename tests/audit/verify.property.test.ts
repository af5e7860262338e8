import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Canonical, canonicalBytes } from '../../src/audit/canonical.ts';
import { parseVkey } from '../../src/audit/note.ts';
import { OutsideError, verifyLog } from '../../src/audit/verify.ts';
import { bundleOf, FORGER, linesOf, noteAt, partOf, rangeAt, VKEY } from './bundles.ts';
import { type Files, type Finding, findingOf } from './naive.ts';

const keys = [parseVkey(VKEY)];

async function finding({ entries, ...rest }: Files, since?: string, pieces: readonly Uint8Array[] = [entries]) {
  try {
    const verdict = await verifyLog({ entries: pieces, ...rest, since, keys });
    return verdict.ok ? 'good' : verdict.fault;
  } catch (error) {
    if (error instanceof OutsideError) return 'outside' satisfies Finding;
    throw error;
  }
}

interface Made {
  /** All of the log. */
  readonly all: readonly string[];
  /** What is in the bundle. */
  readonly lines: readonly string[];
  readonly files: Files;
}

const few = fc.tuple(fc.integer({ min: 2, max: 24 }), fc.uniqueArray(fc.nat(24), { maxLength: 4 }));

/** A log of a few entries with some of its checkpoints. */
const log = few.map(([count, sizes]): Made => made(count, 0, sizes));

/** The same, or a part of it. */
const logOrPart = fc.tuple(few, fc.nat()).map(([[count, sizes], from]): Made => made(count, from % count, sizes));

function made(count: number, from: number, sizes: readonly number[]): Made {
  const all = linesOf(count);
  const older = sizes.filter((size) => size >= from && size < count).sort((a, b) => a - b);
  return { all, lines: all.slice(from), files: from > 0 ? partOf(all, from, older) : bundleOf(all, older) };
}

type Mutation = (made: Made, a: number, b: number) => Files;

const joined = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''));
const ofLines =
  (change: (lines: readonly string[], a: number, b: number) => readonly string[]): Mutation =>
  ({ lines, files }, a, b) => ({ ...files, entries: joined(change(lines, a % lines.length, b % lines.length)) });
const ofBytes =
  (change: (bytes: Buffer, a: number, b: number) => Buffer): Mutation =>
  ({ files }, a, b) => ({ ...files, entries: change(Buffer.from(files.entries), a % files.entries.length, b) });

/** Each changes what the log says, whatever the numbers. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a bit flipped': ofBytes((bytes, a, b) => {
    bytes.writeUInt8(bytes.readUInt8(a) ^ (1 << (b % 8)), a);
    return bytes;
  }),
  'a byte deleted': ofBytes((bytes, a) => Buffer.concat([bytes.subarray(0, a), bytes.subarray(a + 1)])),
  'a byte inserted': ofBytes((bytes, a, b) =>
    Buffer.concat([bytes.subarray(0, a), Buffer.of(b % 256), bytes.subarray(a)]),
  ),
  'torn off': ofBytes((bytes, a) => bytes.subarray(0, a)),
  'an entry deleted': ofLines((lines, a) => lines.toSpliced(a, 1)),
  'an entry inserted': ofLines((lines, a) => lines.toSpliced(a, 0, ...linesOf(1, 7))),
  'an entry repeated': ofLines((lines, a, b) => lines.toSpliced(a, 0, lines[b] ?? '')),
  'an entry replaced': ofLines((lines, a) => lines.with(a, linesOf(1, 7)[0] ?? '')),
  'two entries swapped': ofLines((lines, a, b) => {
    const other = a === b ? (b + 1) % lines.length : b;
    return lines.with(a, lines[other] ?? '').with(other, lines[a] ?? '');
  }),
  'the end cut off': ofLines((lines, a) => lines.slice(0, a)),
  'the beginning cut off': ofLines((lines, a) => lines.slice(a + 1)),
  'all of it twice': ofLines((lines) => [...lines, ...lines]),
  'the end of another log': ofLines((lines, a) => [...lines.slice(0, a), ...linesOf(lines.length - a, 7)]),
  'the newest checkpoint of another log': ({ all, files }) => ({
    ...files,
    checkpoint: noteAt(linesOf(all.length, 7), all.length),
  }),
  'the newest checkpoint an older one': ({ all, files }, a) => ({
    ...files,
    checkpoint: noteAt(all, a % all.length),
  }),
  'another beginning': ({ all, files }, a) => ({ ...files, range: rangeAt(all, 1 + (a % all.length)) }),
  'the beginning of another log': ({ all, files }, a) => ({
    ...files,
    range: rangeAt(linesOf(all.length, 7), 1 + (a % all.length)),
  }),
  'no beginning': ({ files: { range: _range, ...files } }) => files,
  'the beginning edited': ({ all, files }, a, b) => {
    const range = files.range ?? rangeAt(all, 1);
    const at = a % range.length;
    const put = String.fromCharCode((range.charCodeAt(at) + 1 + (b % 127)) % 128);
    return { ...files, range: range.slice(0, at) + put + range.slice(at + 1) };
  },
  'an older checkpoint of another log': ({ all, files }, a) => {
    const size = 1 + (a % (all.length - 1));
    const forged = { name: String(size), note: noteAt(linesOf(size, 7), size) };
    const kept = files.earlier.filter(({ name }) => name !== forged.name);
    return { ...files, earlier: [...kept, forged].sort((one, two) => Number(one.name) - Number(two.name)) };
  },
  'an older checkpoint misnamed': ({ all, files }, a) => ({
    ...files,
    earlier: [{ name: String(a % all.length), note: noteAt(all, (a + 1) % all.length) }],
  }),
  'the newest checkpoint edited': ({ files }, a, b) => {
    const at = a % files.checkpoint.length;
    const put = String.fromCharCode((files.checkpoint.charCodeAt(at) + 1 + (b % 127)) % 128);
    return { ...files, checkpoint: files.checkpoint.slice(0, at) + put + files.checkpoint.slice(at + 1) };
  },
};

test.each(Object.entries(MUTATIONS))('%s: is found, and the second verifier says the same', async (what, mutate) => {
  await fc.assert(
    fc.asyncProperty(logOrPart, fc.nat(), fc.nat(), async (made, a, b) => {
      const changed = mutate(made, a, b);
      fc.pre(!same(changed, made.files));
      const found = await finding(changed);
      expect(found).not.toBe('good');
      expect(found).toBe(findingOf(changed, VKEY));
      if (!what.includes('checkpoint edited')) expect(found).toBe('tampered');
    }),
    { numRuns: 40 },
  );
});

test('a whole log signed by another key is not ours', async () => {
  await fc.assert(
    fc.asyncProperty(log, fc.boolean(), async ({ lines, files }, newestOnly) => {
      const forged = bundleOf(lines, [1], FORGER);
      const changed = newestOnly ? { ...files, checkpoint: forged.checkpoint } : forged;
      expect(await finding(changed)).toBe('key');
      expect(findingOf(changed, VKEY)).toBe('key');
    }),
    { numRuns: 20 },
  );
});

test('a log cut back and honestly signed again is truncated against any later checkpoint, and good against none later', async () => {
  await fc.assert(
    fc.asyncProperty(log, fc.nat(), fc.nat(), async ({ lines }, a, b) => {
      const [size, kept] = [a % lines.length, b % (lines.length + 1)];
      const cut = bundleOf(lines.slice(0, size), []);
      const since = noteAt(lines, kept);
      expect(await finding(cut, since)).toBe(kept > size ? 'truncated' : 'good');
      expect(findingOf(cut, VKEY, since)).toBe(kept > size ? 'truncated' : 'good');
    }),
    { numRuns: 60 },
  );
});

test('a log written anew with the right key differs from any checkpoint of what was rewritten', async () => {
  await fc.assert(
    fc.asyncProperty(log, fc.nat(), fc.nat(), async ({ lines }, a, b) => {
      const [from, kept] = [a % lines.length, 1 + (b % lines.length)];
      const anew = bundleOf([...lines.slice(0, from), ...linesOf(lines.length - from, 7)], []);
      const since = noteAt(lines, kept);
      expect(await finding(anew, since)).toBe(kept > from ? 'tampered' : 'good');
      expect(findingOf(anew, VKEY, since)).toBe(kept > from ? 'tampered' : 'good');
    }),
    { numRuns: 60 },
  );
});

test('a part says nothing of a checkpoint that it does not have, and stands by every one that it has', async () => {
  await fc.assert(
    fc.asyncProperty(logOrPart, fc.nat(), async ({ all, lines, files }, a) => {
      const [size, from] = [a % (all.length + 2), all.length - lines.length];
      const since = noteAt(linesOf(all.length + 1), size);
      const said = from === 0 ? (size > all.length ? 'truncated' : 'good') : 'outside';
      expect(await finding(files, since)).toBe(size >= from && size <= all.length ? 'good' : said);
      expect(findingOf(files, VKEY, since)).toBe(await finding(files, since));
    }),
    { numRuns: 60 },
  );
});

test('the pieces that the entries are read in change nothing', async () => {
  await fc.assert(
    fc.asyncProperty(logOrPart, fc.integer({ min: 1, max: 400 }), async ({ files }, length) => {
      const pieces = Array.from({ length: Math.ceil(files.entries.length / length) }, (_, i) =>
        files.entries.subarray(i * length, (i + 1) * length),
      );
      expect(await finding(files, undefined, pieces)).toBe('good');
      expect(await finding(files, undefined, pieces.slice(0, -1))).toBe('tampered');
    }),
    { numRuns: 40 },
  );
});

test('whatever the writer can write has the form that the verifier asks for, and nothing else has', async () => {
  const key = fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.nat(200).map(String));
  const value = fc.letrec<{ value: Canonical }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.string({ unit: 'binary' }),
      fc.maxSafeInteger().map((n) => n + 0),
      fc.constantFrom(true, false, null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value;
  await fc.assert(
    fc.asyncProperty(fc.dictionary(key, value, { noNullPrototype: true }), async (entry) => {
      const line = Buffer.from(canonicalBytes(entry)).toString();
      expect(await finding(bundleOf([line], []))).toBe('good');
      const backwards = JSON.stringify(Object.fromEntries(Object.entries(entry).sort().reverse()));
      expect(await finding(bundleOf([backwards], []))).toBe(backwards === line ? 'good' : 'tampered');
    }),
    { numRuns: 200 },
  );
});

test('garbage gets a verdict, and never a good one', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((json) => Buffer.from(`${json}\n`)),
  );
  await fc.assert(
    fc.asyncProperty(
      logOrPart,
      bytes,
      text,
      text,
      fc.integer({ min: 1, max: 6 }),
      async ({ files }, noise, a, b, which) => {
        const changed = {
          entries: which === 1 || which === 5 ? Buffer.concat([files.entries, noise]) : files.entries,
          checkpoint: which === 2 ? a : which === 3 ? files.checkpoint + a : files.checkpoint,
          earlier: which === 4 || which === 5 ? [{ name: b, note: a }] : files.earlier,
          range: which === 6 ? a : files.range,
        };
        fc.pre(!same(changed, files));
        const found = await finding(changed, which === 5 ? a : undefined);
        expect(found).not.toBe('good');
        expect(found).toBe(findingOf(changed, VKEY, which === 5 ? a : undefined));
      },
    ),
    { numRuns: 300 },
  );
});

function same(one: Files, two: Files): boolean {
  const rest = (['checkpoint', 'range', 'earlier'] as const).every((file) => one[file] === two[file]);
  return one.entries.equals(two.entries) && rest;
}
