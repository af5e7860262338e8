import { type DayNumber, yearOf } from './calendar.ts';
import { createLinks, type Links } from './links.ts';
import { assignOutcomes, type Outcomes } from './outcomes.ts';
import { stream } from './random.ts';
import { createTimelines, type Timeline } from './timeline.ts';
import { chooseTraits, type Trait } from './traits.ts';

/** What is fixed about a person when the population is made. Everything else follows from it and the index. */
export interface Person {
  readonly index: number;
  readonly trait: Trait | null;
  readonly birth: DayNumber;
  /** Year of the first police record, which the PNC id carries. */
  readonly pncYear: number;
  readonly timeline: Timeline;
  readonly links: Links;
  readonly outcomes: Outcomes;
}

/** The order matters: who is released when, who stands for a trait, who is known where, and then how things turn out. */
export function createPeople(seed: number, size: number, anchor: DayNumber): Person[] {
  const timelines = createTimelines(seed, size, anchor);
  const traits = chooseTraits(seed, timelines, anchor);
  const members = timelines.map((timeline, index) => {
    const trait = traits[index] ?? null;
    return { timeline, trait, links: createLinks(seed, index, trait) };
  });
  const outcomes = assignOutcomes(seed, members, anchor);
  return members.flatMap((member, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) return [];
    const random = stream(seed, index, 'birth');
    // Skewed towards the young, between 18 and 64 at the start of the sentence.
    const birth = member.timeline.sentenceStart - Math.floor(365.25 * (18.1 + 46 * random.next() ** 1.7));
    const pncYear = random.int(yearOf(birth) + 14, yearOf(member.timeline.sentenceStart));
    return [{ index, birth, pncYear, ...member, outcomes: outcome }];
  });
}
