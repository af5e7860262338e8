/** Matches what decides the nesting of valid JSON: strings (with the colon that makes one a key) and brackets. */
const STRUCTURE = /("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g;

/**
 * Parses a JSON object in which no object, at any depth, names a key twice.
 *
 * `JSON.parse` keeps the last of two equal keys and other parsers keep the first, so a token that repeats a claim means
 * different things to different readers. Keys are compared as parsed: `"sub"` equals `"\u0073ub"`.
 * @throws SyntaxError when the text is not such an object
 */
export function parseUnambiguousObject(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('Not a JSON object');
  const open: Set<unknown>[] = [];
  for (const [token, string, colon] of text.matchAll(STRUCTURE)) {
    if (string === undefined) {
      if (token === '{' || token === '[') open.push(new Set());
      else open.pop();
    } else if (colon !== undefined) {
      const keys = open.at(-1);
      const key: unknown = JSON.parse(string);
      if (keys?.has(key)) throw new SyntaxError('A key is repeated');
      keys?.add(key);
    }
  }
  return value as Record<string, unknown>;
}
