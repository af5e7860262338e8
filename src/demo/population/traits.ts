import type { DayNumber } from './calendar.ts';
import { shuffled } from './quota.ts';
import { stream } from './random.ts';
import { standingOn } from './standing.ts';
import type { Timeline } from './timeline.ts';

/**
 * People set aside so that each situation can be tried on somebody. In every trait but `unrelated`, `covered`,
 * `breakGlass` and `sealed`, the first practitioner of every persona at every demonstration partner has a relationship
 * in force with each of them. Whatever
 * the trait does not say is as in `allowed`: linked to all twelve holders with certainty, data everywhere, every
 * permission in force, no restriction.
 */
export const TRAITS = {
  allowed: 'Nothing stands in the way.',
  unrelated: 'No first practitioner has a relationship; others have.',
  restricted: 'A restriction opens the record to a few accounts, none of them a first practitioner.',
  restrictedListed: 'A restriction opens the record to PRO-0001 among others.',
  excluded: 'An exclusion names the first practitioner of every persona.',
  notLinked: 'No link at either police force, either children’s authority or the health service.',
  belowThreshold: 'Matched with confidence 0.6 at northmere-police, northmere-housing and the health service.',
  merged: 'Two prison numbers, one of them a former record’s.',
  permissionWithdrawn: 'The agreement to refer and the confidentiality permissions have ended; treatment is voluntary.',
  voluntaryTreatment: 'Treatment is voluntary and no confidentiality permission was given.',
  treatmentCondition: 'Treatment is a condition of the licence; no confidentiality permission was given.',
  oneForceOnly: 'Known to northmere-police and not to southdale-police.',
  bothForces: 'Known to both police forces.',
  notHeld: 'Linked everywhere; police, children’s, housing and treatment services and the health service hold nothing.',
  stale: 'No holder has updated anything for more than sixty days.',
  twoReleases: 'Released, recalled and released again.',
  covered: 'A colleague who is away has the relationship; the first practitioner of every persona covers for them.',
  excludedUnresolved: 'An exclusion means somebody at northmere-police who has no known account: it closes that force.',
  restrictedDesk: 'A restriction opens the record to no account, and to PRO-0001’s unit and the duty desk of NPO.',
  ownRecord: 'The record is PRO-0001’s own; every other first practitioner has declared an interest.',
  objection: 'An objection was upheld: the release address is closed to everybody outside housing.',
  breakGlass: 'Nobody has a relationship. There is a risk to life, and one to staff.',
  sealed: 'Holders know the person by these identifiers; the gateway knows nobody by them.',
} as const;

export type Trait = keyof typeof TRAITS;

export const MINIMUM_SIZE = 200;

/** The trait of each person, by index; null for most. */
export function chooseTraits(seed: number, timelines: readonly Timeline[], anchor: DayNumber): (Trait | null)[] {
  const indexes = shuffled(
    timelines.map((_, index) => index),
    stream(seed, -1, 'traits'),
  );
  const rank = (index: number) => suitability(timelines[index], anchor);
  const free = indexes.sort((a, b) => rank(a) - rank(b));
  const traits = timelines.map((): Trait | null => null);
  const twice = free.filter((index) => isReleasedTwice(timelines[index], anchor));
  const once = free.filter((index) => !isReleasedTwice(timelines[index], anchor));
  for (const trait of Object.keys(TRAITS) as Trait[]) {
    const from = trait === 'twoReleases' ? twice : once;
    for (const index of from.splice(0, membersOf(trait, timelines.length))) traits[index] = trait;
  }
  return traits;
}

/** Enough `allowed` people for a list of five hundred in a large population, and a handful of the others. */
function membersOf(trait: Trait, size: number): number {
  return trait === 'allowed'
    ? Math.min(500, Math.max(3, Math.round(size * 0.03)))
    : Math.min(25, Math.max(3, Math.round(size / 400)));
}

/**
 * Lower is better: a sentence that can bring the person under MAPPA, and a release near enough for every partner to be
 * at work on it, in custody for a few more weeks or out for a few months.
 */
function suitability(timeline: Timeline | undefined, anchor: DayNumber): number {
  if (timeline === undefined) return 3;
  const { status, releaseDate } = standingOn(timeline, anchor);
  const isLong = timeline.sentenceDays === null || timeline.sentenceDays >= 365;
  const isNear = releaseDate !== null && releaseDate >= anchor - 240 && releaseDate <= anchor + 28;
  return (isLong ? 0 : 1) + (isNear && status !== 'RECALLED' ? 0 : 2);
}

function isReleasedTwice(timeline: Timeline | undefined, anchor: DayNumber): boolean {
  return timeline !== undefined && standingOn(timeline, anchor).releases.length === 2;
}
