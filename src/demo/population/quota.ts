import type { Random } from './random.ts';

/** A value and its weight, or share. */
export type Shares<C> = readonly (readonly [C, number])[];

/**
 * Gives every member a value so that the counts match the shares as nearly as whole people allow.
 * A quota, not a coin: a published figure then holds in every population, not in the average one.
 */
export function allot<T, C>(members: readonly T[], shares: Shares<C>, random: Random): [T, C][] {
  return deal(shuffled(members, random), quotas(members.length, shares));
}

/** Pairs members with values in order. */
export function deal<T, C>(members: readonly T[], values: readonly C[]): [T, C][] {
  return members.flatMap((member, i) => {
    const value = values[i];
    return value === undefined ? [] : [[member, value] as [T, C]];
  });
}

/** The values, each as often as its share of `count` asks, in the order of the shares. */
export function quotas<C>(count: number, shares: Shares<C>): C[] {
  const counts = largestRemainder(
    count,
    shares.map(([, weight]) => weight),
  );
  return shares.flatMap(([value], i) => new Array<C>(counts[i] ?? 0).fill(value));
}

/** Whole numbers that sum to `total` and stand to each other as the weights do (Hamilton's method). */
export function largestRemainder(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => (sum === 0 ? 0 : (total * weight) / sum));
  const counts = exact.map(Math.floor);
  const left = total - counts.reduce((a, b) => a + b, 0);
  const byRemainder = exact.map((value, i) => ({ i, rest: value % 1 })).sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of byRemainder.slice(0, left)) counts[i] = (counts[i] ?? 0) + 1;
  return counts;
}

/**
 * The size, near this share of `total`, of a group of which a whole number of people can be `rate`, both to the nearest
 * whole per cent. Of 42 people nobody can be 8%: 3 are 7% and 4 are 10%. Of 40 somebody can.
 */
export function reachableSize(total: number, share: number, rate: number): number {
  const start = Math.round(total * share);
  const candidates = Array.from({ length: start }, (_, step) => [start - step, start + step]).flat();
  const reachable = candidates.filter((size) => perCent(Math.round(rate * size), size) === Math.round(100 * rate));
  // In a small population both cannot always be had.
  return reachable.find((size) => perCent(size, total) === Math.round(100 * share)) ?? reachable[0] ?? start;
}

function perCent(part: number, whole: number): number {
  return Math.round((100 * part) / whole);
}

/** Fisher and Yates; the list itself stays as it is. */
export function shuffled<T>(list: readonly T[], random: Random): T[] {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = random.int(0, i);
    const [a, b] = [copy[i], copy[j]];
    if (a !== undefined && b !== undefined) [copy[i], copy[j]] = [b, a];
  }
  return copy;
}
