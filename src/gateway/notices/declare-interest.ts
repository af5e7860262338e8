import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { Day, Interest } from '../../record/facts.ts';
import type { DeclaredInterest } from '../../record/interests.ts';
import type { SubjectReference } from '../../record/subjects.ts';
import { ANY_PARTNER } from '../break-glass-review.ts';
import type { Accepted, Engine } from '../engine.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { readIdempotencyKey } from '../input.ts';
import { referenceTo } from '../log/look.ts';

interface DeclareInterestInput {
  readonly identifier: { readonly type: string; readonly value: string };
  readonly kind: Interest['type'];
  readonly until?: Day | null;
  readonly idempotencyKey: string;
}

/** Whom the number names takes no longer to be kept than that it names nobody (SHARE-04). */
const HOLD_MILLISECONDS = 50;

/**
 * A practitioner declares a tie of their own to somebody. It closes the record to them at once, and in the log to whoever
 * reads there; their employer's officer confirms it. Whether the number names anybody, restricted or not, nothing tells.
 * @throws GatewayError BAD_IDENTIFIER decided before anybody is looked up, BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function declareInterest({ engine, request, root, args, hold, afterRecorded }: Errand): Promise<object> {
  const { principal, view, pseudonyms, now } = request;
  const { identifier, kind, until = null, idempotencyKey } = args['input'] as DeclareInterestInput;
  const { type, value } = identifier;
  const key = readIdempotencyKey(idempotencyKey);
  const reference = referenceOf(engine, request, identifier);
  if (until !== null && until < view.day) throw new GatewayError('BAD_USER_INPUT', '"until" must be today or later.');
  hold(HOLD_MILLISECONDS);

  const [facts] = await engine.subjects.read(principal, [reference], view.day);
  const sent = pseudonyms.ofIdentifier(type, value);
  const declared: DeclaredInterest = {
    id: randomUUID(),
    idempotencyKey: key,
    partner: principal.partner,
    practitioner: principal.practitioner,
    person: facts?.person ?? null,
    sent: sent.ref,
    ...{ type: kind, from: view.day, until, declaredAt: now },
    ...{ confirmed: null, decidedBy: null, decidedAt: null, version: 1 },
  };
  const kept = await engine.interests.declare(declared);
  const isAnother =
    !pseudonyms.everyOfIdentifier(type, value).some(({ ref }) => ref === kept.sent) ||
    kept.type !== kind ||
    kept.until !== until;
  const code = isAnother ? 'IDEMPOTENCY_KEY_REUSED' : null;
  root.deed = {
    ...{ kind: 'review', of: 'interest', ok: code === null, code, reference: isAnother ? null : kept.id },
    outcome: `DECLARED_${kind}`,
    // Somebody who does not exist leaves as much as somebody who does.
    person: facts?.person ?? sent,
  };
  if (code !== null) return { ...refusedAs(code, 'declareInterest'), reference: null };
  afterRecorded(() => engine.interests.activate(kept.id));
  return { ok: true, code: null, allowedNow: [], reference: kept.id };
}

/** Those who look nobody up in the record: they name people as they do in the log. */
const READERS: readonly string[] = ['ig-officer', ANY_PARTNER];

/** @throws GatewayError BAD_IDENTIFIER */
function referenceOf(
  engine: Engine,
  { principal, view }: Pick<Accepted, 'principal' | 'view'>,
  identifier: DeclareInterestInput['identifier'],
): SubjectReference {
  const { name } = view.role;
  return READERS.includes(name)
    ? referenceTo(identifier, engine, { ...principal, isLead: name === ANY_PARTNER })
    : engine.policy.identify(principal, view, identifier);
}
