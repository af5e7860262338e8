import type { Check, CheckRequest, CheckState } from '../record/checks.ts';
import type { Day } from '../record/facts.ts';
import { londonDay } from '../record/london.ts';

/** It counts: nobody took it back, and no other took its place. */
export function isLive({ withdrawn, supersededBy }: CheckRequest): boolean {
  return withdrawn === null && supersededBy === null;
}

/** It was asked, and the responder has yet to say something. */
export function isWaiting({ state }: CheckRequest): boolean {
  return state === 'REQUESTED' || state === 'ACKNOWLEDGED' || state === 'CHASED';
}

/**
 * A holder found nobody, could not answer, did not, could not be asked, or was let off by the one who asked: a manager may
 * accept it, and nothing else makes it count.
 */
export function isIncomplete(request: CheckRequest): boolean {
  const { state, answer, accepted, supersededBy } = request;
  if (accepted !== null || supersededBy !== null) return false;
  if (state === 'WITHDRAWN') return true;
  if (!isLive(request)) return false;
  if (state === 'EXPIRED' || state === 'NOT_ASKED') return answer === null;
  return state === 'RETURNED' && (answer?.outcome === 'NO_TRACE' || answer?.outcome === 'UNABLE');
}

/** Everything that still counts came back, or was accepted as it is. */
export function isBack(check: Check): boolean {
  const live = check.requests.filter(isLive);
  return live.length > 0 && live.every(({ state, accepted }) => state === 'RETURNED' || accepted !== null);
}

/**
 * Whether a manager must countersign: at high risk, where information came back or a child has a plan.
 * Null where it cannot be told yet.
 */
export function needsCountersignature(check: Check): boolean | null {
  const informed = check.requests.some((request) => isLive(request) && request.answer?.outcome === 'INFORMATION');
  return check.highRisk === null ? null : check.highRisk && (informed || check.childPlan === true);
}

/**
 * Whether nothing remains to be done: everything asked came back and counts on the day of release, what is no answer was
 * accepted, somebody decided, and a manager countersigned where that is needed.
 */
export function isDone(check: Check): boolean {
  return (
    isBack(check) &&
    !check.requests.some((request) => isIncomplete(request) || (isLive(request) && isTooOld(request, check.release))) &&
    check.decision !== null &&
    (needsCountersignature(check) === false || check.countersignature?.agrees === true)
  );
}

/**
 * Whether those who neither asked nor answer are told that it is open: until the end of the day (Europe/London) on which
 * somebody first decided, whatever came back, whatever a manager must still do.
 */
export function openForOthers(check: Check, now: Date): boolean {
  const over = check.decidedFirst ?? (check.state === 'WITHDRAWN' ? check.closedAt : null);
  return over === null || londonDay(now) <= londonDay(over);
}

/** Whether it is done, and each of its answers still counts on that day of release. */
export function countsOn(check: Check, release: Day): boolean {
  return check.state === 'DONE' && !check.requests.some((request) => isLive(request) && isTooOld(request, release));
}

export function isTooOld({ state, answer }: CheckRequest, release: Day | null): boolean {
  return state === 'RETURNED' && answer !== null && release !== null && answer.validUntil < release;
}

export function isLate(request: CheckRequest, now: Date): boolean {
  return isWaiting(request) && request.breachAt <= now;
}

/** The check after a change: its state follows from what it holds, its version grows, and what is over waits for nothing. */
export function settle(changed: Check, at: Date): Check {
  const state = stateOf(changed);
  const closed = state === 'DONE' || state === 'WITHDRAWN';
  const rests = closed || state === 'HELD';
  return {
    ...changed,
    state,
    closedAt: closed ? (changed.closedAt ?? at) : null,
    version: changed.version + 1,
    requests: changed.requests.map((request) =>
      request.nextAt !== null && (rests || !isWaiting(request)) ? { ...request, nextAt: null } : request,
    ),
  };
}

function stateOf(check: Check): CheckState {
  if (!check.requests.some(isLive)) return 'WITHDRAWN';
  if (check.held !== null) return 'HELD';
  if (!isBack(check)) return 'ASKED';
  if (check.decision === null) return 'RETURNED';
  return isDone(check) ? 'DONE' : 'CONSIDERED';
}

/** Something is asked anew: what was decided was decided on less. */
export function undecided(check: Check): Check {
  return { ...check, decision: null, countersignature: null, decidedFirst: null, highRisk: null, childPlan: null };
}
