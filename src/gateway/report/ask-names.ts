import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { NameRequest } from '../../record/telling.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { readIdempotencyKey, UUID } from '../input.ts';

interface AskForNamesInput {
  readonly subjects: readonly string[];
  readonly reason: string;
  readonly idempotencyKey: string;
}

const MOST_SUBJECTS = 500;

/**
 * Asks to learn whom pseudonyms of the log stand for. It opens nothing until somebody else of the partner agrees.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function askForNames({ engine, request, root, args }: Errand): Promise<object> {
  const { partner, practitioner } = request.principal;
  const { subjects, reason, idempotencyKey } = args['input'] as AskForNamesInput;
  const { reasons } = engine.policy.bundle.telling.names;
  const key = readIdempotencyKey(idempotencyKey);
  if (!reasons.has(reason)) {
    throw new GatewayError('BAD_USER_INPUT', `"reason" needs one of: ${[...reasons.keys()].join(', ')}.`);
  }
  const wanted = [...new Set(subjects)].sort();
  if (wanted.length < 1 || wanted.length > MOST_SUBJECTS || !wanted.every((each) => PSEUDONYM.test(each))) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `"subjects" needs 1 to ${MOST_SUBJECTS} pseudonyms, as the log has them: 43 letters, digits, hyphens and underscores.`,
    );
  }
  const asked: NameRequest = {
    id: randomUUID(),
    idempotencyKey: key,
    partner,
    askedBy: practitioner,
    agreedBy: null,
    subjects: wanted,
    reason,
    askedAt: request.now,
    agreedAt: null,
    until: null,
  };
  const kept = await engine.nameRequests.ask(asked);
  const isAnother = kept.reason !== reason || kept.subjects.join() !== wanted.join();
  const code = isAnother ? 'IDEMPOTENCY_KEY_REUSED' : null;
  root.deed = {
    kind: 'review',
    of: 'names',
    ok: code === null,
    code,
    reference: kept.id,
    outcome: `ASKED_${reason}`,
    person: null,
  };
  if (code !== null) return { ...refusedAs(code, 'askForNames'), reference: null };
  return { ok: true, code: null, allowedNow: ['names'], reference: kept.id };
}

/** HMAC-SHA-256, base64url. */
const PSEUDONYM = /^[A-Za-z0-9_-]{43}$/;

/**
 * Agrees to what somebody else of the same partner asked. From then on, for as long as policy says, those two may read
 * the names. A request of another partner, one that was agreed to and none at all are told alike.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export async function agreeToNames({ engine, request, root, args, afterRecorded }: Errand): Promise<object> {
  const { partner, practitioner } = request.principal;
  const { reference } = args['input'] as { readonly reference: string };
  const found = UUID.test(reference) ? await engine.nameRequests.find(reference) : null;
  if (found?.partner !== partner || found.agreedBy !== null) return refuse('NOT_OPEN', null);
  if (found.askedBy === practitioner) return refuse('OWN_REQUEST', found.id);

  const { hours } = engine.policy.bundle.telling.names;
  const until = new Date(request.now.getTime() + hours * 3_600_000);
  root.deed = {
    kind: 'review',
    of: 'names',
    ok: true,
    code: null,
    reference: found.id,
    outcome: `AGREED_${found.reason}`,
    person: null,
  };
  afterRecorded(async () => {
    const isAgreed = await engine.nameRequests.agree(found.id, { by: practitioner, at: request.now, until });
    if (!isAgreed) throw new Error('somebody else agreed meanwhile');
  });
  return { ok: true, code: null, allowedNow: ['names'], until: until.toISOString() };

  function refuse(code: string, of: string | null): object {
    root.deed = { kind: 'review', of: 'names', ok: false, code, reference: of, outcome: 'AGREED', person: null };
    return { ...refusedAs(code), until: null };
  }
}
