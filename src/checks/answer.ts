import type { CheckTypePolicy } from '../policy/practice.ts';
import type { CheckOutcome, CheckType } from '../record/checks.ts';
import { isDay } from '../record/day.ts';
import type { Day } from '../record/facts.ts';
import type { Practice } from './act.ts';
import { textProblems } from './text.ts';

/** What a responder says, by a person or by a system of theirs. */
export interface GivenAnswer extends AnswerContent {
  readonly outcome: CheckOutcome;
  /** Of `UNABLE`: a code of the policy. */
  readonly reason: string | null;
  readonly automatic: boolean;
}

/** What of an answer is kept encrypted. */
export interface AnswerContent {
  readonly searched: readonly AnswerSearch[];
  readonly findings: readonly AnswerFinding[];
  readonly narrative: string | null;
  readonly handling: 'OFFICIAL' | 'OFFICIAL-SENSITIVE';
  readonly mayBeTold: boolean;
}

export interface AnswerSearch {
  /** A code of the policy. */
  readonly system: string;
  readonly by: 'CONFIRMED_NUMBER' | 'NAME_AND_DATE_OF_BIRTH' | 'ADDRESS';
  readonly match: 'CONFIRMED' | 'PROBABLE' | 'NONE';
}

export interface AnswerFinding {
  /** A code of the policy. */
  readonly code: string;
  readonly on: Day | null;
  readonly about: 'PERSON' | 'ADULT' | 'CHILD' | 'ADDRESS';
}

const MOST_SEARCHES = 20;
const MOST_FINDINGS = 50;

/**
 * Everything that is wrong with an answer, for whoever gave it: names of fields and what would be right, and no value.
 * Nothing but a search that found the person or the address, and nothing of what was asked, is a nil (SHARE-05).
 */
export function answerProblems(given: GivenAnswer, type: CheckType, { checks }: Practice, today: Day): string[] {
  const policy = checks.types.get(type);
  if (policy === undefined) throw new Error('A check has a type that the policy does not have.');
  return [
    ...reasonProblems(given, checks.unableReasons),
    ...searchProblems(given, policy),
    ...findingProblems(given, policy, today),
    ...narrativeProblems(given, checks.largestNarrative),
    ...OUTCOME_RULES.filter(({ outcome, holds }) => outcome === given.outcome && !holds(given)).map(
      ({ words }) => words,
    ),
  ];
}

interface OutcomeRule {
  readonly outcome: CheckOutcome;
  readonly words: string;
  readonly holds: (given: GivenAnswer) => boolean;
}

const OUTCOME_RULES: readonly OutcomeRule[] = [
  {
    outcome: 'NIL',
    words:
      '"outcome" NIL needs a search whose match is CONFIRMED, or one by ADDRESS that found it; where nobody was found it is NO_TRACE.',
    holds: ({ searched }) =>
      searched.some(({ by, match }) => match === 'CONFIRMED' || (by === 'ADDRESS' && match !== 'NONE')),
  },
  {
    outcome: 'NIL',
    words:
      '"outcome" NIL from a system needs a search by CONFIRMED_NUMBER whose match is CONFIRMED; otherwise it is NO_TRACE or UNABLE.',
    holds: ({ automatic, searched }) =>
      !automatic || searched.some(({ by, match }) => by === 'CONFIRMED_NUMBER' && match === 'CONFIRMED'),
  },
  {
    outcome: 'NO_TRACE',
    words: '"outcome" NO_TRACE needs every search to have the match NONE; where somebody was found it is another.',
    holds: ({ searched }) => searched.every(({ match }) => match === 'NONE'),
  },
  {
    outcome: 'INFORMATION',
    words: '"outcome" INFORMATION needs "findings" or a "narrative".',
    holds: ({ findings, narrative }) => findings.length > 0 || narrative !== null,
  },
];

function reasonProblems({ outcome, reason }: GivenAnswer, reasons: ReadonlyMap<string, string>): string[] {
  if (outcome !== 'UNABLE') return reason === null ? [] : ['"reason" belongs to the outcome UNABLE and to no other.'];
  return reason !== null && reasons.has(reason) ? [] : [`"reason" needs one of ${codes(reasons)}.`];
}

function searchProblems({ outcome, searched }: GivenAnswer, { systems }: CheckTypePolicy): string[] {
  if (outcome === 'UNABLE') return searched.length === 0 ? [] : ['"searched" is left empty with the outcome UNABLE.'];
  if (searched.length === 0) return ['"searched" needs at least one search.'];
  if (searched.length > MOST_SEARCHES) return [`"searched" takes at most ${MOST_SEARCHES} searches.`];
  return searched.flatMap(({ system }, index) =>
    systems.has(system) ? [] : [`"searched[${index}].system" needs one of ${codes(systems)}.`],
  );
}

function findingProblems({ outcome, findings }: GivenAnswer, policy: CheckTypePolicy, today: Day): string[] {
  if (outcome !== 'INFORMATION') {
    return findings.length === 0 ? [] : ['"findings" belong to the outcome INFORMATION and to no other.'];
  }
  if (findings.length > MOST_FINDINGS) return [`"findings" takes at most ${MOST_FINDINGS} findings.`];
  return findings.flatMap(({ code, on }, index) => [
    ...(policy.findings.has(code) ? [] : [`"findings[${index}].code" needs one of ${codes(policy.findings)}.`]),
    ...(on === null || (isDay(on) && on <= today) ? [] : [`"findings[${index}].on" needs a day that is not to come.`]),
  ]);
}

/** Words beside a nil would be information that looks like a nil. */
function narrativeProblems({ outcome, narrative }: GivenAnswer, longest: number): string[] {
  if (narrative === null) return [];
  if (outcome !== 'INFORMATION') return ['"narrative" belongs to the outcome INFORMATION and to no other.'];
  return textProblems('narrative', narrative, { least: 1, most: longest, lines: true });
}

function codes(of: ReadonlyMap<string, string>): string {
  return [...of.keys()].join(', ');
}

/** As it is kept, encrypted. */
export function writeAnswer({ searched, findings, narrative, handling, mayBeTold }: AnswerContent): string {
  return JSON.stringify({ searched, findings, narrative, handling, mayBeTold } satisfies AnswerContent);
}

/** @param text as `writeAnswer` wrote it */
export function parseAnswer(text: string): AnswerContent {
  return JSON.parse(text) as AnswerContent;
}
