import type { DeclaredInterest } from '../../record/interests.ts';
import { isOwnLine } from '../break-glass-review.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { UUID } from '../input.ts';
import { closedTo } from '../log/closed.ts';
import { readSize } from './size.ts';

/**
 * What practitioners of the reader's partner declared. Each stays on the list, and names nobody where its number does not,
 * or nobody of whom the reader may know: that there is a declaration tells of its practitioner alone (SHARE-06).
 * @throws GatewayError BAD_USER_INPUT, STORE_UNAVAILABLE
 */
export async function declaredInterests(errand: Errand): Promise<object[]> {
  const { engine, request, args } = errand;
  const { principal, view, pseudonyms } = request;
  const size = readSize(args['first'], { usual: 100, largest: 500 });
  const list = (args['list'] as 'WAITING' | 'ALL' | null | undefined) ?? 'WAITING';
  const [found, closed] = await Promise.all([
    engine.interests.of(principal.partner, list, size),
    closedTo(engine.logPeople, principal, view.day, pseudonyms),
  ]);
  return Promise.all(
    found.map(async (declared) => ({
      reference: declared.id,
      practitioner: declared.practitioner,
      kind: declared.type,
      from: declared.from,
      until: declared.until,
      state: stateOf(declared),
      declaredAt: declared.declaredAt.toISOString(),
      decidedBy: declared.decidedBy,
      decidedAt: declared.decidedAt?.toISOString() ?? null,
      subject: subjectOf(declared),
      whyNot: (await isOwnMatter(errand, declared)) ? 'OWN_LINE' : null,
      version: declared.version,
    })),
  );

  function subjectOf({ person }: DeclaredInterest): string | null {
    if (person === null || pseudonyms.everyOfPerson(person).some(({ ref }) => closed.has(ref))) return null;
    return pseudonyms.ofPerson(person).ref;
  }
}

interface ConfirmInterestInput {
  readonly reference: string;
  readonly confirmed: boolean;
  readonly expectedVersion: number;
}

/**
 * The employer's word on what a practitioner declared: by an officer of the same partner, never about themselves or their
 * own line. One of another partner, one that was decided and none at all are told alike.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export async function confirmInterest(errand: Errand): Promise<object> {
  const { engine, request, root, args, afterRecorded } = errand;
  const { principal, now } = request;
  const { reference, confirmed, expectedVersion } = args['input'] as ConfirmInterestInput;
  const found = UUID.test(reference) ? await engine.interests.find(reference) : null;
  if (found?.partner !== principal.partner || found.confirmed !== null) return refuse('NOT_OPEN', null);
  if (await isOwnMatter(errand, found)) return refuse('OWN_LINE', found.id);
  if (found.version !== expectedVersion) return refuse('VERSION_CONFLICT', found.id, 'declaredInterests');

  note(true, null, found.id);
  const decided = { id: found.id, version: found.version, confirmed, by: principal.practitioner, at: now };
  afterRecorded(async () => {
    if (!(await engine.interests.decide(decided))) throw new Error('somebody else decided meanwhile');
  });
  return { ok: true, code: null, allowedNow: ['declaredInterests'] };

  function refuse(code: string, of: string | null, ...allowedNow: readonly string[]): object {
    note(false, code, of);
    return refusedAs(code, ...allowedNow);
  }

  function note(ok: boolean, code: string | null, of: string | null): void {
    const outcome = confirmed ? 'CONFIRMED' : 'REFUSED';
    // Whom it is about, the declaration's own entry says to those who may know.
    root.deed = { kind: 'review', of: 'interest', ok, code, reference: of, outcome, person: null };
  }
}

function stateOf({ confirmed }: DeclaredInterest): 'WAITING' | 'CONFIRMED' | 'REFUSED' {
  if (confirmed === null) return 'WAITING';
  return confirmed ? 'CONFIRMED' : 'REFUSED';
}

function isOwnMatter({ engine, request }: Errand, { declaredAt, ...declared }: DeclaredInterest): Promise<boolean> {
  return isOwnLine(engine, request, { ...declared, openedAt: declaredAt });
}
