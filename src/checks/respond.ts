import type { Check } from '../record/checks.ts';
import { addDays } from '../record/day.ts';
import { londonDay } from '../record/london.ts';
import { eventOf, type Moment, type OnRequest, type Outcome, type Party, withRequest } from './act.ts';
import { refusalOnRequest, refused } from './allowed.ts';
import { answerProblems, type GivenAnswer } from './answer.ts';
import { isLive, settle, undecided } from './state.ts';
import { clocksFrom } from './timeline.ts';

/** Somebody at the responder is at work on it. */
export function acknowledge(check: Check, input: OnRequest, party: Party, { at }: Moment): Outcome {
  const refusal = refusalOnRequest('acknowledgeRequest', check, input, party);
  if (refusal !== null) return refusal;
  const acknowledged = { by: party.by, at, textId: null };
  const after = withRequest(check, input.request, { state: 'ACKNOWLEDGED', acknowledged });
  return { ok: true, after: settle(after, at), events: [] };
}

/**
 * The responder's answer, by a person or by a system of theirs. Refused with `BAD_ANSWER` where `answerProblems` has any.
 * @param input `contentId`: under which `writeAnswer` is kept; null where there is nothing to keep
 */
export function answer(
  check: Check,
  input: OnRequest & { readonly given: GivenAnswer; readonly contentId: string | null },
  party: Party,
  moment: Moment,
): Outcome {
  const { given, contentId, request: id } = input;
  const refusal = refusalOnRequest('answerRequest', check, input, party);
  if (refusal !== null) return refusal;
  const { at, practice } = moment;
  const type = practice.checks.types.get(check.type);
  const today = londonDay(at);
  if (type === undefined || answerProblems(given, check.type, practice, today).length > 0) {
    return refused('BAD_ANSWER', check, check.requests.find((request) => request.id === id) ?? null, party);
  }
  const { outcome, reason, automatic } = given;
  const validUntil = addDays(today, type.validityDays);
  const after = withRequest(check, id, {
    state: 'RETURNED',
    answer: { outcome, reason, automatic, by: party.by, at, validUntil, contentId },
    recalled: null,
  });
  const events = [eventOf('CHECK_RETURNED', check, check.partner, moment)];
  return { ok: true, after: settle(after, at), events };
}

/**
 * The answer is taken back, whenever it was given. Where it still counted, the request is open again with clocks from now,
 * and what was decided falls; where what it told was deleted meanwhile, it can only be asked afresh.
 */
export function recall(
  check: Check,
  input: OnRequest & { readonly textId: string | null },
  party: Party,
  moment: Moment,
): Outcome {
  const refusal = refusalOnRequest('recallAnswer', check, input, party);
  if (refusal !== null) return refusal;
  const { at, practice } = moment;
  const request = check.requests.find(({ id }) => id === input.request);
  const responder = practice.checks.responders.get(request?.responder ?? '');
  const recalled = { by: party.by, at, textId: input.textId };
  const gone = withRequest(check, input.request, { answer: null, recalled });
  const events = [eventOf('CHECK_WITHDRAWN', check, check.partner, moment)];
  if (request === undefined || !isLive(request)) return { ok: true, after: settle(gone, at), events };
  const opened =
    request.contentId === null || responder === undefined
      ? ({ state: 'EXPIRED' } as const)
      : ({ state: 'REQUESTED', ...clocksFrom(at, responder, practice) } as const);
  const after = withRequest(check, input.request, {
    ...opened,
    answer: null,
    recalled,
    accepted: null,
    acknowledged: null,
    chased: 0,
    chasedAt: null,
  });
  return { ok: true, after: settle(undecided(after), at), events };
}
