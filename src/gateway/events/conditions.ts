import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';

/** What was just read of one person for one kind of event, at every holder that may show it. */
export interface Sight {
  readonly day: Day;
  /** Days before a release from which an address that the police must be told of counts as missing. */
  readonly noticeDays: number;
  readonly holders: readonly HolderSight[];
}

export interface HolderSight {
  readonly holder: string;
  /** Coordinate to what stands there: several where a list is above it, none where an object is null. */
  readonly values: ReadonlyMap<string, readonly unknown[]>;
  /** Whether it is something else than when it was last looked at. False at a first sight. */
  readonly changed: boolean;
}

/** `when` of an event that a change makes. */
export const CHANGES: Readonly<Record<string, (sight: Sight) => boolean>> = {
  // Moved from one authority to another is not lost.
  LOST: ({ holders }) => holders.some(({ changed }) => changed) && holders.every((each) => heldBy(each).length === 0),
  APPEARED: ({ holders }) => holders.some((each) => each.changed && heldBy(each).length > 0),
  MISSED: ({ holders }) => holders.some((each) => each.changed && heldBy(each).some((it) => /^MISSED/.test(`${it}`))),
  BECAME_RELEASED: ({ holders }) => holders.some((each) => each.changed && heldBy(each).includes('RELEASED')),
};

/** What comes to be by a day or by a number. It happens once for `of`. */
export interface Occasion {
  readonly of: string;
  /** The day on which it came to be. */
  readonly on: Day;
}

/** `when` of an event that a day or a number makes. */
export const OCCASIONS: Readonly<Record<string, (sight: Sight) => Occasion | null>> = {
  DAY_14: (sight) => treatmentDay(sight, 14),
  DAY_21: (sight) => treatmentDay(sight, 21),
  NIGHT_70: (sight) => temporaryNight(sight, 70),
  NIGHT_84: (sight) => temporaryNight(sight, 84),
  NO_ADDRESS: ({ day, noticeDays, holders }) => {
    const must = of(holders, 'Policing.notificationRequirement').includes(true);
    const housed = of(holders, 'Accommodation.firstNightType').some((type) => type !== ROUGH_SLEEPING);
    const [release] = of(holders, 'Custody.releaseDate').filter(isText).sort();
    const isNear = release !== undefined && addDays(release, -noticeDays) <= day && day <= release;
    return must && !housed && isNear ? { of: release, on: day } : null;
  },
};

/** The last day on which starting treatment still counts as continued, counted from the release. */
const LAST_TREATMENT_DAY = 21;
const ROUGH_SLEEPING = 'A08A_ROUGH_SLEEPING';

function treatmentDay({ day, holders }: Sight, number: number): Occasion | null {
  if (of(holders, 'Treatment.engaged').includes(true)) return null;
  const days = of(holders, 'Treatment.dueBy')
    .filter(isText)
    .map((due) => addDays(due, number - LAST_TREATMENT_DAY));
  const [last] = days
    .filter((it) => it <= day)
    .sort()
    .reverse();
  return last === undefined ? null : { of: last, on: last };
}

function temporaryNight({ holders }: Sight, number: number): Occasion | null {
  for (const { holder, values } of holders) {
    const [from] = values.get('Accommodation.temporaryFrom') ?? [];
    const [used] = values.get('Accommodation.temporaryNightsUsed') ?? [];
    if (!isText(from) || typeof used !== 'number' || used < number) continue;
    return { of: `${holder} ${from}`, on: addDays(from, number - 1) };
  }
  return null;
}

function heldBy({ values }: HolderSight): unknown[] {
  return [...values.values()].flat().filter((value) => value !== null);
}

function of(holders: readonly HolderSight[], coordinate: string): unknown[] {
  return holders.flatMap(({ values }) => values.get(coordinate) ?? []).filter((value) => value !== null);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
