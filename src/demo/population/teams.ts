import { type DayNumber, dayText } from './calendar.ts';
import type { TeamFact } from './fact.ts';
import { POSTS, type Post, practitionerId, strength } from './practitioners.ts';

/** Teams that hold people themselves: a manager's unit, cases waiting for a practitioner, checks waiting for an answer. */
export function oversightTeam(managerId: string): string {
  return managerId.replace('PRM', 'PDU');
}

export function waitingTeam(post: Post): string {
  return `${post.prefix}-DUTY`;
}

/** Posts whose people may be held by the waiting team. */
export const WAITING_POSTS: readonly Post[] = [
  POSTS.probationPractitioner,
  POSTS.northmerePolice,
  POSTS.southdalePolice,
  POSTS.northmereChildren,
  POSTS.southdaleChildren,
];

/** Weeks of duty rota before and after the anchor. */
const ROTA = { before: 4, after: 8 };

/**
 * Who belongs to each team and who is on duty for it, week by week. The first manager has a unit alone, and no other
 * first practitioner is in a team, so that nobody comes by a relationship with the `unrelated` people this way.
 */
export function* teamFacts(size: number, anchor: DayNumber): Generator<TeamFact> {
  const manager = POSTS.probationManager;
  const managers = strength(manager, size) + 1;
  for (let number = 1; number <= managers; number++) {
    const team = oversightTeam(practitionerId(manager, number));
    yield member(manager, team, number, anchor);
    // Every other unit's manager is covered for by the next one.
    if (number > 1) yield* rota(manager, team, (week) => 2 + ((number - 1 + week) % (managers - 1)), anchor);
  }
  for (const post of WAITING_POSTS) {
    for (const number of [2, 3]) yield member(post, waitingTeam(post), number, anchor);
    yield* rota(post, waitingTeam(post), (week) => 4 + (week % 2), anchor);
  }
}

function member(post: Post, team: string, number: number, anchor: DayNumber): TeamFact {
  const practitioner = practitionerId(post, number);
  return { kind: 'team-member', team, partner: post.partner, practitioner, from: dayText(anchor - 400), until: null };
}

function* rota(post: Post, team: string, onDuty: (week: number) => number, anchor: DayNumber): Generator<TeamFact> {
  for (let week = 0; week < ROTA.before + ROTA.after; week++) {
    const from = anchor + 7 * (week - ROTA.before);
    const practitioner = practitionerId(post, onDuty(week));
    yield {
      kind: 'duty',
      team,
      partner: post.partner,
      practitioner,
      from: dayText(from),
      until: dayText(from + 6),
    };
  }
}
