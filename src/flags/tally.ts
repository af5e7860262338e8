import type { Access, Tally } from './types.ts';

/** What each practitioner did on each day, in the order of partner, practitioner and day. */
export function talliesOf(accesses: readonly Access[]): Tally[] {
  const days = Map.groupBy(accesses, ({ partner, practitioner, day }) => [partner, practitioner, day].join('\n'));
  return [...days]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, theirs]) => {
      const [first] = theirs;
      return first ? [{ ...figures(theirs), ...accountOf(first), role: first.role, day: first.day }] : [];
    });
}

/** How many look-ups there were, a list being one, and how many people were looked up one by one. */
export function figures(accesses: readonly Access[]): Pick<Tally, 'accesses' | 'people' | 'refused' | 'breakGlass'> {
  const alone = accesses.filter((access) => access.alone);
  return {
    accesses: new Set(accesses.map(({ requestId }) => requestId)).size,
    people: new Set(alone.map(({ subject }) => subject)).size,
    refused: accesses.filter(({ shown, kind }) => !shown && kind !== 'break-glass').length,
    breakGlass: accesses.filter(({ kind }) => kind === 'break-glass').length,
  };
}

function accountOf({ partner, practitioner }: Access) {
  return { partner, practitioner };
}

/** What is usual: the middle of some counts, and how far they spread. */
export interface Usual {
  readonly median: number;
  readonly spread: number;
}

/**
 * By the median and the median absolute deviation, which a few wild days do not move (Hampel, 1974). A steady baseline has
 * no deviation to speak of: the square root of its median is the least, as in counting. Null where too few counts are known.
 */
export function usualOf(counts: readonly number[]): Usual | null {
  if (counts.length < FEWEST) return null;
  const median = medianOf(counts);
  const deviation = medianOf(counts.map((each) => Math.abs(each - median)));
  return { median, spread: Math.max(NORMAL * deviation, Math.sqrt(median), 1) };
}

/** Counts of which something can be said. */
const FEWEST = 5;
/** By which the median absolute deviation of a normal distribution estimates its standard deviation. */
const NORMAL = 1.4826;

function medianOf(counts: readonly number[]): number {
  const sorted = [...counts].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}
