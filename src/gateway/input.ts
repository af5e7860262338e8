import { GatewayError } from '../errors.ts';

/**
 * The practitioner's own words, without the white space around them.
 * @throws GatewayError BAD_USER_INPUT naming the field, never what was written
 */
export function readText(field: string, text: string): string {
  const trimmed = text.trim();
  // Counted as people count them, so that an accent or an emoji is one, and what nobody sees is none.
  const length = [...trimmed].length;
  const seen = [...trimmed.replace(/\p{Cf}/gu, '').trim()].length;
  if (seen < 10 || length > 500 || NOT_WRITING.test(trimmed)) {
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

/** What a reference of ours looks like. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

// Line breaks and tabs are writing. Other controls are not, nor half a character, which PostgreSQL would not keep as it
// is, nor what turns round the letters that a reviewer reads.
const NOT_WRITING = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u;
