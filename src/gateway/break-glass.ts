import { GatewayError } from '../errors.ts';
import type { Bundle } from '../policy/bundle.ts';
import type { Decision } from '../policy/decide.ts';
import type { BreakGlassAttempt, NewWorkItem } from '../record/governance.ts';
import { endOfDay } from '../record/london.ts';
import type { Accepted } from './engine.ts';
import { type Errand, refusedAs } from './errand.ts';
import { readIdempotencyKey, readText } from './input.ts';

export interface BreakGlassInput {
  readonly identifier: { readonly type: string; readonly value: string };
  readonly reason: string;
  readonly text: string;
  readonly idempotencyKey: string;
}

/**
 * Checked before anybody is looked up.
 * @throws GatewayError BAD_USER_INPUT
 */
export function checkAttempt({ breakGlass }: Bundle, { reason, text, idempotencyKey }: BreakGlassInput): void {
  if (!breakGlass.reasons.has(reason)) {
    throw new GatewayError('BAD_USER_INPUT', `"reason" needs one of: ${[...breakGlass.reasons.keys()].join(', ')}.`);
  }
  readText('text', text);
  readIdempotencyKey(idempotencyKey);
}

/**
 * Keeps the attempt with its review, and grants it when nothing but the want of a relationship stood in the way. Whoever
 * is refused about a person, for whatever cause, is told the same (SHARE-04) after the same work. The grant is in force
 * only once its entry in the log is durable.
 */
export async function breakGlass({ engine, request, root, args, afterRecorded }: Errand): Promise<object> {
  const { bundle } = engine.policy;
  const input = args['input'] as BreakGlassInput;
  const { type, value } = input.identifier;
  const [subject] = root.subjects;
  if (!subject) throw new Error('break-glass without a subject');
  const { decision, facts } = subject;

  const isGranted = wouldOpen(decision);
  const text = engine.texts.seal(readText('text', input.text));
  const attempt: BreakGlassAttempt = {
    id: request.requestId,
    idempotencyKey: readIdempotencyKey(input.idempotencyKey),
    requestId: request.requestId,
    partner: request.principal.partner,
    practitioner: request.principal.practitioner,
    role: request.view.role.name,
    purpose: request.view.purpose.code,
    person: facts?.person ?? null,
    sent: request.pseudonyms.ofIdentifier(type, value).ref,
    reason: input.reason,
    openedAt: request.now,
    until: isGranted ? new Date(request.now.getTime() + bundle.breakGlass.minutes * 60_000) : null,
  };
  const kept = await engine.governance.openBreakGlass(attempt, text, workFrom(attempt, decision, bundle));
  // What was decided once is not decided longer by asking again, nor for anything else than was asked. By what was sent,
  // so that it tells nothing of whom it names; and a grant stays that person's if a number became another's.
  const isAnother =
    !request.pseudonyms.everyOfIdentifier(type, value).some(({ ref }) => ref === kept.sent) ||
    (['purpose', 'role'] as const).some((key) => kept[key] !== attempt[key]) ||
    (kept.until !== null && kept.person !== attempt.person);
  const code = isAnother
    ? 'IDEMPOTENCY_KEY_REUSED'
    : decision.permitted && decision.relationship
      ? 'NOT_NEEDED'
      : !isGranted || kept.until === null || facts === null
        ? 'NOTHING_TO_SHOW'
        : kept.until <= request.now
          ? 'EXPIRED'
          : null;
  root.deed = {
    kind: 'break-glass',
    ok: code === null,
    code,
    reference: kept.id,
    reason: kept.reason,
    // Asked again, nothing new was written.
    text: kept.id === attempt.id ? text : null,
    until: code === null ? kept.until : null,
  };
  if (code !== null || facts === null) {
    return { ...NOTHING, ...refusedAs(code ?? 'NOTHING_TO_SHOW', ...(ALLOWED[code ?? ''] ?? [])) };
  }
  const ids = await engine.subjects.opaqueIds(request.principal.partner, [facts.person]);
  afterRecorded(() => engine.governance.activate(kept.id));
  return {
    ok: true,
    code: null,
    allowedNow: ['person'],
    until: kept.until?.toISOString() ?? null,
    banner: bundle.breakGlass.banner,
    person: ids.get(facts.person) ?? null,
  };
}

const NOTHING = { until: null, banner: null, person: null };

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  NOT_NEEDED: ['person'],
  EXPIRED: ['breakGlass'],
  IDEMPOTENCY_KEY_REUSED: ['breakGlass'],
};

/** A grant that opens nothing is none: some holder must have marked something for emergencies. */
function wouldOpen({ permitted, breakGlass, sections }: Decision): boolean {
  return permitted && breakGlass !== null && [...sections.values()].some(({ holders }) => holders.length > 0);
}

/** Every attempt is reviewed by its own partner; the owner of a restriction that stood in the way is told. */
function workFrom(attempt: BreakGlassAttempt, { reasons }: Decision, { breakGlass }: Bundle): NewWorkItem[] {
  const { id, partner, person, openedAt, until } = attempt;
  const owners = new Set(
    reasons.flatMap(({ gate, outcome, ref }) => (gate === 'restriction' && outcome === 'refuse' && ref ? [ref] : [])),
  );
  const opened = { reference: id, openedAt };
  return [
    {
      ...opened,
      kind: 'BREAK_GLASS_REVIEW',
      partner,
      // Reviewers learn of a refused attempt no more than who made it was told.
      person: until ? person : null,
      dueAt: new Date(openedAt.getTime() + breakGlass.reviewHours * 3_600_000),
    },
    ...[...owners].map((owner) => ({
      ...opened,
      kind: 'RESTRICTION_APPROACHED' as const,
      partner: owner,
      person,
      dueAt: endOfDay(openedAt),
    })),
  ];
}

/**
 * What each holder is told of whose data was shown under break-glass: that it was, on the same day, by the request's id.
 * @param holders codes of those whose data the answer releases
 */
export function disclosedItems({ requestId, now }: Accepted, holders: Iterable<string>): NewWorkItem[] {
  return [...new Set(holders)].map((partner) => ({
    kind: 'BREAK_GLASS_DISCLOSED',
    partner,
    reference: requestId,
    person: null,
    openedAt: now,
    dueAt: endOfDay(now),
  }));
}
