import { randomUUID } from 'node:crypto';
import type { Moment, Outcome } from '../../checks/act.ts';
import type { SealedText } from '../../record/governance.ts';
import { type Errand, refusedAs } from '../errand.ts';
import type { SentMessage } from '../scope.ts';
import { deedOf, type KeptResult, type Repeatable, repeatable, resultOf } from './command.ts';
import { allowedTo } from './contents.ts';
import { findCheck, NOT_OPEN_HOLD_MILLISECONDS } from './find.ts';
import type { Seen } from './standing.ts';
import { addPlace, placePeople, tellChecks } from './told.ts';

/** A check with the caller who is a party to it. */
export type Own = Seen & { readonly party: NonNullable<Seen['party']> };

/** What an action makes of a check, and all that is kept and said with it. */
export interface Step {
  readonly outcome: Outcome;
  /** Set where it must not be done whatever the outcome: why. */
  readonly refusal?: 'NOT_THEIR_MANAGER' | 'NOT_SHARED';
  /** The caller's own words. */
  readonly text?: SealedText;
  /** What is kept encrypted of an answer. */
  readonly content?: SealedText;
  readonly messages?: readonly SentMessage[];
}

interface ActInput {
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

/**
 * Does something to one check, once for each idempotency key. It is kept first, and in force only when its entries in the
 * log are durable. A check that is not the caller's, one that cannot be seen and none at all are told alike (SHARE-04).
 * @param input the mutation's, whole
 */
export async function actOn(
  errand: Errand,
  of: { readonly check: string } | { readonly request: string },
  input: ActInput,
  step: (own: Own, moment: Moment) => Step | Promise<Step>,
): Promise<object> {
  const { engine, request, root } = errand;
  const command = await repeatable(errand, input);
  if (command.kept) return again(errand, command);

  const seen = await findCheck(errand, of);
  if (!seen?.party) {
    if (seen) addPlace(root, seen.subject, null);
    return notOpen(errand);
  }
  const own: Own = { ...seen, party: seen.party };
  const { checks } = engine;
  const { outcome, refusal, text, content, messages = [] } = await step(own, momentOf(errand));
  if (refusal) return refused(errand, refusal, own, [], messages);
  if (!outcome.ok) return refused(errand, outcome.code, own, outcome.allowedNow);

  const selection = errand.selection.get('check') ?? undefined;
  const places = placePeople(errand, [seen], selection);
  const { after, events } = outcome;
  const changes =
    after === seen.check
      ? []
      : [{ before: seen.check, after, contents: content ? [content] : [], texts: text ? [text] : [], events }];
  const result: KeptResult = {
    role: request.view.role.name,
    purpose: request.view.purpose.code,
    reference: after.id,
    text: text ? { id: text.id, commitment: text.commitment } : null,
    messages,
  };
  const saved = await checks.save(changes, command.keep(result), request.now);
  if (saved === 'conflict') return refusedWith(errand, 'VERSION_CONFLICT', after.id, ['check']);
  // The same, sent twice at once: the other one was first.
  if (saved === 'repeated') return again(errand, await repeatable(errand, input));

  root.deed = deedOf(result);
  errand.afterRecorded(() => checks.activate(request.requestId));
  const [check = null] = selection ? await tellChecks(errand, [{ ...seen, check: after }], places, selection) : [];
  return { ok: true, code: null, allowedNow: [], check };
}

export function momentOf({ engine, request }: Errand): Moment {
  return { at: request.now, practice: engine.policy.bundle, newId: randomUUID };
}

/** What was done before under the key: answered from what is now, and put in force if it is not yet. */
async function again(errand: Errand, { kept, isReused }: Repeatable): Promise<object> {
  if (!kept) throw new Error('a command that was kept already is not kept');
  if (isReused) return refusedWith(errand, 'IDEMPOTENCY_KEY_REUSED', null, [errand.root.field.name]);
  const result = resultOf(kept);
  const seen = await findCheck(errand, { check: result.reference, command: kept.id });
  if (!seen?.party) {
    if (seen) addPlace(errand.root, seen.subject, null);
    return notOpen(errand);
  }
  const selection = errand.selection.get('check') ?? undefined;
  const places = placePeople(errand, [seen], selection);
  errand.root.deed = deedOf(result, kept.recorded);
  errand.afterRecorded(() => errand.engine.checks.activate(kept.id));
  const [check = null] = selection ? await tellChecks(errand, [seen], places, selection) : [];
  return { ok: true, code: null, allowedNow: [], check };
}

function notOpen(errand: Errand): object {
  errand.hold(NOT_OPEN_HOLD_MILLISECONDS);
  return refusedWith(errand, 'NOT_OPEN', null, []);
}

/** A party to it is shown it as it is, to see why not. */
async function refused(
  errand: Errand,
  code: string,
  own: Own,
  allowedNow: readonly string[],
  messages: readonly SentMessage[] = [],
): Promise<object> {
  const selection = errand.selection.get('check') ?? undefined;
  const places = placePeople(errand, [own], selection);
  const answer = refusedWith(errand, code, own.check.id, allowedTo(errand, own, allowedNow), messages);
  const [check = null] = selection ? await tellChecks(errand, [own], places, selection) : [];
  return { ...answer, check };
}

function refusedWith(
  { root }: Errand,
  code: string,
  reference: string | null,
  allowedNow: readonly string[],
  messages: readonly SentMessage[] = [],
): object {
  root.deed = { kind: 'message', ok: false, code, reference, messages, text: null };
  return { ...refusedAs(code, ...allowedNow), check: null };
}
