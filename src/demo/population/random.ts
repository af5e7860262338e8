/** A reproducible stream of choices. Not for secrets. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number, both ends included. */
  int(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** Each item alone with this probability, in the list's order. */
  some<T>(list: readonly T[], probability: number): T[];
}

/** The stream that belongs to one person and one subject: it does not depend on who was asked about before. */
export function stream(seed: number, index: number, subject: string): Random {
  let state = mix(seed ^ mix(index + 1));
  for (let i = 0; i < subject.length; i++) state = mix(state ^ subject.charCodeAt(i));
  // mulberry32, by Tommy Ettinger (public domain).
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => list[Math.floor(next() * list.length)] ?? list[0],
    some: (list, probability) => list.filter(() => next() < probability),
  };
}

/** MurmurHash3's finaliser: one-to-one on 32-bit words, so that different words stay different. */
export function mix(word: number): number {
  let h = word | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
