import type { CalendarPolicy, ChecksPolicy } from '../policy/practice.ts';
import type { Check, CheckRequest, NewEvent } from '../record/checks.ts';

/** What the policy says of checks; a bundle is one. */
export interface Practice {
  readonly checks: ChecksPolicy;
  readonly calendar: CalendarPolicy;
}

/**
 * Who acts on a check, or looks at it: who asks and decides, a manager of theirs (who may do all of that too), who
 * answers some of its requests, or the gateway itself. That they are this is for the caller to know.
 */
export type Party =
  | {
      readonly as: 'ASKER' | 'MANAGER';
      /** The account's practitioner id. */
      readonly by: string;
    }
  | {
      readonly as: 'RESPONDER';
      readonly by: string;
      /** Ids of the requests that are theirs to answer. */
      readonly requests: ReadonlySet<string>;
    }
  | { readonly as: 'SYSTEM'; readonly by: string };

/** When it is, by which policy, and where ids of new things come from. */
export interface Moment {
  readonly at: Date;
  readonly practice: Practice;
  readonly newId: () => string;
}

/**
 * What became of an action. `after` is the very check that was given where there was nothing to do.
 * Codes: `NOT_OPEN` (not theirs, or there is none), `VERSION_CONFLICT`, `NOT_NOW`, `OWN_DECISION`, `NO_RESPONDER`,
 * `BAD_ANSWER` (see `answerProblems`).
 */
export type Outcome = { readonly ok: true; readonly after: Check; readonly events: readonly NewEvent[] } | Refusal;

export interface Refusal {
  readonly ok: false;
  readonly code: RefusalCode;
  /** Names of mutations that would do something now. */
  readonly allowedNow: readonly string[];
}

export type RefusalCode = 'NOT_OPEN' | 'VERSION_CONFLICT' | 'NOT_NOW' | 'OWN_DECISION' | 'NO_RESPONDER' | 'BAD_ANSWER';

/** On a request: which one, and its version as it was read; null where what is kept now is meant. */
export interface OnRequest {
  readonly request: string;
  readonly expectedVersion: number | null;
}

/** On a check: its version as it was read; null where what is kept now is meant. */
export interface OnCheck {
  readonly expectedVersion: number | null;
}

export type EventKind = 'CHECK_ASKED' | 'CHECK_RETURNED' | 'CHECK_CHASED' | 'CHECK_OVERDUE' | 'CHECK_WITHDRAWN';

/** An event for one side of a check, and for nobody else: when something came back would tell others what (SHARE-05). */
export function eventOf(kind: EventKind, check: Check, partner: string, { at, newId }: Moment): NewEvent {
  return { id: newId(), kind, at, person: check.person, partner, reference: check.id };
}

/** The check with one request changed, and that request's version grown. Everything else is for `settle`. */
export function withRequest(check: Check, id: string, change: Partial<CheckRequest>): Check {
  return {
    ...check,
    requests: check.requests.map((request) =>
      request.id === id ? { ...request, ...change, version: request.version + 1 } : request,
    ),
  };
}
