import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseSubmission } from '../../src/audit/add-checkpoint.ts';
import { generateKey, parseSigner, signNote } from '../../src/audit/note.ts';
import { formatRange } from '../../src/audit/range.ts';
import { EMPTY, extend, leafHash } from '../../src/audit/tree.ts';
import { bundleOf, LOG, linesOf, noteAt, VKEY } from '../audit/bundles.ts';
import { consistencyProof } from '../audit/definition.ts';
import { throughgate } from './program.ts';

const lines = linesOf(20);
const leaves = lines.map((line) => leafHash(Buffer.from(line)));
let folder: string;
const path = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-consistency-'));
  write('whole', lines);
  write('edited', lines.with(12, linesOf(1, 7)[0] ?? ''));
  write('short', lines.slice(0, 15));
  write('part', lines.slice(8));
  mkdirSync(join(folder, 'part', 'proofs'));
  const tree = extend(EMPTY, leaves.slice(0, 8));
  writeFileSync(join(folder, 'part', 'proofs', 'range'), formatRange({ origin: LOG, tree }));
  for (const size of [9, 14]) writeFileSync(path(`at-${size}`), noteAt(lines, size));
  writeFileSync(path('other'), noteAt(linesOf(20, 7), 20));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** With the checkpoints of the whole log. */
function write(name: string, entries: readonly string[]): void {
  const { checkpoint, earlier } = bundleOf(lines, [8, 9, 10]);
  mkdirSync(join(folder, name, 'checkpoints'), { recursive: true });
  writeFileSync(join(folder, name, 'entries.ndjson'), entries.map((line) => `${line}\n`).join(''));
  writeFileSync(join(folder, name, 'checkpoint'), checkpoint);
  for (const { name: size, note } of earlier) writeFileSync(join(folder, name, 'checkpoints', size), note);
}

const consistency = (...argv: string[]) => throughgate(['audit', 'consistency', ...argv]);
const prove = (bundle: string, from: string, to: string, ...more: string[]) =>
  consistency('--bundle', path(bundle), '--from', from, '--to', to, ...more);

describe('audit consistency', () => {
  test.each([
    ['whole', '0', '20'],
    ['whole', '9', '20'],
    ['whole', '9', '10'],
    ['whole', '10', '10'],
    ['part', '9', '20'],
    ['part', '8', '20'],
  ])(
    'proves from the %s log that checkpoint %s became %s, in the form that witnesses take',
    async (bundle, from, to) => {
      const { exitCode, stdout, stderr } = await prove(bundle, from, to, '--key', VKEY);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const proof = consistencyProof(leaves.slice(0, Number(to)), Number(from));
      expect(parseSubmission(stdout)).toEqual({ old: Number(from), proof, note: noteAt(lines, Number(to)) });
    },
  );

  test('takes checkpoints that were kept elsewhere, and a proof is checked with nothing but them and the key', async () => {
    const made = await prove('whole', path('at-9'), path('at-14'));
    expect(made.exitCode).toBe(0);
    writeFileSync(path('proof'), made.stdout);
    const check = (...argv: string[]) => consistency('--proof', path('proof'), '--key', VKEY, ...argv);
    expect(await check('--from', path('at-9'), '--to', path('at-14'))).toEqual({
      exitCode: 0,
      stdout: `good: ${LOG}, the 14 entries begin as the 9 did\n`,
      stderr: '',
    });
    const newest = join(folder, 'whole', 'checkpoint');
    expect(await check('--from', path('at-9'), '--to', newest)).toMatchObject({ exitCode: 2 });
    writeFileSync(
      path('proof'),
      made.stdout.replace(/\n(.)/, (_all, first) => (first === 'A' ? '\nB' : '\nA')),
    );
    const { exitCode, stderr } = await check('--from', path('at-9'), '--to', path('at-14'));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: 'tampered: the newer log does not begin as the older one\n',
    });
    writeFileSync(path('proof'), 'old');
    expect(await check('--from', path('at-9'), '--to', path('at-14'))).toMatchObject({ exitCode: 2 });
  });

  test('reads a proof to its end from what gives it piece by piece', async () => {
    const { stdout } = await prove('whole', path('at-9'), path('at-14'));
    const file = path('pieces');
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', file]);
    const cut = stdout.indexOf('\n\n');
    const script = 'exec > "$1"; printf "%s" "$2"; sleep 0.2; printf "%s" "$3"';
    spawn('sh', ['-c', script, 'sh', file, stdout.slice(0, cut), stdout.slice(cut)], { stdio: 'ignore' });
    const argv = ['--proof', file, '--from', path('at-9'), '--to', path('at-14'), '--key', VKEY];
    expect(await consistency(...argv)).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['edited', '9', '20', 'are not those of these checkpoints'],
    ['short', '9', '20', 'there are only 15 leaves of 20'],
    ['whole', '9', 'other', 'are not those of these checkpoints'],
  ])('prints no proof from the %s log from %s to %s', async (bundle, from, to, message) => {
    const { exitCode, stdout, stderr } = await prove(bundle, from, to === 'other' ? path('other') : to);
    expect({ exitCode, stdout: stdout === '' ? '' : 'printed' }).toEqual({
      exitCode: 2,
      stdout: '',
    });
    expect(stderr).toContain(message);
  });

  test('does not take another key', async () => {
    expect(await prove('whole', '9', path('other'), '--key', VKEY)).toMatchObject({ exitCode: 2 });
    writeFileSync(path('forged'), noteAt(lines, 14).replace('— log.example', '— dog.example'));
    expect(await prove('whole', '9', path('forged'), '--key', VKEY)).toMatchObject({ exitCode: 4, stdout: '' });
    expect(await prove('whole', '9', '20', '--key', VKEY.replace('+A', '+B'))).toMatchObject({ exitCode: 4 });
    // Of another log that is trusted too.
    const other = parseSigner(generateKey('elsewhere.example').privateKey);
    const text = noteAt(lines, 14).slice(0, noteAt(lines, 14).indexOf('\n\n') + 1);
    writeFileSync(path('crossed'), signNote(text, other));
    writeFileSync(path('keys'), `${VKEY}\n${other.vkey}\n`);
    expect(await prove('whole', '9', path('crossed'), '--key', path('keys'))).toMatchObject({
      exitCode: 4,
      stdout: '',
    });
  });

  test.each([
    [['--from', '9', '--to', '20'], /either --bundle DIR or --proof FILE/],
    [['--bundle', 'whole', '--from', '9'], /needs --from A and --to B/],
    [['--bundle', 'whole', '--from', '11', '--to', '20'], /no checkpoint of 11 entries/],
    [['--bundle', 'whole', '--from', '20', '--to', '9'], /must be the older one/],
    [['--bundle', 'part', '--from', 'at-5', '--to', '20'], /begins at 8/],
    [['--bundle', 'whole', '--from', 'no-such-file', '--to', '20'], /cannot be read/],
    [['--proof', 'proof', '--from', 'at-9', '--to', 'at-14'], /--key VKEY is needed/],
  ])('%j is a wrong command line', async (argv, message) => {
    writeFileSync(path('at-5'), noteAt(lines, 5));
    const given = argv.map((word) => (/^(--|\d)/.test(word) ? word : path(word)));
    const { exitCode, stdout, stderr } = await consistency(...given);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
