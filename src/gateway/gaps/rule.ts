import type { CalendarPolicy } from '../../policy/practice.ts';
import type { CheckType } from '../../record/checks.ts';
import type { Day } from '../../record/facts.ts';
import type { Holding, Sections } from './sections.ts';

/** What a rule looks at. It has what its policy's inputs name, and nothing else. */
export interface Ground {
  readonly release: Day;
  readonly today: Day;
  /** What was said by each holder that holds something. */
  read<S extends keyof Sections>(section: S): readonly Holding<Sections[S]>[];
  /** Whether a holder that was asked could not be heard: it may hold what the others do not. */
  isUnheard(section: keyof Sections): boolean;
  /** A number of the rule's policy. */
  number(name: string): number;
  isInWales(holder: string): boolean;
  readonly calendar: CalendarPolicy;
  /** Of a rule about a check: whether it is done, as far as the caller may know of it. */
  readonly checkIsDone: boolean;
}

/** Something is missing, nothing is, or it cannot be told while a holder has not been heard. */
export type Finding = Missing | 'FINE' | 'CANNOT_TELL';

export interface Missing {
  /** The day from which the policy's days count back, where it is not that of the release. */
  readonly by?: Day;
  readonly dates?: readonly { readonly what: string; readonly on: Day }[];
}

export interface Rule {
  /** Leaves that it reads. The policy's inputs must name them. */
  readonly reads: readonly string[];
  readonly numbers?: readonly string[];
  readonly check?: CheckType;
  /** For how many days after the release it is looked at. */
  readonly lastsDays: number;
  /** It comes before all others of its severity. */
  readonly isFirst?: true;
  look(ground: Ground): Finding;
}

/** As long as temporary accommodation lasts (84 nights), and a week to do something about it. */
export const LONGEST_DAYS = 91;

/** Missing, unless some holder has it. One that could not be heard may have it. */
export function unlessSome<S extends keyof Sections>(
  ground: Ground,
  section: S,
  has: (value: Sections[S]) => boolean,
  missing: Missing = {},
): Finding {
  if (ground.read(section).some(({ value }) => has(value))) return 'FINE';
  return ground.isUnheard(section) ? 'CANNOT_TELL' : missing;
}

/** Nothing is missing where everybody was heard. */
export function heard(ground: Ground, section: keyof Sections): Finding {
  return ground.isUnheard(section) ? 'CANNOT_TELL' : 'FINE';
}
