import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { whatIsWrong } from './form.ts';
import { LineError, linesOf } from './lines.ts';
import { NoteError, openNote, type Verifier } from './note.ts';
import { createOrigins, type Origins } from './origins.ts';
import { heights, parseRange } from './range.ts';
import { createTally, type Quorum, type Tally } from './tally.ts';
import { EMPTY, type Frontier, leafHash, nodeHash, rootOf } from './tree.ts';

/** An export of the log, or of a part of it, with what the one who verifies it brings along: keys, and perhaps a checkpoint kept elsewhere. */
export interface Evidence {
  /** The bytes of the entries, oldest first, each ended by a newline; in pieces of any length. */
  readonly entries: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** The newest checkpoint, signed. */
  readonly checkpoint: string;
  /** The tree before the first of the entries, for a part of the log: see `formatRange`. */
  readonly range?: string | undefined;
  /** Older ones, smallest first. */
  readonly earlier: AsyncIterable<EarlierCheckpoint> | Iterable<EarlierCheckpoint>;
  /** One that is trusted. */
  readonly since?: string | undefined;
  readonly keys: readonly Verifier[];
  /** The witnesses that must have cosigned it. */
  readonly quorum?: Quorum | undefined;
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
      /** The place of the first entry: 0 for the whole log. */
      readonly from: number;
      /** How many entries the newest checkpoint is of. */
      readonly size: number;
      readonly root: string;
      readonly checkpoints: number;
      /** Places of the entries by which it was restored from a backup and took another name; only where there are any. */
      readonly restored?: readonly number[];
      /** How many entries enough witnesses have cosigned; only where that was asked. */
      readonly witnessed?: number;
    }
  | Fault;

/** The checkpoint that was brought along is of a part of the log that the export does not have. */
export class OutsideError extends Error {
  override readonly name = 'OutsideError';
  readonly problems: readonly string[];

  constructor(size: number, from: number, newest: number) {
    super(
      `the trusted checkpoint is of ${size} entries, and this part of the log begins at ${from} and ends at ${newest}: ` +
        'compare the checkpoints with `audit consistency`',
    );
    this.problems = [this.message];
  }
}

export interface Fault {
  readonly ok: false;
  /**
   * `truncated`: there are fewer entries than the trusted checkpoint says. `key`: no key that was given signed this.
   * `witness`: nothing is wrong with it, and too few witnesses have cosigned any of it.
   */
  readonly fault: 'tampered' | 'truncated' | 'key' | 'witness';
  /** The first bad entry is one of these, counted from 0; null where no entry is to blame. */
  readonly entry: { readonly from: number; readonly to: number } | null;
  readonly message: string;
}

/**
 * Recomputes the log from its entries and compares it with every checkpoint. Holds one entry and one hash per level of
 * the tree at a time. Shares the two hash functions with what writes the log, and nothing else.
 * @throws OutsideError for a trusted checkpoint that a part of the log says nothing of; whatever reading the evidence throws
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

async function walk({ entries, checkpoint, range, earlier, since, keys, quorum }: Evidence): Promise<Verdict> {
  const tally = createTally(quorum ?? { cosigners: [], need: 1 });
  const newest = openAndCount(checkpoint, 'the newest checkpoint', keys, tally);
  const origins = createOrigins(keys);
  const start = range === undefined ? EMPTY : openRange(range, newest, origins);
  const from = start.size;
  const trusted = since === undefined ? null : openTrusted(since, keys);
  if (trusted !== null && from > 0 && (trusted.size < from || trusted.size > newest.size)) {
    throw new OutsideError(trusted.size, from, newest.size);
  }
  const older = readEarlier(earlier, from, newest, keys, tally);
  const tree = createTree(start);
  let [next, checked, sound] = [await older.next(), 1, from];
  let astray: Found | null = null;

  async function compareAt(size: number): Promise<void> {
    const root = tree.root();
    const compare = (checkpoint: Checkpoint, what: string) => {
      if (Buffer.compare(checkpoint.root, root) !== 0) {
        const whose = from > 0 ? 'the entries, or what came before them,' : 'the entries';
        const found = tampered(
          `${whose} are not those of ${what}, of ${size}`,
          size > sound ? [sound, size - 1] : null,
        );
        // Of another name, it may be of another log, which is for the rest of this one to say.
        if (checkpoint !== trusted || trusted.origin === newest.origin) throw found;
        astray = found;
      }
      if (checkpoint !== trusted && !origins.checkpoint(checkpoint.origin, size)) {
        throw tampered(`${what}, of ${size}, is of another log`, null);
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

  if (isDue(from)) await compareAt(from);
  for await (const line of linesOf(entries, from)) {
    const index = tree.size();
    if (index === newest.size) throw tampered('entries follow that no checkpoint covers', [index, index]);
    const problem = whatIsWrong(line);
    if (problem !== null) throw badEntry(index, problem);
    tree.add(leafHash(line));
    origins.entry(index, line);
    if (isDue(index + 1)) await compareAt(index + 1);
  }
  if (trusted !== null && !origins.had(trusted.origin) && trusted.origin !== newest.origin) {
    throw new Found('key', 'the trusted checkpoint is of another log', null);
  }
  if (astray !== null) throw astray;
  const size = tree.size();
  const end = from > 0 ? `the entries end at ${size}` : `there are ${size} entries`;
  if (trusted !== null && size < trusted.size) {
    const message = `${end}; the trusted checkpoint is of ${trusted.size}`;
    throw new Found('truncated', message, [sound, trusted.size - 1]);
  }
  if (size < newest.size) {
    throw tampered(`${end}; the newest checkpoint is of ${newest.size}`, [sound, newest.size - 1]);
  }
  const root = Buffer.from(newest.root).toString('base64');
  const restored = origins.restored();
  const verdict = {
    ...({ ok: true, origin: newest.origin, from, size, root, checkpoints: checked } as const),
    ...(restored.length > 0 && { restored }),
  };
  if (quorum === undefined) return verdict;
  const witnessed = tally.witnessed();
  // Of the empty tree, or of what came before this part, everything else could be the continuation.
  if (witnessed === null || witnessed <= from)
    throw new Found('witness', `fewer than ${quorum.need} of the witnesses have cosigned it`, null);
  return { ...verdict, witnessed };
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

function openAndCount(note: string, what: string, keys: readonly Verifier[], tally: Tally): Checkpoint {
  const checkpoint = open(note, what, keys);
  try {
    tally.count(note, checkpoint.size);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw tampered(`${what}: ${error.message}`, null);
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
function openTrusted(note: string, keys: readonly Verifier[]): Checkpoint {
  try {
    return open(note, 'the trusted checkpoint', keys);
  } catch (error) {
    throw error instanceof Found ? new Found('key', error.message, null) : error;
  }
}

function openRange(range: string, newest: Checkpoint, origins: Origins): Frontier {
  const start = parseRange(range);
  if (start === null) throw tampered('the range says no tree: origin, size and a hash for each subtree', null);
  if (start.tree.size >= newest.size) throw tampered('the range leaves no entry up to the newest checkpoint', null);
  origins.checkpoint(start.origin, start.tree.size);
  return start.tree;
}

async function* readEarlier(
  earlier: Evidence['earlier'],
  from: number,
  newest: Checkpoint,
  keys: readonly Verifier[],
  tally: Tally,
): AsyncGenerator<Checkpoint, undefined> {
  let last = -1;
  for await (const { name, note } of earlier) {
    // Whoever made the folder chose it: it is not to be shown.
    if (!/^\d{1,16}$/.test(name)) throw tampered('an older checkpoint is not called by its size', null);
    const checkpoint = openAndCount(note, `checkpoint ${name}`, keys, tally);
    const { size } = checkpoint;
    if (String(size) !== name) throw tampered(`checkpoint ${name} is of ${size} entries`, null);
    if (size > newest.size) throw tampered(`checkpoint ${name} is later than the newest`, null);
    if (size < from) throw tampered(`checkpoint ${name} is of what came before the range`, null);
    if (size <= last) throw tampered(`checkpoint ${name} does not follow the one of ${last}`, null);
    last = size;
    yield checkpoint;
  }
}

/** The roots of perfect subtrees, each with its height; two of one height become the one above them. */
function createTree(start: Frontier) {
  const levels = heights(start.size);
  const stack = start.hashes.map((hash, place) => ({ height: levels[place] ?? 0, hash }));
  let { size } = start;
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
