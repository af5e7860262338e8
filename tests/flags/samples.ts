import type { Access, Held, Surroundings } from '../../src/flags/types.ts';
import { readRecord } from '../../src/gateway/read-record.ts';
import { loadBundle } from '../../src/policy/load/load.ts';
import type { FlagsPolicy } from '../../src/policy/practice.ts';

/** A Tuesday. */
export const DAY = '2026-11-10';

/** The rules of the repository. */
export async function flagsPolicy(): Promise<FlagsPolicy> {
  return (await loadBundle('policies', await readRecord('schema'))).flags;
}

let count = 0;

/** A look-up that was answered, at a time of the day, `HH:MM`. */
export function look(time: string, more: Partial<Access> = {}): Access {
  count += 1;
  const id = `entry-${String(count).padStart(4, '0')}`;
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return {
    id,
    at: new Date(`${more.day ?? DAY}T${time}:00Z`),
    day: DAY,
    minute: hours * 60 + minutes,
    requestId: `request-${id}`,
    partner: 'probation-service',
    practitioner: 'PRO-0004',
    role: 'probation-practitioner',
    purpose: 'RELEASE_PLANNING',
    kind: 'disclosure',
    subject: 'somebody',
    alone: true,
    shown: true,
    reasons: [],
    classes: ['custody.release'],
    withheldBy: [],
    relationship: null,
    breakGlass: null,
    client: null,
    ...more,
  };
}

/** The same, refused; of somebody who exists. */
export function refused(time: string, more: Partial<Access> = {}): Access {
  const reasons = [{ gate: 'relationship', outcome: 'refuse', code: 'NONE', ref: null }];
  return look(time, { kind: 'refusal', shown: false, classes: [], reasons, ...more });
}

export function held(more: Partial<Held> = {}): Held {
  return {
    person: 'person',
    partner: 'probation-service',
    practitioner: 'PRO-0004',
    type: 'SUPERVISION_ALLOCATION',
    standing: 'SELF',
    from: '2026-03-03',
    until: null,
    evidence: 'ALLOC-000012',
    assertedBy: 'probation-service:allocation-feed',
    heldAlone: [],
    ...more,
  };
}

/** Nothing is held, nobody is on duty, nothing was before. */
export function surroundings(more: Partial<Surroundings> = {}): Surroundings {
  return {
    day: DAY,
    held: () => [],
    onDuty: () => false,
    past: () => [],
    peers: () => [],
    neighbours: () => [],
    ...more,
  };
}
