import { isLate, isWaiting, openForOthers } from '../../checks/state.ts';
import { type CheckCursor, type CheckPage, type CheckRequest, type CheckType, NEVER_DUE } from '../../record/checks.ts';
import { caseload } from '../caseload.ts';
import type { Errand } from '../errand.ts';
import { subjectsOf } from '../subjects-of.ts';
import { isRestricted, type Seen, seenBy, typeAnswered, typesAsked } from './standing.ts';

/** `CheckList` */
export type List = 'MINE' | 'AWAITING_MY_ANSWER' | 'OVERDUE' | 'OF_PERSON';

/** A check in a list, and its place there. */
type Row = Seen & { readonly dueAt: Date };

export interface Page {
  /** One more than was asked for, where there are more. */
  readonly rows: readonly Row[];
  readonly total: number | null;
}

/** Which of a list, and from where on. */
export interface From {
  readonly type: CheckType | null;
  readonly after: CheckCursor | null;
  readonly limit: number;
}

/** People about whom a desk is asked who may be closed to it. More is a fault of the lists. */
const MOST_GUARDED = 10_000;

/** A page of a list that is about nobody in particular. */
export async function pageOf(errand: Errand, list: List, from: From): Promise<Page> {
  const { engine, request } = errand;
  const { partner, practitioner } = request.principal;
  const lateAt = list === 'OVERDUE' ? request.now : null;
  const asks = typesAsked(errand).filter((type) => type === (from.type ?? type));
  const answered = typeAnswered(errand);
  if (asks.length > 0 && list !== 'AWAITING_MY_ANSWER') {
    // A purpose that is of one type of check shows no other.
    const type = asks.length === 1 ? (asks[0] ?? null) : null;
    return listed(
      errand,
      await engine.checks.asked({ ...from, type, partner, lateAt, people: await caseload(errand) }),
    );
  }
  if (list === 'MINE') {
    return cut(
      errand,
      await seenBy(errand, await engine.checks.ofPeople(await caseload(errand), CLOSED_TOO)),
      list,
      from,
    );
  }
  if (answered && answered.type === (from.type ?? answered.type)) {
    const desk = { partner, practitioner, day: request.view.day };
    const except = await closedTo(errand, await engine.checks.guarded(desk, MOST_GUARDED + 1));
    return listed(errand, await engine.checks.awaiting({ ...from, type: null, lateAt, desk, except }));
  }
  // What waits, and what is late, is for those who ask and who answer.
  return { rows: [], total: countFor(errand, 0) };
}

const CLOSED_TOO = { closed: true };

/** SHARE-06: of people about whom something is kept that may close them, those who are closed to the caller. */
async function closedTo(errand: Errand, guarded: readonly string[]): Promise<string[]> {
  if (guarded.length > MOST_GUARDED) throw new Error(`a desk with more than ${MOST_GUARDED} guarded people`);
  const subjects = await subjectsOf(errand, guarded);
  return guarded.filter((_, index) => {
    const facts = subjects[index]?.facts;
    return !facts || isRestricted(errand, facts);
  });
}

/** A page as the store gives it, to those who are a party to every check in it. */
async function listed(errand: Errand, { checks, total }: CheckPage): Promise<Page> {
  const due = new Map(checks.map(({ id, dueAt }) => [id, dueAt]));
  const seen = await seenBy(errand, checks);
  const rows = seen.filter(({ party }) => party !== null);
  return { rows: rows.map((row) => ({ ...row, dueAt: due.get(row.check.id) ?? NEVER_DUE })), total };
}

/** A page of what was read whole. */
export function cut(errand: Errand, seen: readonly Seen[], list: List, { type, after, limit }: From): Page {
  const { now } = errand.request;
  const rows = seen
    .filter((each) => each.check.type === (type ?? each.check.type) && belongs(each, list, now))
    .map((each) => ({ ...each, dueAt: dueAt(each) }))
    .sort(byPlace);
  const rest = after ? rows.filter((row) => byPlace(row, { dueAt: after.dueAt, check: after }) > 0) : rows;
  return { rows: rest.slice(0, limit), total: countFor(errand, rows.length) };
}

/** Null to those who may know only open or closed. */
function countFor(errand: Errand, count: number): number | null {
  return typeAnswered(errand) || typesAsked(errand).length > 0 ? count : null;
}

function belongs(seen: Seen, list: List, now: Date): boolean {
  const { check, party } = seen;
  const isAsker = party !== null && party.as !== 'RESPONDER';
  switch (list) {
    case 'OF_PERSON':
      return true;
    case 'MINE':
      return isAsker ? check.closedAt === null : openForOthers(check, now);
    case 'AWAITING_MY_ANSWER':
      return !isAsker && waiting(seen).length > 0;
    case 'OVERDUE':
      return waiting(seen).some((request) => isLate(request, now));
  }
}

/** Requests that the caller waits for, or that wait for the caller. */
function waiting({ check, party }: Seen): readonly CheckRequest[] {
  if (party === null || check.state === 'HELD') return [];
  return check.requests.filter(
    (request) => isWaiting(request) && (party.as !== 'RESPONDER' || party.requests.has(request.id)),
  );
}

/** To those who are no party, the order tells nothing. */
function dueAt(seen: Seen): Date {
  const soonest = Math.min(...waiting(seen).map(({ breachAt }) => breachAt.getTime()));
  return Number.isFinite(soonest) ? new Date(soonest) : NEVER_DUE;
}

interface Placed {
  readonly dueAt: Date;
  readonly check: { readonly id: string };
}

function byPlace(one: Placed, other: Placed): number {
  return (
    one.dueAt.getTime() - other.dueAt.getTime() ||
    (one.check.id < other.check.id ? -1 : Number(one.check.id > other.check.id))
  );
}
