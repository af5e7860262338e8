import type { Read } from '../../audit/reading.ts';
import { explain } from '../../flags/explain.ts';
import type { Access, Explanation } from '../../flags/types.ts';
import { addDays } from '../../record/day.ts';
import type { Account, HeldReason } from '../../record/held.ts';
import { londonDay } from '../../record/london.ts';
import type { Errand } from '../errand.ts';
import type { Look, Whom } from '../log/look.ts';
import { asOthersRead } from './as-told.ts';

/** A reason that ended longer before is in no sentence. */
const REACH_DAYS = 400;

/**
 * Whether each look at somebody had an open reason on its day, by the id of its entry; of every other entry, and where the
 * reader may not know of a relationship, nothing. Few statements, however many entries.
 * @param whom about whom all the entries are; null where they are about several people
 */
export async function explanationsOf(
  { engine, request }: Pick<Errand, 'engine' | 'request'>,
  look: Look,
  reads: readonly Read[],
  whom: Whom | null,
): Promise<ReadonlyMap<string, Explanation>> {
  const accesses = reads.flatMap((read) => (mayKnow(read, look) ? (accessOf(read) ?? []) : []));
  const days = accesses.map(({ day }) => day).sort();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const span = { from: addDays(first, -REACH_DAYS), until: last };
  const accounts = [...new Map(accesses.map((access) => [nameOf(access), accountOf(access)])).values()];
  const reasons =
    whom === null
      ? await engine.held.ofPractitioners(accounts, span)
      : await engine.held.ofPeople(whom.person === null ? [] : [whom.person], span);
  const held = Map.groupBy(reasons, (reason) => `${nameOf(reason)}\n${reason.person}`);
  const people = whom === null ? peopleIn(reasons, accesses) : new Map(whom.refs.map((ref) => [ref, whom.person]));
  const { flags } = engine.policy.bundle;
  return new Map(
    accesses.map((access) => {
      const theirs = held.get(`${nameOf(access)}\n${people.get(access.subject)}`) ?? [];
      const full = explain(access, theirs, flags);
      const isTheirs = look.reader.isLead || access.partner === look.reader.partner;
      return [access.id, isTheirs ? full : asOthersRead(access, full, flags)];
    }),
  );

  function peopleIn(known: readonly HeldReason[], among: readonly Access[]): ReadonlyMap<string, string> {
    const meant = new Set(among.map(({ subject }) => subject));
    const found = new Map<string, string>();
    for (const person of new Set(known.map((each) => each.person))) {
      for (const { ref } of request.pseudonyms.everyOfPerson(person)) if (meant.has(ref)) found.set(ref, person);
    }
    return found;
  }
}

/**
 * As far as the reader may know by what relationship somebody looked: whoever was shown nothing was told nothing of why,
 * and their own officer reads no more (SHARE-04).
 */
function mayKnow({ side, subject, outcome }: Read, { owned }: Look): boolean {
  if (side !== 'RECIPIENT') return true;
  return outcome !== 'nothing-to-show' || (subject !== null && owned.has(subject.ref));
}

/** What of an entry as it is read matters to an explanation. */
function accessOf({ id, at, requestId, actor, kind, subject, recipient, ...read }: Read): Access | null {
  if (subject === null || recipient !== null || requestId === null || !isLook(kind)) return null;
  if (actor === null || actor.partner === null || actor.practitioner === null) return null;
  const instant = new Date(at);
  return {
    id,
    at: instant,
    day: londonDay(instant),
    minute: 0,
    requestId,
    partner: actor.partner,
    practitioner: actor.practitioner,
    role: actor.role ?? '',
    purpose: read.purpose,
    kind,
    subject: subject.ref,
    alone: true,
    shown: kind === 'disclosure' || kind === 'explanation',
    reasons: [],
    classes: read.classes,
    withheldBy: [],
    relationship: read.relationship,
    breakGlass: read.breakGlass,
    client: null,
  };
}

function isLook(kind: string): kind is Access['kind'] {
  return ['disclosure', 'refusal', 'explanation', 'break-glass'].includes(kind);
}

function accountOf({ partner, practitioner }: Account): Account {
  return { partner, practitioner };
}

function nameOf({ partner, practitioner }: Account): string {
  return `${partner}\n${practitioner}`;
}
