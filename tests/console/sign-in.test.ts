import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import fastifyCookie from '@fastify/cookie';
import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Config } from '../../src/config.ts';
import { connectConsole } from '../../src/connect-console.ts';
import { safeNext } from '../../src/console/guests.ts';
import { createConsole } from '../../src/console/server.ts';
import { createCookies } from '../../src/console/sessions.ts';
import { createSignIn, type SignIn } from '../../src/console/sign-in.ts';
import { createEdge } from '../../src/gateway/edge.ts';
import { createVerifier } from '../../src/identity/verifier.ts';
import { startGateway } from '../../src/main.ts';
import { buildBundle } from '../../src/policy/load/load.ts';
import type { ConsoleStore } from '../../src/record/console.ts';
import { record, texts } from '../policy/load/real.ts';
import { type FakeProvider, startFakeProvider } from './provider.ts';

const ORIGIN = 'https://console.example';
const keys = [randomBytes(32)];

let provider: FakeProvider;
let signIn: SignIn;

beforeAll(async () => {
  provider = await startFakeProvider();
  signIn = createSignIn(settings(provider.issuer), keys);
});

beforeEach(() => provider.answer({}));

afterAll(() => provider.close());

function settings(issuer: string) {
  return { issuer, audience: 'https://gateway.example', clientId: 'the-console', clientSecret: null };
}

/** Begins, and is sent back by the provider as a browser is. */
async function come(change: (back: URL) => void = () => {}, kept?: string) {
  const begun = await signIn.begin(ORIGIN, '/console/person');
  provider.asked.nonce = begun.url.searchParams.get('nonce') ?? '';
  provider.asked.challenge = begun.url.searchParams.get('code_challenge') ?? '';
  const back = new URL(`${ORIGIN}/console/signed-in?code=a-code&state=${begun.url.searchParams.get('state')}`);
  change(back);
  return signIn.finish(back, kept === undefined ? begun.kept : kept || null);
}

describe('a sign-in', () => {
  test('asks by code with PKCE, for a token of the gateway, and comes to the page that was wanted', async () => {
    const { url } = await signIn.begin(ORIGIN, '/console/person');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'the-console',
      redirect_uri: `${ORIGIN}/console/signed-in`,
      resource: 'https://gateway.example',
      code_challenge_method: 'S256',
      scope: 'openid',
    });
    expect(await come()).toEqual({ accessToken: 'an-access-token', next: '/console/person' });
    expect(Object.fromEntries(provider.asked.token)).toMatchObject({
      code: 'a-code',
      resource: 'https://gateway.example',
      redirect_uri: `${ORIGIN}/console/signed-in`,
    });
  });

  test('proves that who began it is who finishes it', async () => {
    await come();
    const verifier = provider.asked.token.get('code_verifier') ?? '';
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(provider.asked.challenge);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['another issuer beside its code', () => come((back) => back.searchParams.set('iss', 'https://elsewhere.example'))],
    ['two codes', () => come((back) => back.searchParams.append('code', 'another-code'))],
    ['another state', () => come((back) => back.searchParams.set('state', 'another'))],
    ['no state', () => come((back) => back.searchParams.delete('state'))],
    ['no code', () => come((back) => back.searchParams.delete('code'))],
    ['a refusal', () => come((back) => back.searchParams.set('error', 'access_denied'))],
    ['no cookie', () => come(undefined, '')],
    ['a cookie of our own making', () => come(undefined, 'x.1.AAAA')],
    ['the cookie of another sign-in', async () => come(undefined, (await signIn.begin(ORIGIN, '/console')).kept)],
    ['another nonce', () => answering({ claims: { nonce: 'another' } })],
    ['an id token for another client', () => answering({ claims: { aud: 'another-client' } })],
    ['an id token of another issuer', () => answering({ claims: { iss: 'https://elsewhere.example' } })],
    ['an id token that has expired', () => answering({ claims: { exp: 1 } })],
    ["another client's code", () => answering({ error: 'invalid_grant' })],
  ])('with %s is not finished', async (_, act) => {
    await expect(act()).rejects.toMatchObject({ name: 'SignInError', code: 'NOT_FINISHED' });
  });

  test('keeps the longest way back in a cookie that browsers take', async () => {
    const { kept } = await signIn.begin(ORIGIN, safeNext(`/console/log?practitioner=${'x'.repeat(1_950)}`));
    expect(kept.length).toBeLessThan(4_000);
  });

  test('sealed with another key is not finished', async () => {
    const elsewhere = createSignIn(settings(provider.issuer), [randomBytes(32)]);
    const { kept } = await elsewhere.begin(ORIGIN, '/console');
    await expect(come(undefined, kept)).rejects.toMatchObject({ code: 'NOT_FINISHED' });
  });

  test('waits for a provider that is down, and finds it again', async () => {
    const other = await startFakeProvider();
    await other.close();
    const patient = createSignIn(settings(other.issuer), keys);
    await expect(patient.begin(ORIGIN, '/console')).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    expect(await patient.endUrl(ORIGIN)).toBeNull();
  });

  async function answering(next: Parameters<FakeProvider['answer']>[0]) {
    provider.answer(next);
    return come();
  }
});

test.each([
  ['/console/person?from=1', '/console/person?from=1'],
  ['/console', '/console'],
  ['//elsewhere.example', '/console/today'],
  ['https://elsewhere.example', '/console/today'],
  ['/console//elsewhere.example', '/console/today'],
  ['/console/..\\\\elsewhere.example', '/console/today'],
  ['/consoles', '/console/today'],
  ['/console/\r\nset-cookie: x', '/console/today'],
  // What no header takes, and what no cookie holds: the sign-in would never be finished.
  ['/console/log?practitioner=\u65e5', '/console/today'],
  [`/console/log?practitioner=${'x'.repeat(2_000)}`, '/console/today'],
  [undefined, '/console/today'],
])('after signing in, %j leads to %s: a page of the console', (next, to) => {
  expect(safeNext(next)).toBe(to);
});

test.each([
  [true, '__Host-throughgate-', '; Path=/; HttpOnly; Secure; SameSite=Lax'],
  [false, 'throughgate-', '; Path=/console; HttpOnly; SameSite=Lax'],
])('cookies over https (%s) are for us alone', async (isSecure, prefix, attributes) => {
  const app = fastify();
  await app.register(fastifyCookie);
  const cookies = createCookies(() => isSecure);
  app.get('/', async (_, reply) => {
    cookies.setSession(reply, 'value');
    cookies.setSignIn(reply, 'kept');
    return 'set';
  });
  const { headers } = await app.inject('/');
  expect(headers['set-cookie']).toEqual([
    `${prefix}session=value${attributes}`,
    `${prefix}sign-in=kept; Max-Age=600${attributes}`,
  ]);
  await app.close();
});

describe('somebody who is no officer', () => {
  test('is told so, gets no session, and leaves an entry', async () => {
    const asked: unknown[] = [];
    const app = fastify();
    app.register(
      createConsole({
        provider: settings(provider.issuer),
        keys,
        origin: () => ORIGIN,
        isDevelopment: false,
        atOwnAddress: false,
        store: NO_STORE,
        verify: async () => ({ partner: 'a', practitioner: 'b', role: 'work-coach', ends: new Date() }),
        door: async (request) => {
          asked.push(request);
          return { body: '{}', notDelivered: async () => {} };
        },
        policy: () => buildBundle(texts, record),
        record,
        clock: { now: () => new Date() },
        fault: (error) => {
          throw error;
        },
      }),
      { prefix: '/console' },
    );
    const answer = await walk(app);
    expect(answer.statusCode).toBe(403);
    expect(answer.body).toContain('This is for information governance officers');
    expect(String(answer.headers['set-cookie'])).not.toContain('session');
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
    expect(asked).toMatchObject([{ token: 'an-access-token', purpose: 'IG_ASSURANCE' }]);
    await app.close();
  });
});

/** Through the sign-in, as a browser goes. */
async function walk(app: FastifyInstance) {
  const begun = await app.inject('/console/sign-in?next=/console/person');
  const sent = new URL(String(begun.headers.location));
  provider.asked.nonce = sent.searchParams.get('nonce') ?? '';
  const [cookie] = String(begun.headers['set-cookie']).split(';');
  const url = `/console/signed-in?code=a-code&state=${sent.searchParams.get('state')}`;
  return app.inject({ url, headers: { cookie } });
}

test('somebody whose token cannot be checked just now is not taken for another', async () => {
  const verifier = createVerifier({
    ...settings('https://127.0.0.1:1'),
    ...{ clockToleranceSeconds: 5, maxLifetimeSeconds: 3_600, jwksUrl: 'http://127.0.0.1:1/jwks' },
  });
  const header = { typ: 'at+jwt', alg: 'ES256', kid: 'one' };
  const [head, body] = [header, {}].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const app = fastify();
  const console = connectConsole({
    config: {
      ...{ oidc: { ...settings(provider.issuer), jwksUrl: null }, auditHmacKeys: keys },
      console: { clientId: 'the-console', clientSecret: null, url: ORIGIN },
    } as unknown as Config,
    access: { verifier: { ...verifier, verify: () => verifier.verify(`Bearer ${head}.${body}.AAAA`) } } as never,
    policy: () => buildBundle(texts, record),
    record,
    db: {} as never,
    origin: () => ORIGIN,
    development: false,
  });
  if (console) app.register(console, { prefix: '/console' });
  const answer = await walk(app);
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5']);
  expect(answer.body).toContain('You cannot sign in just now');
  await app.close();
});

/** Nobody has a session here, and nobody gets one. */
const NO_STORE = new Proxy({} as ConsoleStore, {
  get: (_, name) => () => {
    throw new Error(`the store was asked for ${String(name)}`);
  },
});

describe('a gateway', () => {
  test('without a console says so', async () => {
    const nothing = {} as never;
    const edge = createEdge({
      access: nothing,
      readiness: nothing,
      urgent: () => '',
      checkpoint: () => null,
      explorer: null,
      console: null,
    });
    const answer = await edge.inject('/console/today');
    expect(answer.statusCode).toBe(404);
    expect(answer.json().errors[0].message).toBe('This gateway has no console: its operator sets that up.');
    await edge.close();
  });

  test('stops, though somebody has stopped reading a long file', async () => {
    const nothing = {} as never;
    const file = function* () {
      for (;;) yield Buffer.alloc(65_536);
    };
    const edge = createEdge({
      ...{ access: nothing, readiness: nothing, urgent: () => '', checkpoint: () => null, explorer: null },
      console: async (app) => {
        app.get('/file', async (_, reply) => reply.send(Readable.from(file())));
      },
    });
    await edge.listen({ port: 0, host: '127.0.0.1' });
    const { port } = edge.server.address() as AddressInfo;
    const reader = connect(port, '127.0.0.1').on('error', () => {});
    reader.write('GET /console/file HTTP/1.1\r\nhost: console.example\r\n\r\n');
    await once(reader, 'readable');
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
    let isClosed = false;
    const closing = edge.close().then(() => {
      isClosed = true;
    });
    for (let second = 0; second < 10; second += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      vi.advanceTimersByTime(1_000);
    }
    vi.useRealTimers();
    await vi.waitFor(() => expect(isClosed).toBe(true));
    await closing;
    reader.destroy();
  });

  test('in production is told where browsers find its console, before anything is opened', async () => {
    const config = { console: { clientId: 'the-console', clientSecret: null, url: null } } as Config;
    await expect(startGateway({ config })).rejects.toThrow('CONSOLE_URL is missing');
  });
});
