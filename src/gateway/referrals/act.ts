import type { SealedText } from '../../record/governance.ts';
import type { ReferralChange } from '../../record/referrals.ts';
import { deedOf, type KeptResult, type Repeatable, repeatable, resultOf } from '../checks/command.ts';
import { type Errand, refusedAs } from '../errand.ts';
import type { SentMessage } from '../scope.ts';
import { findPack } from './find.ts';
import type { Seen } from './standing.ts';
import { placePeople, tellPack } from './told.ts';

/** What something done makes of packs, and all that is kept and said with it. */
export interface Deeds {
  /** The pack as it becomes, as the caller has it. */
  readonly seen: Seen;
  readonly changes: readonly ReferralChange[];
  readonly text: SealedText | null;
  readonly messages: readonly SentMessage[];
}

interface Input {
  readonly idempotencyKey: string;
}

/**
 * Keeps what is done, once for each idempotency key. It is in force only when its entries in the log are durable.
 * @param command as it was looked up before anything was decided
 * @param closed what is told where nothing may be
 */
export async function keep(
  errand: Errand,
  input: Input,
  command: Repeatable,
  { seen, changes, text, messages }: Deeds,
  closed: Closed,
): Promise<object> {
  const { engine, request, root } = errand;
  const selection = errand.selection.get('pack');
  const [placed] = placePeople(errand, [seen], selection ?? undefined);
  const result: KeptResult = {
    role: request.view.role.name,
    purpose: request.view.purpose.code,
    reference: seen.pack.id,
    text: text && { id: text.id, commitment: text.commitment },
    messages,
  };
  const saved = await engine.referrals.save(changes, command.keep(result), request.now);
  if (saved === 'conflict')
    return refused(errand, 'VERSION_CONFLICT', { reference: seen.pack.id, allowedNow: ['referralPack'] });
  // The same, sent twice at once: the other one was first.
  if (saved === 'repeated') return again(errand, await repeatable(errand, input), closed);
  root.deed = deedOf(result);
  errand.afterRecorded(() => engine.referrals.activate(request.requestId));
  const pack = placed && selection ? await tellPack(errand, placed, selection) : null;
  return { ok: true, code: null, allowedNow: [], pack };
}

/** What is told of somebody, or of a pack, that the caller may not see. */
type Closed = 'NOTHING_TO_SHOW' | 'NOT_OPEN';

/** What was done before under the key: answered from what is now, and put in force if it is not yet. */
export async function again(errand: Errand, { kept, isReused }: Repeatable, closed: Closed): Promise<object> {
  if (!kept) throw new Error('a command that was kept already is not kept');
  if (isReused) return refused(errand, 'IDEMPOTENCY_KEY_REUSED', { allowedNow: [errand.root.field.name] });
  const result = resultOf(kept);
  const seen = await findPack(errand, result.reference, kept.id);
  if (!seen) return refused(errand, closed);
  const selection = errand.selection.get('pack');
  const [placed] = placePeople(errand, [seen], selection ?? undefined);
  errand.root.deed = deedOf(result, kept.recorded);
  errand.afterRecorded(() => errand.engine.referrals.activate(kept.id));
  const pack = placed && selection ? await tellPack(errand, placed, selection) : null;
  return { ok: true, code: null, allowedNow: [], pack };
}

/** An expected refusal. Whoever has the pack is shown it as it is, to see why not. */
export async function refused(
  errand: Errand,
  code: string,
  {
    seen = null,
    reference = seen?.pack.id ?? null,
    allowedNow = [],
    messages = [],
  }: {
    readonly seen?: Seen | null;
    readonly reference?: string | null;
    readonly allowedNow?: readonly string[];
    readonly messages?: readonly SentMessage[];
  } = {},
): Promise<object> {
  const selection = errand.selection.get('pack');
  const [placed] = seen ? placePeople(errand, [seen], selection ?? undefined) : [];
  errand.root.deed = { kind: 'message', ok: false, code, reference, messages, text: null };
  const pack = placed && selection ? await tellPack(errand, placed, selection) : null;
  return { ...refusedAs(code, ...allowedNow), pack };
}
