import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { formatSubmission, parseSubmission, type Submission } from '../audit/add-checkpoint.ts';
import { type Checkpoint, parseCheckpoint } from '../audit/checkpoint.ts';
import { proveConsistency } from '../audit/consistency.ts';
import { LineError, linesOf } from '../audit/lines.ts';
import { NoteError, openNote, splitNote, type Verifier } from '../audit/note.ts';
import { verifyConsistency } from '../audit/proof.ts';
import { parseRange } from '../audit/range.ts';
import { EMPTY, extend, type Frontier, leafHash, rootOf } from '../audit/tree.ts';
import { openBundle, readKeys, readNote } from './audit-bundle.ts';
import { type Command, EXIT, UsageError } from './command.ts';

const TAMPERED = 2;
const KEY = 4;

export const auditConsistencyCommand: Command = {
  name: 'audit consistency',
  summary: 'Print, or check, the proof that one checkpoint of the audit log is a continuation of another.',
  options: {
    bundle: { value: 'DIR', text: 'What `audit export --format bundle` wrote: the proof is made from its entries.' },
    proof: { value: 'FILE', text: 'A proof to check instead, as this command prints it; `-` for standard input.' },
    from: {
      value: 'A',
      text: 'The older checkpoint: a file, or the size of one in the bundle; 0 for a witness that has seen none.',
    },
    to: { value: 'B', text: 'The newer one, likewise.' },
    key: { value: 'VKEY', text: 'The public key of the log, or a file with one on each line. A check needs it.' },
  },
  details: [
    'The proof is one of RFC 9162, with the newer checkpoint under it, in the form in which logs submit them to witnesses:',
    'https://c2sp.org/tlog-witness. Nobody who checks it needs an entry. It is checked before it is printed.',
  ],
  exitCodes: {
    [EXIT.ok]: 'printed, or good',
    [EXIT.usage]: 'wrong command line, no such checkpoint, or a file that cannot be read',
    [TAMPERED]: 'tampered: the newer log does not begin as the older one, or the bundle is of neither',
    [KEY]: 'key: no key, or none that signed these checkpoints',
  },
  run: async ({ option }) => {
    const [bundle, proof, from, to, key] = ['bundle', 'proof', 'from', 'to', 'key'].map(option);
    if ((bundle === undefined) === (proof === undefined) || from === undefined || to === undefined) {
      throw new UsageError('audit consistency needs --from A and --to B, and either --bundle DIR or --proof FILE');
    }
    if (proof !== undefined && key === undefined) throw new UsageError('To check a proof, --key VKEY is needed');
    try {
      const keys = key === undefined ? null : readKeys(key);
      const newer = open(noteOf(to, bundle), keys);
      const older = from === '0' ? beforeAll(newer) : open(noteOf(from, bundle), keys);
      if (older.checkpoint.origin !== newer.checkpoint.origin) throw new Found('the checkpoints are of two logs', KEY);
      if (older.checkpoint.size > newer.checkpoint.size) {
        throw new UsageError('The checkpoint of --from must be the older one');
      }
      const text = bundle === undefined ? check(older, newer, proof ?? '') : await prove(older, newer, bundle);
      process.stdout.write(text);
      return EXIT.ok;
    } catch (error) {
      const { message, exitCode } = foundIn(error);
      process.stderr.write(`${exitCode === KEY ? 'key' : 'tampered'}: ${message}\n`);
      return exitCode;
    }
  },
};

interface Opened {
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** Ends it, with what was found. */
class Found extends Error {
  override readonly name = 'Found';
  readonly exitCode: number;

  constructor(message: string, exitCode: number = TAMPERED) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** @throws what is no finding */
function foundIn(error: unknown): Found {
  if (error instanceof NoteError) return new Found(`--key: ${error.message}`, KEY);
  if (error instanceof LineError || error instanceof RangeError) return new Found(error.message);
  if (error instanceof Found) return error;
  throw error;
}

function noteOf(given: string, bundle: string | undefined): string {
  if (bundle === undefined || !/^\d{1,15}$/.test(given)) return readNote(given);
  const older = join(bundle, 'checkpoints', given);
  if (existsSync(older)) return readNote(older);
  const newest = readNote(join(bundle, 'checkpoint'));
  if (newest.split('\n')[1] === given) return newest;
  throw new UsageError(`The bundle has no checkpoint of ${given} entries: see the names in its folder checkpoints`);
}

function open(note: string, keys: readonly Verifier[] | null): Opened {
  try {
    const { text, signedBy } = keys === null ? { ...splitNote(note), signedBy: null } : openNote(note, keys);
    const checkpoint = parseCheckpoint(text);
    if (checkpoint === null) throw new Found('one of them is no checkpoint: origin, size and root, a line each');
    if (signedBy?.every(({ name }) => name !== checkpoint.origin)) {
      throw new Found('one of them is of another log than the key that signed it', KEY);
    }
    return { note, checkpoint };
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new Found(error.message, error.why === 'unknown-key' ? KEY : TAMPERED);
  }
}

/** Of a log that had no entry yet nothing was signed. It is what a witness that has seen none of it goes on from. */
function beforeAll({ checkpoint }: Opened): Opened {
  return { note: '', checkpoint: { ...checkpoint, size: EMPTY.size, root: rootOf(EMPTY) } };
}

async function prove(older: Opened, newer: Opened, bundle: string): Promise<string> {
  const { range, entries } = openBundle(bundle);
  const begin = range === undefined ? EMPTY : (parseRange(range)?.tree ?? EMPTY);
  const [old, size] = [older.checkpoint.size, newer.checkpoint.size];
  if (old < begin.size) throw new UsageError(`The bundle begins at ${begin.size}: take one that has more of the log`);
  const pages = pagesOf(entries);
  const [tree, rest] = await grow(begin, old, pages);
  const made = await proveConsistency(tree, size, joined(rest, pages));
  if (!verifyConsistency(made.proof, older.checkpoint, newer.checkpoint)) {
    throw new Found('the entries of the bundle are not those of these checkpoints');
  }
  return formatSubmission({ old, proof: made.proof, note: newer.note });
}

/** The tree at a size, and what of the last page came after it. */
async function grow(
  begin: Frontier,
  size: number,
  pages: AsyncGenerator<readonly Uint8Array[]>,
): Promise<[Frontier, readonly Uint8Array[]]> {
  let tree = begin;
  let rest: readonly Uint8Array[] = [];
  while (tree.size < size) {
    const { value: page = [], done } = await pages.next();
    if (done) throw new Found(`the bundle ends at ${tree.size}`);
    const taken = page.slice(0, size - tree.size);
    tree = extend(tree, taken);
    rest = page.slice(taken.length);
  }
  return [tree, rest];
}

async function* joined(
  first: readonly Uint8Array[],
  more: AsyncIterable<readonly Uint8Array[]>,
): AsyncGenerator<readonly Uint8Array[]> {
  yield first;
  yield* more;
}

const PAGE = 1_000;

async function* pagesOf(entries: AsyncIterable<Uint8Array>): AsyncGenerator<readonly Uint8Array[]> {
  let page: Uint8Array[] = [];
  for await (const line of linesOf(entries)) {
    page.push(leafHash(line));
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}

function check(older: Opened, newer: Opened, file: string): string {
  const submission = parseSubmission(readNote(file === '-' ? '/dev/stdin' : file));
  if (submission === null)
    throw new Found('the proof is none: "old <size>", a hash on each line, an empty line, a checkpoint');
  if (!isOf(submission, older, newer)) throw new Found('the proof is of other checkpoints than these');
  if (!verifyConsistency(submission.proof, older.checkpoint, newer.checkpoint)) {
    throw new Found('the newer log does not begin as the older one');
  }
  return `good: ${newer.checkpoint.origin}, the ${newer.checkpoint.size} entries begin as the ${older.checkpoint.size} did\n`;
}

function isOf({ old, note }: Submission, older: Opened, newer: Opened): boolean {
  const proven = parseCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1));
  return old === older.checkpoint.size && proven?.size === newer.checkpoint.size;
}
