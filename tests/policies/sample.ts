/** So many members of a list, each at most once, the same ones for the same seed. */
export function sample<T>(list: readonly T[], size: number, seed: number): T[] {
  const rest = [...list];
  const random = generator(seed);
  return Array.from({ length: Math.min(size, rest.length) }, () => {
    const [taken] = rest.splice(Math.floor(random() * rest.length), 1);
    return taken as T;
  });
}

/** Mulberry32: numbers from 0 to 1, 1 left out, that look random and follow from the seed. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
