import type { KnownAs, NameRequest } from '../../record/telling.ts';
import { ANY_PARTNER } from '../break-glass-review.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { UUID } from '../input.ts';
import { closedTo } from '../log/closed.ts';
import { thresholdOf } from '../log/look.ts';

/** People whose pseudonyms are computed at a time; between two lots others are answered. */
const LOT = 2_000;

/**
 * While an agreement lasts, whom pseudonyms of the log stand for: to the one who asked and the one who agreed, each by
 * the numbers that their role may learn. Somebody nobody knows and somebody of whom the reader may not know are told alike.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export async function names(errand: Errand): Promise<object> {
  const { engine, request } = errand;
  const { partner, practitioner } = request.principal;
  const reference = errand.args['reference'] as string;
  const found = UUID.test(reference) ? await engine.nameRequests.find(reference) : null;
  if (found?.partner !== partner) return refuse('NOT_OPEN', null);
  if (found.until === null) return refuse('NOT_AGREED', found, 'agreeToNames');
  if (practitioner !== found.askedBy && practitioner !== found.agreedBy) return refuse('NOT_OPEN', null);
  if (found.until <= request.now) return refuse('EXPIRED', found, 'askForNames');

  // One that breaks off half-way is an entry too.
  note(true, null, found.id, []);
  const people = await peopleBehind(errand, new Set(found.subjects));
  const known = Map.groupBy(await engine.nameRequests.identifiersOf([...people.values()]), ({ person }) => person);
  const named = found.subjects.map((subject) => {
    const identifiers = (known.get(people.get(subject) ?? '') ?? []).filter((each) => mayLearn(errand, each));
    return { subject, identifiers: identifiers.map(({ holder, type, value }) => ({ holder, type, value })) };
  });
  const learnt = named.flatMap(({ subject, identifiers }) => (identifiers.length > 0 && people.get(subject)) || []);
  note(true, null, found.id, [...new Set(learnt)]);
  return { ok: true, code: null, allowedNow: [], ...about(found), people: named };

  function refuse(code: string, of: NameRequest | null, ...allowedNow: readonly string[]): object {
    note(false, code, of?.id ?? null, []);
    return { ...refusedAs(code, ...allowedNow), ...about(of), people: [] };
  }

  function note(ok: boolean, code: string | null, of: string | null, named: readonly string[]): void {
    const found = named.length;
    errand.root.deed = { kind: 'search', ok, code, reference: of, person: null, from: null, to: null, found, named };
  }
}

/** What somebody who is to agree needs to know. */
function about(request: NameRequest | null) {
  return {
    askedBy: request?.askedBy ?? null,
    agreedBy: request?.agreedBy ?? null,
    reason: request?.reason ?? null,
    asked: request?.subjects.length ?? null,
    until: request?.until?.toISOString() ?? null,
  };
}

/** By trying everybody, because nothing keeps which pseudonym is whose. Those closed to the reader are passed over. */
async function peopleBehind(
  { engine, request }: Errand,
  subjects: ReadonlySet<string>,
): Promise<ReadonlyMap<string, string>> {
  const { principal, view, pseudonyms } = request;
  const closed = await closedTo(engine.logPeople, principal, view.day, pseudonyms);
  const found = new Map<string, string>();
  for (let last: string | null = null; ; ) {
    const people = await engine.nameRequests.peopleAfter(last, LOT);
    for (const person of people) {
      for (const { ref } of pseudonyms.everyOfPerson(person)) {
        if (subjects.has(ref) && !closed.has(ref)) found.set(ref, person);
      }
    }
    last = people.at(-1) ?? null;
    if (last === null || people.length < LOT) return found;
  }
}

/** An officer learns how their own partner knows people; the lead, how each holder does (SHARE-08). Only what is sure. */
function mayLearn({ engine, request }: Errand, { holder, type, confidence }: KnownAs): boolean {
  const isLead = request.view.role.name === ANY_PARTNER;
  return confidence >= thresholdOf(engine.policy, type) && (isLead || holder === request.principal.partner);
}
