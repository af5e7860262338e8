import type { Check, CheckRequest, CheckType, NewEvent } from '../record/checks.ts';
import { addDays } from '../record/day.ts';
import type { Day } from '../record/facts.ts';
import { londonDay } from '../record/london.ts';
import { eventOf, type Moment, type Outcome, type Party, withRequest } from './act.ts';
import { refusalOnCheck, refused } from './allowed.ts';
import { isLive, isTooOld, isWaiting, settle, undecided } from './state.ts';
import { clocksFrom } from './timeline.ts';

/** What one responder is to be asked. */
export interface Ask {
  /** The code of a partner that the policy has among its responders. */
  readonly responder: string;
  /** The keyed hash of `questionIdentity`. */
  readonly question: string;
  /**
   * Under which what it tells is kept. Not used where the same is asked already. Null where the responder may not be told:
   * it is not asked then, and the check is not done before a manager accepted that.
   */
  readonly contentId: string | null;
}

export interface NewCheck {
  readonly person: string;
  /** The partner that asks. */
  readonly partner: string;
  readonly type: CheckType;
  readonly release: Day | null;
  readonly asks: readonly Ask[];
}

/** A new check. Refused with `NO_RESPONDER` where nobody is to be asked, or somebody who answers no checks. */
export function askCheck(input: NewCheck, party: Party, moment: Moment): Outcome {
  const empty: Check = {
    id: moment.newId(),
    person: input.person,
    partner: input.partner,
    type: input.type,
    askedBy: party.by,
    askedAt: moment.at,
    release: input.release,
    state: 'ASKED',
    decision: null,
    countersignature: null,
    decidedFirst: null,
    highRisk: null,
    childPlan: null,
    held: null,
    closedAt: null,
    version: 0,
    requests: [],
  };
  return input.asks.length === 0
    ? refused('NO_RESPONDER', empty, null, party)
    : extendCheck(empty, input, party, moment);
}

/**
 * The check asked again, with all that is to be asked now. A responder that is asked the very same is left alone, unless
 * it gave no answer in time or may be told now (and no manager accepted that it is without an answer), or its answer is too
 * old for the release; another question takes the place of the one it had; and responders that are not in `asks` stay as
 * they are.
 */
export function extendCheck(
  check: Check,
  { release, asks }: Pick<NewCheck, 'release' | 'asks'>,
  party: Party,
  moment: Moment,
): Outcome {
  const refusal = refusalOnCheck('requestChecks', check, null, party);
  if (refusal !== null) return refusal;
  const unknown = asks.some(({ responder }) => !moment.practice.checks.responders.has(responder));
  if (unknown) return refused('NO_RESPONDER', check, null, party);
  let after: Check = { ...check, release };
  for (const ask of asks) {
    const stands = after.requests.find((request) => request.responder === ask.responder && isLive(request));
    const isSame = stands?.question === ask.question && !isTooOld(stands, release);
    const isAgain = stands?.state === 'EXPIRED' || (stands?.state === 'NOT_ASKED' && ask.contentId !== null);
    const isLeft = isSame && (!isAgain || stands?.accepted !== null);
    // One that was taken back is asked again by this one, and nobody need accept any more that it was not answered.
    const takenBack = after.requests.find(
      ({ responder, state, supersededBy }) =>
        responder === ask.responder && state === 'WITHDRAWN' && supersededBy === null,
    );
    if (!isLeft) after = asked(after, stands ?? takenBack ?? null, ask, party, moment);
  }
  return outcome(check, after, moment);
}

/**
 * Requests of an open check to ask once more: nobody could be told, no answer came in time, or it is too old for the release
 * and one of today would not be. What a manager accepted stays as it is.
 */
export function toAskAgain(
  check: Check,
  release: Day | null,
  { at, practice }: Pick<Moment, 'at' | 'practice'>,
): readonly CheckRequest[] {
  if (check.closedAt !== null || check.held !== null) return [];
  const validityDays = practice.checks.types.get(check.type)?.validityDays ?? 0;
  const wouldCount = release === null || addDays(londonDay(at), validityDays) >= release;
  return check.requests.filter((request) => {
    if (!isLive(request)) return false;
    if (request.state === 'RETURNED') return isTooOld(request, release) && wouldCount;
    return !isWaiting(request) && request.accepted === null;
  });
}

/**
 * The day of release moved. Only what was answered and will be too old on the new day is asked again; what was decided
 * falls with it. A held check is not moved: whose release it is must be decided first.
 * @param closed responders that may not be told what they would be asked
 */
export function moveRelease(
  check: Check,
  release: Day | null,
  party: Party,
  moment: Moment,
  closed: ReadonlySet<string> = new Set(),
): Outcome {
  if (party.as === 'RESPONDER') return refused('NOT_OPEN', check, null, party);
  if (check.state === 'WITHDRAWN' || check.state === 'HELD') return refused('NOT_NOW', check, null, party);
  let after: Check = { ...check, release };
  for (const request of check.requests.filter((each) => isLive(each) && isTooOld(each, release))) {
    const { responder, question, contentId } = request;
    const canAsk = contentId !== null && moment.practice.checks.responders.has(responder);
    const ask = { responder, question, contentId: closed.has(responder) ? null : contentId };
    after = canAsk
      ? asked(after, request, ask, party, moment)
      : undecided(withRequest(after, request.id, { state: 'EXPIRED', accepted: null }));
  }
  return outcome(check, after, moment);
}

/** A fresh request; it takes the place of the one that stands. */
function asked(check: Check, stands: CheckRequest | null, ask: Ask, party: Party, moment: Moment): Check {
  const { at, practice, newId } = moment;
  const responder = practice.checks.responders.get(ask.responder);
  if (responder === undefined) throw new Error('A responder without a line in the policy was to be asked.');
  const fresh: CheckRequest = {
    id: newId(),
    responder: ask.responder,
    team: responder.team,
    ...clocksFrom(at, responder, practice),
    ...(ask.contentId === null ? { state: 'NOT_ASKED', nextAt: null } : { state: 'REQUESTED' }),
    contentId: ask.contentId,
    question: ask.question,
    acknowledged: null,
    chased: 0,
    chasedAt: null,
    answer: null,
    accepted: null,
    withdrawn: null,
    recalled: null,
    supersededBy: null,
    version: 1,
  };
  const before =
    stands === null
      ? check
      : withRequest(check, stands.id, { ...replaced(stands, ask, party, at), supersededBy: fresh.id });
  return undecided({ ...before, requests: [...before.requests, fresh] });
}

/**
 * The same question again: its answer is too old, or never came. Another one: it is no longer what is asked; where that
 * cannot be told, the responder learns of it as of any that is taken back.
 */
function replaced({ question, state }: CheckRequest, ask: Ask, { by }: Party, at: Date): Partial<CheckRequest> {
  if (state === 'NOT_ASKED' || state === 'WITHDRAWN') return {};
  if (question === ask.question || state === 'EXPIRED') return { state: 'EXPIRED' };
  return ask.contentId === null ? { state: 'WITHDRAWN', withdrawn: { by, at, textId: null } } : { state: 'SUPERSEDED' };
}

function outcome(before: Check, changed: Check, moment: Moment): Outcome {
  const fresh = changed.requests.slice(before.requests.length);
  const isSame = before.release === changed.release && changed.requests === before.requests;
  if (isSame) return { ok: true, after: before, events: [] };
  const events = fresh.flatMap(({ id, state, responder }): NewEvent[] => {
    if (state !== 'NOT_ASKED') return [eventOf('CHECK_ASKED', changed, responder, moment)];
    const waited = changed.requests.some((each) => each.supersededBy === id && wasWaiting(before, each.id));
    return waited ? [eventOf('CHECK_WITHDRAWN', changed, responder, moment)] : [];
  });
  return { ok: true, after: settle(changed, moment.at), events };
}

function wasWaiting({ requests }: Check, id: string): boolean {
  return requests.some((request) => request.id === id && isWaiting(request));
}
