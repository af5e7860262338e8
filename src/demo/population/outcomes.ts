import type { DayNumber } from './calendar.ts';
import { assignWork, type Work } from './employment.ts';
import { CHECK_STAGES, FIGURES, FIRST_NIGHTS, type FirstNight, type FirstNightKind } from './figures.ts';
import { ofSource } from './holders.ts';
import type { Links } from './links.ts';
import { allot, deal, quotas, type Shares, shuffled } from './quota.ts';
import { type Random, stream } from './random.ts';
import { reached, standingOn } from './standing.ts';
import type { Timeline } from './timeline.ts';
import type { Trait } from './traits.ts';

/** How things turned out for one person, or will. A section tells an outcome only once its measuring point is past. */
export interface Outcomes extends Work {
  settledAtThreeMonths: boolean | null;
  firstNight: FirstNight;
  referral: 'NOT_SENT' | 'SENT' | 'ACCEPTED' | 'DECLINED';
  engaged: boolean;
  handoverMissed: boolean;
  domesticAbuseCheck: CheckOutcome;
  childrensCheck: CheckOutcome;
}

/** How far a pre-release check gets in the end. Null where none is needed. */
export type CheckOutcome = 'NOT_ASKED' | 'ASKED' | 'RETURNED' | 'CONSIDERED' | null;

/** Measuring points in days after a release. */
export const MEASURED_AFTER = { treatment: 21, sixWeeks: 42, threeMonths: 91, sixMonths: 182 } as const;

interface Member {
  readonly timeline: Timeline;
  readonly links: Links;
  readonly trait: Trait | null;
}

interface Draft extends Outcomes {
  readonly member: Member;
}

/** Everybody's outcomes, by quota: first among the people already measured at the anchor, then among the rest. */
export function assignOutcomes(seed: number, members: readonly Member[], anchor: DayNumber): Outcomes[] {
  const random = stream(seed, -1, 'outcomes');
  const drafts = members.map(
    (member): Draft => ({
      member,
      sex: 'MALE',
      ethnicity: 'WHITE',
      employment: 'UNKNOWN',
      settledAtThreeMonths: null,
      firstNight: 'A01D_SOCIAL_RENT',
      referral: 'NOT_SENT',
      engaged: false,
      handoverMissed: false,
      domesticAbuseCheck: null,
      childrensCheck: null,
    }),
  );
  const split = (isMeasured: (member: Member) => boolean): [measured: Draft[], others: Draft[]] => [
    drafts.filter(({ member }) => isMeasured(member)),
    drafts.filter(({ member }) => !isMeasured(member)),
  ];
  const lasted = ({ timeline }: Member, days: number) => reached(timeline, anchor, days);

  const [inWork, notYetInWork] = split(
    (member) => holds(member, 'benefits') && lasted(member, MEASURED_AFTER.sixMonths),
  );
  assignWork(inWork, notYetInWork, random);
  for (const group of split((member) => holds(member, 'housing') && lasted(member, MEASURED_AFTER.threeMonths))) {
    assignSettled(group, random);
  }
  for (const group of split((member) => holds(member, 'housing') && member.timeline.firstRelease <= anchor)) {
    assignFirstNights(group, random);
  }
  for (const group of split((member) => holds(member, 'treatment') && isTreatmentDue(member.timeline, anchor))) {
    assignTreatment(group, random);
  }
  for (const group of split(({ timeline }) => (handoverOn(timeline) ?? anchor + 1) <= anchor)) {
    for (const [draft, missed] of allot(group, either(FIGURES.handoverMissed.share), random)) {
      draft.handoverMissed = missed;
    }
  }
  for (const group of split(({ timeline }) => timeline.firstRelease <= anchor)) {
    assignChecks(group, 'domesticAbuseCheck', CHECK_STAGES.domesticAbuse, random);
    assignChecks(group, 'childrensCheck', CHECK_STAGES.childrens, random);
  }
  return drafts.map(({ member: _, ...outcomes }) => outcomes);
}

/**
 * When the community offender manager takes over: 8 months and 14 days before release, or a year when indeterminate.
 * Null for a sentence so short that the community is responsible from its start.
 */
export function handoverOn({ sentenceType, sentenceStart, firstRelease }: Timeline): DayNumber | null {
  if (sentenceStart + 304 >= firstRelease) return null;
  return firstRelease - (sentenceType === 'INDETERMINATE' ? 365 : 257);
}

/** Whether the 21 days for starting treatment in the community are over, for the latest release. */
export function isTreatmentDue(timeline: Timeline, today: DayNumber): boolean {
  const { status, releaseDate } = standingOn(timeline, today);
  return status === 'RELEASED' && releaseDate !== null && releaseDate + MEASURED_AFTER.treatment <= today;
}

function holds({ links }: Member, source: 'benefits' | 'housing' | 'treatment'): boolean {
  return (links.linked & ~links.empty & ofSource(source)) !== 0;
}

/** One person in sixteen is not found again after three months and leaves the denominator. Ours. */
function assignSettled(group: readonly Draft[], random: Random): void {
  const known = allot(group, either(15 / 16), random).flatMap(([draft, isKnown]) => (isKnown ? [draft] : []));
  for (const [draft, settled] of allot(known, either(FIGURES.settledAtThreeMonths.share), random)) {
    draft.settledAtThreeMonths = settled;
  }
}

/** Kind by kind, so that rounding within a kind does not move the published shares of the kinds. */
function assignFirstNights(group: readonly Draft[], random: Random): void {
  const [housed, settled] = [FIGURES.housedOnFirstNight.share, FIGURES.settledOnFirstNight.share];
  const kinds = allot<Draft, FirstNightKind>(
    group,
    [
      ['settled', settled],
      ['temporary', housed - settled],
      ['notHoused', 1 - housed],
    ],
    random,
  );
  for (const [kind, members] of Map.groupBy(kinds, ([, kind]) => kind)) {
    const drafts = members.map(([draft]) => draft);
    for (const [draft, night] of allot<Draft, FirstNight>(drafts, FIRST_NIGHTS[kind], random)) draft.firstNight = night;
  }
}

/** Whoever engaged had been accepted. The states of the others are ours; all people of a trait were referred. */
function assignTreatment(group: readonly Draft[], random: Random): void {
  const referred = allot(group, either(0.85), random).flatMap(([draft, isReferred]) =>
    isReferred || draft.member.trait !== null ? [draft] : [],
  );
  const waiting: Draft[] = [];
  for (const [draft, engaged] of allot(referred, either(FIGURES.treatmentEngaged.share), random)) {
    draft.engaged = engaged;
    draft.referral = 'ACCEPTED';
    if (!engaged) waiting.push(draft);
  }
  const states = [
    ['ACCEPTED', 0.5],
    ['SENT', 0.35],
    ['DECLINED', 0.15],
  ] as const;
  for (const [draft, state] of allot(waiting, states, random)) draft.referral = state;
}

/** The share of people who need each check. Ours. */
const NEEDS_CHECK = 0.5;

/**
 * People of a trait all need the check and theirs are open, because police and children's services have an open check
 * as their reason to see the record. They are counted in the quota like everybody else.
 */
function assignChecks(
  group: readonly Draft[],
  check: 'domesticAbuseCheck' | 'childrensCheck',
  stages: { asked: number; returned: number; considered: number },
  random: Random,
): void {
  const traits = shuffled(
    group.filter(({ member }) => member.trait !== null),
    random,
  );
  const others = shuffled(
    group.filter(({ member }) => member.trait === null),
    random,
  );
  const needed = [...traits, ...others.slice(0, Math.max(0, Math.round(group.length * NEEDS_CHECK) - traits.length))];
  const { asked, returned, considered } = stages;
  const outcomes = quotas<CheckOutcome>(needed.length, [
    ['NOT_ASKED', 1 - asked],
    ['ASKED', asked * (1 - returned)],
    ['RETURNED', asked * returned * (1 - considered)],
    ['CONSIDERED', asked * returned * considered],
  ]);
  const isOpen = (outcome: CheckOutcome) => outcome === 'ASKED' || outcome === 'RETURNED';
  const inOrder = [
    ...shuffled(outcomes.filter(isOpen), random),
    ...shuffled(
      outcomes.filter((outcome) => !isOpen(outcome)),
      random,
    ),
  ];
  // The open ones first reach the people of a trait; who gets the others was shuffled above.
  for (const [draft, outcome] of deal(needed, inOrder)) draft[check] = outcome;
}

function either(share: number): Shares<boolean> {
  return [
    [true, share],
    [false, 1 - share],
  ];
}
