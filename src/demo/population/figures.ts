/**
 * The published figures that the population reproduces, each at its own base. Percentages become whole people by
 * quota (`quota.ts`); `tests/demo/population/figures.test.ts` finds every one again in what the partners answer.
 *
 * Sources: NAO, *Improving resettlement support for prison leavers to reduce reoffending* (May 2023);
 * HM Inspectorate of Probation, *A joint thematic inspection of Offender Management in Custody: post-release* (March 2023);
 * Ministry of Justice, *Offender accommodation outcomes* (2022/23).
 */
export interface Figure {
  /** From 0 to 1. */
  readonly share: number;
  readonly base: string;
  readonly source: string;
}

export const FIGURES = {
  settledAtThreeMonths: {
    share: 0.76,
    base: 'releases that reached three months without a recall, outcome known',
    source: 'NAO 2023: April 2022 to January 2023',
  },
  housedOnFirstNight: {
    share: 0.86,
    base: 'releases to date, by type of accommodation on the first night',
    source: 'Ministry of Justice 2022/23: 86.3%',
  },
  settledOnFirstNight: {
    share: 0.4,
    base: 'releases to date, by type of accommodation on the first night',
    source: 'HMI Probation 2023: about 4 in 10 of the cases inspected',
  },
  // 2021-22 throughout, because only that year was published by group. The year after it was more than a quarter.
  employedAtSixMonths: {
    share: 0.17,
    base: 'releases that reached six months without a recall, outcome known, available for work',
    source: 'NAO 2023: 2021-22',
  },
  employedWomen: { share: 0.08, base: 'the same, women', source: 'NAO 2023: 2021-22' },
  employedMen: { share: 0.18, base: 'the same, men', source: 'NAO 2023: 2021-22' },
  employedBlack: { share: 0.11, base: 'the same, Black or Black British', source: 'NAO 2023: 2021-22' },
  employedWhite: { share: 0.18, base: 'the same, white', source: 'NAO 2023: 2021-22' },
  treatmentEngaged: {
    share: 0.37,
    base: 'people referred whose release reached 21 days',
    source: 'NAO 2023: 2021-22',
  },
  recalledWithinNineMonths: {
    share: 0.3,
    base: 'people first released at least nine months ago',
    source: 'HMI Probation 2023',
  },
  recalledWithin28Days: {
    share: 0.4,
    base: 'recalls within nine months',
    source: 'HMI Probation 2023: 4 in 10',
  },
  handoverMissed: {
    share: 0.5,
    base: 'handovers that were due and are over',
    source: 'NAO 2023: not as intended in around half, April 2022 to January 2023',
  },
  domesticAbuseChecked: {
    share: 0.49,
    base: 'people released who needed the check; asked, returned and considered',
    source: 'HMI Probation 2023: just under half',
  },
  childrensChecked: {
    share: 0.6,
    base: 'people released who needed the check; asked, returned and considered',
    source: 'HMI Probation 2023: about six in ten',
  },
} as const satisfies Record<string, Figure>;

/**
 * How far the two checks get, stage by stage: of those needed so many are asked, of those asked so many come back, of
 * those back so many are considered. Only the product is published; the stages are ours.
 */
export const CHECK_STAGES = {
  domesticAbuse: { asked: 0.85, returned: 0.74, considered: 0.78 },
  childrens: { asked: 0.86, returned: 0.82, considered: 0.85 },
} as const;

/** The sexes' shares follow from the three employment figures: what share of women gives the overall one. */
export const WOMEN_SHARE =
  (FIGURES.employedMen.share - FIGURES.employedAtSixMonths.share) /
  (FIGURES.employedMen.share - FIGURES.employedWomen.share);

/** Near the prison population of England and Wales. Ours, rounded; no published figure rests on it. */
export const ETHNIC_SHARES = [
  ['WHITE', 0.72],
  ['BLACK_OR_BLACK_BRITISH', 0.12],
  ['ASIAN_OR_ASIAN_BRITISH', 0.08],
  ['MIXED', 0.05],
  ['OTHER', 0.03],
] as const;

/** Why people are recalled: most not for offending (HMI Probation 2023). The shares are ours. */
export const RECALL_REASONS = [
  ['DRUGS_OR_ALCOHOL', 0.26],
  ['BREAKDOWN_OF_ACCOMMODATION', 0.24],
  ['LOST_CONTACT', 0.22],
  ['FURTHER_OFFENCE_CHARGED', 0.2],
  ['OTHER_BREACH', 0.08],
] as const;

/** Types of accommodation on the first night: how many get each kind is published, the split within a kind is ours. */
export const FIRST_NIGHTS = {
  settled: [
    ['A01A_OWNER', 0.08],
    ['A01C_PRIVATE_RENT', 0.15],
    ['A01D_SOCIAL_RENT', 0.25],
    ['A04_SUPPORTED', 0.15],
    ['A07B_FRIENDS_OR_FAMILY_SETTLED', 0.35],
    ['A12_CARE_HOME', 0.02],
  ],
  temporary: [
    ['A02_APPROVED_PREMISES', 0.2],
    ['A03_SHORT_TERM', 0.15],
    ['A07A_FRIENDS_OR_FAMILY_TRANSIENT', 0.28],
    ['A17_CAS3', 0.37],
  ],
  notHoused: [
    ['A08A_ROUGH_SLEEPING', 0.65],
    ['A08C_SHELTER_HOSTEL_OR_CAMPSITE', 0.35],
  ],
} as const;

export type FirstNightKind = keyof typeof FIRST_NIGHTS;
export type FirstNight = (typeof FIRST_NIGHTS)[FirstNightKind][number][0];
