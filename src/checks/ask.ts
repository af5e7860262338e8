import type { Check, CheckRequest, CheckType, NewEvent } from '../record/checks.ts';
import type { Day } from '../record/facts.ts';
import { eventOf, type Moment, type Outcome, type Party, withRequest } from './act.ts';
import { refusalOnCheck, refused } from './allowed.ts';
import { isLive, isTooOld, settle, undecided } from './state.ts';
import { clocksFrom } from './timeline.ts';

/** What one responder is to be asked. */
export interface Ask {
  /** The code of a partner that the policy has among its responders. */
  readonly responder: string;
  /** The keyed hash of `questionIdentity`. */
  readonly question: string;
  /** Under which what it tells is kept. Not used where the same is asked already. */
  readonly contentId: string;
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
 * it gave no answer in time (and no manager accepted that) or its answer is too old for the release; another question takes the place of the one it had;
 * and responders that are not in `asks` stay as they are.
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
    const gaveUp = stands?.state === 'EXPIRED' && stands.accepted === null;
    if (!isSame || gaveUp) after = asked(after, stands ?? null, ask, moment);
  }
  return outcome(check, after, moment);
}

/**
 * The day of release moved. Only what was answered and will be too old on the new day is asked again; what was decided
 * falls with it. A held check is not moved: whose release it is must be decided first.
 */
export function moveRelease(check: Check, release: Day | null, party: Party, moment: Moment): Outcome {
  if (party.as === 'RESPONDER') return refused('NOT_OPEN', check, null, party);
  if (check.state === 'WITHDRAWN' || check.state === 'HELD') return refused('NOT_NOW', check, null, party);
  let after: Check = { ...check, release };
  for (const request of check.requests.filter((each) => isLive(each) && isTooOld(each, release))) {
    const { responder, question, contentId } = request;
    const canAsk = contentId !== null && moment.practice.checks.responders.has(responder);
    after = canAsk
      ? asked(after, request, { responder, question, contentId }, moment)
      : undecided(withRequest(after, request.id, { state: 'EXPIRED', accepted: null }));
  }
  return outcome(check, after, moment);
}

/** A fresh request; it takes the place of the one that stands. */
function asked(check: Check, stands: CheckRequest | null, ask: Ask, { at, practice, newId }: Moment): Check {
  const responder = practice.checks.responders.get(ask.responder);
  if (responder === undefined) throw new Error('A responder without a line in the policy was to be asked.');
  const fresh: CheckRequest = {
    id: newId(),
    responder: ask.responder,
    team: responder.team,
    state: 'REQUESTED',
    ...clocksFrom(at, responder, practice),
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
    stands === null ? check : withRequest(check, stands.id, { ...replaced(stands, ask), supersededBy: fresh.id });
  return undecided({ ...before, requests: [...before.requests, fresh] });
}

/** The same question again: its answer is too old, or never came. Another one: it is no longer what is asked. */
function replaced({ question, state }: CheckRequest, ask: Ask): Pick<CheckRequest, 'state'> {
  return { state: question === ask.question || state === 'EXPIRED' ? 'EXPIRED' : 'SUPERSEDED' };
}

function outcome(before: Check, changed: Check, moment: Moment): Outcome {
  const fresh = changed.requests.slice(before.requests.length);
  const isSame = before.release === changed.release && changed.requests === before.requests;
  if (isSame) return { ok: true, after: before, events: [] };
  const events: NewEvent[] = fresh.map(({ responder }) => eventOf('CHECK_ASKED', changed, responder, moment));
  return { ok: true, after: settle(changed, moment.at), events };
}
