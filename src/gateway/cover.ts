import { randomUUID } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import { daysBetween } from '../record/day.ts';
import type { NewCover } from '../record/governance.ts';
import { type Errand, refusedAs } from './errand.ts';
import { readIdempotencyKey, readText } from './input.ts';

interface RecordCoverInput {
  readonly practitioner: string;
  readonly coveredBy: string;
  readonly reason: string;
  readonly from: string;
  readonly until: string;
  readonly idempotencyKey: string;
}

const LONGEST_COVER_DAYS = 31;
/** What an id can look like in an access token. */
const ACCOUNT = /^\P{C}{1,100}$/u;

/**
 * Records that one practitioner covers for another, by somebody who manages a team that both are in. Nobody opens a
 * record to themselves this way (SHARE-10). It is in force only once its entry in the log is durable.
 */
export async function recordCover({ engine, request, root, args, afterRecorded }: Errand): Promise<object> {
  const { governance } = engine;
  const { principal, view } = request;
  const input = args['input'] as RecordCoverInput;
  const { practitioner, coveredBy, from, until } = input;
  const reason = engine.texts.seal(readText('reason', input.reason));
  const idempotencyKey = readIdempotencyKey(input.idempotencyKey);
  if (![practitioner, coveredBy].every((id) => ACCOUNT.test(id))) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      '"practitioner" and "coveredBy" need ids of practitioners, as they sign in.',
    );
  }
  if (practitioner === coveredBy) {
    throw new GatewayError('BAD_USER_INPUT', '"practitioner" and "coveredBy" must be two people.');
  }
  if (from < view.day) throw new GatewayError('BAD_USER_INPUT', '"from" must be today or later.');
  const days = daysBetween(from, until) + 1;
  if (!(days >= 1 && days <= LONGEST_COVER_DAYS)) {
    throw new GatewayError('BAD_USER_INPUT', `A cover lasts from 1 to ${LONGEST_COVER_DAYS} days, both ends included.`);
  }

  if (coveredBy === principal.practitioner) return refuse('OWN_COVER');
  // On its first day too, or it would be recorded and carry nothing.
  for (const day of new Set([view.day, from])) {
    const both = [practitioner, coveredBy];
    if (!(await governance.manages(principal.partner, principal.practitioner, both, day))) {
      return refuse('NOT_THEIR_MANAGER');
    }
  }
  const cover: NewCover = {
    id: randomUUID(),
    idempotencyKey,
    partner: principal.partner,
    practitioner,
    coveredBy,
    recordedBy: principal.practitioner,
    from,
    until,
  };
  const kept = await governance.recordCover(cover, reason);
  const isAnother = (['practitioner', 'coveredBy', 'from', 'until'] as const).some((key) => kept[key] !== cover[key]);
  if (isAnother) return refuse('IDEMPOTENCY_KEY_REUSED', 'recordCover');

  // Asked again, nothing new was written.
  const text = kept.id === cover.id ? reason : null;
  root.deed = { kind: 'cover', ok: true, code: null, reference: kept.id, text };
  afterRecorded(() => governance.activateCover(kept.id));
  return { ok: true, code: null, allowedNow: [], reference: kept.id };

  function refuse(code: string, ...allowedNow: readonly string[]): object {
    root.deed = { kind: 'cover', ok: false, code, reference: null, text: null };
    return { ...refusedAs(code, ...allowedNow), reference: null };
  }
}
