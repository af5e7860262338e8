import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { systemClock } from '../clock.ts';
import type { Draft } from '../record/console.ts';
import { faultMessage } from './faults.ts';
import { type Guest, guestOf, safeNext, seeOther, toSignIn } from './guests.ts';
import { AskError, type Page, type PageAnswer, type PageRequest } from './page.ts';
import { PAGES } from './pages.ts';
import { pathBelow } from './screen.ts';
import type { Parts } from './server.ts';
import { isSameOrigin, isToken, isTokenOf } from './sessions.ts';
import type { OpenVisit } from './visit.ts';

/** Well below what one head of a request may have, with its cookies. */
const LONGEST_ADDRESS = 8_000;
/** A page that asks nothing leaves an entry all the same. */
const OPENED_DOCUMENT = 'query OpenPage { __typename }';

/** Every page of the console, for whoever is signed in and said what their visit is for; and `/forget`, for a draft. */
export function pageRoutes(app: FastifyInstance, parts: Parts): void {
  for (const page of PAGES) {
    const { path, get, post } = page;
    if (get) app.get(path, (request, reply) => open(get, parts, request, reply));
    if (post) app.post(path, (request, reply) => send(page, post, parts, request, reply));
  }

  app.post('/forget', async (request, reply) => {
    const { options, cookies } = parts;
    const guest = await guestOf(request, cookies, options.store, options.policy());
    if (!guest?.session.isOpen) return toSignIn(reply, '/console/today');
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    if (!isSameOrigin(request, options.origin()) || !isToken(form.get('_csrf'), guest.viewer.csrf)) {
      return parts.refuseForm(reply, guest.viewer);
    }
    const path = form.get('path') ?? '';
    await options.store.dropDraft(guest.session, path);
    return seeOther(reply, safeNext(`/console${path}`));
  });
}

type Does = NonNullable<Page['get']>;

async function open(get: Does, parts: Parts, request: FastifyRequest, reply: FastifyReply) {
  const { options, cookies } = parts;
  const { store, policy } = options;
  const guest = await guestOf(request, cookies, store, policy());
  if (!guest?.session.isOpen) return toSignIn(reply, request.url);
  if (!guest.visit) return toVisit(reply, request.url);
  const draft = await store.draft(guest.session, pathBelow(request.url), systemClock.now());
  const visit = parts.visitOf(request, reply, guest);
  try {
    const answer = await get(visit, readRequest(request, new URLSearchParams(draft?.text)));
    if (visit.asked() === 0) await visit.ask(OPENED_DOCUMENT);
    return await answered(parts, reply, guest, answer, draft);
  } catch (error) {
    return isOver(error) ? toSignIn(reply, request.url) : failed(parts, reply, guest, error, false);
  }
}

async function send(page: Page, post: Does, parts: Parts, request: FastifyRequest, reply: FastifyReply) {
  const { options, cookies } = parts;
  const { store, policy, origin } = options;
  const guest = await guestOf(request, cookies, store, policy());
  const at = formPath(page, request);
  if (!guest) return toSignIn(reply, `/console${at}`);
  if (!(request.body instanceof URLSearchParams)) throw Object.assign(new Error('not a form'), { statusCode: 415 });
  const form = new URLSearchParams(request.body);
  const token = form.get('_csrf');
  form.delete('_csrf');
  const keep = () => store.saveDraft(guest.session, at, form.toString(), systemClock.now());
  const isOurs = isSameOrigin(request, origin());
  if (!isOurs || !isToken(token, guest.viewer.csrf)) {
    // The browser says that a page of ours sent it: of a session before this one. What its officer typed is not lost.
    const isTheirs = request.headers['sec-fetch-site'] === 'same-origin' && isTokenOf(token, guest.session);
    if (!isTheirs) return parts.refuseForm(reply, guest.viewer);
    await keep();
    return seeOther(reply, `/console${at}`);
  }
  if (!guest.session.isOpen) {
    await keep();
    return toSignIn(reply, `/console${at}`);
  }
  if (!guest.visit) {
    await keep();
    return toVisit(reply, `/console${at}`);
  }
  const visit: OpenVisit = parts.visitOf(request, reply, guest);
  try {
    const answer = await post(visit, readRequest(request, form));
    await store.dropDraft(guest.session, at);
    return await answered(parts, reply, guest, answer, null);
  } catch (error) {
    // Whatever went wrong, nothing has to be typed again.
    const isKept = await keep().then(
      () => true,
      () => false,
    );
    // Then whoever sent it keeps it themselves.
    if (!isKept) throw error;
    return isOver(error) ? toSignIn(reply, `/console${at}`) : failed(parts, reply, guest, error, isKept);
  }
}

function readRequest(request: FastifyRequest, form: URLSearchParams): PageRequest {
  return {
    parts: request.params as Readonly<Record<string, string>>,
    query: new URL(request.url, 'http://console').searchParams,
    form,
  };
}

async function answered(parts: Parts, reply: FastifyReply, guest: Guest, answer: PageAnswer, draft: Draft | null) {
  switch (answer.kind) {
    case 'page':
      return parts.screen.show(reply, { ...answer, viewer: guest.viewer, keptAt: draft?.keptAt ?? null });
    case 'redirect':
      if (answer.to.length > LONGEST_ADDRESS) throw Object.assign(new Error('too long'), { statusCode: 413 });
      return seeOther(reply, answer.to.startsWith('/console') ? answer.to : `/console${answer.to}`);
    case 'file': {
      const { name, type, body } = answer;
      const plain = name.replaceAll(/[^A-Za-z0-9._-]/g, '-');
      reply.type(type).header('content-disposition', `attachment; filename="${plain}"`);
      return reply.send(
        typeof body === 'string' || body instanceof Uint8Array ? Buffer.from(body) : Readable.from(body),
      );
    }
  }
}

function failed({ options, screen }: Parts, reply: FastifyReply, { viewer }: Guest, error: unknown, isKept: boolean) {
  const message = faultMessage(error);
  if (message.status === 500) options.fault(error, reply.request.id);
  const kept = isKept ? ['What you typed is kept: open the page again, check it, and send it again.'] : [];
  return screen.say(reply, { ...message, paragraphs: [...message.paragraphs, ...kept], viewer });
}

/** The path of the page that has the form which was sent. */
function formPath({ path, get, formAt }: Page, request: FastifyRequest): string {
  if (get || formAt === undefined || formAt === path) return pathBelow(request.url);
  const parts = request.params as Readonly<Record<string, string>>;
  return formAt.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(parts[name] ?? ''));
}

function toVisit(reply: FastifyReply, next: string): FastifyReply {
  return seeOther(reply, `/console/visit?next=${encodeURIComponent(next)}`);
}

/** The gateway does not take the token any more, or not now: the session stays, so that another window's form has whose it is. */
function isOver(error: unknown): boolean {
  return error instanceof AskError && error.code === 'UNAUTHENTICATED';
}
