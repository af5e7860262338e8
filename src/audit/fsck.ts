import { parseCheckpoint } from './checkpoint.ts';
import { type Logged, parseLogged } from './logged.ts';
import { NoteError, openNote, type Verifier } from './note.ts';
import { EMPTY, extend, type Frontier, leafHash, rootOf } from './tree.ts';

/** The log as it lies in its database at one moment. Everything comes in the order of its places or sizes. */
export interface LogTables {
  readonly head: {
    readonly size: number;
    readonly root: Uint8Array;
    readonly frontier: Uint8Array;
    readonly period: string;
  };
  readonly leaves: AsyncIterator<{ readonly index: number; readonly id: string; readonly hash: Uint8Array }>;
  readonly entries: AsyncIterator<EntryRow>;
  readonly checkpoints: AsyncIterator<{ readonly size: number; readonly frontier: Uint8Array; readonly note: string }>;
  readonly keyChanges: AsyncIterator<{ readonly index: number; readonly body: Uint8Array }>;
  readonly retired: readonly RetiredRow[];
  /** The place of an entry whose id another has too; null where there is none. */
  readonly doubled: number | null;
  /** A size that a witness signed and no checkpoint has; null where there is none. */
  readonly cosigned: number | null;
}

/** An entry and the columns that were drawn from its bytes. */
export interface EntryRow {
  readonly index: number;
  /** `YYYY-MM-DD` */
  readonly period: string;
  readonly id: string;
  /** In UTC, to the microsecond: `2026-05-05T10:00:00.000000`. */
  readonly at: string;
  readonly kind: string;
  readonly requestId: string | null;
  readonly partner: string | null;
  readonly practitioner: string | null;
  readonly subject: string | null;
  readonly body: Uint8Array;
}

export interface RetiredRow {
  readonly period: string;
  readonly first: number;
  readonly past: number;
  readonly root: Uint8Array;
}

export type Finding =
  | {
      readonly ok: true;
      readonly size: number;
      /** How many entries lie there: those of retired months do not. */
      readonly entries: number;
      readonly root: string;
      readonly checkpoints: number;
    }
  | {
      readonly ok: false;
      /** `key`: no key that was given has signed a checkpoint. */
      readonly fault: 'tampered' | 'key';
      /** The first bad entry, by its place; null where no entry is to blame. */
      readonly entry: number | null;
      readonly message: string;
    };

/**
 * Compares entries, leaves, tree, checkpoints, and what was drawn from entries to be searched, with one another. Holds a
 * few rows at a time. It says whether the database agrees with itself, and with the keys: whether it is the log that
 * others have seen is for `verifyLog` and a checkpoint kept elsewhere.
 * @param keys of the log; without any, signatures are not looked at
 */
export async function checkTables(tables: LogTables, keys: readonly Verifier[]): Promise<Finding> {
  try {
    return await walk(tables, keys);
  } catch (error) {
    if (!(error instanceof Found)) throw error;
    return { ok: false, fault: error.fault, entry: error.entry, message: error.message };
  }
}

async function walk(tables: LogTables, keys: readonly Verifier[]): Promise<Finding> {
  const { head, retired } = tables;
  requireInOrder(retired);
  const [leaves, entries] = [await ahead(tables.leaves), await ahead(tables.entries)];
  const [checkpoints, keyChanges] = [await ahead(tables.checkpoints), await ahead(tables.keyChanges)];
  const recorded = new Map<string, number | null>();
  let [tree, period, kept, signed]: [Frontier, string, number, number] = [EMPTY, '', 0, 0];

  async function compareTree(): Promise<void> {
    for (; checkpoints.value?.size === tree.size; await checkpoints.next()) {
      requireCheckpoint(checkpoints.value, tree, keys);
      signed += 1;
    }
    const ended = retired.find(({ past }) => past === tree.size);
    if (ended && !same(ended.root, rootOf(tree))) {
      throw new Found(`the leaves of ${ended.period.slice(0, 7)} are not those it was retired with`, ended.first);
    }
  }

  await compareTree();
  for (; leaves.value; await leaves.next()) {
    const { index, id, hash } = leaves.value;
    if (index !== tree.size) throw new Found(`leaf ${tree.size} is missing`, tree.size);
    const month = retired.find(({ first, past }) => index >= first && index < past);
    const entry = entries.value;
    if (entry && entry.index < index) throw new Found(`entry ${entry.index} lies there twice`, entry.index);
    const change = keyChanges.value?.index === index ? keyChanges.value : null;
    if (change) await keyChanges.next();
    if (change && !same(leafHash(change.body), hash)) {
      throw new Found(`the change of keys at ${index} is not the entry that was appended`, index);
    }
    if (month) {
      if (entry?.index === index) throw new Found(`entry ${index} lies there although its month was retired`, index);
      period = month.period;
    } else {
      if (entry?.index !== index) throw new Found(`entry ${index} is missing`, index);
      const logged = requireEntry(entry, { id, hash });
      if (entry.period < period) throw new Found(`entry ${index} lies in an earlier month than the one before`, index);
      if ((logged.kind === 'key-change') !== (change !== null)) {
        throw new Found(`the change of keys at ${index} is ${change ? 'none' : 'not kept with the others'}`, index);
      }
      if (logged.kind === 'export' && logged.format === 'retire' && logged.from !== null)
        recorded.set(logged.from, logged.entries);
      period = entry.period;
      kept += 1;
      await entries.next();
    }
    tree = extend(tree, [hash]);
    await compareTree();
  }
  if (entries.value) throw new Found(`entry ${entries.value.index} has no leaf`, entries.value.index);
  if (keyChanges.value) throw new Found(`the change of keys at ${keyChanges.value.index} is no entry`, null);
  if (checkpoints.value) {
    throw new Found(`the checkpoint of ${checkpoints.value.size} is of more entries than there are`, tree.size);
  }
  requireHead(head, tree, period);
  requireRecorded(retired, recorded);
  if (tables.doubled !== null) throw new Found(`entry ${tables.doubled} has the id of another`, tables.doubled);
  if (tables.cosigned !== null) {
    throw new Found(`a witness signed the checkpoint of ${tables.cosigned}, which is not kept`, null);
  }
  return { ok: true, size: tree.size, entries: kept, root: base64(rootOf(tree)), checkpoints: signed };
}

/** Ends the walk. */
class Found extends Error {
  override readonly name = 'Found';
  readonly entry: number | null;
  readonly fault: 'tampered' | 'key';

  constructor(message: string, entry: number | null, fault: 'tampered' | 'key' = 'tampered') {
    super(message);
    this.entry = entry;
    this.fault = fault;
  }
}

/** One row of a table, and the way to the one after it. */
async function ahead<Row>(rows: AsyncIterator<Row>): Promise<{ value: Row | null; next(): Promise<void> }> {
  const cursor = {
    value: null as Row | null,
    async next() {
      const { done, value } = await rows.next();
      cursor.value = done ? null : value;
    },
  };
  await cursor.next();
  return cursor;
}

/** Months are retired from the oldest on, so together they are one range from the first entry. */
function requireInOrder(retired: readonly RetiredRow[]): void {
  let [last, past] = ['', 0];
  for (const row of retired) {
    if (row.period <= last || row.first !== past || row.past <= row.first) {
      throw new Found(`what ${row.period.slice(0, 7)} was retired with does not follow what came before it`, past);
    }
    [last, past] = [row.period, row.past];
  }
}

/**
 * Taking out a month is an entry of a later one, with how many entries went. Those of older months may have been retired
 * themselves.
 */
function requireRecorded(retired: readonly RetiredRow[], recorded: ReadonlyMap<string, number | null>): void {
  for (const { period, first, past } of retired) {
    const said = recorded.get(period) ?? past - first;
    if (said === past - first) continue;
    const what = `${period.slice(0, 7)} is gone with ${past - first} entries, and the entry that records it says ${said}`;
    throw new Found(what, first + Math.min(said, past - first));
  }
  const newest = retired.at(-1);
  if (newest && !recorded.has(newest.period)) {
    throw new Found(`${newest.period.slice(0, 7)} is gone, and no entry records that it was retired`, newest.first);
  }
}

function requireEntry(row: EntryRow, leaf: { readonly id: string; readonly hash: Uint8Array }): Logged {
  const { index, body } = row;
  if (!same(leafHash(body), leaf.hash)) throw new Found(`entry ${index} is not the one that was appended`, index);
  const logged = parseLogged(body);
  if (logged === null) throw new Found(`entry ${index} cannot be read`, index);
  if (leaf.id !== logged.id) throw new Found(`leaf ${index} has another id than its entry`, index);
  const drawn: Readonly<Record<string, string | null>> = {
    id: logged.id,
    at: `${logged.at.slice(0, -1)}000`,
    kind: logged.kind,
    requestId: logged.requestId,
    partner: logged.actor?.partner ?? null,
    practitioner: logged.actor?.practitioner ?? null,
    subject: logged.subject?.ref ?? null,
  };
  const wrong = Object.keys(drawn).find((column) => row[column as keyof EntryRow] !== drawn[column]);
  if (wrong) throw new Found(`entry ${index} is searched by another ${wrong} than it has`, index);
  return logged;
}

function requireCheckpoint(
  { size, frontier, note }: { readonly size: number; readonly frontier: Uint8Array; readonly note: string },
  tree: Frontier,
  keys: readonly Verifier[],
): void {
  const what = `the checkpoint of ${size}`;
  const checkpoint = parseCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1));
  if (checkpoint?.size !== size) throw new Found(`${what} says something else`, null);
  if (!same(checkpoint.root, rootOf(tree)) || !same(frontier, Buffer.concat(tree.hashes))) {
    throw new Found(`the entries are not those of ${what}`, null);
  }
  if (keys.length === 0) return;
  try {
    const { signedBy } = openNote(note, keys);
    if (signedBy.some(({ name }) => name === checkpoint.origin)) return;
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    if (error.why !== 'unknown-key') throw new Found(`${what}: ${error.message}`, null);
  }
  throw new Found(`no key given has signed ${what}`, null, 'key');
}

function requireHead(head: LogTables['head'], tree: Frontier, period: string): void {
  if (head.size !== tree.size) {
    throw new Found(`there are ${tree.size} entries, and the head says ${head.size}`, Math.min(head.size, tree.size));
  }
  if (!same(head.root, rootOf(tree)) || !same(head.frontier, Buffer.concat(tree.hashes))) {
    throw new Found('the head has another root than its entries', null);
  }
  if (tree.size > 0 && head.period !== period)
    throw new Found('the head is in another month than the last entry', null);
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
