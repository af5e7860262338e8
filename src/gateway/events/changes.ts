import { GatewayError } from '../../errors.ts';
import { type Caller, decide } from '../../policy/decide.ts';
import type { SavedEvent } from '../../record/checks.ts';
import { addDays } from '../../record/day.ts';
import type { Errand } from '../errand.ts';
import type { Subject } from '../person.ts';
import { kindsInView, PARTY_DAYS, toldBy } from './kinds.ts';

const LARGEST_PAGE = 500;
/** People who are looked through, at most. */
const LARGEST_CASELOAD = 10_000;
const FIRST_DAYS = 30;
const DAY_MILLISECONDS = 86_400_000;

/**
 * What happened to the caller's people since they last asked, of the kinds that policy tells their role for the purpose.
 * Each is decided about anew: what may not be known today is not told, whenever it happened (SHARE-07).
 * @throws GatewayError BAD_USER_INPUT, or TOO_COMPLEX for more people than can be looked through
 */
export async function changes({ engine, request, root, args, place, hold }: Errand): Promise<object> {
  const { view, principal, now } = request;
  const { since, first } = args as { since?: string | null; first?: number | null };
  const limit = first ?? 100;
  if (limit < 1 || limit > LARGEST_PAGE) {
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${LARGEST_PAGE}.`);
  }
  const boundTo = ['changes', principal.partner, principal.practitioner, view.role.name, view.purpose.code];
  const last = since == null ? null : engine.cursors.read(since, boundTo);

  const kinds = new Map(kindsInView(engine.policy, view).map((kind) => [kind.policy.kind, kind]));
  const sections = [...kinds.values()].flatMap(({ watches }) => [...watches.keys()]);
  // Whether there was something to tell of a section that the caller may not know of must not show in the time it took.
  if (sections.some((section) => view.sections.get(section)?.existence === 'hidden')) hold(view.holdMilliseconds);

  const subjects = await caseload({ engine, request });
  const told = new Map<Subject, Set<string>>();
  const happened: SavedEvent[] = [];
  let sequence = BigInt(last?.date ?? 0);
  // What may not be told is passed over until the page is full: it makes none shorter, and none follow.
  for (let isMore = true; isMore && happened.length <= limit; ) {
    const page = await engine.events.after({
      sequence,
      people: [...subjects.keys()],
      kinds: [...kinds.keys()],
      partner: principal.partner,
      since: last ? new Date(0) : new Date(now.getTime() - FIRST_DAYS * DAY_MILLISECONDS),
      limit: LARGEST_PAGE,
    });
    happened.push(...page.events.filter((event) => fieldsTold(event) !== null));
    [sequence, isMore] = [page.next, page.more];
  }
  const items = happened.slice(0, limit);
  const more = happened.length > limit;
  for (const event of items) {
    const subject = subjects.get(event.person);
    if (subject) told.set(subject, new Set([...(told.get(subject) ?? []), ...(fieldsTold(event) ?? [])]));
  }

  root.subjects = [...told.keys()];
  root.nodes = root.subjects.map((subject) => {
    const node = place(subject, new Map());
    root.told.set(node, [...(told.get(subject) ?? [])]);
    return node;
  });
  const ids = await engine.subjects.opaqueIds(principal.partner, [...new Set(items.map(({ person }) => person))]);
  return {
    items: items.map(({ id, kind, at, person, reference }) => ({
      id,
      kind,
      at: at.toISOString(),
      person: ids.get(person) ?? null,
      reference,
    })),
    more,
    next: engine.cursors.write(markOf((more ? items.at(-1)?.sequence : sequence) ?? 0n, request.requestId), boundTo),
  };

  function fieldsTold(event: SavedEvent): readonly string[] | null {
    const subject = subjects.get(event.person);
    const kind = kinds.get(event.kind);
    return subject && kind ? toldBy(kind, event, view, subject.decision) : null;
  }
}

/** Never the same twice, and of one length: two that differ would tell that something happened, to whomever. */
function markOf(sequence: bigint, requestId: string) {
  return { date: `${sequence}`.padStart(SEQUENCE_DIGITS, '0'), id: requestId };
}

/** Of the greatest that there can be. */
const SEQUENCE_DIGITS = 19;

/** The caller's people, and those who were until lately, by the gateway's own key. */
async function caseload({ engine, request }: Pick<Errand, 'engine' | 'request'>): Promise<Map<string, Subject>> {
  const { principal, view, now } = request;
  const { bundle } = engine.policy;
  const types = view.purpose.relationships;
  const grace = types.map((type) => bundle.relationships.get(type)?.graceDays ?? 0);
  const span = { day: view.day, endedSince: addDays(view.day, -Math.max(PARTY_DAYS, ...grace)) };
  const people = types.length > 0 ? await engine.subjects.caseload(principal, types, span, LARGEST_CASELOAD + 1) : [];
  if (people.length > LARGEST_CASELOAD) {
    throw new GatewayError('TOO_COMPLEX', `"changes" looks through ${LARGEST_CASELOAD} people at most.`);
  }
  const caller: Caller = { practitioner: principal.practitioner, now, alone: false, asked: 0 };
  return new Map(
    people.map((facts) => {
      const subject = { reference: NAMED_BY_NOBODY, facts, decision: decide(bundle, view, caller, facts) };
      return [facts.person, subject];
    }),
  );
}

const NAMED_BY_NOBODY = { by: 'id', value: '' } as const;
