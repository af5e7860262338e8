import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPair, SignJWT } from 'jose';

/** An OpenID provider that says what a test wants. */
export interface FakeProvider {
  readonly issuer: string;
  /** What its token endpoint answers next, beside what is right: claims of the id token, or an error. */
  answer(next: { readonly claims?: Readonly<Record<string, unknown>>; readonly error?: string }): void;
  /** What the authorization request asked, and what the token endpoint was sent last. */
  readonly asked: { nonce: string; challenge: string; token: URLSearchParams };
  close(): Promise<void>;
}

export async function startFakeProvider(): Promise<FakeProvider> {
  const { privateKey } = await generateKeyPair('ES256');
  let next: Parameters<FakeProvider['answer']>[0] = {};
  const asked = { nonce: '', challenge: '', token: new URLSearchParams() };
  const server = createServer(async (request, response) => {
    const send = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.url === '/.well-known/openid-configuration') {
      return send(200, {
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['ES256'],
      });
    }
    let text = '';
    for await (const chunk of request) text += String(chunk);
    asked.token = new URLSearchParams(text);
    if (next.error !== undefined) return send(400, { error: next.error });
    const now = Math.floor(Date.now() / 1000);
    const claims = { nonce: asked.nonce, iss: issuer, aud: 'the-console', sub: 'somebody', iat: now, exp: now + 60 };
    const idToken = await new SignJWT({ ...claims, ...next.claims })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
    return send(200, { access_token: 'an-access-token', token_type: 'Bearer', expires_in: 60, id_token: idToken });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    asked,
    answer: (wanted) => {
      next = wanted;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
