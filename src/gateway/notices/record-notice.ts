import { randomUUID } from 'node:crypto';
import type { Pseudonym } from '../../audit/entry.ts';
import { holderOf, type Read } from '../../audit/reading.ts';
import { GatewayError } from '../../errors.ts';
import type { Incident, Notice } from '../../record/notices.ts';
import { ANY_PARTNER, isOwnLine } from '../break-glass-review.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { readIdempotencyKey, UUID } from '../input.ts';
import { startLook } from '../log/look.ts';
import { readPast } from './keep-incident.ts';

interface RecordNoticeInput {
  readonly about: 'INCIDENT' | 'CORRECTION';
  readonly to: string;
  readonly incident?: string | null;
  readonly entries?: readonly string[] | null;
  readonly holders?: readonly string[] | null;
  readonly toldAt: string;
  readonly how: string;
  readonly idempotencyKey: string;
}

/** Whom besides a partner somebody tells of an incident. */
const OUTSIDE: readonly string[] = ['COMMISSIONER', 'PEOPLE'];
const MOST_ENTRIES = 500;
/** An entry that is closed to the caller takes no longer than none. */
const HOLD_MILLISECONDS = 50;

/**
 * Records that somebody was told. Of a mistake they are told by what they received: entries that the caller may read. One
 * that is not there, one that the caller may not read and one of another recipient are told alike.
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function recordNotice(errand: Errand): Promise<object> {
  const { engine, request, root, afterRecorded } = errand;
  const { principal, now } = request;
  const input = errand.args['input'] as RecordNoticeInput;
  const idempotencyKey = readIdempotencyKey(input.idempotencyKey);
  const toldAt = readPast('toldAt', input.toldAt, now);
  const { about, to, how } = input;
  const isIncident = about === 'INCIDENT';
  if (!engine.policy.bundle.partners.has(to) && !(isIncident && OUTSIDE.includes(to))) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      '"to" needs the code of a partner; of an incident also COMMISSIONER or PEOPLE.',
    );
  }
  const { entries, holders } = isIncident ? { entries: [], holders: [] } : correctionOf(input);
  const incident = isIncident ? await openIncident(errand, input.incident ?? '') : null;
  if (isIncident && incident === null) return refuse('NOT_OPEN', 'incidents');
  if (incident !== null && (await isOwnLine(engine, request, { ...incident, openedAt: incident.from })))
    return refuse('OWN_LINE');
  const told = isIncident ? [] : await received(errand, entries, holders, to);
  if (told === null) return refuse('NOT_OPEN', 'correction');
  if (told.some(({ isOwn }) => isOwn)) return refuse('OWN_LINE');

  const notice: Notice = {
    id: randomUUID(),
    idempotencyKey,
    partner: principal.partner,
    recordedBy: principal.practitioner,
    recordedAt: now,
    incidentId: incident?.id ?? null,
    ...{ entries, holders, toldTo: to, toldAt, how },
  };
  const kept = await engine.notices.record(notice);
  if (contentOf(kept) !== contentOf(notice)) return refuse('IDEMPOTENCY_KEY_REUSED', 'recordNotice');
  note(true, null, kept.id, told);
  afterRecorded(() => engine.notices.activate(kept.id));
  return { ok: true, code: null, allowedNow: [isIncident ? 'incidents' : 'correction'], reference: kept.id };

  function refuse(code: string, ...allowedNow: readonly string[]): object {
    note(false, code, null, []);
    return { ...refusedAs(code, ...allowedNow), reference: null };
  }

  function note(ok: boolean, code: string | null, reference: string | null, told: readonly Read[]): void {
    const [entry] = told;
    const person: Pseudonym | null = entry?.subject ?? null;
    root.deed = {
      ...{ kind: 'review', of: 'notice', ok, code, reference, outcome: `${about}_TOLD`, person },
      entry: entry?.id ?? null,
    };
  }
}

/** @throws GatewayError BAD_USER_INPUT */
function correctionOf({ entries, holders }: RecordNoticeInput) {
  const unique = (texts: readonly string[] | null | undefined) => [...new Set(texts ?? [])].sort();
  const given = { entries: unique(entries), holders: unique(holders) };
  if (given.entries.length >= 1 && given.entries.length <= MOST_ENTRIES && given.holders.length >= 1) return given;
  throw new GatewayError(
    'BAD_USER_INPUT',
    `For a correction "entries" needs 1 to ${MOST_ENTRIES} ids of entries, and "holders" codes of holders.`,
  );
}

/** Of the caller's own partner; to the lead, any. */
async function openIncident({ engine, request }: Errand, id: string): Promise<Incident | null> {
  const found = UUID.test(id) ? await engine.notices.incident(id) : null;
  const isTheirs = found?.partner === request.principal.partner || request.view.role.name === ANY_PARTNER;
  return isTheirs ? found : null;
}

/** What the partner received of the holders' by these entries; null where one of them gave it nothing of the kind. */
async function received(
  errand: Errand,
  entries: readonly string[],
  holders: readonly string[],
  to: string,
): Promise<readonly Read[] | null> {
  errand.hold(HOLD_MILLISECONDS);
  const look = await startLook(errand, null);
  const reads = await look.read(entries.every((id) => UUID.test(id)) ? await look.log.byIds(entries) : []);
  const fitting = reads.filter(
    ({ outcome, actor, recipient, released }) =>
      outcome === 'shown' &&
      (recipient ?? actor)?.partner === to &&
      released.some((field) => holders.includes(holderOf(field) ?? '')),
  );
  return fitting.length === entries.length ? fitting : null;
}

function contentOf({ incidentId, entries, holders, toldTo, toldAt, how }: Notice): string {
  return JSON.stringify([incidentId, entries, holders, toldTo, toldAt.toISOString(), how]);
}
