import type { DayNumber } from './calendar.ts';
import type { Timeline } from './timeline.ts';

/** Where a person's timeline stands on one day. */
export interface Standing {
  readonly status: 'IN_CUSTODY' | 'RELEASED' | 'RECALLED';
  /** The releases that have happened, oldest first. */
  readonly releases: readonly DayNumber[];
  /** The next release, or the last one for a person who is out; null when none is fixed. */
  readonly releaseDate: DayNumber | null;
  /** The recall, once it has happened. */
  readonly recalledOn: DayNumber | null;
}

export function standingOn(timeline: Timeline, today: DayNumber): Standing {
  const { firstRelease, recall, secondRelease } = timeline;
  if (firstRelease > today) {
    return { status: 'IN_CUSTODY', releases: [], releaseDate: firstRelease, recalledOn: null };
  }
  if (recall === null || recall.on > today) {
    return { status: 'RELEASED', releases: [firstRelease], releaseDate: firstRelease, recalledOn: null };
  }
  if (secondRelease === null || secondRelease > today) {
    return { status: 'RECALLED', releases: [firstRelease], releaseDate: secondRelease, recalledOn: recall.on };
  }
  return {
    status: 'RELEASED',
    releases: [firstRelease, secondRelease],
    releaseDate: secondRelease,
    recalledOn: recall.on,
  };
}

/**
 * Whether the person's latest release has lasted `days` days: the measuring point of an outcome. A release that ended
 * in a recall before it is not measured, as in the official statistics.
 */
export function reached(timeline: Timeline, today: DayNumber, days: number): boolean {
  const { firstRelease, recall, secondRelease } = timeline;
  if (secondRelease !== null && secondRelease <= today) return secondRelease + days <= today;
  return firstRelease + days <= today && (recall === null || recall.on > firstRelease + days);
}
