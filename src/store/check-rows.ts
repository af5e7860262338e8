import type { Check, CheckRequest, Done, RequestAnswer } from '../record/checks.ts';
import type { Day } from '../record/facts.ts';

/**
 * A check with its requests as JSON of their rows: what PostgreSQL gives, and what it takes back. Instants and days are
 * text; columns that only the store needs are left out where it reads.
 */
export interface CheckRow {
  readonly id: string;
  readonly person: string;
  readonly partner: string;
  readonly type: Check['type'];
  readonly asked_by: string;
  readonly asked_at: string;
  readonly release: Day | null;
  readonly state: Check['state'];
  readonly decision: Kept<NonNullable<Check['decision']>> | null;
  readonly countersignature: Kept<NonNullable<Check['countersignature']>> | null;
  readonly decided_first: string | null;
  readonly high_risk: boolean | null;
  readonly child_plan: boolean | null;
  readonly held: string | null;
  readonly closed_at: string | null;
  readonly version: number;
  readonly requests: readonly RequestRow[];
}

interface RequestRow {
  readonly id: string;
  readonly responder: string;
  readonly team: string;
  readonly state: CheckRequest['state'];
  readonly requested_at: string;
  readonly content_id: string | null;
  readonly question: string;
  readonly acknowledged: Kept<Done> | null;
  readonly chased: number;
  readonly chased_at: string | null;
  readonly target_at: string;
  readonly breach_at: string;
  readonly next_at: string | null;
  readonly answer: Kept<RequestAnswer> | null;
  readonly accepted: Kept<Done> | null;
  readonly withdrawn: Kept<Done> | null;
  readonly recalled: Kept<Done> | null;
  readonly superseded_by: string | null;
  readonly version: number;
}

/** What was done, with its instant as text. */
type Kept<T extends { readonly at: Date }> = Omit<T, 'at'> & { readonly at: string };

export function toCheck(row: CheckRow): Check {
  return {
    id: row.id,
    person: row.person,
    partner: row.partner,
    type: row.type,
    askedBy: row.asked_by,
    askedAt: new Date(row.asked_at),
    release: row.release,
    state: row.state,
    decision: done(row.decision),
    countersignature: done(row.countersignature),
    decidedFirst: instant(row.decided_first),
    highRisk: row.high_risk,
    childPlan: row.child_plan,
    held: row.held,
    closedAt: instant(row.closed_at),
    version: row.version,
    requests: row.requests.map(toRequest),
  };
}

function toRequest(row: RequestRow): CheckRequest {
  return {
    id: row.id,
    responder: row.responder,
    team: row.team,
    state: row.state,
    requestedAt: new Date(row.requested_at),
    contentId: row.content_id,
    question: row.question,
    acknowledged: done(row.acknowledged),
    chased: row.chased,
    chasedAt: instant(row.chased_at),
    targetAt: new Date(row.target_at),
    breachAt: new Date(row.breach_at),
    nextAt: instant(row.next_at),
    answer: done(row.answer),
    accepted: done(row.accepted),
    withdrawn: done(row.withdrawn),
    recalled: done(row.recalled),
    supersededBy: row.superseded_by,
    version: row.version,
  };
}

/** A check as `record.save_changes` takes it, with what is drawn from it to be found by. */
export function fromCheck(before: Check | null, after: Check): object {
  const { requests, ...check } = after;
  const goesOn = check.closedAt === null && check.state !== 'HELD';
  const rows = requests.map((request, place) => ({
    ...inSnakeCase(request),
    check_id: check.id,
    place,
    waiting_at: goesOn && WAITING.has(request.state) ? request.breachAt : null,
  }));
  const next = requests.flatMap(({ nextAt }) => (goesOn && nextAt ? [nextAt.getTime()] : []));
  return {
    ...inSnakeCase(check),
    before: before?.version ?? null,
    look_at: next.length > 0 ? new Date(Math.min(...next)) : null,
    requests: rows,
  };
}

/** Of requests that may yet be answered by whom they went to. */
const WAITING: ReadonlySet<CheckRequest['state']> = new Set(['REQUESTED', 'ACKNOWLEDGED', 'CHASED']);

/** The columns are named as the port names its fields. */
export function inSnakeCase(fields: object): object {
  const name = (field: string) => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [name(field), value]));
}

function done<T extends { readonly at: Date }>(kept: Kept<T> | null): T | null {
  return kept && ({ ...kept, at: new Date(kept.at) } as unknown as T);
}

function instant(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
