import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createVerifier, type Verifier, type VerifierOptions } from '../../src/identity/verifier.ts';

export const AUDIENCE = 'https://gateway.example/api';

export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A token issuer over HTTP whose every part a test can change. Tokens are put together here, without a library. */
export interface TestIssuer {
  readonly url: string;
  readonly key: SigningKey;
  /** What the key set lists. */
  keys: object[];
  /** When set, answers requests for the key set in its stead. */
  answerKeys: ((request: IncomingMessage, response: ServerResponse) => void) | null;
  /** When set, stands in the OpenID configuration. */
  configuration: object | null;
  /** Paths asked for, in order. */
  readonly requests: string[];
  verifier(options?: Partial<VerifierOptions>): Verifier;
  /** The claims of a good token, with some replaced; `undefined` leaves one out. */
  claims(changes?: Record<string, unknown>): Record<string, unknown>;
  token(claims?: Record<string, unknown>, header?: Record<string, unknown>): string;
  close(): Promise<void>;
}

export async function startIssuer(): Promise<TestIssuer> {
  const key = createKey('issuer-key-1');
  const server = createServer((request, response) => {
    issuer.requests.push(String(request.url));
    if (request.url === '/jwks' && issuer.answerKeys) return issuer.answerKeys(request, response);
    const document = {
      '/jwks': { keys: issuer.keys },
      '/.well-known/openid-configuration': issuer.configuration ?? { issuer: url, jwks_uri: `${url}/jwks` },
    }[String(request.url)];
    response
      .writeHead(document ? 200 : 404, { 'content-type': 'application/json' })
      .end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const issuer: TestIssuer = {
    url,
    key,
    keys: [publicJwk(key)],
    answerKeys: null,
    configuration: null,
    requests: [],
    verifier: (options) =>
      createVerifier({
        issuer: url,
        audience: AUDIENCE,
        clockToleranceSeconds: 5,
        maxLifetimeSeconds: 3600,
        ...options,
      }),
    claims: (changes) => ({
      iss: url,
      aud: AUDIENCE,
      sub: 'subject-7f3a',
      client_id: 'client-91bc',
      jti: 'token-id-5d2e',
      iat: nowSeconds(),
      exp: nowSeconds() + 600,
      partner: 'partner-c04d',
      role: 'role-68aa',
      practitioner: 'practitioner-33e1',
      name: 'Name-B2f9',
      ...changes,
    }),
    token: (claims, header) =>
      signEs256(JSON.stringify(goodHeader(header)), JSON.stringify(issuer.claims(claims)), key.privateKey),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return issuer;
}

export function createKey(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

export function publicJwk({ kid, publicKey }: SigningKey): object {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
}

export function goodHeader(changes?: Record<string, unknown>): Record<string, unknown> {
  return { alg: 'ES256', typ: 'at+jwt', kid: 'issuer-key-1', ...changes };
}

export function signEs256(header: string, payload: string, key: KeyObject): string {
  return signWith(header, payload, (input) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }));
}

export function signHs256(header: string, payload: string, secret: string | Buffer): string {
  return signWith(header, payload, (input) => createHmac('sha256', secret).update(input).digest());
}

export function signWith(header: string, payload: string, signer: (input: Buffer) => Buffer): string {
  const input = `${base64url(header)}.${base64url(payload)}`;
  return `${input}.${signer(Buffer.from(input)).toString('base64url')}`;
}

export function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
