import type { Logged } from '../audit/logged.ts';
import { londonDay, londonTime } from '../record/london.ts';
import type { Access } from './types.ts';

/**
 * What practitioners looked up or tried to, oldest first. What the gateway did by itself, what another partner was told and
 * looks into the log are none.
 * @param entries whole operations: whether somebody was looked up alone shows by what stands beside them
 */
export function accessesOf(entries: readonly Logged[]): Access[] {
  const people = new Map<string | null, Set<string>>();
  for (const { requestId, subject } of entries) {
    if (subject === null) continue;
    const others = people.get(requestId);
    if (others) others.add(subject.ref);
    else people.set(requestId, new Set([subject.ref]));
  }
  return entries.flatMap((entry) => accessOf(entry, people.get(entry.requestId)?.size === 1) ?? []).sort(byTime);
}

/** The order in which things happened; at the same instant, by id. */
export function byTime(one: Access, other: Access): number {
  return one.at.getTime() - other.at.getTime() || (one.id < other.id ? -1 : 1);
}

function accessOf(entry: Logged, alone: boolean): Access | null {
  const { id, requestId, actor, kind, subject, recipient } = entry;
  if (subject === null || recipient !== null || requestId === null || !isKind(kind)) return null;
  if (actor === null || actor.partner === null || actor.practitioner === null) return null;
  const at = new Date(entry.at);
  const [hours = 0, minutes = 0] = londonTime(at).split(':').map(Number);
  return {
    id,
    at,
    day: londonDay(at),
    minute: hours * 60 + minutes,
    requestId,
    partner: actor.partner,
    practitioner: actor.practitioner,
    role: actor.role ?? '',
    purpose: entry.purpose,
    kind,
    subject: subject.ref,
    alone,
    shown: kind === 'disclosure' || kind === 'explanation',
    reasons: entry.reasons,
    classes: entry.classes,
    withheldBy: [...new Set(entry.withheld.map(({ reason }) => reason.gate))].sort(),
    relationship: entry.relationship,
    breakGlass: entry.breakGlass,
    client: actor.client,
  };
}

function isKind(kind: string): kind is Access['kind'] {
  return KINDS.has(kind);
}

const KINDS: ReadonlySet<string> = new Set<Access['kind']>(['disclosure', 'refusal', 'explanation', 'break-glass']);
