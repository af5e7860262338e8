import { createHmac } from 'node:crypto';

/**
 * What lets the gateway notice that a value became another without keeping it: keyed hashes, so that the few values that
 * a date or a code can have cannot be tried by whoever reads the table.
 */
export interface Prints {
  /** @param of on whose behalf, of whom, at which holder, what for: the same value prints differently elsewhere */
  print(of: readonly string[], values: unknown): Uint8Array;
  /** Whether a print that any of the keys made is of these values. */
  isOf(print: Uint8Array, of: readonly string[], values: unknown): boolean;
  /** An id that the same happening always has, so that it is told once: a UUID of version 8 (RFC 9562). */
  idOf(happening: readonly string[]): string;
}

/** @param keys oldest first; the last one prints */
export function createPrints(keys: readonly Uint8Array[]): Prints {
  const derived = keys.map((key) => createHmac('sha256', key).update('watched value').digest());
  // By the oldest, so that nothing happens again on the day that another key comes.
  const idKey = createHmac('sha256', keys[0] ?? '')
    .update('event id')
    .digest();
  const printBy = (key: Buffer, of: readonly string[], values: unknown) =>
    createHmac('sha256', key)
      .update(JSON.stringify([of, values]))
      .digest();
  return {
    print: (of, values) => printBy(derived.at(-1) ?? Buffer.alloc(0), of, values),
    isOf: (print, of, values) => derived.some((key) => printBy(key, of, values).equals(print)),
    idOf(happening) {
      const bytes = createHmac('sha256', idKey).update(JSON.stringify(happening)).digest().subarray(0, 16);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
  };
}
