import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKey, goodHeader, publicJwk, signEs256, startIssuer, type TestIssuer } from './issuer.ts';

let issuer: TestIssuer;

beforeEach(async () => {
  issuer = await startIssuer();
});

afterEach(async () => {
  vi.useRealTimers();
  await issuer.close();
});

const DISCOVERY = '/.well-known/openid-configuration';
const bearer = (token: string) => `Bearer ${token}`;

describe('the keys are found', () => {
  it('through the issuer, when first needed and once', async () => {
    const verifier = issuer.verifier();
    expect(issuer.requests).toEqual([]);
    const results = await Promise.all(Array.from({ length: 5 }, () => verifier.verify(bearer(issuer.token()))));
    expect(results.every(({ ok }) => ok)).toBe(true);
    expect(issuer.requests).toEqual([DISCOVERY, '/jwks']);
  });

  it('by asking whether we are ready', async () => {
    expect(await issuer.verifier().ready()).toBe(true);
    expect(issuer.requests).toEqual([DISCOVERY, '/jwks']);
  });

  it('at the address given, without asking the issuer where', async () => {
    const verifier = issuer.verifier({ jwksUrl: `${issuer.url}/jwks` });
    expect(await verifier.verify(bearer(issuer.token()))).toMatchObject({ ok: true });
    expect(issuer.requests).toEqual(['/jwks']);
  });

  it('and kept: an issuer that is away for a while locks nobody out', async () => {
    const verifier = issuer.verifier();
    await verifier.verify(bearer(issuer.token()));
    await issuer.close();
    expect(await verifier.verify(bearer(issuer.token()))).toMatchObject({ ok: true });
    expect(await verifier.ready()).toBe(true);
  });
});

describe('when the keys cannot be had, the caller is told to try again and readiness says so', () => {
  const failures: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
    'connection cut': (request) => request.socket.destroy(),
    'status 500': (_, response) => response.writeHead(500).end('{}'),
    'no content': (_, response) => response.writeHead(204).end(),
    'a redirect, even to the keys': (_, response) => response.writeHead(302, { location: '/jwks2' }).end(),
    'no JSON': (_, response) => response.end('<html>'),
    'no key set': (_, response) => response.end('{"keys":{}}'),
    'a key set of 1 MB': (_, response) => response.end(`{"keys":[],"x":"${'x'.repeat(1_000_000)}"}`),
    'a body that never ends': (_, response) => response.write('{"keys":['),
    silence: () => {},
  };

  it.each(Object.keys(failures))('%s', { timeout: 15_000 }, async (name) => {
    issuer.answerKeys = failures[name] ?? null;
    const verifier = issuer.verifier();
    const [result, ready] = await Promise.all([verifier.verify(bearer(issuer.token())), verifier.ready()]);
    expect(result).toMatchObject({
      ok: false,
      error: { code: 'UNAUTHENTICATED', message: 'The token could not be checked just now; try again.' },
      claims: null,
      retryable: true,
    });
    expect(ready).toBe(false);
    issuer.answerKeys = null;
    expect(await verifier.verify(bearer(issuer.token()))).toMatchObject({ ok: true });
    expect(await verifier.ready()).toBe(true);
  });

  it.each<[string, (good: TestIssuer) => object]>([
    ['of another issuer', ({ url }) => ({ issuer: 'https://attacker.example', jwks_uri: `${url}/jwks` })],
    ['without a key set', ({ url }) => ({ issuer: url })],
    ['that is not an object', () => []],
    // `data:` stands for any protocol that is not the issuer's own, such as plain HTTP where it is HTTPS.
    [
      'that sends us to another protocol',
      ({ url, keys }) => ({ issuer: url, jwks_uri: `data:application/json,${JSON.stringify({ keys })}` }),
    ],
  ])('an OpenID configuration %s', async (_, configuration) => {
    issuer.configuration = configuration(issuer);
    const verifier = issuer.verifier();
    expect(await verifier.verify(bearer(issuer.token()))).toMatchObject({ ok: false, retryable: true });
    expect(issuer.requests).toEqual([DISCOVERY]);
    issuer.configuration = null;
    expect(await verifier.verify(bearer(issuer.token()))).toMatchObject({ ok: true });
  });

  it('an issuer whose set has no key is not one to be ready with', async () => {
    issuer.keys = [];
    expect(await issuer.verifier().ready()).toBe(false);
  });
});

describe('rotation', () => {
  const next = createKey('issuer-key-2');
  const tokenOfNext = () =>
    bearer(signEs256(JSON.stringify(goodHeader({ kid: next.kid })), JSON.stringify(issuer.claims()), next.privateKey));

  it('a new key is accepted beside the old one, and the old one is refused once it is withdrawn', async () => {
    const verifier = issuer.verifier();
    expect(await verifier.verify(bearer(issuer.token()))).toMatchObject({ ok: true });
    issuer.keys = [publicJwk(issuer.key), publicJwk(next)];
    await expect.poll(async () => (await verifier.verify(tokenOfNext())).ok, { timeout: 3000 }).toBe(true);
    expect(await verifier.verify(bearer(issuer.token()))).toMatchObject({ ok: true });

    issuer.keys = [publicJwk(next)];
    // Whoever comes with an unknown key makes the set be read again.
    const oldAccepted = async () => {
      await verifier.verify(bearer(issuer.token({}, { kid: 'unknown' })));
      return (await verifier.verify(bearer(issuer.token()))).ok;
    };
    await expect.poll(oldAccepted, { timeout: 3000 }).toBe(false);
    expect(await verifier.verify(tokenOfNext())).toMatchObject({ ok: true });
  });

  it('a withdrawn key is refused after ten minutes at the latest', async () => {
    const verifier = issuer.verifier();
    await verifier.verify(bearer(issuer.token()));
    issuer.keys = [publicJwk(next)];
    expect(await verifier.verify(bearer(issuer.token()))).toMatchObject({ ok: true });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10 * 60_000 });
    expect(await verifier.verify(bearer(issuer.token()))).toMatchObject({ ok: false, retryable: false });
    expect(await verifier.verify(tokenOfNext())).toMatchObject({ ok: true });
  });

  it('a flood of unknown key ids asks the issuer about once a second', async () => {
    const verifier = issuer.verifier();
    const started = performance.now();
    for (let batch = 0; batch < 10; batch++) {
      const flood = Array.from({ length: 50 }, (_, n) => bearer(issuer.token({}, { kid: `unknown-${batch}-${n}` })));
      const results = await Promise.all(flood.map((header) => verifier.verify(header)));
      expect(results.some(({ ok }) => ok)).toBe(false);
    }
    const seconds = (performance.now() - started) / 1000;
    expect(issuer.requests.filter((path) => path === '/jwks').length).toBeLessThanOrEqual(2 + Math.floor(seconds));
  });
});
