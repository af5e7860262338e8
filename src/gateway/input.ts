import { GatewayError } from '../errors.ts';

/**
 * The practitioner's own words, without the white space around them.
 * @throws GatewayError BAD_USER_INPUT naming the field, never what was written
 */
export function readText(field: string, text: string): string {
  const trimmed = text.trim();
  // Counted as people count them, so that an accent or an emoji is one.
  const length = [...trimmed].length;
  if (length < 10 || length > 500 || CONTROL.test(trimmed)) {
    throw new GatewayError('BAD_USER_INPUT', `"${field}" needs a text of 10 to 500 characters.`);
  }
  return trimmed;
}

/** @throws GatewayError BAD_USER_INPUT */
export function readIdempotencyKey(key: string): string {
  if (/^[A-Za-z0-9_-]{8,64}$/.test(key)) return key;
  throw new GatewayError(
    'BAD_USER_INPUT',
    '"idempotencyKey" needs 8 to 64 letters, digits, hyphens and underscores, new for everything that is done.',
  );
}

// Line breaks and tabs are writing; the rest is not, and a NUL is not text to PostgreSQL.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
