import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Verifier } from '../../src/identity/verifier.ts';
import { base64url, goodHeader, startIssuer, type TestIssuer } from './issuer.ts';

let issuer: TestIssuer;
let verifier: Verifier;

beforeAll(async () => {
  issuer = await startIssuer();
  verifier = issuer.verifier();
});

afterAll(() => issuer.close());

const text = fc.string({ unit: 'binary', maxLength: 60 });
const segment = fc.oneof(
  text,
  text.map(base64url),
  fc.jsonValue().map((value) => base64url(JSON.stringify(value))),
);
const header = fc.oneof(
  segment,
  fc
    .dictionary(fc.constantFrom('alg', 'typ', 'kid', 'crit', 'jwk'), fc.jsonValue())
    .map((changes) => base64url(JSON.stringify(goodHeader(changes)))),
);

it('garbage never verifies and never throws', async () => {
  const garbage = fc.oneof(
    text,
    fc.array(text, { maxLength: 3 }),
    fc
      .tuple(fc.constantFrom('Bearer ', 'bearer  ', 'DPoP ', ''), header, segment, segment)
      .map(([scheme, ...parts]) => scheme.concat(parts.join('.'))),
  );
  await fc.assert(
    fc.asyncProperty(garbage, async (headers) => {
      expect(await verifier.verify(headers)).toMatchObject({ ok: false, claims: null, retryable: false });
    }),
    { numRuns: 1000 },
  );
});

it('a good token with one character changed never verifies', async () => {
  const token = issuer.token();
  await fc.assert(
    fc.asyncProperty(fc.nat(token.length - 1), fc.string({ maxLength: 1 }), async (at, character) => {
      fc.pre(token[at] !== character);
      const changed = `Bearer ${token.slice(0, at)}${character}${token.slice(at + 1)}`;
      expect(await verifier.verify(changed)).toMatchObject({ ok: false, claims: null });
    }),
    { numRuns: 1000 },
  );
});

it('claims of any shape, well signed, give a principal of plain texts or a refusal', async () => {
  const names = [
    'sub',
    'client_id',
    'jti',
    'partner',
    'role',
    'practitioner',
    'name',
    'iat',
    'exp',
    'nbf',
    'aud',
    'iss',
  ];
  const changes = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), text, fc.integer()), {
    maxKeys: 4,
  });
  await fc.assert(
    fc.asyncProperty(changes, async (changes) => {
      const result = await verifier.verify(`Bearer ${issuer.token(changes)}`);
      if (!result.ok) {
        expect(['UNAUTHENTICATED', 'PRACTITIONER_REQUIRED', 'ROLE_REQUIRED']).toContain(result.error.code);
        expect(result.retryable).toBe(false);
        return;
      }
      const { partner, practitioner, name, role, client_id, sub, jti } = issuer.claims(changes);
      const registered = { client: client_id, issuer: issuer.url, subject: sub, tokenId: jti };
      expect(result.principal).toEqual({ partner, practitioner, name, role, ...registered });
      for (const value of Object.values(result.principal)) expect(value).toMatch(/^[^\p{Cc}\p{Cs}]+$/u);
    }),
    { numRuns: 500 },
  );
});
