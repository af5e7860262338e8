/** What an audit entry may be made of. No floats, no undefined: their bytes would not be stable. */
export type Canonical = string | number | boolean | null | readonly Canonical[] | { readonly [key: string]: Canonical };

/**
 * The one byte sequence of a value: JSON with sorted keys, no white space, integers only (the part of RFC 8785 that
 * audit entries need).
 * @throws TypeError naming the offending value's path, for anything that has no stable form
 */
export function canonicalBytes(value: Canonical): Uint8Array {
  return new TextEncoder().encode(write(value, '$'));
}

function write(value: unknown, path: string): string {
  switch (typeof value) {
    case 'string':
      return writeText(value, path);
    case 'boolean':
      return String(value);
    case 'number':
      if (!Number.isSafeInteger(value) || Object.is(value, -0))
        throw new TypeError(`${path}: only safe integers are canonical`);
      return String(value);
    case 'object': {
      if (value === null) return 'null';
      // Array.from sees the holes that map would skip.
      if (Array.isArray(value))
        return `[${Array.from(value, (item, index) => write(item, `${path}[${index}]`)).join(',')}]`;
      if (Object.getPrototypeOf(value) !== Object.prototype)
        throw new TypeError(`${path}: only plain objects are canonical`);
      const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${entries.map(([key, item]) => `${writeText(key, path)}:${write(item, `${path}.${key}`)}`).join(',')}}`;
    }
    default:
      throw new TypeError(`${path}: ${typeof value} is not canonical`);
  }
}

function writeText(text: string, path: string): string {
  if (!text.isWellFormed()) throw new TypeError(`${path}: a lone surrogate has no UTF-8 form`);
  return JSON.stringify(text);
}
