import { generateKeyPair } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import {
  type Adapter,
  type Client,
  type Configuration,
  errors,
  type JWK,
  Provider,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import { type Clock, systemClock } from '../../clock.ts';
import { DEMO_PARTNERS } from '../personas.ts';
import { claimsOf, demoClient, findAccount, PERSONA_GRANT } from './accounts.ts';

/** The `aud` of every access token: the gateway of the demonstration. */
export const DEV_AUDIENCE = 'https://throughgate.example/api';

const ACCESS_TOKEN_SECONDS = 3600;

export interface RunningProvider {
  /** `http://127.0.0.1:<port>`, exactly as the tokens' `iss`. */
  readonly issuer: string;
  /** Resolves when the port is free again. */
  close(): Promise<void>;
}

/**
 * Starts the development OpenID provider: a client for each demonstration partner, RFC 9068 access tokens of one hour.
 *
 * A client gets a practitioner's token by the persona grant (parameters `persona` and, if wanted, `practitioner`), and
 * a token that names no practitioner by `client_credentials`. The signing key is new at each start.
 * @param options `port` 0 takes any free one; `clock` is what the tokens' times are told by
 * @throws Error EADDRINUSE when the port is taken
 */
export async function startProvider(options: {
  readonly port: number;
  readonly host?: string;
  readonly clock?: Clock;
}): Promise<RunningProvider> {
  const { port, host = '127.0.0.1', clock = systemClock } = options;
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const server = createServer();
  await listen(server, port, host);
  const issuer = `http://${host}:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configuration(privateKey.export({ format: 'jwk' }) as JWK, clock));
  provider.registerGrantType(PERSONA_GRANT, grantPersona, ['persona', 'practitioner']);
  server.on('request', provider.callback());
  return { issuer, close: () => close(server) };
}

/** @param signingKey without `kid`: the provider gives it its RFC 7638 thumbprint, which a new key cannot share. */
function configuration(signingKey: JWK, clock: Clock): Configuration {
  return {
    adapter: storeNothing,
    jwks: { keys: [signingKey] },
    // The provider's own default is RS256, for which there is no key.
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clients: DEMO_PARTNERS.map(({ code }) => ({
      client_id: demoClient(code).id,
      client_secret: demoClient(code).secret,
      partner: code,
      grant_types: ['client_credentials', PERSONA_GRANT],
      redirect_uris: [],
      response_types: [],
    })),
    extraClientMetadata: { properties: ['partner'] },
    extraTokenClaims: (_, token) =>
      token.kind === 'AccessToken'
        ? { ...claimsOf(token.accountId) }
        : { partner: token.client && partnerOf(token.client) },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => DEV_AUDIENCE,
        getResourceServerInfo: (_, resource) => {
          if (resource !== DEV_AUDIENCE) throw new errors.InvalidTarget(`resource must be ${DEV_AUDIENCE}`);
          return RESOURCE_SERVER;
        },
      },
    },
    formats: {
      customizers: {
        jwt: (_, __, { payload }) => {
          const now = Math.floor(clock.now().getTime() / 1000);
          Object.assign(payload, { iat: now, exp: now + ACCESS_TOKEN_SECONDS });
        },
      },
    },
    renderError: (ctx, problem) => {
      ctx.body = problem;
    },
    ttl: { AccessToken: ACCESS_TOKEN_SECONDS, ClientCredentials: ACCESS_TOKEN_SECONDS },
  };
}

const RESOURCE_SERVER = {
  audience: DEV_AUDIENCE,
  scope: 'record',
  accessTokenFormat: 'jwt',
  accessTokenTTL: ACCESS_TOKEN_SECONDS,
  jwt: { sign: { alg: 'ES256' } },
} as const;

/** Both grants end with a self-contained token, so there is nothing to keep. */
const storeNothing = (): Adapter => ({
  upsert: async () => {},
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
});

async function grantPersona(
  ctx: TokenEndpointGrantContext<{ persona?: string; practitioner?: string }>,
): Promise<void> {
  const { client, params, provider } = ctx.oidc;
  const account = findAccount(params.persona, partnerOf(client), params.practitioner);
  if (!account.found) throw new errors.CustomOIDCProviderError('invalid_grant', account.problem);
  const token = new provider.AccessToken({
    accountId: account.id,
    // Nobody consented to anything, so there is no grant to refer to.
    grantId: '',
    client,
    resourceServer: new provider.ResourceServer(DEV_AUDIENCE, RESOURCE_SERVER),
    scope: RESOURCE_SERVER.scope,
    gty: 'persona',
  });
  ctx.body = { access_token: await token.save(), token_type: 'Bearer', expires_in: ACCESS_TOKEN_SECONDS };
}

function partnerOf({ partner }: Client): string {
  return String(partner);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
