import type { Check, CheckRequest } from '../record/checks.ts';
import type { OnRequest, Party, Refusal, RefusalCode } from './act.ts';
import { isIncomplete, isWaiting, needsCountersignature } from './state.ts';

/** What may be done to a check, or to one request of it, by the names of the root fields. */
export type CheckAction = 'requestChecks' | 'considerCheck' | 'countersignCheck' | 'resumeCheck';
export type RequestAction =
  | 'acknowledgeRequest'
  | 'answerRequest'
  | 'recallAnswer'
  | 'acceptIncomplete'
  | 'withdrawRequest';

const CHECK_ACTIONS: readonly CheckAction[] = ['requestChecks', 'considerCheck', 'countersignCheck', 'resumeCheck'];
const REQUEST_ACTIONS: readonly RequestAction[] = [
  'acknowledgeRequest',
  'answerRequest',
  'recallAnswer',
  'acceptIncomplete',
  'withdrawRequest',
];

/** What the party may do to the check now: names of mutations. */
export function allowedOnCheck(check: Check, party: Party): CheckAction[] {
  return CHECK_ACTIONS.filter((action) => whyNotCheck(action, check, party) === null);
}

/** What the party may do to one request of the check now: names of mutations. */
export function allowedOnRequest(check: Check, request: CheckRequest, party: Party): RequestAction[] {
  return REQUEST_ACTIONS.filter((action) => whyNotRequest(action, check, request, party) === null);
}

/** Null where the party may do it to the check now, which is as they read it. */
export function refusalOnCheck(
  action: CheckAction,
  check: Check,
  expectedVersion: number | null,
  party: Party,
): Refusal | null {
  const code = whyNotCheck(action, check, party);
  const conflict = expectedVersion !== null && expectedVersion !== check.version;
  const said = code !== 'NOT_OPEN' && conflict ? 'VERSION_CONFLICT' : code;
  return said === null ? null : refused(said, check, null, party);
}

/** Null where the party may do it to the request now, which is as they read it. */
export function refusalOnRequest(
  action: RequestAction,
  check: Check,
  { request: id, expectedVersion }: OnRequest,
  party: Party,
): Refusal | null {
  const request = check.requests.find((each) => each.id === id);
  if (request === undefined) return refused('NOT_OPEN', check, null, party);
  const code = whyNotRequest(action, check, request, party);
  const conflict = expectedVersion !== null && expectedVersion !== request.version;
  const said = code !== 'NOT_OPEN' && conflict ? 'VERSION_CONFLICT' : code;
  return said === null ? null : refused(said, check, request, party);
}

/** @param request null where it is about the check, or about none that is theirs */
export function refused(code: RefusalCode, check: Check, request: CheckRequest | null, party: Party): Refusal {
  const ofRequest = request === null ? [] : allowedOnRequest(check, request, party);
  return { ok: false, code, allowedNow: [...allowedOnCheck(check, party), ...ofRequest] };
}

function whyNotCheck(action: CheckAction, check: Check, party: Party): RefusalCode | null {
  if (party.as !== 'MANAGER' && (party.as !== 'ASKER' || action === 'countersignCheck')) return 'NOT_OPEN';
  switch (action) {
    case 'requestChecks':
      return nowOnly(check.state !== 'WITHDRAWN' && check.state !== 'HELD');
    case 'considerCheck':
      if (check.state !== 'RETURNED') return 'NOT_NOW';
      // Who accepted that there is no answer does not decide on it as well.
      return check.requests.some((each) => each.supersededBy === null && each.accepted?.by === party.by)
        ? 'OWN_DECISION'
        : null;
    case 'countersignCheck':
      if (check.state !== 'CONSIDERED' || check.countersignature !== null) return 'NOT_NOW';
      if (needsCountersignature(check) !== true) return 'NOT_NOW';
      return check.decision?.by === party.by ? 'OWN_DECISION' : null;
    case 'resumeCheck':
      return nowOnly(check.state === 'HELD');
  }
}

function whyNotRequest(action: RequestAction, check: Check, request: CheckRequest, party: Party): RefusalCode | null {
  if (!isTheirs(action, request, party)) return 'NOT_OPEN';
  switch (action) {
    case 'acknowledgeRequest':
      return nowOnly(isWaiting(request) && request.state !== 'ACKNOWLEDGED');
    case 'answerRequest':
      return nowOnly(isWaiting(request));
    case 'recallAnswer':
      return nowOnly(request.answer !== null);
    case 'acceptIncomplete':
      if (!isIncomplete(request) || check.state === 'HELD' || check.state === 'WITHDRAWN') return 'NOT_NOW';
      return check.decision?.by === party.by || check.askedBy === party.by ? 'OWN_DECISION' : null;
    case 'withdrawRequest':
      return nowOnly(isWaiting(request) && check.state !== 'HELD');
  }
}

/** A held check stays its responders': an answer that is wrong for the person it was held for can be taken back. */
function isTheirs(action: RequestAction, { id, state }: CheckRequest, party: Party): boolean {
  switch (action) {
    case 'acknowledgeRequest':
    case 'answerRequest':
    case 'recallAnswer':
      return party.as === 'RESPONDER' && party.requests.has(id) && state !== 'NOT_ASKED';
    case 'acceptIncomplete':
      return party.as === 'MANAGER';
    case 'withdrawRequest':
      return party.as === 'ASKER' || party.as === 'MANAGER';
  }
}

function nowOnly(possible: boolean): RefusalCode | null {
  return possible ? null : 'NOT_NOW';
}
