import { generateKeyPair, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import {
  type Client,
  type Configuration,
  errors,
  type JWK,
  Provider,
  type TokenEndpointGrantContext,
} from 'oidc-provider';
import { type Clock, systemClock } from '../../clock.ts';
import { DEMO_PARTNERS } from '../personas.ts';
import { CONSOLE_CLIENT, claimsOf, demoClient, findAccount, PERSONA_GRANT } from './accounts.ts';
import { askToSignOut, chooseOfficer } from './interaction.ts';
import { memoryAdapter } from './memory.ts';

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
 * a token that names no practitioner by `client_credentials`. The console's client signs an information governance
 * officer in by the authorization code flow, with a page to choose one. The signing key is new at each start.
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
  const answer = provider.callback();
  const interact = chooseOfficer(provider);
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/')) interact(request, response);
    else answer(request, response);
  });
  return { issuer, close: () => close(server) };
}

/** @param signingKey without `kid`: the provider gives it its RFC 7638 thumbprint, which a new key cannot share. */
function configuration(signingKey: JWK, clock: Clock): Configuration {
  return {
    adapter: memoryAdapter(),
    jwks: { keys: [signingKey] },
    // The provider's own default is RS256, for which there is no key.
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clients: [
      ...DEMO_PARTNERS.map(({ code }) => ({
        client_id: demoClient(code).id,
        client_secret: demoClient(code).secret,
        partner: code,
        grant_types: ['client_credentials', PERSONA_GRANT],
        redirect_uris: [],
        response_types: [],
      })),
      {
        client_id: CONSOLE_CLIENT,
        // On the loopback interface any port will do: RFC 8252, section 7.3.
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: LOOPBACK.map((host) => `http://${host}/console/signed-in`),
        post_logout_redirect_uris: LOOPBACK.map((host) => `http://${host}/console/signed-out`),
      },
    ],
    cookies: { keys: [randomBytes(32).toString('hex')] },
    findAccount: (_, accountId) => claimsOf(accountId) && { accountId, claims: async () => ({ sub: accountId }) },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    // Nobody is asked to consent: the console may sign in whoever chose to be signed in.
    loadExistingGrant: async ({ oidc }) => {
      const { client, session, provider } = oidc;
      if (!client || !session?.accountId) return undefined;
      const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid');
      grant.addResourceScope(DEV_AUDIENCE, RESOURCE_SERVER.scope);
      await grant.save();
      return grant;
    },
    extraClientMetadata: { properties: ['partner'] },
    extraTokenClaims: (_, token) =>
      token.kind === 'AccessToken'
        ? { ...claimsOf(token.accountId) }
        : { partner: token.client && partnerOf(token.client) },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true, logoutSource: askToSignOut },
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
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: 60,
      IdToken: ACCESS_TOKEN_SECONDS,
      Interaction: 3600,
      Session: 8 * 3600,
      Grant: 8 * 3600,
    },
  };
}

const RESOURCE_SERVER = {
  audience: DEV_AUDIENCE,
  scope: 'record',
  accessTokenFormat: 'jwt',
  accessTokenTTL: ACCESS_TOKEN_SECONDS,
  jwt: { sign: { alg: 'ES256' } },
} as const;

const LOOPBACK = ['127.0.0.1', 'localhost'] as const;

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
