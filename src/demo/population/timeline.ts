import { type DayNumber, workingDayUpTo } from './calendar.ts';
import { FIGURES, RECALL_REASONS } from './figures.ts';
import { allot, reachableSize, shuffled } from './quota.ts';
import { type Random, stream } from './random.ts';

/** One person's sentence: when it began, each release, and a recall. Some of it may lie in the future. */
export interface Timeline {
  readonly sentenceType: 'DETERMINATE' | 'EXTENDED' | 'INDETERMINATE';
  /** Null for an indeterminate sentence. */
  readonly sentenceDays: number | null;
  readonly sentenceStart: DayNumber;
  readonly firstRelease: DayNumber;
  readonly releaseType: 'ARD' | 'CRD' | 'HDC' | 'PAROLE';
  /** Last day of the licence; null when it has none. */
  readonly licenceEnd: DayNumber | null;
  readonly recall: Recall | null;
  /** Release after the recall; null when there was none, or none is fixed. */
  readonly secondRelease: DayNumber | null;
}

export interface Recall {
  readonly on: DayNumber;
  readonly type: 'FIXED_TERM' | 'STANDARD';
  readonly reason: (typeof RECALL_REASONS)[number][0];
}

/** Releases begin this many days before the anchor, about fourteen months, and end a year after it. */
const FIRST = -426;
const LAST = 365;

export const NINE_MONTHS = 274;

/**
 * Length of a fixed-term recall in days: shorter after a sentence under twelve months.
 * Source: Catch22, February 2025. Most sentences under four years have had 56 days since September 2025.
 */
const FIXED_TERM = { underTwelveMonths: 14, longer: 28 };

export function createTimelines(seed: number, size: number, anchor: DayNumber): Timeline[] {
  const random = stream(seed, -1, 'timelines');
  const indexes = Array.from({ length: size }, (_, index) => index);
  const releases = shuffled(indexes, random).map((index, rank) => ({
    index,
    // Evenly over the span, so that every month has people in it, whatever the size.
    day: workingDayUpTo(anchor + FIRST + Math.floor(((rank + 0.5) * (LAST - FIRST)) / size)),
  }));
  const recalls = new Map([
    ...planRecalls(
      releases.filter(({ day }) => day <= anchor - NINE_MONTHS),
      random,
    ),
    ...planRecalls(
      releases.filter(({ day }) => day > anchor - NINE_MONTHS),
      random,
    ),
  ]);
  return releases
    .sort((a, b) => a.index - b.index)
    .map(({ index, day }) => createTimeline(stream(seed, index, 'sentence'), day, recalls.get(index) ?? null, anchor));
}

interface RecallPlan {
  /** Days after the release. */
  readonly after: number;
  readonly type: Recall['type'];
  readonly reason: Recall['reason'];
}

/** Three in ten are recalled within nine months, four in ten of them within 28 days: the first weeks are the worst. */
function planRecalls(members: readonly { index: number }[], random: Random): [number, RecallPlan][] {
  const { recalledWithinNineMonths: within, recalledWithin28Days: early } = FIGURES;
  const count = reachableSize(members.length, within.share, early.share);
  const recalled = shuffled(members, random).slice(0, count);
  const reasons = new Map(allot(recalled, RECALL_REASONS, random));
  const earlyOnes = Math.round(count * early.share);
  return recalled.map((member, i) => [
    member.index,
    {
      after: i < earlyOnes ? random.int(3, 28) : 29 + Math.floor((NINE_MONTHS - 30) * random.next() ** 1.6),
      type: i % 2 === 0 ? 'FIXED_TERM' : 'STANDARD',
      reason: reasons.get(member) ?? 'OTHER_BREACH',
    },
  ]);
}

function createTimeline(random: Random, firstRelease: DayNumber, plan: RecallPlan | null, anchor: DayNumber): Timeline {
  const sentence = drawSentence(random, {
    // Everybody has been sentenced for a month at the anchor.
    served: firstRelease - anchor + 30,
    // A recall presupposes a licence, and leaves time to come out again before it ends.
    licence: plan === null ? 0 : plan.after + 45,
  });
  const sentenceStart = firstRelease - sentence.served;
  const licenceEnd = sentence.days === null ? null : sentenceStart + sentence.days - 1;
  const recall = plan && { on: firstRelease + plan.after, type: plan.type, reason: plan.reason };
  return {
    sentenceType: sentence.type,
    sentenceDays: sentence.days,
    sentenceStart,
    firstRelease,
    releaseType: sentence.releaseType,
    licenceEnd,
    recall,
    secondRelease: recall && releaseAfter(random, recall, sentence.days, licenceEnd),
  };
}

function releaseAfter(random: Random, recall: Recall, sentenceDays: number | null, licenceEnd: DayNumber | null) {
  if (recall.type === 'FIXED_TERM') {
    const term = sentenceDays !== null && sentenceDays < 365 ? FIXED_TERM.underTwelveMonths : FIXED_TERM.longer;
    return workingDayUpTo(recall.on + term);
  }
  const released = workingDayUpTo(recall.on + random.int(60, 240));
  if (licenceEnd === null) return random.chance(0.5) ? released : null;
  return Math.min(released, licenceEnd);
}

interface Sentence {
  readonly type: Timeline['sentenceType'];
  readonly days: number | null;
  /** Days in prison before the first release. */
  readonly served: number;
  readonly releaseType: Timeline['releaseType'];
}

function drawSentence(random: Random, least: { served: number; licence: number }): Sentence {
  const kind = random.next();
  if (kind < 0.03) {
    return { type: 'INDETERMINATE', days: null, served: random.int(2200, 6500), releaseType: 'PAROLE' };
  }
  if (kind < 0.08) {
    const days = random.int(1500, 3600);
    return { type: 'EXTENDED', days, served: Math.round((days * 2) / 3), releaseType: 'PAROLE' };
  }
  const days = Math.max(
    kind < 0.38 ? random.int(56, 364) : kind < 0.82 ? random.int(365, 1460) : random.int(1461, 3285),
    2 * least.licence,
    2 * least.served,
  );
  const half = Math.floor(days / 2);
  const early = days >= 84 && days <= 1460 && random.chance(0.15) ? Math.min(180, Math.floor(days / 8)) : 0;
  const curfew = half - early < least.served ? 0 : early;
  const releaseType = curfew > 0 ? 'HDC' : days < 365 ? 'ARD' : 'CRD';
  return { type: 'DETERMINATE', days, served: half - curfew, releaseType };
}
