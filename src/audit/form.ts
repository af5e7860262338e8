import { isUtf8 } from 'node:buffer';

/** Why a line is not the one form of an entry (RFC 8785, as far as entries need it); null when it is. */
export function whatIsWrong(line: Uint8Array): string | null {
  if (line[0] === BRACE && isPlain(line)) return null;
  try {
    const text = decoder.decode(line);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'is no JSON object';
    return canonical(value) === text ? null : 'is not in canonical form';
  } catch {
    // Neither UTF-8 nor JSON, or nested deeper than any entry.
    return 'cannot be read';
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws TypeError for what entries may not hold; RangeError when nested too deep */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('a lone surrogate');
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new TypeError('no safe integer');
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = value as Readonly<Record<string, unknown>>;
  return `{${Object.keys(members)
    .sort()
    .map((key) => `${canonical(key)}:${canonical(members[key])}`)
    .join(',')}}`;
}

const [QUOTE, COMMA, MINUS, ZERO, NINE, COLON, BACKSLASH] = [0x22, 0x2c, 0x2d, 0x30, 0x39, 0x3a, 0x5c];
const [BRACKET, END_BRACKET, BRACE, END_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];
const WORDS = ['true', 'false', 'null'].map((word) => Buffer.from(word));
const NOT_PLAIN = -1;
const MOST_DIGITS = 15;
const DEEPEST = 32;

/**
 * Whether a line is canonical, read off its bytes alone, which is several times as fast as to make an object of it. Of
 * what no entry of ours has it says no: an escape, a key beyond ASCII, a long number, deep nesting.
 */
function isPlain(line: Uint8Array): boolean {
  return pastValue(line, 0, 0) === line.length && isUtf8(line);
}

/** Where the value ends that begins at a place, or NOT_PLAIN. */
function pastValue(line: Uint8Array, at: number, depth: number): number {
  const first = line[at];
  if (first === QUOTE) return pastText(line, at + 1);
  if (first === BRACE) return depth < DEEPEST ? pastObject(line, at + 1, depth + 1) : NOT_PLAIN;
  if (first === BRACKET) return depth < DEEPEST ? pastList(line, at + 1, depth + 1) : NOT_PLAIN;
  const word = WORDS.find((bytes) => bytes[0] === first);
  if (word === undefined) return pastNumber(line, at);
  return word.every((byte, place) => line[at + place] === byte) ? at + word.length : NOT_PLAIN;
}

function pastText(line: Uint8Array, begin: number): number {
  for (let at = begin; ; at += 1) {
    const byte = line[at] ?? 0;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20 || byte === BACKSLASH) return NOT_PLAIN;
  }
}

function pastList(line: Uint8Array, begin: number, depth: number): number {
  if (line[begin] === END_BRACKET) return begin + 1;
  for (let at = begin; ; at += 1) {
    at = pastValue(line, at, depth);
    if (at === NOT_PLAIN) return NOT_PLAIN;
    if (line[at] === END_BRACKET) return at + 1;
    if (line[at] !== COMMA) return NOT_PLAIN;
  }
}

function pastObject(line: Uint8Array, begin: number, depth: number): number {
  if (line[begin] === END_BRACE) return begin + 1;
  let [lastKey, lastEnd] = [begin, begin];
  for (let at = begin; ; at += 1) {
    if (line[at] !== QUOTE) return NOT_PLAIN;
    const key = at + 1;
    at = pastText(line, key);
    if (at === NOT_PLAIN || line[at] !== COLON) return NOT_PLAIN;
    if (key !== begin + 1 && !follows(line, lastKey, lastEnd, key, at - 1)) return NOT_PLAIN;
    [lastKey, lastEnd] = [key, at - 1];
    at = pastValue(line, at + 1, depth);
    if (at === NOT_PLAIN) return NOT_PLAIN;
    if (line[at] === END_BRACE) return at + 1;
    if (line[at] !== COMMA) return NOT_PLAIN;
  }
}

/** Whether one key comes after the other, both in ASCII: there the order of bytes is that of UTF-16. */
function follows(line: Uint8Array, before: number, beforeEnd: number, key: number, end: number): boolean {
  for (let place = 0; ; place += 1) {
    if (key + place === end) return false;
    if (before + place === beforeEnd) return true;
    const [one = 0, other = 0] = [line[before + place], line[key + place]];
    if (one > 0x7f || other > 0x7f) return false;
    if (one !== other) return one < other;
  }
}

function pastNumber(line: Uint8Array, begin: number): number {
  const first = line[begin] === MINUS ? begin + 1 : begin;
  let at = first;
  while ((line[at] ?? 0) >= ZERO && (line[at] ?? 0) <= NINE) at += 1;
  const isWhole = at > first && at - first <= MOST_DIGITS && (line[first] !== ZERO || at === begin + 1);
  return isWhole ? at : NOT_PLAIN;
}
