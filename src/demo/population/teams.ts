import { type DayNumber, dayText } from './calendar.ts';
import type { CoverFact, TeamFact } from './fact.ts';
import { COVERED, MANAGER, POSTS, type Post, practitionerId, strength } from './practitioners.ts';

/** Teams that hold people themselves: a manager's unit, cases waiting for a practitioner, checks waiting for an answer. */
export function oversightTeam(managerId: string): string {
  return managerId.replace('PRM', 'PDU');
}

export function waitingTeam(post: Post): string {
  return `${post.prefix}-DUTY`;
}

/** The first few of a post and their manager. It holds nobody itself. */
export function unitTeam(post: Post): string {
  return `${post.prefix}-UNIT`;
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

/** Days before and after the anchor on which the first of every post covers for a colleague. */
const COVER = { before: 30, after: 730 };

/**
 * Who belongs to each team, who manages it and who is on duty for it, week by week; and who covers for whom. The first
 * manager has a unit alone, and no other first practitioner is in a team that holds people, so that nobody comes by a
 * relationship with the `unrelated` people this way.
 */
export function* teamFacts(size: number, anchor: DayNumber): Generator<TeamFact | CoverFact> {
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
    yield manages(post, waitingTeam(post), managerOf(post), anchor);
  }
  for (const post of Object.values(POSTS)) yield* unit(post, anchor);
}

/** The first probation manager manages the first few probation practitioners. */
function managerOf(post: Post): string {
  return post === POSTS.probationPractitioner
    ? practitionerId(POSTS.probationManager, 1)
    : practitionerId(post, MANAGER);
}

function* unit(post: Post, anchor: DayNumber): Generator<TeamFact | CoverFact> {
  if (post.caseload === 0) return;
  for (const number of [1, 2, 3, COVERED]) yield member(post, unitTeam(post), number, anchor);
  yield manages(post, unitTeam(post), managerOf(post), anchor);
  yield {
    kind: 'cover',
    partner: post.partner,
    practitioner: practitionerId(post, COVERED),
    coveredBy: practitionerId(post, 1),
    recordedBy: managerOf(post),
    reference: `COVER-${post.prefix}`,
    reason: 'Sick leave',
    from: dayText(anchor - COVER.before),
    until: dayText(anchor + COVER.after),
  };
}

function member(post: Post, team: string, number: number, anchor: DayNumber): TeamFact {
  const practitioner = practitionerId(post, number);
  return { kind: 'team-member', team, partner: post.partner, practitioner, from: dayText(anchor - 400), until: null };
}

function manages({ partner }: Post, team: string, practitioner: string, anchor: DayNumber): TeamFact {
  return { kind: 'manager', team, partner, practitioner, from: dayText(anchor - 400), until: null };
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
