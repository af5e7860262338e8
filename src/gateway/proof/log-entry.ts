import type { Checkpoint } from '../../audit/checkpoint.ts';
import type { LogRow } from '../../audit/log-reader.ts';
import { parseLogged } from '../../audit/logged.ts';
import { verifyInclusion } from '../../audit/proof.ts';
import type { Read } from '../../audit/reading.ts';
import { formatTlogProof } from '../../audit/tlog-proof.ts';
import { leafHash } from '../../audit/tree.ts';
import { inclusionPath, type LogTree } from '../../audit/tree-proofs.ts';
import type { Engine } from '../engine.ts';
import type { Errand } from '../errand.ts';
import { UUID } from '../input.ts';
import { answered, answerer } from '../log/answer.ts';
import { type Look, startLook } from '../log/look.ts';
import { checkpointIn } from './consistent.ts';
import { treeOf } from './log-status.ts';
import type { LogProof } from './proof.ts';
import { rulesOf } from './rules.ts';

/** Of an entry that is closed to the reader, and of none, nothing is told, in the same time. */
const HOLD_MILLISECONDS = 50;

/**
 * One entry, who approved what decided it, what is the rule today, and the proof that it is in the log.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export async function logEntry(errand: Errand): Promise<object | null> {
  const { engine, request, args, root } = errand;
  errand.hold(HOLD_MILLISECONDS);
  const id = String(args['id']).toLowerCase();
  const look = await startLook(errand, null);
  const [row] = UUID.test(id) ? await look.log.byIds([id]) : [];
  const [read] = row ? await look.read([row]) : [];
  if (row === undefined || read === undefined) return null;
  if (root.deed?.kind === 'search') root.deed = { ...root.deed, person: read.subject, found: 1 };
  const others = read.requestId === null ? [] : await look.log.byRequests([read.requestId]);
  const [operation, approval, answer] = await Promise.all([
    look.read(read.requestId === null ? [row] : others),
    approvalOf(engine, read.policy),
    answerer(errand, look, [read], errand.selection.get('entry')),
  ]);
  return {
    entry: answer(read),
    others: operation.filter((each) => each.id !== read.id).map(answered),
    approval,
    rules: rulesOf(engine.policy, read, request.view.day),
    inclusion: await inclusionOf(engine.proof, row, shown(look, row, read, operation)),
  };
}

async function approvalOf({ policy, approvals }: Engine, hash: string | null): Promise<object | null> {
  if (hash === null) return null;
  const approval = (await approvals()).find((each) => each.hash === hash);
  return {
    policy: hash,
    listed: approval !== undefined,
    approver: approval?.approver ?? null,
    approvedOn: approval?.date ?? null,
    reference: approval?.reference ?? null,
    inForce: policy.bundle.hash === hash,
  };
}

/** Entries of the gateway itself: the lead reads all that is in them. */
const OF_THE_GATEWAY: ReadonlySet<string> = new Set(['policy-change', 'key-change', 'start', 'stop']);
/** About one person. Of any other it depends on who is closed to the lead what is in the bytes. */
const ABOUT_ONE: ReadonlySet<string> = new Set(['disclosure', 'refusal', 'explanation', 'break-glass']);

interface Shown {
  /** What the entry can be counted again from. */
  readonly place: boolean;
  readonly bytes: boolean;
}

/**
 * The place of one entry of an operation at most: the entries of one lie beside each other, and a gap between two that the
 * reader may read is somebody of whom they may not know. The hash only where there is something in the bytes that the
 * reader cannot guess, which is the id of somebody else's token.
 */
function shown({ reader }: Look, { body }: LogRow, read: Read, operation: readonly Read[]): Shown {
  if (reader.isLead && OF_THE_GATEWAY.has(read.kind)) return { place: true, bytes: true };
  const one = operation.find(({ subject, kind }) => subject !== null || !OF_REQUESTS.has(kind)) ?? operation[0];
  const place = one?.id === read.id && !read.isOwn && parseLogged(body)?.actor?.tokenId != null;
  return { place, bytes: place && reader.isLead && read.subject !== null && ABOUT_ONE.has(read.kind) };
}

const OF_REQUESTS: ReadonlySet<string> = new Set(['request', 'refusal', 'explanation', 'watch']);

/** Checked here and now, from the entry's exact bytes up to the root that the log's key has signed. */
async function inclusionOf(proof: LogProof, row: LogRow, may: Shown): Promise<object> {
  const { keys } = proof;
  const tree = treeOf(proof);
  const newest = proof.checkpoint();
  const base = { state: 'NOT_YET_SIGNED', key: keys[0] };
  if (newest === null) return base;
  const proved = await proveIn(tree, keys, row, newest);
  if (proved === null) return base;
  if (!proved.isGood) return { ...base, state: 'NOT_PROVED' };
  const { path, checkpoint } = proved;
  return {
    ...base,
    state: 'PROVED',
    size: checkpoint.size,
    root: base64(checkpoint.root),
    ...(may.place && {
      index: row.index,
      leaf: base64(leafHash(row.body)),
      path: path.map(base64),
      proof: formatTlogProof({ index: row.index, hashes: path, note: newest }),
      bytes: may.bytes ? row.body.toString() : null,
    }),
  };
}

interface Proved {
  readonly checkpoint: Checkpoint;
  readonly path: readonly Uint8Array[];
  readonly isGood: boolean;
}

/** Null for a checkpoint that is older than the entry, or that no key of the log has signed. */
async function proveIn(
  tree: LogTree,
  keys: readonly string[],
  { index, body }: LogRow,
  note: string,
): Promise<Proved | null> {
  const checkpoint = checkpointIn(note, keys);
  if (checkpoint === null || index >= checkpoint.size) return null;
  const path = await inclusionPath(tree, index, checkpoint.size).catch((error: unknown) => {
    // A leaf is missing.
    if (error instanceof RangeError) return [];
    throw error;
  });
  return { checkpoint, path, isGood: verifyInclusion({ leaf: leafHash(body), index, proof: path }, checkpoint) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
