import type { Check, CheckDecisionCode } from '../record/checks.ts';
import { eventOf, type Moment, type OnCheck, type OnRequest, type Outcome, type Party, withRequest } from './act.ts';
import { refusalOnCheck, refusalOnRequest } from './allowed.ts';
import { isLive, isWaiting, settle } from './state.ts';
import { lookAfter } from './timeline.ts';

/**
 * What a practitioner decides on all that came back.
 * @param input `highRisk`: whether the risk of serious harm is high or very high, or could not be had from its holder;
 *   `childPlan`: whether a child linked to the person has a plan, or that could not be heard
 */
export function consider(
  check: Check,
  input: OnCheck & {
    readonly decision: CheckDecisionCode;
    readonly textId: string | null;
    readonly highRisk: boolean;
    readonly childPlan: boolean;
  },
  party: Party,
  { at }: Moment,
): Outcome {
  const refusal = refusalOnCheck('considerCheck', check, input.expectedVersion, party);
  if (refusal !== null) return refusal;
  const { decision, textId, highRisk, childPlan } = input;
  const after: Check = {
    ...check,
    decision: { decision, by: party.by, at, textId },
    countersignature: null,
    decidedFirst: check.decidedFirst ?? at,
    highRisk,
    childPlan,
  };
  return { ok: true, after: settle(after, at), events: [] };
}

/** A manager agrees with what was decided; or does not, and it is to be decided again. */
export function countersign(
  check: Check,
  input: OnCheck & { readonly agrees: boolean; readonly textId: string | null },
  party: Party,
  { at }: Moment,
): Outcome {
  const refusal = refusalOnCheck('countersignCheck', check, input.expectedVersion, party);
  if (refusal !== null) return refusal;
  const { agrees, textId } = input;
  const after: Check = {
    ...check,
    countersignature: { agrees, by: party.by, at, textId },
    decision: agrees ? check.decision : null,
    highRisk: agrees ? check.highRisk : null,
    childPlan: agrees ? check.childPlan : null,
  };
  return { ok: true, after: settle(after, at), events: [] };
}

/** A manager accepts that a holder found nobody, could not answer, or did not. */
export function acceptIncomplete(
  check: Check,
  input: OnRequest & { readonly textId: string | null },
  party: Party,
  { at }: Moment,
): Outcome {
  const refusal = refusalOnRequest('acceptIncomplete', check, input, party);
  if (refusal !== null) return refusal;
  const accepted = { by: party.by, at, textId: input.textId };
  return { ok: true, after: settle(withRequest(check, input.request, { accepted }), at), events: [] };
}

/**
 * The one who asked takes a request back. Without any other the check is withdrawn; beside others it is not done before a
 * manager accepts that one was not answered, or takes it back themselves.
 */
export function withdraw(
  check: Check,
  input: OnRequest & { readonly textId: string | null },
  party: Party,
  moment: Moment,
): Outcome {
  const refusal = refusalOnRequest('withdrawRequest', check, input, party);
  if (refusal !== null) return refusal;
  return { ok: true, ...withdrawn(check, [input.request], input.textId, party, moment) };
}

/** After records were merged or split: it goes on about the person as they are now, or all of it is withdrawn. */
export function resume(
  check: Check,
  input: OnCheck & { readonly goesOn: boolean; readonly textId: string | null },
  party: Party,
  moment: Moment,
): Outcome {
  const refusal = refusalOnCheck('resumeCheck', check, input.expectedVersion, party);
  if (refusal !== null) return refusal;
  const free: Check = { ...check, held: null };
  if (!input.goesOn) {
    const live = check.requests.filter(isLive).map(({ id }) => id);
    return { ok: true, ...withdrawn(free, live, input.textId, party, moment) };
  }
  const { at, practice } = moment;
  const requests = check.requests.map((request) =>
    isWaiting(request) ? { ...request, nextAt: lookAfter(request, at, practice, at) } : request,
  );
  return { ok: true, after: settle({ ...free, requests }, at), events: [] };
}

function withdrawn(
  check: Check,
  ids: readonly string[],
  textId: string | null,
  party: Party,
  moment: Moment,
): Pick<Extract<Outcome, { ok: true }>, 'after' | 'events'> {
  const { at } = moment;
  const by = { by: party.by, at, textId };
  const isOversight = party.as === 'MANAGER' && party.by !== check.askedBy;
  const taken = { withdrawn: by, ...(isOversight && { accepted: by }) };
  const after = check.requests
    .filter(({ id }) => ids.includes(id))
    .reduce(
      (changed, { id, state }) =>
        withRequest(changed, id, state === 'NOT_ASKED' ? taken : { ...taken, state: 'WITHDRAWN' }),
      check,
    );
  const told = check.requests.filter((request) => ids.includes(request.id) && isWaiting(request));
  const events = told.map(({ responder }) => eventOf('CHECK_WITHDRAWN', check, responder, moment));
  return { after: settle(after, at), events };
}
