/** A mapping as a map, each value changed. */
export function mapValues<K extends string, T, U>(
  table: Readonly<Record<K, T>>,
  change: (value: T, key: K) => U,
): Map<K, U> {
  return new Map(Object.entries<T>(table).map(([key, value]) => [key as K, change(value, key as K)]));
}
