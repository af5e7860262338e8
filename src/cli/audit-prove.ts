import { readFileSync } from 'node:fs';
import process from 'node:process';
import { parseCheckpoint } from '../audit/checkpoint.ts';
import { createInclusionProver } from '../audit/inclusion.ts';
import { LineError, linesOf } from '../audit/lines.ts';
import { fromBase64, NoteError, openNote } from '../audit/note.ts';
import { verifyInclusion } from '../audit/proof.ts';
import { parseRange } from '../audit/range.ts';
import { formatTlogProof, parseTlogProof } from '../audit/tlog-proof.ts';
import { EMPTY, type Frontier, leafHash } from '../audit/tree.ts';
import { openBundle, readKeys, readNote } from './audit-bundle.ts';
import { type Command, EXIT, UsageError, wholeNumber } from './command.ts';

const TAMPERED = 2;
const KEY = 4;

export const auditProveCommand: Command = {
  name: 'audit prove',
  summary: 'Print, or check, the proof that one entry is in the log, to give away with the entry and nothing else.',
  options: {
    bundle: { value: 'DIR', text: 'What `audit export --format bundle` wrote.' },
    entry: { value: 'ID', text: 'The entry, by its id.' },
    index: { value: 'N', text: 'The entry, by its place, counted from 0.' },
    proof: { value: 'FILE', text: 'A proof to check instead, as this command prints it.' },
    leaf: { value: 'FILE', text: 'The entry that it is of: its exact bytes, as a line of the bundle.' },
    'leaf-hash': { value: 'HASH', text: 'Its hash instead, in base64, where the bytes are not given away.' },
    key: { value: 'VKEY', text: 'The public key of the log, or a file with one on each line. A check needs it.' },
  },
  details: [
    'The proof is one of https://c2sp.org/tlog-proof: the place, the hashes beside its way up, the checkpoint.',
  ],
  exitCodes: {
    [EXIT.ok]: 'printed, or good: the entry is in the log, exactly as it stands in the file',
    [EXIT.usage]: 'wrong command line, no such entry, or a file that cannot be read',
    [TAMPERED]:
      'the entries are not those of the checkpoint: see `audit verify`; or the proof is not one of this entry',
    [KEY]: 'key: no key, or none that signed the checkpoint of the proof',
  },
  run: async ({ option }) => {
    const [proof, leaf, hash, key] = ['proof', 'leaf', 'leaf-hash', 'key'].map(option);
    if (proof !== undefined || leaf !== undefined || hash !== undefined) {
      const isOne = (leaf === undefined) !== (hash === undefined);
      if (proof === undefined || !isOne || key === undefined || option('bundle') !== undefined) {
        throw new UsageError(
          'To check a proof, audit prove needs --proof FILE, --leaf FILE or --leaf-hash HASH, --key VKEY, and no bundle',
        );
      }
      return check(readNote(proof), leaf === undefined ? readHash(hash ?? '') : hashOfLeaf(leaf), key);
    }
    const [dir, id, index] = [option('bundle'), option('entry'), wholeNumber('--index', option('index'), 0)];
    if (dir === undefined || (id === undefined) === (index === null)) {
      throw new UsageError('audit prove needs --bundle DIR, and either --entry ID or --index N');
    }
    const { checkpoint: note, range, entries } = openBundle(dir);
    const checkpoint = parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1));
    const start = range === undefined ? EMPTY : parseRange(range)?.tree;
    const tree = start && (await grow(start, entries, id ?? index ?? 0));
    if (checkpoint === null || !start || !tree || tree.size !== checkpoint.size) return notTheLog();
    if (tree.inclusion === null) {
      throw new UsageError(`The bundle has no such entry: it holds those from ${start.size} to ${tree.size - 1}`);
    }
    if (!verifyInclusion(tree.inclusion, checkpoint)) return notTheLog();
    process.stdout.write(formatTlogProof({ index: tree.inclusion.index, hashes: tree.inclusion.proof, note }));
    return EXIT.ok;
  },
};

/** Says that the entry is in the log whose key this is, or what is wrong. */
function check(text: string, leaf: Uint8Array, key: string): number {
  const given = parseTlogProof(text);
  if (given === null) return wrong(TAMPERED, 'the file of --proof is no proof as this command prints it');
  let what = '--key';
  try {
    const keys = readKeys(key);
    what = 'the checkpoint';
    const opened = openNote(given.note, keys);
    const checkpoint = parseCheckpoint(opened.text);
    if (checkpoint === null) return wrong(TAMPERED, 'the proof leads to no checkpoint');
    if (!opened.signedBy.some(({ name }) => name === checkpoint.origin)) {
      return wrong(KEY, 'the checkpoint is of another log than the key that signed it');
    }
    const inclusion = { leaf, index: given.index, proof: given.hashes };
    if (!verifyInclusion(inclusion, checkpoint)) {
      return wrong(TAMPERED, 'it is no proof that this very entry is in the log');
    }
    const { origin, size } = checkpoint;
    process.stdout.write(`good: it is entry ${given.index} of ${origin}, as signed at ${size} entries\n`);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    const isOfKey = what === '--key' || error.why === 'unknown-key';
    return wrong(isOfKey ? KEY : TAMPERED, `${what}: ${error.message}`);
  }
}

function wrong(exitCode: number, message: string): number {
  process.stderr.write(`${exitCode === KEY ? 'key' : 'tampered'}: ${message}\n`);
  return exitCode;
}

/** An editor, or a shell, may have ended the line. @throws UsageError */
function hashOfLeaf(file: string): Uint8Array {
  try {
    const bytes = readFileSync(file);
    return leafHash(bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes);
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** @throws UsageError */
function readHash(text: string): Uint8Array {
  const hash = fromBase64(text);
  if (hash?.length === 32) return hash;
  throw new UsageError('--leaf-hash needs the SHA-256 of an entry in base64: 44 characters');
}

/** The tree with the entries, and the proof for the one of an id or at a place; null where they are not lines. */
async function grow(start: Frontier, entries: AsyncIterable<Uint8Array>, wanted: string | number) {
  const prover = createInclusionProver(start);
  let index = start.size;
  try {
    for await (const line of linesOf(entries)) {
      prover.add(leafHash(line), typeof wanted === 'number' ? index === wanted : idOf(line) === wanted);
      index += 1;
    }
  } catch (error) {
    if (error instanceof LineError) return null;
    throw error;
  }
  return prover.finish();
}

function idOf(line: Uint8Array): unknown {
  try {
    return (JSON.parse(Buffer.from(line).toString()) as { readonly id?: unknown } | null)?.id;
  } catch {
    return null;
  }
}

function notTheLog(): number {
  process.stderr.write('The entries are not those of the checkpoint. See what `throughgate audit verify` says.\n');
  return TAMPERED;
}
