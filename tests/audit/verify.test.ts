import { describe, expect, test } from 'vitest';
import { formatCheckpoint } from '../../src/audit/checkpoint.ts';
import { generateKey, parseSigner, parseVkey, signNote } from '../../src/audit/note.ts';
import { type Verdict, verifyLog } from '../../src/audit/verify.ts';
import { bundleOf, FORGER, LOG, linesOf, noteAt, SIGNER, VKEY } from './bundles.ts';
import { type Files, findingOf, treeHash } from './naive.ts';

const keys = [parseVkey(VKEY)];
const lines = linesOf(20);
const good = bundleOf(lines, [0, 1, 8, 13]);

/** Both verifiers agree, or the test fails. */
async function verify({ entries, ...rest }: Files, since?: string): Promise<Verdict> {
  const verdict = await verifyLog({ entries: [entries], ...rest, since, keys });
  expect(verdict.ok ? 'good' : verdict.fault).toBe(findingOf({ entries, ...rest }, VKEY, since));
  return verdict;
}

const withLines = (changed: readonly string[]): Files => ({
  ...good,
  entries: Buffer.from(changed.map((line) => `${line}\n`).join('')),
});

describe('a log that nobody changed', () => {
  test('is good', async () => {
    const root = treeHash(lines.map((line) => Buffer.from(line))).toString('base64');
    expect(await verify(good)).toEqual({ ok: true, origin: LOG, from: 0, size: 20, root, checkpoints: 5 });
  });

  test.each([0, 1, 8, 11, 20])('is good against the checkpoint kept at %i', async (size) => {
    expect(await verify(good, noteAt(lines, size))).toMatchObject({ ok: true, size: 20 });
  });

  test.each([0, 1, 2, 3, 7, 8, 9])('is good with %i entries', async (size) => {
    expect(await verify(bundleOf(linesOf(size), []))).toMatchObject({ ok: true, size });
  });

  test('is good whoever else signed its checkpoint', async () => {
    const [, theirs = ''] = noteAt(lines, 20, FORGER).split('\n\n');
    expect(await verify({ ...good, checkpoint: good.checkpoint + theirs.repeat(17) })).toMatchObject({ ok: true });
  });

  test('is good with a checkpoint by each key it ever had', async () => {
    const { privateKey, vkey } = generateKey(LOG);
    const checkpoint = noteAt(lines, 20, parseSigner(privateKey));
    const evidence = { ...good, entries: [good.entries], checkpoint };
    expect(await verifyLog({ ...evidence, keys: [...keys, parseVkey(vkey)] })).toMatchObject({ ok: true });
    expect(await verifyLog({ ...evidence, keys })).toMatchObject({ fault: 'key' });
  });
});

describe('what was changed is found, and where', () => {
  const first = lines[0] ?? '';
  const reordered = first.replace(/^\{("at":"[^"]*"),("id":"[^"]*")/, '{$2,$1');

  test.each<[string, Files, { from: number; to: number } | null]>([
    ['an entry edited', withLines(lines.with(9, (lines[9] ?? '').replace('T.f0', 'T.f1'))), { from: 8, to: 12 }],
    ['a late entry edited', withLines(lines.with(15, (lines[15] ?? '').replace('T.f0', 'T.f1'))), { from: 13, to: 19 }],
    ['an entry deleted', withLines(lines.toSpliced(9, 1)), { from: 8, to: 12 }],
    ['an entry inserted', withLines(lines.toSpliced(9, 0, ...linesOf(1, 7))), { from: 8, to: 12 }],
    ['an entry twice', withLines(lines.toSpliced(9, 0, lines[9] ?? '')), { from: 8, to: 12 }],
    ['two entries swapped', withLines([lines[1] ?? '', first, ...lines.slice(2)]), { from: 0, to: 0 }],
    ['the end cut off', withLines(lines.slice(0, 17)), { from: 13, to: 19 }],
    ['an entry added', withLines([...lines, ...linesOf(1, 7)]), { from: 20, to: 20 }],
    ['all deleted', withLines([]), { from: 0, to: 19 }],
    ['white space', withLines(lines.with(4, `${lines[4]} `)), { from: 4, to: 4 }],
    ['a carriage return', withLines(lines.with(4, `${lines[4]}\r`)), { from: 4, to: 4 }],
    ['an empty line', withLines(lines.toSpliced(4, 0, '')), { from: 4, to: 4 }],
    ['keys in another order', withLines(lines.with(0, reordered)), { from: 0, to: 0 }],
    ['a key twice', withLines(lines.with(0, first.replace('{', '{"at":"x",'))), { from: 0, to: 0 }],
    ['a letter escaped', withLines(lines.with(0, first.replace('disclosure', 'd\\u0069sclosure'))), { from: 0, to: 0 }],
    ['no newline at the end', { ...good, entries: good.entries.subarray(0, -1) }, { from: 19, to: 19 }],
    [
      'bytes that are no text',
      { ...good, entries: Buffer.concat([Buffer.of(0xff, 0x0a), good.entries]) },
      { from: 0, to: 0 },
    ],
    [
      'a byte order mark',
      { ...good, entries: Buffer.concat([Buffer.from('\ufeff'), good.entries]) },
      { from: 0, to: 0 },
    ],
    ['a checkpoint of other entries', spliced(8, noteAt(linesOf(20, 7), 8)), { from: 1, to: 7 }],
    ['a checkpoint under the name of another', spliced(8, noteAt(lines, 9)), null],
    ['a later checkpoint under the name of another', spliced(8, noteAt(lines, 13)), null],
    [
      'a later checkpoint than the newest',
      { ...good, checkpoint: noteAt(lines, 17), earlier: good.earlier.concat({ name: '20', note: noteAt(lines, 20) }) },
      null,
    ],
    ['an older checkpoint as the newest', { ...good, checkpoint: noteAt(lines, 13) }, { from: 13, to: 13 }],
    ['checkpoints out of order', { ...good, earlier: good.earlier.toReversed() }, null],
    ['a checkpoint twice', { ...good, earlier: good.earlier.flatMap((one) => [one, one]) }, null],
    ['a checkpoint edited', { ...good, checkpoint: good.checkpoint.replace('\n20\n', '\n21\n') }, null],
    ['a size that begins with nought', signedText(`${LOG}\n020\n${'A'.repeat(43)}=\n`), null],
    ['a checkpoint that is none', signedText('good\n'), null],
    ['no checkpoint', { ...good, checkpoint: '' }, null],
  ])('%s', async (_what, files, entry) => {
    expect(await verify(files)).toMatchObject({ ok: false, fault: 'tampered', entry });
  });

  test('in a line that is valid JSON and no entry of ours, though the log signed it', async () => {
    const odd = [
      '1',
      '"text"',
      '[]',
      'null',
      '{"a":0.5}',
      '{"a":1e2}',
      '{"a":-0}',
      '{"a":9007199254740993}',
      '{"a":"\\ud800"}',
    ];
    for (const line of odd) {
      expect(await verify(bundleOf([...lines, line], []))).toMatchObject({
        fault: 'tampered',
        entry: { from: 20, to: 20 },
      });
    }
  });

  test('in lists and keys nested without end', async () => {
    for (const line of [`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, '{"a":'.repeat(50_000)]) {
      const verdict = await verifyLog({ ...good, entries: [Buffer.from(`${line}\n`)], keys });
      expect(verdict).toMatchObject({ fault: 'tampered', entry: { from: 0, to: 0 } });
    }
  });
});

describe('signed by others', () => {
  test.each<[string, Files]>([
    ['the whole, with the key of a forger', bundleOf(linesOf(20, 7), [8], FORGER)],
    ['one older checkpoint', spliced(8, noteAt(lines, 8, FORGER))],
    ['a key of another name', bundleOf(lines, [], parseSigner(generateKey('elsewhere.example').privateKey))],
    [
      'our key, for a log of another name',
      signedText(formatCheckpoint({ origin: 'other', size: 0, root: treeHash([]) })),
    ],
  ])('%s', async (_what, files) => {
    expect(await verify(files)).toMatchObject({ ok: false, fault: 'key', entry: null });
  });
});

describe('against a checkpoint kept elsewhere', () => {
  const kept = noteAt(lines, 20);

  test('a log cut back to an older checkpoint of its own is truncated', async () => {
    const cut = bundleOf(lines.slice(0, 13), [0, 1, 8]);
    expect(await verify(cut)).toMatchObject({ ok: true, size: 13 });
    expect(await verify(cut, kept)).toMatchObject({ fault: 'truncated', entry: { from: 13, to: 19 } });
  });

  test('a log cut back beside a later checkpoint of its own is tampered with', async () => {
    const cut = { ...bundleOf(lines.slice(0, 8), []), earlier: good.earlier };
    expect(await verify(cut, kept)).toMatchObject({ fault: 'tampered', entry: null });
  });

  test('a log whose last entries were taken is truncated', async () => {
    expect(await verify(withLines(lines.slice(0, 17)), kept)).toMatchObject({ fault: 'truncated' });
  });

  test('a log written anew with the right key is tampered with', async () => {
    const anew = bundleOf([...lines.slice(0, 5), ...linesOf(20, 7)], []);
    expect(await verify(anew)).toMatchObject({ ok: true, size: 25 });
    expect(await verify(anew, kept)).toMatchObject({ fault: 'tampered', entry: { from: 0, to: 19 } });
    expect(await verify(anew, noteAt(lines, 5))).toMatchObject({ ok: true });
  });

  test('both a changed and a shorter log is tampered with', async () => {
    const changed = bundleOf(linesOf(13, 7), []);
    expect(await verify(changed, noteAt(lines, 8))).toMatchObject({ fault: 'tampered' });
  });

  test.each([
    ['signed by others', noteAt(lines, 20, FORGER)],
    ['that was edited', kept.replace('\n20\n', '\n21\n')],
    ['that is none', 'garbage'],
  ])('one %s is not to be trusted', async (_what, since) => {
    expect(await verify(good, since)).toMatchObject({ fault: 'key', entry: null });
  });
});

describe('what has no end is refused at its beginning', () => {
  test('entries after the last', async () => {
    let read = 0;
    function* endless() {
      yield good.entries;
      for (;;) {
        read += 1;
        yield Buffer.from(`${lines[0]}\n`);
      }
    }
    expect(await verifyLog({ ...good, entries: endless(), keys })).toMatchObject({ entry: { from: 20, to: 20 } });
    expect(read).toBe(1);
  });

  test('a line', async () => {
    let read = 0;
    function* endless() {
      for (;;) {
        read += 1;
        yield Buffer.alloc(64 * 1024, 'a');
      }
    }
    const verdict = await verifyLog({ ...good, entries: endless(), keys });
    expect(verdict).toMatchObject({
      fault: 'tampered',
      entry: { from: 0, to: 0 },
      message: expect.stringMatching(/longer/),
    });
    expect(read).toBe(17);
  });

  test('a line that does end, in one piece', async () => {
    const long = Buffer.from(`{"a":"${'a'.repeat(1024 * 1024)}"}\n`);
    const verdict = await verifyLog({ ...good, entries: [Buffer.concat([good.entries, long])], keys });
    expect(verdict).toMatchObject({ fault: 'tampered', entry: { from: 20, to: 20 } });
  });
});

test('what cannot be read is an error, and no verdict', async () => {
  const broken = (function* () {
    yield good.entries.subarray(0, 50);
    throw new Error('EIO');
  })();
  await expect(verifyLog({ ...good, entries: broken, keys })).rejects.toThrow('EIO');
});

function spliced(size: number, note: string): Files {
  return { ...good, earlier: good.earlier.map((one) => (one.name === String(size) ? { ...one, note } : one)) };
}

function signedText(text: string): Files {
  return { ...good, checkpoint: signNote(text, SIGNER) };
}
