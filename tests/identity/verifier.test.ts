import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIENCE, goodHeader, nowSeconds, signEs256, startIssuer, type TestIssuer } from './issuer.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer();
});

afterAll(() => issuer.close());

const bearer = (token: string) => `Bearer ${token}`;

describe('a good token', () => {
  it('names its principal', async () => {
    expect(await issuer.verifier().verify(bearer(issuer.token()))).toEqual({
      ok: true,
      principal: {
        partner: 'partner-c04d',
        practitioner: 'practitioner-33e1',
        name: 'Name-B2f9',
        role: 'role-68aa',
        client: 'client-91bc',
        issuer: issuer.url,
        subject: 'subject-7f3a',
        tokenId: 'token-id-5d2e',
      },
    });
  });

  it.each<[string, (token: string) => string | string[]]>([
    ['bearer in small letters', (token) => `bearer ${token}`],
    ['BEARER in capitals', (token) => `BEARER ${token}`],
    ['two spaces', (token) => `Bearer  ${token}`],
    ['a list of one header', (token) => [bearer(token)]],
  ])('may come with %s', async (_, write) => {
    expect(await issuer.verifier().verify(write(issuer.token()))).toMatchObject({ ok: true });
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['application/at+jwt as its type', {}, { typ: 'application/at+jwt' }],
    ['its type in capitals', {}, { typ: 'AT+JWT' }],
    ['our audience among several', { aud: ['https://other.example', AUDIENCE] }, {}],
    ['exactly the longest lifetime', { iat: nowSeconds(), exp: nowSeconds() + 3600 }, {}],
    ['claims of 256 characters', { sub: 'x'.repeat(256) }, {}],
    ['a name in any script', { name: 'Zo\u00eb \u0639\u0644\u06cc\u200c\u0631\u0636\u0627 O\u2019Hara-\u9648' }, {}],
    ['claims we do not read', { scope: 'record', authorization_details: [{ a: 1 }, { a: 1 }] }, {}],
    ['unencoded-payload wishes it does not mark critical', {}, { b64: false }],
    ['a key of its own in the header, which is ignored', {}, { jku: 'https://attacker.example/jwks' }],
  ])('may have %s', async (_, claims, header) => {
    expect(await issuer.verifier().verify(bearer(issuer.token(claims, header)))).toMatchObject({ ok: true });
  });
});

describe('clocks may differ by the tolerance and no more', () => {
  const at = (now: number) => issuer.verifier({ clock: { now: () => new Date(now * 1000) } });
  const [iat, exp] = [1_800_000_000, 1_800_000_600];

  it.each([
    [iat - 6, false],
    [iat - 5, true],
    [iat, true],
    [exp - 1, true],
    [exp + 4, true],
    [exp + 5, false],
  ])('at %d: let in %s', async (now, ok) => {
    expect(await at(now).verify(bearer(issuer.token({ iat, exp })))).toMatchObject({ ok });
  });
});

describe('a refusal', () => {
  const times = "The access token's `iat` and `exp` must be numbers, and `iat` and `nbf` not in the future.";
  const header = "The access token's header must have `typ` at+jwt, `alg` ES256, and a `kid`.";
  const shape = 'The access token must be a signed JWT: three base64url parts, the first two JSON objects.';

  it.each<[string, (issuer: TestIssuer) => string]>([
    ['The access token has expired. Get a new one.', ({ token }) => token({ iat: 1, exp: 2 })],
    [
      'The access token must be for this gateway: its audience is another.',
      ({ token }) => token({ aud: 'https://other.example' }),
    ],
    [
      "The access token must be issued by the gateway's OpenID provider.",
      ({ token }) => token({ iss: 'https://other.example' }),
    ],
    [
      'The access token must carry `sub`, `jti`, each a string of 1 to 256 printable characters.',
      ({ token }) => token({ sub: 1, jti: undefined }),
    ],
    [times, ({ token }) => token({ exp: undefined })],
    [times, ({ token }) => token({ nbf: nowSeconds() + 60 })],
    [
      "The access token's `exp` may be at most 3600 seconds after its `iat`.",
      ({ token }) => token({ exp: nowSeconds() + 7200 }),
    ],
    [header, ({ token }) => token({}, { alg: 'RS256' })],
    [header, ({ token }) => token({}, { typ: 'JWT' })],
    [shape, ({ token }) => `${token()}.e30`],
    [shape, () => 'opaque-token'],
    [
      'The access token must be signed with a key that its issuer publishes now.',
      ({ token }) => token({}, { kid: 'unknown' }),
    ],
  ])('says what would be right: %s', async (message, write) => {
    expect(await issuer.verifier().verify(bearer(write(issuer)))).toMatchObject({ error: { message } });
  });

  it('of a genuine token names its sender, as far as the token does so usably', async () => {
    const refuse = async (claims: Record<string, unknown>) => {
      const result = await issuer.verifier().verify(bearer(issuer.token(claims)));
      return result.ok || result.claims;
    };
    const all = { client: 'client-91bc', partner: 'partner-c04d', tokenId: 'token-id-5d2e' };
    expect(await refuse({ practitioner: undefined })).toEqual(all);
    expect(await refuse({ exp: 1 })).toEqual(all);
    expect(await refuse({ aud: 'https://other.example' })).toEqual(all);
    expect(await refuse({ partner: 'two\nlines', jti: 7 })).toEqual({ client: 'client-91bc' });
  });

  it('comes before the issuer is asked for anything when the header alone is wrong', async () => {
    const quiet = await startIssuer();
    for (const header of [{ alg: 'none' }, { alg: 'HS256' }, { typ: 'JWT' }, { kid: undefined }]) {
      expect(await quiet.verifier().verify(bearer(quiet.token({}, header)))).toMatchObject({ ok: false });
    }
    expect(quiet.requests).toEqual([]);
    await quiet.close();
  });
});

it('accepts the algorithms it is given and no other', async () => {
  const token = signEs256(JSON.stringify(goodHeader()), JSON.stringify(issuer.claims()), issuer.key.privateKey);
  expect(await issuer.verifier({ algorithms: ['ES256', 'PS256'] }).verify(bearer(token))).toMatchObject({ ok: true });
  expect(await issuer.verifier({ algorithms: ['PS256'] }).verify(bearer(token))).toMatchObject({ ok: false });
});
