import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Verifier } from '../../src/identity/verifier.ts';
import { ATTACKS, OTHER_PUBLISHED_KEYS } from './attacks.ts';
import { AUDIENCE, startIssuer, type TestIssuer } from './issuer.ts';

let issuer: TestIssuer;
let verifier: Verifier;

beforeAll(async () => {
  issuer = await startIssuer();
  issuer.keys.push(...OTHER_PUBLISHED_KEYS);
  verifier = issuer.verifier();
});

afterAll(() => issuer.close());

describe('a token attack is refused, and nothing it says is repeated', () => {
  it.each(ATTACKS)('$name', async ({ headers, code = 'UNAUTHENTICATED', genuine }) => {
    const sent = headers(issuer);
    const result = await verifier.verify(sent);
    if (result.ok) throw expect.fail('it was let in');
    expect(result.error.code).toBe(code);
    expect(result.retryable).toBe(false);
    expect(result.error.cause).toBeUndefined();
    for (const secret of valuesIn(sent)) expect(result.error.message).not.toContain(secret);
    if (genuine) expect(result.claims).not.toBeNull();
    else expect(result.claims).toBeNull();
  });

  it('names are told apart, so that no attack is listed twice', () => {
    expect(new Set(ATTACKS.map(({ name }) => name)).size).toBe(ATTACKS.length);
  });
});

/** The tokens sent and every text in their claims, but for the two that the gateway itself asks for. */
function valuesIn(headers: string | string[] | undefined): string[] {
  const tokens = [headers ?? []]
    .flat()
    .flatMap((header) => header.split(/[\s,]+/).filter((part) => part.includes('.')));
  const claims = tokens.flatMap((token) => {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    return [...payload.matchAll(/"((?:[^"\\]|\\.)*)"(?!\s*:)/g)].map(([, text = '']) => text);
  });
  return [...tokens, ...claims].filter((text) => text.trim().length > 2 && text !== issuer.url && text !== AUDIENCE);
}
