import { GatewayError } from '../errors.ts';
import { parseUnambiguousObject } from './json.ts';

const MAX_HEADER_BYTES = 8192;
const BEARER = /^Bearer +(\S+)$/i;

/**
 * The compact JWT in a request's Authorization header, checked for shape only. Nothing in it may be believed yet.
 *
 * Each segment is canonical base64url and the first two are JSON objects without repeated keys, so that every reader of
 * the token reads the same.
 * @param headers every Authorization header of the request (`headersDistinct` in Node, whose `headers` keeps the first)
 * @throws GatewayError UNAUTHENTICATED
 */
export function readBearer(headers: string | readonly string[] | undefined): { token: string; header: TokenHeader } {
  const all = typeof headers === 'string' ? [headers] : (headers ?? []);
  const [value] = all;
  if (value === undefined || value === '') throw refusal('Send an access token: `Authorization: Bearer <token>`.');
  if (all.length > 1) throw refusal('Send exactly one Authorization header.');
  if (Buffer.byteLength(value) > MAX_HEADER_BYTES) {
    throw refusal(`The Authorization header may be at most ${MAX_HEADER_BYTES} bytes long.`);
  }
  const token = BEARER.exec(value)?.[1];
  if (token === undefined) throw refusal('The Authorization header must read `Bearer <token>`, with one token.');
  const [header, payload, signature, ...more] = token.split('.').map(decode);
  if (!header || !payload || !signature || more.length > 0) throw malformed();
  try {
    parseUnambiguousObject(utf8.decode(payload));
    return { token, header: parseUnambiguousObject(utf8.decode(header)) };
  } catch {
    throw malformed();
  }
}

/** A JWT's header as its sender wrote it. Attacker-controlled. */
export type TokenHeader = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Null for padding, white space, other alphabets and stray bits, all of which Node's decoder forgives. */
function decode(segment: string): Buffer | null {
  const bytes = Buffer.from(segment, 'base64url');
  return bytes.toString('base64url') === segment ? bytes : null;
}

function malformed(): GatewayError {
  return refusal('The access token must be a signed JWT: three base64url parts, the first two JSON objects.');
}

function refusal(message: string): GatewayError {
  return new GatewayError('UNAUTHENTICATED', message);
}
