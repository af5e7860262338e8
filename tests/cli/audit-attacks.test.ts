import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatCheckpoint } from '../../src/audit/checkpoint.ts';
import { generateKey, parseSigner, signNote } from '../../src/audit/note.ts';
import { bundleOf, FORGER, LOG, linesOf, noteAt, partOf, rangeAt, SIGNER, VKEY } from '../audit/bundles.ts';
import { type Files, treeHash } from '../audit/naive.ts';
import { throughgate } from './program.ts';

const COUNT = 20;
const all = linesOf(COUNT);
const anew = [...all.slice(0, 12), ...linesOf(COUNT - 12, 7)];
const elsewhere = parseSigner(generateKey('elsewhere.example').privateKey);
const [GOOD, USAGE, TAMPERED, TRUNCATED, KEY] = [0, 1, 2, 3, 4];

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-attacks-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What an attacker makes of a bundle that begins at `from`, and the checkpoint that somebody kept, if any did. */
interface Attack {
  readonly make: (files: Files, from: number) => Files;
  readonly since?: string;
  readonly key?: string;
  /** The exit code of `audit verify` for the whole log, and for a part of it where that differs. */
  readonly found: number;
  readonly inPart?: number;
}

const of = (lines: readonly string[], from: number, sizes: readonly number[] = [10, 15]): Files =>
  from === 0 ? bundleOf(lines, sizes) : partOf(lines, from, sizes);
const withLines = (change: (lines: string[]) => readonly string[]) => (files: Files) => ({
  ...files,
  entries: Buffer.from(
    change(files.entries.toString().trimEnd().split('\n'))
      .map((line) => `${line}\n`)
      .join(''),
  ),
});
const withCheckpoint = (checkpoint: string) => (files: Files) => ({ ...files, checkpoint });
const root = treeHash(all.map((line) => Buffer.from(line)));
const [other = ''] = linesOf(1, 7);

const ATTACKS: Readonly<Record<string, Attack>> = {
  'nothing at all': { make: (files) => files, since: noteAt(all, 15), found: GOOD },
  'one byte edited': {
    make: withLines((lines) => lines.with(6, (lines[6] ?? '').replace('T.f', 'T.g'))),
    found: TAMPERED,
  },
  'the time of an entry rewritten': {
    make: withLines((lines) => lines.with(6, (lines[6] ?? '').replace(/"at":"1970/, '"at":"1971'))),
    found: TAMPERED,
  },
  'an entry in the middle deleted': { make: withLines((lines) => lines.toSpliced(6, 1)), found: TAMPERED },
  'the end deleted': { make: withLines((lines) => lines.slice(0, -2)), found: TAMPERED },
  'an entry inserted': { make: withLines((lines) => lines.toSpliced(6, 0, other)), found: TAMPERED },
  'an entry once more, under the same id': {
    make: withLines((lines) => lines.toSpliced(6, 0, lines[6] ?? '')),
    found: TAMPERED,
  },
  'two entries in the other order': {
    make: withLines((lines) => lines.with(6, lines[7] ?? '').with(7, lines[6] ?? '')),
    found: TAMPERED,
  },
  'an entry that is not canonical': {
    make: withLines((lines) => lines.with(6, (lines[6] ?? '').replace('{', '{ '))),
    found: TAMPERED,
  },
  'an entry that is not canonical, and signed': {
    make: (_files, from) => of(all.with(12, (all[12] ?? '').replace('{', '{ ')), from),
    found: TAMPERED,
  },
  'all replaced, signed with another key': {
    make: (_files, from) => ({ ...of(linesOf(COUNT, 7), from), checkpoint: noteAt(linesOf(COUNT, 7), COUNT, FORGER) }),
    found: KEY,
  },
  'all replaced, signed with the right key: nobody kept anything': {
    make: (_files, from) => of(anew, from),
    found: GOOD,
  },
  'all replaced, signed with the right key': {
    make: (_files, from) => of(anew, from),
    since: noteAt(all, COUNT),
    found: TAMPERED,
  },
  'another view shown to another auditor': {
    make: (_files, from) => of(all, from),
    since: noteAt(anew, 15),
    found: TAMPERED,
  },
  'an older copy put back': {
    make: (_files, from) => of(all.slice(0, 15), from, [10]),
    since: noteAt(all, COUNT),
    found: TRUNCATED,
    inPart: USAGE,
  },
  'a size that begins with nought': {
    make: withCheckpoint(signNote(`${LOG}\n020\n${root.toString('base64')}\n`, SIGNER)),
    found: TAMPERED,
  },
  'a key with the id of another': {
    make: (files) => files,
    key: VKEY.replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
    found: KEY,
  },
  'a signature with the id of another key': {
    make: (files) => ({ ...files, checkpoint: files.checkpoint.replace(/(— \S+ )\S{8}/, '$1AAAAAAAA') }),
    found: KEY,
  },
  'seventeen signatures of others below': {
    make: (files) => ({
      ...files,
      checkpoint: files.checkpoint + (noteAt(all, COUNT, FORGER).split('\n\n')[1] ?? '').repeat(17),
    }),
    found: GOOD,
  },
  'lines of a checkpoint ended as on Windows': {
    make: (files) => ({ ...files, checkpoint: files.checkpoint.replaceAll('\n', '\r\n') }),
    found: TAMPERED,
  },
  'lines of entries ended as on Windows': {
    make: withLines((lines) => lines.map((line) => `${line}\r`)),
    found: TAMPERED,
  },
  'another log': {
    make: withCheckpoint(signNote(formatCheckpoint({ origin: 'elsewhere.example', size: COUNT, root }), elsewhere)),
    found: KEY,
  },
  'the name of another log, with the right key': {
    make: withCheckpoint(signNote(formatCheckpoint({ origin: 'elsewhere.example', size: COUNT, root }), SIGNER)),
    found: KEY,
  },
  'a beginning of another log': {
    make: (files) => ({ ...files, range: rangeAt(linesOf(COUNT, 7), 7) }),
    found: TAMPERED,
  },
  'a beginning later than the first entry': {
    make: (files) => ({ ...files, range: rangeAt(all, 8) }),
    found: TAMPERED,
  },
  'the first entries taken, and the beginning left as it was': {
    make: withLines((lines) => lines.slice(2)),
    found: TAMPERED,
  },
};

describe.each([
  ['the whole log', 0],
  ['a part of the log', 7],
])('%s', (what, from) => {
  test.each(Object.entries(ATTACKS))('%s', async (attack, { make, since, key = VKEY, found, inPart }) => {
    const dir = join(folder, `${what} ${attack}`.replaceAll(/\W/g, '-'));
    write(dir, make(of(all, from), from));
    if (since !== undefined) writeFileSync(join(dir, 'kept'), since);
    const argv = ['audit', 'verify', '--bundle', dir, '--key', key, ...(since ? ['--since', join(dir, 'kept')] : [])];
    const { exitCode, stderr } = await throughgate(argv);
    expect(exitCode).toBe(from > 0 ? (inPart ?? found) : found);
    expect(stderr === '').toBe(exitCode === GOOD);
  });
});

function write(dir: string, { entries, checkpoint, range, earlier }: Files): void {
  mkdirSync(join(dir, 'checkpoints'), { recursive: true });
  writeFileSync(join(dir, 'entries.ndjson'), entries);
  writeFileSync(join(dir, 'checkpoint'), checkpoint);
  for (const one of earlier) writeFileSync(join(dir, 'checkpoints', one.name), one.note);
  if (range === undefined) return;
  mkdirSync(join(dir, 'proofs'));
  writeFileSync(join(dir, 'proofs', 'range'), range);
}
