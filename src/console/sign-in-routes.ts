import type { FastifyInstance } from 'fastify';
import { systemClock } from '../clock.ts';
import { guestOf, ROLES, safeNext, seeOther } from './guests.ts';
import type { Parts } from './server.ts';
import { isSameOrigin, isToken, newSessionValue, sessionId } from './sessions.ts';
import { createSignIn } from './sign-in.ts';

/** `/sign-in`, `/signed-in`, `/sign-out` and `/signed-out`. */
export function signInRoutes(app: FastifyInstance, parts: Parts): void {
  const { options, cookies, screen } = parts;
  const { store, policy, origin, verify, door } = options;
  const provider = createSignIn(options.provider, options.keys);

  app.get('/sign-in', async (request, reply) => {
    const { next } = request.query as { next?: unknown };
    const { url, kept } = await provider.begin(origin(), safeNext(next));
    cookies.setSignIn(reply, kept);
    return seeOther(reply, url.href);
  });

  app.get('/signed-in', async (request, reply) => {
    const kept = cookies.signIn(request);
    cookies.clearSignIn(reply);
    const { accessToken, next } = await provider.finish(new URL(request.url, origin()), kept);
    const who = await verify(accessToken);
    if (who === null || !ROLES.includes(who.role)) {
      // Whoever is refused has an entry too.
      const [body, network] = [{ query: 'query SignIn { __typename }' }, request.ip];
      await door({ token: accessToken, purpose: 'IG_ASSURANCE', traceparent: '', network, body });
      const end = await provider.endUrl(origin());
      return screen.say(reply, {
        status: 403,
        title: 'This is for information governance officers',
        paragraphs: [
          'You are signed in, but not as an information governance officer of a partner or as their lead. Whoever looks after accounts at your organisation can tell you how to become one.',
        ],
        links: [
          ...(end ? [{ href: end.href, text: 'Sign out' }] : []),
          { href: '/console/sign-in', text: 'Sign in as somebody else' },
        ],
      });
    }
    const earlier = cookies.session(request);
    const value = newSessionValue();
    const session = { id: sessionId(value), who, token: accessToken, ends: who.ends };
    await store.start(session, systemClock.now(), earlier === null ? null : sessionId(earlier));
    cookies.setSession(reply, value);
    return seeOther(reply, `/console/visit?next=${encodeURIComponent(next)}`);
  });

  app.post('/sign-out', async (request, reply) => {
    const guest = await guestOf(request, cookies, store, policy());
    if (guest === null) return seeOther(reply, '/console/signed-out');
    const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
    if (!isSameOrigin(request, origin()) || !isToken(form.get('_csrf'), guest.viewer.csrf)) {
      return parts.refuseForm(reply, guest.viewer);
    }
    await store.end(guest.id);
    cookies.clearSession(reply);
    const end = await provider.endUrl(origin());
    return seeOther(reply, end?.href ?? '/console/signed-out');
  });

  app.get('/signed-out', async (_request, reply) =>
    screen.say(reply, {
      status: 200,
      title: 'You have signed out',
      paragraphs: ['Nothing that you looked at is left in this browser.'],
      links: [{ href: '/console/sign-in', text: 'Sign in again' }],
    }),
  );
}
