import { randomUUID } from 'node:crypto';
import type { Check, CheckChange, CheckRequest, Command, NewEvent } from '../../src/record/checks.ts';

export const NOON = new Date('2026-05-05T11:00:00Z');
export const DAY = '2026-05-05';
export const ASKER = 'probation-service';

export function later(minutes: number): Date {
  return new Date(NOON.getTime() + minutes * 60_000);
}

/** A check as it is when it was just asked, of one responder. */
export function newCheck(more: Partial<Check> = {}): Check {
  return {
    id: randomUUID(),
    person: randomUUID(),
    partner: ASKER,
    type: 'DOMESTIC_ABUSE',
    askedBy: 'PRO-0001',
    askedAt: NOON,
    release: '2026-06-01',
    state: 'ASKED',
    decision: null,
    countersignature: null,
    decidedFirst: null,
    highRisk: null,
    childPlan: null,
    held: null,
    closedAt: null,
    version: 1,
    requests: [newRequest()],
    ...more,
  };
}

export function newRequest(more: Partial<CheckRequest> = {}): CheckRequest {
  return {
    id: randomUUID(),
    responder: 'northmere-police',
    team: 'NPO-UNIT',
    state: 'REQUESTED',
    requestedAt: NOON,
    contentId: null,
    question: 'a keyed hash',
    acknowledged: null,
    chased: 0,
    chasedAt: null,
    targetAt: later(60),
    breachAt: later(120),
    nextAt: later(60),
    answer: null,
    accepted: null,
    withdrawn: null,
    recalled: null,
    supersededBy: null,
    version: 1,
    ...more,
  };
}

/** The change of a check whose every request becomes so. */
export function changed(
  before: Check,
  requests: Partial<CheckRequest> | readonly CheckRequest[],
  more: Partial<Check> = {},
): Check {
  const after =
    'length' in requests
      ? requests
      : before.requests.map((request) => ({ ...request, version: request.version + 1, ...requests }));
  return { ...before, version: before.version + 1, requests: after as readonly CheckRequest[], ...more };
}

export function change(before: Check | null, after: Check, more: Partial<CheckChange> = {}): CheckChange {
  return { before, after, contents: [], texts: [], events: [], ...more };
}

export function event(person: string, more: Partial<NewEvent> = {}): NewEvent {
  return { id: randomUUID(), kind: 'CHECK_RETURNED', at: NOON, person, partner: null, reference: null, ...more };
}

export function command(more: Partial<Command> = {}): Command {
  return {
    id: randomUUID(),
    partner: ASKER,
    practitioner: 'PRO-0001',
    field: 'requestChecks',
    idempotencyKey: randomUUID(),
    input: 'a keyed hash',
    result: { ok: true },
    ...more,
  };
}

export const ANSWER = {
  outcome: 'NIL',
  reason: null,
  automatic: false,
  by: 'POL-0001',
  at: later(30),
  validUntil: '2026-08-01',
  contentId: null,
} as const;
