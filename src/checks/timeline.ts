import type { ResponderPolicy } from '../policy/practice.ts';
import type { CheckRequest } from '../record/checks.ts';
import type { Practice } from './act.ts';
import { deadline } from './clock.ts';

/** When somebody must look at an unanswered request: in no order, and some perhaps at the same instant. */
export interface Timeline {
  readonly chases: readonly Date[];
  readonly breach: Date;
  readonly expiry: Date;
}

/** The clocks of something asked now: what a request has from when it is made, or asked again. */
export function clocksFrom(
  at: Date,
  responder: ResponderPolicy,
  { calendar }: Practice,
): Pick<CheckRequest, 'requestedAt' | 'targetAt' | 'breachAt' | 'nextAt'> {
  const after = (hours: number) => deadline(at, hours, responder.clock, calendar);
  const breachAt = after(responder.breachHours);
  const firstLook = earliest([...responder.chaseHours.map(after), breachAt, after(responder.expireHours)]);
  return {
    requestedAt: at,
    targetAt: after(responder.targetHours),
    breachAt,
    nextAt: responder.answers === 'subgraph' ? at : firstLook,
  };
}

/** By the policy of now, but for the breach: that was said to those concerned. */
export function timelineOf(request: CheckRequest, { checks, calendar }: Practice): Timeline {
  const responder = checks.responders.get(request.responder);
  // A responder that left the policy is given the time that it was promised, and is not chased.
  if (responder === undefined) return { chases: [], breach: request.breachAt, expiry: request.breachAt };
  const after = (hours: number) => deadline(request.requestedAt, hours, responder.clock, calendar);
  return {
    chases: responder.chaseHours.map(after),
    breach: request.breachAt,
    expiry: after(responder.expireHours),
  };
}

/**
 * When to look at an unanswered request next: at the first instant still to come, or now where it is given up already. A
 * responder that answers by its subgraph is asked at `askAgainAt`, where that is earlier.
 */
export function lookAfter(request: CheckRequest, now: Date, practice: Practice, askAgainAt: Date): Date {
  const { chases, breach, expiry } = timelineOf(request, practice);
  if (expiry <= now) return now;
  const next = earliest([...chases, breach, expiry].filter((at) => at > now));
  return isAutomatic(request, practice) ? earliest([next, askAgainAt]) : next;
}

/** Whether a system answers it. Where an answer was taken back, the same would come again: a person there must look. */
export function isAutomatic({ responder, recalled }: CheckRequest, { checks }: Practice): boolean {
  return recalled === null && checks.responders.get(responder)?.answers === 'subgraph';
}

function earliest(instants: readonly Date[]): Date {
  return new Date(Math.min(...instants.map((at) => at.getTime())));
}
