import type { FastifyReply, FastifyRequest } from 'fastify';
import { systemClock } from '../clock.ts';
import type { Bundle } from '../policy/bundle.ts';
import type { ConsoleStore, Session, SignedIn } from '../record/console.ts';
import type { LogUse, Officer } from './page.ts';
import type { Viewer } from './screen.ts';
import { type Cookies, csrfToken, sessionId } from './sessions.ts';

/** Roles that the console is for. */
export const ROLES: readonly string[] = ['ig-officer', 'ig-lead'];

/** Somebody whose browser has a session of ours, open or over. */
export interface Guest {
  /** What the browser has. */
  readonly value: string;
  readonly id: Uint8Array;
  readonly session: Session;
  readonly officer: Officer;
  /** Null until they said what the visit is for, and once policy does not know that any more. */
  readonly visit: { readonly use: LogUse; readonly reference: string } | null;
  readonly viewer: Viewer;
}

/** Who sent the request; null for a browser without a session. */
export async function guestOf(
  request: FastifyRequest,
  cookies: Cookies,
  store: ConsoleStore,
  policy: Bundle,
): Promise<Guest | null> {
  const value = cookies.session(request);
  if (value === null) return null;
  const id = sessionId(value);
  // Tokens, and so sessions, are judged by the machine's time.
  const session = await store.find(id, systemClock.now());
  if (session === null) return null;
  const officer = officerOf(session);
  const use = policy.logUses.get(session.visit?.use ?? '');
  const visit = session.visit && use ? { use, reference: session.visit.reference } : null;
  const viewer = {
    officer,
    use: visit?.use ?? null,
    reference: visit?.reference ?? null,
    csrf: csrfToken(value, session),
  };
  return { value, id, session, officer, visit, viewer };
}

export function officerOf({ partner, practitioner, role }: SignedIn): Officer {
  return { partner, practitioner, role, isLead: role === 'ig-lead' };
}

/** Sends the browser elsewhere by GET: See Other (RFC 9110, 15.4.4). */
export function seeOther(reply: FastifyReply, to: string): FastifyReply {
  return reply.code(303).header('location', to).send();
}

/** To sign in, and then to a path of ours. */
export function toSignIn(reply: FastifyReply, next: string): FastifyReply {
  return seeOther(reply, `/console/sign-in?next=${encodeURIComponent(next)}`);
}

/** The cookie that carries it through a sign-in may have 4,096 characters (RFC 6265, 6.1), encrypted and in base64. */
const LONGEST_NEXT = 2_000;

/** A path of the console that somebody named, as a browser writes it, or its first page: never another site's. */
export function safeNext(next: unknown): string {
  const isSafe =
    typeof next === 'string' &&
    next.length <= LONGEST_NEXT &&
    /^\/console(?:\/(?!\/)[!#-[\]-~]*|\?[!#-[\]-~]*)?$/.test(next);
  return isSafe ? next : '/console/today';
}
