import type { Check, CheckRequest, NewEvent } from '../record/checks.ts';
import { type EventKind, eventOf, type Moment, type Outcome, type Party, withRequest } from './act.ts';
import { refused } from './allowed.ts';
import { isWaiting, settle } from './state.ts';
import { isAutomatic, lookAfter, timelineOf } from './timeline.ts';

/** What time brings: an automatic responder is to be asked (again), or a request is chased, late, given up. */
export type Step = 'ASK' | 'CHASE' | 'LATE' | 'EXPIRE';

export interface Due {
  readonly request: CheckRequest;
  readonly steps: readonly Step[];
}

/** What is due now: of each request whose `nextAt` has come. Of several chases that were missed, one. */
export function dueOf(check: Check, { at, practice }: Pick<Moment, 'at' | 'practice'>): Due[] {
  return check.requests.filter(isWaiting).flatMap((request) => {
    const { nextAt } = request;
    if (nextAt === null || nextAt > at) return [];
    const { chases, breach, expiry } = timelineOf(request, practice);
    if (expiry <= at) return { request, steps: ['EXPIRE'] };
    const came = (instant: Date) => nextAt <= instant && instant <= at;
    const steps: readonly (readonly [Step, boolean])[] = [
      ['ASK', isAutomatic(request, practice)],
      ['CHASE', chases.some(came)],
      ['LATE', came(breach)],
    ];
    return { request, steps: steps.filter(([, isDue]) => isDue).map(([step]) => step) };
  });
}

/**
 * Does what `dueOf` says: chases, says that it is late, gives up, and says when to look next. What an automatic responder
 * answered is for `answer`, before this.
 * @param askAgainAt when an automatic responder that gave no answer is asked again; after now
 */
export function sweep(
  check: Check,
  { askAgainAt }: { readonly askAgainAt: Date },
  party: Party,
  moment: Moment,
): Outcome {
  if (party.as !== 'SYSTEM') return refused('NOT_OPEN', check, null, party);
  const due = dueOf(check, moment);
  if (due.length === 0) return { ok: true, after: check, events: [] };
  const { at, practice } = moment;
  const looked = due.reduce((changed, { request: { id }, steps }) => {
    const chased = steps.includes('CHASE') ? withRequest(changed, id, chaseOf(changed, id, at)) : changed;
    return steps.includes('EXPIRE') ? withRequest(chased, id, { state: 'EXPIRED' }) : chased;
  }, check);
  const ids = new Set(due.map(({ request: { id } }) => id));
  const requests = looked.requests.map((request) =>
    ids.has(request.id) && isWaiting(request)
      ? { ...request, nextAt: lookAfter(request, at, practice, askAgainAt) }
      : request,
  );
  return {
    ok: true,
    after: settle({ ...looked, requests }, at),
    events: due.flatMap((each) => told(check, each, moment)),
  };
}

/** After two records of a person became one, or one became two, a person must decide whom an open check is about. */
export function hold(check: Check, why: 'PERSON_MERGED' | 'PERSON_SPLIT', party: Party, { at }: Moment): Outcome {
  if (party.as !== 'SYSTEM') return refused('NOT_OPEN', check, null, party);
  if (check.closedAt !== null || check.held !== null) return refused('NOT_NOW', check, null, party);
  return { ok: true, after: settle({ ...check, held: why }, at), events: [] };
}

function chaseOf(check: Check, id: string, at: Date): Partial<CheckRequest> {
  const chased = check.requests.find((request) => request.id === id)?.chased ?? 0;
  return { state: 'CHASED', chased: chased + 1, chasedAt: at };
}

/** Both sides are told. */
function told(check: Check, { request, steps }: Due, moment: Moment): NewEvent[] {
  const kinds: EventKind[] = [];
  if (steps.includes('CHASE')) kinds.push('CHECK_CHASED');
  if (steps.includes('LATE') || steps.includes('EXPIRE')) kinds.push('CHECK_OVERDUE');
  return kinds.flatMap((kind) =>
    [check.partner, request.responder].map((partner) => eventOf(kind, check, partner, moment)),
  );
}
