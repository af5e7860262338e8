import { createHash, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SignedIn } from '../record/console.ts';

/** The cookies of the console, and what follows from them. */
export interface Cookies {
  /** What the browser has of its session; null where it has none. */
  session(request: FastifyRequest): string | null;
  setSession(reply: FastifyReply, value: string): void;
  clearSession(reply: FastifyReply): void;
  /** What a sign-in that is under way needs when the browser comes back. */
  signIn(request: FastifyRequest): string | null;
  setSignIn(reply: FastifyReply, value: string): void;
  clearSignIn(reply: FastifyReply): void;
}

const SIGN_IN_SECONDS = 600;

/**
 * Of https the browser itself holds to the prefix `__Host-`: Secure, this host alone, the whole of it. On the loopback
 * interface there is no https, and the cookie is for the console's own paths. SameSite is Lax, because the way back from
 * the provider comes from another site.
 */
export function createCookies(isSecure: () => boolean): Cookies {
  const name = (word: string) => `${isSecure() ? '__Host-' : ''}throughgate-${word}`;
  const options = (): CookieSerializeOptions => ({
    path: isSecure() ? '/' : '/console',
    httpOnly: true,
    secure: isSecure(),
    sameSite: 'lax',
  });
  const read = (request: FastifyRequest, word: string) => request.cookies[name(word)] || null;
  return {
    session: (request) => read(request, 'session'),
    setSession: (reply, value) => void reply.setCookie(name('session'), value, options()),
    clearSession: (reply) => void reply.clearCookie(name('session'), options()),
    signIn: (request) => read(request, 'sign-in'),
    setSignIn: (reply, value) =>
      void reply.setCookie(name('sign-in'), value, { ...options(), maxAge: SIGN_IN_SECONDS }),
    clearSignIn: (reply) => void reply.clearCookie(name('sign-in'), options()),
  };
}

export function newSessionValue(): string {
  return randomBytes(32).toString('base64url');
}

/** By which the session is found: the store never has what the browser has. */
export function sessionId(value: string): Uint8Array {
  return createHash('sha256').update(value).digest();
}

/** The token that every form of the session has, with whose it is. It tells nothing of the session's own value. */
export function csrfToken(value: string, officer: SignedIn): string {
  return `${hash('sha256', `form of ${value}`, 'base64url')}.${whose(officer)}`;
}

/** @param token of the session that the browser has now */
export function isToken(given: string | null, token: string): boolean {
  const [one, other] = [given ?? '', token].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

/** Whether a page of the officer's had the token, be it of an earlier session: what was typed there is their own. */
export function isTokenOf(given: string | null, officer: SignedIn): boolean {
  return given?.split('.')[1] === whose(officer);
}

function whose({ partner, practitioner, role }: SignedIn): string {
  return hash('sha256', JSON.stringify([partner, practitioner, role]), 'base64url');
}

/**
 * Whether a form was sent from a page of our own. Browsers that say where from are believed; `no-referrer` makes them
 * send no origin with it, or `null`.
 */
export function isSameOrigin({ headers }: FastifyRequest, origin: string): boolean {
  const site = headers['sec-fetch-site'];
  // `none`: somebody loaded the answer to a form again.
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return headers.origin === undefined || headers.origin === 'null' || headers.origin === origin;
}
