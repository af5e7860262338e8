import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import type { PlainIdentifier } from '../../record/log-people.ts';
import type { RequestChange, SubjectRequest } from '../../record/subject-requests.ts';
import { ANY_PARTNER } from '../break-glass-review.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { readIdempotencyKey, UUID } from '../input.ts';
import { referenceTo } from '../log/look.ts';
import { monthAfter } from '../report/due.ts';

const LARGEST_PAGE = 200;
/** Older ones are no request any more but a complaint. */
const OLDEST_DAYS = 366;

/**
 * Requests of people about their own information, as officers wrote them down. What the gateway knows of anybody plays no
 * part in it: a restriction neither hides one nor shows one (SHARE-04).
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function subjectRequests({ engine, request, args }: Errand): Promise<object[]> {
  const { list, first } = args as { list?: 'OPEN' | 'CLOSED' | null; first?: number | null };
  const size = first ?? 100;
  if (size < 1 || size > LARGEST_PAGE) {
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${LARGEST_PAGE}.`);
  }
  const partner = request.view.role.name === ANY_PARTNER ? null : request.principal.partner;
  const found = await engine.subjectRequests.list(partner, list ?? 'OPEN', size);
  return found.map(({ id, idempotencyKey: _, ...rest }) => ({ reference: id, ...rest }));
}

interface OpenSubjectRequestInput {
  readonly identifier: PlainIdentifier;
  readonly kind: SubjectRequest['kind'];
  readonly receivedOn: Day;
  readonly idempotencyKey: string;
}

/**
 * Notes a request. The number is checked for its form alone, and kept as a keyed name: nobody is looked up, so that
 * nothing can be told of whom it names.
 * @throws GatewayError BAD_USER_INPUT, BAD_IDENTIFIER, STORE_UNAVAILABLE
 */
export async function openSubjectRequest({ engine, request, root, args, afterRecorded }: Errand): Promise<object> {
  const { principal, view, pseudonyms } = request;
  const { partner, practitioner } = principal;
  const { identifier, kind, receivedOn, idempotencyKey } = args['input'] as OpenSubjectRequestInput;
  const key = readIdempotencyKey(idempotencyKey);
  if (receivedOn > view.day || receivedOn < addDays(view.day, -OLDEST_DAYS)) {
    throw new GatewayError('BAD_USER_INPUT', '"receivedOn" needs today or a day of the last year.');
  }
  referenceTo(identifier, engine, { partner, practitioner, isLead: view.role.name === ANY_PARTNER });
  const { type, value } = identifier;
  const asked: SubjectRequest = {
    id: randomUUID(),
    idempotencyKey: key,
    partner,
    kind,
    subject: pseudonyms.ofIdentifier(type, value).ref,
    receivedOn,
    dueOn: monthAfter(receivedOn),
    extended: null,
    openedBy: practitioner,
    outcome: null,
    closedBy: null,
    closedOn: null,
    version: 0,
  };
  const kept = await engine.subjectRequests.open(asked);
  // The name is another one once there is a new key: the same number is then known by any of its names.
  const isSame =
    pseudonyms.everyOfIdentifier(type, value).some(({ ref }) => ref === kept.subject) &&
    kept.kind === kind &&
    kept.receivedOn === receivedOn;
  const code = isSame ? null : 'IDEMPOTENCY_KEY_REUSED';
  note(root, { ok: isSame, code, reference: kept.id, outcome: `OPENED_${kind}` });
  if (code !== null) return refusedWith(code, 'openSubjectRequest');
  afterRecorded(() => engine.subjectRequests.activate(kept.id));
  return { ok: true, code, allowedNow: ['subjectRequests'], ...toldOf(kept, Math.max(kept.version, 1)) };
}

/** @throws GatewayError STORE_UNAVAILABLE */
export async function extendSubjectRequest(errand: Errand): Promise<object> {
  const input = errand.args['input'] as { readonly reason: NonNullable<SubjectRequest['extended']> };
  return changeOne(errand, `EXTENDED_${input.reason}`, (found, today) => {
    if (found.extended !== null) return 'ALREADY_EXTENDED';
    // The person must be told of it within the month that it extends.
    if (today > found.dueOn) return 'TOO_LATE';
    return { ...found, extended: input.reason, dueOn: monthAfter(found.receivedOn, 3) };
  });
}

/** @throws GatewayError STORE_UNAVAILABLE */
export async function closeSubjectRequest(errand: Errand): Promise<object> {
  const { outcome } = errand.args['input'] as { readonly outcome: NonNullable<SubjectRequest['outcome']> };
  const closedBy = errand.request.principal.practitioner;
  return changeOne(errand, `CLOSED_${outcome}`, (found, closedOn) => ({ ...found, outcome, closedBy, closedOn }));
}

/** Of the caller's own partner: one of another, a closed one and none at all are told alike. */
async function changeOne(
  { engine, request, root, args, afterRecorded }: Errand,
  outcome: string,
  changed: (found: SubjectRequest, today: Day) => RequestChange | 'ALREADY_EXTENDED' | 'TOO_LATE',
): Promise<object> {
  const { reference, expectedVersion } = args['input'] as { reference: string; expectedVersion: number };
  const found = UUID.test(reference) ? await engine.subjectRequests.find(reference) : null;
  const isOpen = found !== null && found.partner === request.principal.partner && found.outcome === null;
  if (!isOpen) return refuse('NOT_OPEN', null);
  if (found.version !== expectedVersion) return refuse('VERSION_CONFLICT', found.id, 'subjectRequests');
  const change = changed(found, request.view.day);
  if (typeof change === 'string') return refuse(change, found.id, 'closeSubjectRequest');
  note(root, { ok: true, code: null, reference: found.id, outcome });
  afterRecorded(async () => {
    const isDone = await engine.subjectRequests.change(change, expectedVersion);
    if (!isDone) throw new Error('somebody else changed the request meanwhile');
  });
  const told = toldOf({ id: found.id, dueOn: change.dueOn }, expectedVersion + 1);
  return { ok: true, code: null, allowedNow: ['subjectRequests'], ...told };

  function refuse(code: string, of: string | null, ...allowedNow: readonly string[]): object {
    note(root, { ok: false, code, reference: of, outcome });
    return refusedWith(code, ...allowedNow);
  }
}

function toldOf({ id, dueOn }: Pick<SubjectRequest, 'id' | 'dueOn'>, version: number) {
  return { reference: id, dueOn, version };
}

function refusedWith(code: string, ...allowedNow: readonly string[]): object {
  return { ...refusedAs(code, ...allowedNow), reference: null, dueOn: null, version: null };
}

/** Of nobody: whether the log knows whom a number names would show in who can read the entry. */
function note(
  root: Errand['root'],
  what: {
    readonly ok: boolean;
    readonly code: string | null;
    readonly reference: string | null;
    readonly outcome: string;
  },
): void {
  root.deed = { kind: 'review', of: 'subject-request', person: null, ...what };
}
