import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { LineError, linesOf } from './lines.ts';
import { NoteError, openNote, type Verifier } from './note.ts';
import { EMPTY, leafHash, nodeHash, rootOf } from './tree.ts';

/** An export of the log, with what the one who verifies it brings along: keys, and perhaps a checkpoint kept elsewhere. */
export interface Evidence {
  /** The bytes of the entries, oldest first, each ended by a newline; in pieces of any length. */
  readonly entries: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** The newest checkpoint, signed. */
  readonly checkpoint: string;
  /** Older ones, smallest first. */
  readonly earlier: AsyncIterable<EarlierCheckpoint> | Iterable<EarlierCheckpoint>;
  /** One that is trusted. */
  readonly since?: string | undefined;
  readonly keys: readonly Verifier[];
}

export interface EarlierCheckpoint {
  /** Its size, in decimal: what its file is called. */
  readonly name: string;
  readonly note: string;
}

export type Verdict =
  | {
      readonly ok: true;
      readonly origin: string;
      readonly size: number;
      readonly root: string;
      readonly checkpoints: number;
    }
  | Fault;

export interface Fault {
  readonly ok: false;
  /** `truncated`: there are fewer entries than the trusted checkpoint says. `key`: no key that was given signed this. */
  readonly fault: 'tampered' | 'truncated' | 'key';
  /** The first bad entry is one of these, counted from 0; null where no entry is to blame. */
  readonly entry: { readonly from: number; readonly to: number } | null;
  readonly message: string;
}

/**
 * Recomputes the log from its entries and compares it with every checkpoint. Holds one entry and one hash per level of
 * the tree at a time. Shares the two hash functions with what writes the log, and nothing else.
 * @throws whatever reading the evidence throws
 */
export async function verifyLog(evidence: Evidence): Promise<Verdict> {
  try {
    return await walk(evidence);
  } catch (error) {
    if (error instanceof Found) return error.fault;
    if (error instanceof LineError) return badEntry(error.index, error.message).fault;
    throw error;
  }
}

async function walk({ entries, checkpoint, earlier, since, keys }: Evidence): Promise<Verdict> {
  const newest = open(checkpoint, 'the newest checkpoint', keys);
  const trusted = since === undefined ? null : openTrusted(since, newest.origin, keys);
  const older = readEarlier(earlier, newest, keys);
  const tree = createTree();
  let [next, checked, sound] = [await older.next(), 1, 0];

  async function compareAt(size: number): Promise<void> {
    const root = tree.root();
    const compare = (checkpoint: Checkpoint, what: string) => {
      if (Buffer.compare(checkpoint.root, root) !== 0) {
        throw tampered(`the entries are not those of ${what}, of ${size}`, size > sound ? [sound, size - 1] : null);
      }
    };
    for (; !next.done && next.value.size === size; next = await older.next()) {
      compare(next.value, 'the checkpoint');
      checked += 1;
    }
    if (newest.size === size) compare(newest, 'the newest checkpoint');
    if (trusted?.size === size) compare(trusted, 'the trusted checkpoint');
    sound = size;
  }
  const isDue = (size: number) =>
    size === newest.size || size === trusted?.size || (!next.done && next.value.size === size);

  if (isDue(0)) await compareAt(0);
  for await (const line of linesOf(entries)) {
    const index = tree.size();
    if (index === newest.size) throw tampered('entries follow that no checkpoint covers', [index, index]);
    const problem = whatIsWrong(line);
    if (problem !== null) throw badEntry(index, problem);
    tree.add(leafHash(line));
    if (isDue(index + 1)) await compareAt(index + 1);
  }
  const size = tree.size();
  if (trusted !== null && size < trusted.size) {
    throw new Found('truncated', `there are ${size} entries; the trusted checkpoint is of ${trusted.size}`, [
      sound,
      trusted.size - 1,
    ]);
  }
  if (size < newest.size) {
    throw tampered(`there are ${size} entries; the newest checkpoint is of ${newest.size}`, [sound, newest.size - 1]);
  }
  const root = Buffer.from(newest.root).toString('base64');
  return { ok: true, origin: newest.origin, size, root, checkpoints: checked };
}

/** Ends the walk. */
class Found extends Error {
  override readonly name = 'Found';
  readonly fault: Fault;

  constructor(fault: Fault['fault'], message: string, entry: readonly [number, number] | null) {
    super(message);
    this.fault = { ok: false, fault, entry: entry && { from: entry[0], to: entry[1] }, message };
  }
}

function tampered(message: string, entry: readonly [number, number] | null): Found {
  return new Found('tampered', message, entry);
}

function badEntry(index: number, problem: string): Found {
  return tampered(`entry ${index} ${problem}`, [index, index]);
}

function open(note: string, what: string, keys: readonly Verifier[]): Checkpoint {
  const opened = openOrFind(note, what, keys);
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint === null) throw tampered(`${what} is no checkpoint: origin, size and root, a line each`, null);
  if (!opened.signedBy.some(({ name }) => name === checkpoint.origin)) {
    throw new Found('key', `${what} is of another log than the key`, null);
  }
  return checkpoint;
}

function openOrFind(note: string, what: string, keys: readonly Verifier[]): ReturnType<typeof openNote> {
  try {
    return openNote(note, keys);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new Found(error.why === 'unknown-key' ? 'key' : 'tampered', `${what}: ${error.message}`, null);
  }
}

/** Nothing about a checkpoint that was brought along is evidence against the log. */
function openTrusted(note: string, origin: string, keys: readonly Verifier[]): Checkpoint {
  try {
    const checkpoint = open(note, 'the trusted checkpoint', keys);
    if (checkpoint.origin === origin) return checkpoint;
    throw new Found('key', 'the trusted checkpoint is of another log', null);
  } catch (error) {
    throw error instanceof Found ? new Found('key', error.message, null) : error;
  }
}

async function* readEarlier(
  earlier: Evidence['earlier'],
  newest: Checkpoint,
  keys: readonly Verifier[],
): AsyncGenerator<Checkpoint, undefined> {
  let last = -1;
  for await (const { name, note } of earlier) {
    const checkpoint = open(note, `checkpoint ${name}`, keys);
    const { size, origin } = checkpoint;
    if (String(size) !== name) throw tampered(`checkpoint ${name} is of ${size} entries`, null);
    if (origin !== newest.origin) throw tampered(`checkpoint ${name} is of another log`, null);
    if (size > newest.size) throw tampered(`checkpoint ${name} is later than the newest`, null);
    if (size <= last) throw tampered(`checkpoint ${name} does not follow the one of ${last}`, null);
    last = size;
    yield checkpoint;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Why a line is not the one form of an entry; null when it is. */
function whatIsWrong(line: Uint8Array): string | null {
  try {
    const text = decoder.decode(line);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no JSON object';
    return (isPlain(value) ? JSON.stringify(value) : canonical(value)) === text ? null : 'is not in canonical form';
  } catch {
    // Neither UTF-8 nor JSON, or nested deeper than any entry.
    return 'cannot be read';
  }
}

/** Whether JSON.stringify writes the canonical form, as of nearly every entry: it is several times as fast. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  let last: string | null = null;
  for (const key in value) {
    if ((last !== null && key < last) || !key.isWellFormed()) return false;
    if (!isPlain((value as Readonly<Record<string, unknown>>)[key])) return false;
    last = key;
  }
  return true;
}

/** RFC 8785, as far as entries need it. @throws TypeError for what they may not hold; RangeError when nested too deep */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('a lone surrogate');
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new TypeError('no safe integer');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = value as Readonly<Record<string, unknown>>;
  return `{${Object.keys(members)
    .sort()
    .map((key) => `${canonical(key)}:${canonical(members[key])}`)
    .join(',')}}`;
}

/** The roots of perfect subtrees, each with its height; two of one height become the one above them. */
function createTree() {
  const stack: { readonly height: number; readonly hash: Uint8Array }[] = [];
  let size = 0;
  return {
    size: () => size,
    add(leaf: Uint8Array): void {
      size += 1;
      let top = { height: 0, hash: leaf };
      for (let left = stack.at(-1); left?.height === top.height; left = stack.at(-1)) {
        stack.pop();
        top = { height: top.height + 1, hash: nodeHash(left.hash, top.hash) };
      }
      stack.push(top);
    },
    root(): Uint8Array {
      let hash: Uint8Array | null = null;
      for (const left of stack.toReversed()) hash = hash === null ? left.hash : nodeHash(left.hash, hash);
      return hash ?? rootOf(EMPTY);
    },
  };
}
