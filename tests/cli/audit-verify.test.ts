import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generateKey } from '../../src/audit/note.ts';
import { verifyInclusion } from '../../src/audit/proof.ts';
import { leafHash } from '../../src/audit/tree.ts';
import { bundleOf, FORGER, LOG, linesOf, partOf, VKEY } from '../audit/bundles.ts';
import { type Files, treeHash } from '../audit/naive.ts';
import { throughgate } from './program.ts';

const lines = linesOf(20);
const good = bundleOf(lines, [9, 10]);
const root = treeHash(lines.map((line) => Buffer.from(line)));

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'throughgate-bundles-'));
  write('good', good);
  write('edited', bundleWith(lines.with(9, linesOf(1, 7)[0] ?? '')));
  write('cut', bundleOf(lines.slice(0, 9), []));
  write('forged', bundleOf(linesOf(20, 7), [], FORGER));
  writeFileSync(join(folder, 'kept'), good.checkpoint);
  writeFileSync(join(folder, 'log.vkey'), `${FORGER.vkey}\n${VKEY}\n`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** With an environment of nothing: no database, no network. */
function verify(bundle: string, ...more: string[]) {
  return throughgate(['audit', 'verify', '--bundle', join(folder, bundle), ...more]);
}

describe('audit verify', () => {
  test('says that a log is good, and which', async () => {
    const { exitCode, stdout, stderr } = await verify('good', '--key', VKEY, '--since', join(folder, 'kept'));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(`good: ${LOG}, entries 20, checkpoints 3, root ${root.toString('base64')}\n`);
  });

  test('says where a part of a log begins and ends', async () => {
    write('part', partOf(lines, 5, [9]));
    const { exitCode, stdout } = await verify('part', '--key', VKEY);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`good: ${LOG}, entries from 5 to 19, checkpoints 2, root ${root.toString('base64')}\n`);
  });

  test('takes the keys that the log ever had from a file', async () => {
    const { exitCode, stdout } = await verify('good', '--key', join(folder, 'log.vkey'), '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      ok: true,
      origin: LOG,
      from: 0,
      size: 20,
      root: root.toString('base64'),
      checkpoints: 3,
    });
  });

  test('says where a log was tampered with', async () => {
    const { exitCode, stdout, stderr } = await verify('edited', '--key', VKEY);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^tampered: .*\n$/);
    const json = await verify('edited', '--key', VKEY, '--json');
    expect(json.exitCode).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, fault: 'tampered', entry: { from: 9, to: 9 } });
  });

  test('says that a log is shorter than the checkpoint that was kept', async () => {
    expect(await verify('cut', '--key', VKEY)).toMatchObject({ exitCode: 0 });
    const { exitCode, stderr } = await verify('cut', '--key', VKEY, '--since', join(folder, 'kept'));
    expect(exitCode).toBe(3);
    expect(stderr).toBe(
      'truncated: there are 9 entries; the trusted checkpoint is of 20; the first bad one is from 9 to 19\n',
    );
  });

  test('says that it is of no key that was given, or that there is no key', async () => {
    expect(await verify('forged', '--key', VKEY)).toMatchObject({ exitCode: 4, stdout: '' });
    const wrong = await verify('good', '--key', VKEY.replace('+A', '+B'), '--json');
    expect(wrong.exitCode).toBe(4);
    expect(JSON.parse(wrong.stdout)).toMatchObject({ ok: false, fault: 'key', entry: null });
    expect(await verify('good', '--key', join(folder, 'kept'))).toMatchObject({ exitCode: 4 });
  });

  test.each([
    [['--key', VKEY], 'no-such-bundle', /checkpoint cannot be read \(ENOENT\)/],
    [['--key', 'no-such-file'], 'good', /no-such-file cannot be read/],
    [['--key', VKEY, '--since', 'no-such-file'], 'good', /no-such-file cannot be read/],
    [[], 'good', /needs --bundle DIR and --key VKEY/],
  ])('%j of %s is a wrong command line', async (argv, bundle, message) => {
    const { exitCode, stdout, stderr } = await verify(bundle, ...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('says so when the entries are missing', async () => {
    write('empty', good);
    rmSync(join(folder, 'empty', 'entries.ndjson'));
    const { exitCode, stderr } = await verify('empty', '--key', VKEY);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/entries\.ndjson cannot be read \(ENOENT\)\n$/);
  });

  test('shows nothing on the terminal that somebody wrote into the names of files', async () => {
    write('named', good);
    mkdirSync(join(folder, 'named', 'checkpoints', '\u001b[2J\u009b1A'));
    const folders = await verify('named', '--key', VKEY);
    rmSync(join(folder, 'named', 'checkpoints', '\u001b[2J\u009b1A'), { recursive: true });
    writeFileSync(join(folder, 'named', 'checkpoints', '\u001b[2Jgood'), good.checkpoint);
    const files = await verify('named', '--key', VKEY);
    expect([folders.exitCode, files.exitCode]).toEqual([1, 2]);
    expect(folders.stderr + files.stderr).toMatch(/^[^\p{Cc}]+\n[^\p{Cc}]+\n$/u);
  });

  test('reads small files as such, whatever is in them', async () => {
    write('noise', { ...good, checkpoint: '—'.repeat(1024 * 1024) });
    expect(await verify('noise', '--key', VKEY)).toMatchObject({ exitCode: 2 });
    expect(await verify('good', '--key', VKEY, '--since', '/dev/urandom')).toMatchObject({ exitCode: 4 });
  });
});

describe('audit prove', () => {
  const prove = (bundle: string, ...argv: string[]) =>
    throughgate(['audit', 'prove', '--bundle', join(folder, bundle), ...argv]);

  test.each([0, 9, 19])('prints a proof that entry %i is in the log', async (index) => {
    const { id } = JSON.parse(lines[index] ?? '') as { id: string };
    const byId = await prove('good', '--entry', id);
    expect(byId).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await prove('good', '--index', String(index))).toEqual(byId);

    const [head = '', ...rest] = byId.stdout.split('\n\n');
    const [format, place, ...hashes] = head.split('\n');
    expect([format, place, rest.join('\n\n')]).toEqual([
      'c2sp.org/tlog-proof@v1',
      `index ${index}`,
      readFileSync(join(folder, 'kept'), 'utf8'),
    ]);
    const proof = hashes.map((hash) => Buffer.from(hash, 'base64'));
    const leaf = leafHash(Buffer.from(lines[index] ?? ''));
    expect(verifyInclusion({ leaf, index, proof }, { size: 20, root })).toBe(true);
  });

  test('a proof is checked with the entry and the key alone', async () => {
    const [leaf, other, proof] = ['leaf', 'other-leaf', 'proof'].map((name) => join(folder, name));
    const { stdout } = await prove('good', '--index', '9');
    writeFileSync(proof ?? '', stdout);
    writeFileSync(leaf ?? '', lines[9] ?? '');
    writeFileSync(other ?? '', `${lines[8]}\n`);
    const check = (...argv: string[]) => throughgate(['audit', 'prove', ...argv]);
    const given = ['--proof', proof ?? '', '--leaf', leaf ?? '', '--key', VKEY];
    expect(await check(...given)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^good: it is entry 9 of /),
    });
    // As a shell writes it.
    writeFileSync(leaf ?? '', `${lines[9]}\n`);
    expect(await check(...given)).toMatchObject({ exitCode: 0 });
    expect(await check('--proof', proof ?? '', '--leaf', other ?? '', '--key', VKEY)).toMatchObject({ exitCode: 2 });
    expect(await check(...given.slice(0, 4))).toMatchObject({ exitCode: 1 });
    const byHash = (hash: Uint8Array) =>
      check('--proof', proof ?? '', '--leaf-hash', Buffer.from(hash).toString('base64'), '--key', VKEY);
    expect(await byHash(leafHash(Buffer.from(lines[9] ?? '')))).toMatchObject({ exitCode: 0 });
    expect(await byHash(leafHash(Buffer.from(lines[8] ?? '')))).toMatchObject({ exitCode: 2 });
    expect(await byHash(Buffer.from('short'))).toMatchObject({ exitCode: 1 });
    expect(await check(...given, '--leaf-hash', 'x')).toMatchObject({ exitCode: 1 });
    const { vkey } = generateKey('another.example');
    expect(await check(...given.slice(0, 5), vkey)).toMatchObject({ exitCode: 4 });
    expect(await check(...given.slice(0, 5), `${VKEY}x`)).toMatchObject({ exitCode: 4 });
    for (const altered of [
      stdout.replace('index 9', 'index 8'),
      stdout.replace('index 9', 'index 09'),
      stdout.replace(/\n[A-Za-z0-9+/]{43}=\n/, '\n'),
      stdout.replace('\n20\n', '\n21\n'),
      stdout.slice(1),
      '',
    ]) {
      writeFileSync(proof ?? '', altered);
      expect(await check(...given), altered).toMatchObject({ exitCode: 2, stdout: '' });
    }
  });

  test('proves nothing of entries that are not those of the checkpoint', async () => {
    expect(await prove('edited', '--index', '3')).toMatchObject({ exitCode: 2, stdout: '' });
    write('torn', { ...good, entries: good.entries.subarray(0, -1) });
    expect(await prove('torn', '--index', '3')).toMatchObject({ exitCode: 2, stdout: '' });
  });

  test.each([
    [['--index', '20'], /has no such entry/],
    [['--entry', 'x'], /has no such entry/],
    [['--index', '1', '--entry', 'x'], /either --entry ID or --index N/],
    [[], /either --entry ID or --index N/],
  ])('%j is a wrong command line', async (argv, message) => {
    const { exitCode, stdout, stderr } = await prove('good', ...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

function bundleWith(changed: readonly string[]): Files {
  return { ...good, entries: Buffer.from(changed.map((line) => `${line}\n`).join('')) };
}

function write(name: string, { entries, checkpoint, range, earlier }: Files): void {
  const dir = join(folder, name);
  mkdirSync(join(dir, 'checkpoints'), { recursive: true });
  writeFileSync(join(dir, 'entries.ndjson'), entries);
  writeFileSync(join(dir, 'checkpoint'), checkpoint);
  for (const one of earlier) writeFileSync(join(dir, 'checkpoints', one.name), one.note);
  if (range === undefined) return;
  mkdirSync(join(dir, 'proofs'));
  writeFileSync(join(dir, 'proofs', 'range'), range);
}
