import fastifyCookie from '@fastify/cookie';
import fastifyFormbody from '@fastify/formbody';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../clock.ts';
import type { Bundle } from '../policy/bundle.ts';
import type { ConsoleStore, SignedIn } from '../record/console.ts';
import type { RecordModel } from '../record/model.ts';
import { readAssets } from './assets.ts';
import { faultMessage } from './faults.ts';
import type { Guest } from './guests.ts';
import { seeOther } from './guests.ts';
import { securityHeaders } from './headers.ts';
import { pageRoutes } from './page-routes.ts';
import { createRender } from './render.ts';
import { createScreen, type Screen, type Viewer } from './screen.ts';
import { type Cookies, createCookies } from './sessions.ts';
import { type ProviderSettings, SignInError } from './sign-in.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { createVisit, type Door, type OpenVisit } from './visit.ts';
import { visitRoutes } from './visit-routes.ts';

export interface ConsoleOptions {
  readonly provider: ProviderSettings;
  /** The keys of the pseudonyms, oldest first: the last one seals. */
  readonly keys: readonly Uint8Array[];
  /** Where browsers find the gateway, such as `https://throughgate.example`. */
  readonly origin: () => string;
  readonly isDevelopment: boolean;
  /** Browsers find it at the address that it listens on, and at no other of the same machine. */
  readonly atOwnAddress: boolean;
  readonly store: ConsoleStore;
  /** Whom an access token names, and until when; null for one that the gateway would not take. */
  readonly verify: (token: string) => Promise<(SignedIn & { readonly ends: Date }) | null>;
  readonly door: Door;
  /** In force now. */
  readonly policy: () => Bundle;
  readonly record: RecordModel;
  /** What policy sees; sessions go by the machine's time. */
  readonly clock: Clock;
  readonly fault: (error: unknown, requestId: string) => void;
}

/** What the routes of the console share. */
export interface Parts {
  readonly options: ConsoleOptions;
  readonly cookies: Cookies;
  readonly screen: Screen;
  /** The visit of somebody whose session is open and who said what it is for. */
  visitOf(request: FastifyRequest, reply: FastifyReply, guest: Guest): OpenVisit;
  /** A form that was not sent from a page of this session. */
  refuseForm(reply: FastifyReply, viewer: Viewer): FastifyReply;
}

/** The information governance console, for a prefix `/console`. */
export function createConsole(options: ConsoleOptions): FastifyPluginAsync {
  const { policy, origin, clock, record, store, door } = options;
  const assets = readAssets();
  const isSecure = () => origin().startsWith('https:');
  const screen = createScreen(createRender(), assets, policy, options.isDevelopment);
  const parts: Parts = {
    options,
    cookies: createCookies(isSecure),
    screen,
    visitOf(request, reply, { id, session, officer, visit }) {
      if (session.token === null || visit === null) throw new Error('a visit needs an open session and its use');
      const { raw } = reply;
      const isGone = () => raw.destroyed && !raw.writableFinished;
      const ground = { door, store, session: id, token: session.token, officer, ...visit, record, isGone };
      const open = createVisit({ ...ground, network: request.ip ?? null, now: clock.now(), policy: policy() });
      raw.once('close', () => void (raw.writableFinished || open.notDelivered()));
      return open;
    },
    refuseForm: (reply, viewer) =>
      screen.say(reply, {
        status: 403,
        title: 'This form cannot be taken',
        paragraphs: [
          'It was not sent from a page of this session, so nothing was done. Go back to the page, load it again, and send it again.',
        ],
        links: [{ href: '/console/today', text: 'Today' }],
        viewer,
      }),
  };

  return async (app) => {
    await app.register(fastifyCookie);
    await app.register(fastifyFormbody, {
      parser: (text) => new URLSearchParams(text) as unknown as Record<string, unknown>,
    });
    app.addHook('onRequest', async (request, reply) => {
      reply.headers(securityHeaders(options.provider.issuer, isSecure()));
      // Cookies and the provider know one address: who came by another of this machine's goes there.
      const isElsewhere = options.atOwnAddress && request.headers.host !== new URL(origin()).host;
      if (isElsewhere && request.method === 'GET') return seeOther(reply, `${origin()}${request.url}`);
      return undefined;
    });
    app.addHook('onSend', async (request, reply) => {
      const isAsset = request.routeOptions.url === '/console/assets/:name' && reply.statusCode === 200;
      if (isAsset) reply.header('cache-control', 'public, max-age=31536000, immutable');
    });
    app.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
      const asset = assets.files.get(request.params.name);
      return asset ? reply.type(asset.type).send(asset.body) : reply.callNotFound();
    });
    app.get('/', async (_request, reply) => seeOther(reply, '/console/today'));
    signInRoutes(app, parts);
    visitRoutes(app, parts);
    pageRoutes(app, parts);
    app.setNotFoundHandler((_request, reply) =>
      screen.say(reply, {
        status: 404,
        title: 'Page not found',
        paragraphs: ['There is no page of the console at this address.'],
        links: [{ href: '/console/today', text: 'Today' }],
      }),
    );
    app.setErrorHandler((error, request, reply) => {
      const message = faultMessage(error);
      if (message.status >= 500 && !(error instanceof SignInError)) options.fault(error, request.id);
      // Nobody can be asked whose form it is: whoever sent it still has it, and its token is looked at when it comes again.
      const isTyped = message.status >= 500 && request.body instanceof URLSearchParams;
      const again = isTyped ? { action: request.url, fields: [...(request.body as URLSearchParams)] } : undefined;
      return screen.say(reply, { ...message, ...(again && { again }) });
    });
  };
}
