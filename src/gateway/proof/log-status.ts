import { cosignaturesOf, parseCosigner } from '../../audit/cosignature.ts';
import { NoteError } from '../../audit/note.ts';
import { GatewayError } from '../../errors.ts';
import type { Verification } from '../../record/verification.ts';
import type { Errand } from '../errand.ts';
import { UUID } from '../input.ts';
import { checkpointOf } from './consistent.ts';
import type { LogProof } from './proof.ts';

/**
 * How the log stands, for anybody who may look into it: nothing of it is about anybody.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export async function logStatus({ engine: { proof } }: Errand): Promise<object> {
  const { keys, verifications, witnesses } = proof;
  const tree = treeOf(proof);
  const note = proof.checkpoint();
  const size = note === null ? 0 : checkpointOf(note).size;
  const [at, signed, latest, finished, outside] = await Promise.all([
    size > 0 ? tree.madeAt(size - 1) : null,
    tree.cosigned((witnesses?.witnesses ?? []).map(({ vkey }) => vkey)),
    verifications.latest(),
    verifications.finished(),
    verifications.latestOutside(),
  ]);
  const list = (witnesses?.witnesses ?? []).map(({ name, vkey }) => {
    const last = signed.find(({ key }) => key === vkey);
    const time = last ? timeOf(last.note, vkey) : null;
    return { name, key: vkey, size: time === null ? null : (last?.size ?? null), at: time };
  });
  return {
    key: keys[0],
    olderKeys: keys.slice(1),
    size,
    checkpoint: note,
    at: at?.toISOString() ?? null,
    witnesses: list,
    need: witnesses?.need ?? null,
    // Whoever signed a larger tree has found the smaller one in it: the k-th largest is what k of them stand by.
    witnessed: list.flatMap((each) => each.size ?? []).sort((a, b) => b - a)[(witnesses?.need ?? 0) - 1] ?? null,
    latest: latest && verificationOf(latest),
    finished: finished && verificationOf(finished),
    outside: outside && {
      reference: outside.id,
      who: outside.who,
      partner: outside.partner,
      at: outside.recordedAt.toISOString(),
      size: outside.size,
      agrees: outside.agrees,
    },
  };
}

/** One check of the log. @throws GatewayError STORE_UNAVAILABLE */
export async function verification({ engine: { proof }, args }: Errand): Promise<object | null> {
  const reference = String(args['reference']).toLowerCase();
  const found = UUID.test(reference) ? await proof.verifications.find(reference) : null;
  return found && verificationOf(found);
}

/** @throws GatewayError STORE_UNAVAILABLE where the gateway was not given a login that may read the log */
export function treeOf({ tree }: LogProof): NonNullable<LogProof['tree']> {
  if (tree !== null) return tree;
  throw new GatewayError('STORE_UNAVAILABLE', 'This gateway cannot read the log: its operator sets that up.');
}

function verificationOf({ id, state, partner, checked, size, problem, entry, ...at }: Verification): object {
  return {
    reference: id,
    state,
    startedAt: at.startedAt.toISOString(),
    finishedAt: at.finishedAt?.toISOString() ?? null,
    partner,
    checked,
    of: size,
    problem,
    entry,
  };
}

/** Null for what is kept as a signature and is none: that the check of the log tells. */
function timeOf(note: string, vkey: string): string | null {
  try {
    const [cosignature] = cosignaturesOf(note, [parseCosigner(vkey)]);
    return cosignature ? new Date(cosignature.time * 1000).toISOString() : null;
  } catch (error) {
    if (error instanceof NoteError) return null;
    throw error;
  }
}
