import type { DayNumber } from './calendar.ts';
import { ofSource } from './holders.ts';
import { fullName } from './names.ts';
import type { Person } from './person.ts';
import { type Random, stream } from './random.ts';
import { type Standing, standingOn } from './standing.ts';

/** What is so of a person on one day, as far as more than one section, or a section and the facts, must agree on it. */
export interface Life {
  readonly standing: Standing;
  readonly name: string;
  readonly offence: OffenceCategory;
  readonly mappa: { readonly category: 1 | 2 | 3; readonly level: 1 | 2 | 3 } | null;
  readonly riskToStaff: boolean;
  readonly riskToLife: boolean;
  readonly domesticAbuseCheck: CheckDates | null;
  readonly childrensCheck: CheckDates | null;
  /** Null when nobody was referred to treatment. */
  readonly referredToTreatmentOn: DayNumber | null;
  readonly treatmentBasis: 'VOLUNTARY' | 'LICENCE_CONDITION' | 'COURT_ORDER';
  /** Null when the person did not agree to be referred for housing, or has not yet. */
  readonly agreedToReferOn: DayNumber | null;
  /** Whether the confidentiality permissions for health and treatment data were given, and taken back. */
  readonly confidentiality: 'GIVEN' | 'WITHDRAWN' | 'NEVER';
  readonly careIsTransferred: boolean;
}

export type OffenceCategory =
  | 'ACQUISITIVE'
  | 'DRUGS'
  | 'DRIVING'
  | 'PUBLIC_ORDER'
  | 'SEXUAL'
  | 'VIOLENCE'
  | 'WEAPONS'
  | 'OTHER';

/** Days are null until they have come. */
export interface CheckDates {
  readonly askedOn: DayNumber | null;
  readonly returnedOn: DayNumber | null;
  readonly consideredOn: DayNumber | null;
}

const TREATMENT = ofSource('treatment');

export function lifeOn(seed: number, anchor: DayNumber, person: Person, today: DayNumber): Life {
  const { index, trait, timeline, outcomes, links } = person;
  const random = stream(seed, index, 'life');
  const standing = standingOn(timeline, today);
  const target = standing.releaseDate ?? timeline.firstRelease;
  const isTrait = trait !== null;
  // What the people of a trait need before the anchor has happened by then, however far off their release is.
  const planned = (day: DayNumber, atLeast: number) => (isTrait ? Math.min(day, anchor - atLeast) : day);
  const offence = drawOffence(random, person);
  const agreedOn = planned(target - random.int(20, 50), 10);
  const referredOn = planned(target - random.int(25, 60), 10);
  const asked = planned(timeline.firstRelease - random.int(42, 75), 26);
  return {
    standing,
    name: fullName(random, outcomes.sex),
    offence,
    mappa: drawMappa(random, person, offence),
    riskToStaff: random.chance(offence === 'VIOLENCE' ? 0.2 : 0.05) || trait === 'breakGlass',
    riskToLife: random.chance(0.08) || trait === 'breakGlass',
    domesticAbuseCheck: checkDates(outcomes.domesticAbuseCheck, asked, random, today),
    childrensCheck: checkDates(outcomes.childrensCheck, asked + 2, random, today),
    referredToTreatmentOn:
      (links.linked & TREATMENT) !== 0 && outcomes.referral !== 'NOT_SENT' && referredOn <= today ? referredOn : null,
    treatmentBasis: drawBasis(random, person),
    agreedToReferOn: (isTrait || random.chance(0.85)) && agreedOn <= today ? agreedOn : null,
    confidentiality: drawConfidentiality(random, person),
    careIsTransferred: isTrait || random.chance(0.6),
  };
}

type Weighted<T> = readonly (readonly [T, number])[];

const OFFENCES: Weighted<OffenceCategory> = [
  ['ACQUISITIVE', 0.28],
  ['VIOLENCE', 0.22],
  ['DRUGS', 0.19],
  ['PUBLIC_ORDER', 0.09],
  ['SEXUAL', 0.08],
  ['DRIVING', 0.05],
  ['WEAPONS', 0.05],
  ['OTHER', 0.04],
];

/** Extended and indeterminate sentences are for violence and sexual offences. People of a trait are under MAPPA. */
function drawOffence(random: Random, { trait, timeline }: Person): OffenceCategory {
  const draw = random.next();
  if (trait !== null || timeline.sentenceType !== 'DETERMINATE') return draw < 0.35 ? 'SEXUAL' : 'VIOLENCE';
  let sum = 0;
  for (const [offence, weight] of OFFENCES) {
    sum += weight;
    if (draw < sum) return offence;
  }
  return 'OTHER';
}

/** Category 1: registered sexual offenders. 2: violence with twelve months or more. 3: others, on a panel's decision. */
function drawMappa(random: Random, { timeline, trait }: Person, offence: OffenceCategory): Life['mappa'] {
  const draw = random.next();
  const isLong = timeline.sentenceDays === null || timeline.sentenceDays >= 365;
  const level = draw < 0.85 && trait === null ? 1 : draw < 0.98 ? 2 : 3;
  if (offence === 'SEXUAL') return { category: 1, level };
  if (offence === 'VIOLENCE' && isLong) return { category: 2, level };
  return random.chance(0.02) ? { category: 3, level: 2 } : null;
}

function checkDates(
  outcome: Person['outcomes']['domesticAbuseCheck'],
  asked: DayNumber,
  random: Random,
  today: DayNumber,
): CheckDates | null {
  const returned = asked + random.int(5, 25);
  const considered = returned + random.int(0, 7);
  if (outcome === null) return null;
  const reaches = { NOT_ASKED: 0, ASKED: 1, RETURNED: 2, CONSIDERED: 3 }[outcome];
  const dated = (stage: number, day: DayNumber) => (reaches >= stage && day <= today ? day : null);
  return { askedOn: dated(1, asked), returnedOn: dated(2, returned), consideredOn: dated(3, considered) };
}

function drawBasis(random: Random, { trait }: Person): Life['treatmentBasis'] {
  const draw = random.next();
  if (trait === 'permissionWithdrawn' || trait === 'voluntaryTreatment') return 'VOLUNTARY';
  if (trait !== null) return 'LICENCE_CONDITION';
  return draw < 0.65 ? 'VOLUNTARY' : draw < 0.95 ? 'LICENCE_CONDITION' : 'COURT_ORDER';
}

function drawConfidentiality(random: Random, { trait }: Person): Life['confidentiality'] {
  const draw = random.next();
  if (trait === 'permissionWithdrawn') return 'WITHDRAWN';
  if (trait === 'voluntaryTreatment' || trait === 'treatmentCondition') return 'NEVER';
  if (trait !== null) return 'GIVEN';
  return draw < 0.55 ? 'GIVEN' : draw < 0.65 ? 'WITHDRAWN' : 'NEVER';
}
