import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DEMO_PARTNERS, PERSONAS, partnersOf, practitionersOf } from '../../../src/demo/personas.ts';
import { demoClient } from '../../../src/demo/provider/accounts.ts';
import { DEV_AUDIENCE, type RunningProvider, startProvider } from '../../../src/demo/provider/provider.ts';
import { fetchToken } from '../../../src/demo/provider/token.ts';
import { createVerifier, type Verifier } from '../../../src/identity/verifier.ts';

let provider: RunningProvider;
let verifier: Verifier;

function verifierOf({ issuer }: RunningProvider): Verifier {
  return createVerifier({ issuer, audience: DEV_AUDIENCE, clockToleranceSeconds: 5, maxLifetimeSeconds: 3600 });
}

beforeAll(async () => {
  provider = await startProvider({ port: 0 });
  verifier = verifierOf(provider);
});

afterAll(() => provider.close());

async function requestToken(parameters: Record<string, string>, partner = 'probation-service'): Promise<TokenAnswer> {
  const { id, secret } = demoClient(partner);
  const response = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(parameters),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

interface TokenAnswer {
  status: number;
  access_token?: string;
  error?: string;
  error_description?: string;
}

describe('every persona at every partner of its kind gets a token that the gateway accepts', () => {
  const cases = PERSONAS.flatMap((persona) => partnersOf(persona).map(({ code }) => [persona.role, code] as const));

  it.each(cases)('%s at %s', async (role, partner) => {
    for (const practitioner of [undefined, practitionersOf(role, partner).at(-1)]) {
      const token = await fetchToken({
        issuer: provider.issuer,
        persona: role,
        partner,
        ...(practitioner && { practitioner: practitioner.id }),
      });
      const expected = practitioner ?? practitionersOf(role, partner)[0];
      expect(await verifier.verify(`Bearer ${token}`)).toEqual({
        ok: true,
        principal: {
          partner,
          role,
          practitioner: expected?.id,
          name: expected?.name,
          client: `demo-${partner}`,
          issuer: provider.issuer,
          subject: `${role}:${partner}:${expected?.id}`,
          tokenId: expect.stringMatching(/^.{16,}$/),
        },
      });
    }
  });
});

describe('a client by itself', () => {
  it('gets a token by client credentials, which the gateway refuses for want of a practitioner', async () => {
    const { access_token } = await requestToken({ grant_type: 'client_credentials' }, 'harbour-homes');
    expect(await verifier.verify(`Bearer ${access_token}`)).toMatchObject({
      ok: false,
      error: { code: 'PRACTITIONER_REQUIRED' },
      claims: { client: 'demo-harbour-homes', partner: 'harbour-homes' },
    });
  });

  it.each(DEMO_PARTNERS.map(({ code }) => code))('is known: that of %s', async (partner) => {
    expect(await requestToken({ grant_type: 'client_credentials' }, partner)).toMatchObject({ status: 200 });
  });

  it('gets no practitioner into it by asking', async () => {
    const { access_token } = await requestToken({
      grant_type: 'client_credentials',
      persona: 'probation-practitioner',
      practitioner: 'PRO-0001',
    });
    expect(await verifier.verify(`Bearer ${access_token}`)).toMatchObject({ error: { code: 'PRACTITIONER_REQUIRED' } });
  });

  it('gets nothing for another audience', async () => {
    const grant = { grant_type: 'client_credentials', resource: 'https://other.example/api' };
    expect(await requestToken(grant)).toEqual({
      status: 400,
      error: 'invalid_target',
      error_description: `resource must be ${DEV_AUDIENCE}`,
    });
  });
});

describe('the persona grant refuses, and says what would be right', () => {
  const grant_type = 'urn:throughgate:params:grant-type:persona';

  it.each<[string, Record<string, string>, RegExp]>([
    ['an unknown persona', { persona: 'governor' }, /^persona must be one of prison-offender-manager, .*, analyst$/],
    ['no persona', {}, /^persona must be one of /],
    [
      'a persona not at that kind of partner',
      { persona: 'housing-officer' },
      /^partner must be one of northmere-housing, southdale-housing for the persona housing-officer$/,
    ],
    [
      'a practitioner of another role',
      { persona: 'probation-practitioner', practitioner: 'PRM-0001' },
      /^practitioner must be one of PRO-0001 to PRO-0012 for the persona probation-practitioner at probation-service$/,
    ],
    [
      'an unknown practitioner',
      { persona: 'probation-practitioner', practitioner: 'PRO-0013' },
      /PRO-0001 to PRO-0012/,
    ],
  ])('%s', async (_, parameters, description) => {
    expect(await requestToken({ grant_type, ...parameters })).toEqual({
      status: 400,
      error: 'invalid_grant',
      error_description: expect.stringMatching(description),
    });
  });

  it('a client with another secret', async () => {
    const response = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('demo-health-service:guess').toString('base64')}` },
      body: new URLSearchParams({ grant_type, persona: 'health-practitioner' }),
    });
    expect(response.status).toBe(401);
  });
});

describe('the provider', () => {
  it('listens on the loopback interface and takes no port that is taken', async () => {
    expect(provider.issuer).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const port = Number(new URL(provider.issuer).port);
    await expect(startProvider({ port })).rejects.toMatchObject({ code: 'EADDRINUSE', port });
  });

  it('publishes nothing but one public ES256 key', async () => {
    const { keys } = (await (await fetch(`${provider.issuer}/jwks`)).json()) as { keys: object[] };
    expect(keys).toEqual([
      {
        kty: 'EC',
        crv: 'P-256',
        alg: 'ES256',
        use: 'sig',
        kid: expect.stringMatching(/^[\w-]{43}$/),
        x: expect.any(String),
        y: expect.any(String),
      },
    ]);
  });

  it('starts, serves and refuses without printing', async () => {
    const spies = (['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    const quiet = await startProvider({ port: 0 });
    await fetchToken({ issuer: quiet.issuer, persona: 'analyst' });
    await expect(fetchToken({ issuer: quiet.issuer, persona: 'analyst', practitioner: 'no' })).rejects.toThrow();
    await fetch(`${quiet.issuer}/auth?client_id=demo-hmpps-prisons`);
    await quiet.close();
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  });

  it("tells the tokens' times by its clock", async () => {
    const now = new Date('2030-01-31T12:00:00Z');
    const later = await startProvider({ port: 0, clock: { now: () => now } });
    const token = await fetchToken({ issuer: later.issuer, persona: 'analyst' });
    expect(await verifierOf(later).verify(`Bearer ${token}`)).toMatchObject({ ok: false });
    const { iat, exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect([iat, exp]).toEqual([now.getTime() / 1000, now.getTime() / 1000 + 3600]);
    await later.close();
  });
});

it('a restart rotates the key: new tokens are soon accepted, and then old ones are refused', async () => {
  const first = await startProvider({ port: 0 });
  const { issuer } = first;
  const gateway = verifierOf(first);
  const old = await fetchToken({ issuer, persona: 'work-coach' });
  expect(await gateway.verify(`Bearer ${old}`)).toMatchObject({ ok: true });
  await first.close();

  const second = await startProvider({ port: Number(new URL(issuer).port) });
  const fresh = await fetchToken({ issuer, persona: 'work-coach' });
  await expect.poll(async () => (await gateway.verify(`Bearer ${fresh}`)).ok, { timeout: 15_000 }).toBe(true);
  expect(await gateway.verify(`Bearer ${old}`)).toMatchObject({ ok: false, retryable: false });
  await second.close();
});
