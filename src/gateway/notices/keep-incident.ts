import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { Incident } from '../../record/notices.ts';
import { ANY_PARTNER, isOwnLine } from '../break-glass-review.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { spanOf } from '../log/look.ts';

interface KeepIncidentInput {
  readonly practitioner: string;
  readonly partner?: string | null;
  readonly from: string;
  readonly to: string;
  readonly awareAt: string;
  readonly expectedVersion: number;
}

/**
 * Keeps when it became known that an account was misused. An officer does so for their own partner's accounts, never for
 * their own or one of their own line; the lead for any.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function keepIncident({ engine, request, root, args, afterRecorded }: Errand): Promise<object> {
  const { principal, view, now } = request;
  const input = args['input'] as KeepIncidentInput;
  const { practitioner, expectedVersion } = input;
  const partner = input.partner ?? principal.partner;
  const span = spanOf(input);
  const awareAt = readPast('awareAt', input.awareAt, now);
  if (awareAt < span.from) {
    throw new GatewayError('BAD_USER_INPUT', '"awareAt" must not be before "from": nothing had happened yet.');
  }
  if (!engine.policy.bundle.partners.has(partner) || !ACCOUNT.test(practitioner)) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      '"practitioner" and "partner" need the id of a practitioner of a partner.',
    );
  }
  if (partner !== principal.partner && view.role.name !== ANY_PARTNER) return refuse('OTHERS_STAFF');
  if (await isOwnLine(engine, request, { partner, practitioner, openedAt: span.from })) return refuse('OWN_LINE');
  const kept = await engine.notices.find({ partner, practitioner, ...span });
  const keptBy = principal.practitioner;
  const isAgain =
    kept?.version === expectedVersion + 1 && kept.keptBy === keptBy && kept.awareAt.getTime() === awareAt.getTime();
  if (isAgain) return done(kept.id);
  if ((kept?.version ?? 0) !== expectedVersion) return refuse('VERSION_CONFLICT', 'incidents');

  const id = kept?.id ?? randomUUID();
  const incident: Incident = {
    ...{ id, partner, practitioner, ...span, awareAt },
    ...{ keptBy, keptAt: now, version: expectedVersion + 1 },
  };
  afterRecorded(async () => {
    if (!(await engine.notices.keep(incident))) throw new Error('somebody else kept it meanwhile');
  });
  return done(id);

  function done(reference: string): object {
    root.deed = {
      kind: 'review',
      of: 'incident',
      ok: true,
      code: null,
      reference,
      outcome: 'INCIDENT_KEPT',
      person: null,
    };
    return { ok: true, code: null, allowedNow: ['incidents', 'recordNotice'], reference };
  }

  function refuse(code: string, ...allowedNow: readonly string[]): object {
    root.deed = {
      kind: 'review',
      of: 'incident',
      ok: false,
      code,
      reference: null,
      outcome: 'INCIDENT_KEPT',
      person: null,
    };
    return { ...refusedAs(code, ...allowedNow), reference: null };
  }
}

/** What an id can look like in an access token. */
const ACCOUNT = /^\P{C}{1,100}$/u;

/** @throws GatewayError BAD_USER_INPUT for what is yet to come */
export function readPast(field: string, text: string, now: Date): Date {
  const instant = new Date(text);
  if (instant <= now) return instant;
  throw new GatewayError('BAD_USER_INPUT', `"${field}" must not be in the future.`);
}
