import { randomUUID } from 'node:crypto';
import * as client from 'openid-client';
import { openText, sealText } from '../audit/free-text.ts';

export interface ProviderSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly clientId: string;
  /** Null for a public client. */
  readonly clientSecret: string | null;
}

/** Sign-in at an OpenID provider, by the authorization code flow with PKCE (RFC 7636, S256). */
export interface SignIn {
  /**
   * @param next the path to go to afterwards
   * @returns where the browser is sent, and what its cookie keeps meanwhile, encrypted
   * @throws SignInError PROVIDER_UNAVAILABLE
   */
  begin(origin: string, next: string): Promise<{ readonly url: URL; readonly kept: string }>;
  /**
   * @param current the whole URL by which the browser came back
   * @param kept what its cookie kept
   * @throws SignInError
   */
  finish(current: URL, kept: string | null): Promise<{ readonly accessToken: string; readonly next: string }>;
  /** Where the provider's own session is ended; null where it offers no such thing, or cannot be asked. */
  endUrl(origin: string): Promise<URL | null>;
}

export class SignInError extends Error {
  override readonly name = 'SignInError';
  /** `NOT_FINISHED`: the answer does not belong to a sign-in that this browser began, or the provider refused it. */
  readonly code: 'PROVIDER_UNAVAILABLE' | 'NOT_FINISHED';

  constructor(code: SignInError['code'], cause?: unknown) {
    super(code === 'NOT_FINISHED' ? 'the sign-in could not be finished' : 'the provider cannot be reached', { cause });
    this.code = code;
  }
}

/** What belongs to one sign-in, and to one browser. */
interface Begun {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly next: string;
  /** Milliseconds since the epoch. */
  readonly ends: number;
}

const MINUTES = 10;
const PROVIDER_SECONDS = 10;

/** @param keys of the pseudonyms, oldest first: the last one seals */
export function createSignIn(settings: ProviderSettings, keys: readonly Uint8Array[]): SignIn {
  let found: client.Configuration | null = null;
  const provider = async () => {
    found ??= await discover(settings).catch((cause: unknown) => {
      throw new SignInError('PROVIDER_UNAVAILABLE', cause);
    });
    return found;
  };

  return {
    async begin(origin, next) {
      const config = await provider();
      const begun: Begun = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
        next,
        ends: Date.now() + MINUTES * 60_000,
      };
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: `${origin}/console/signed-in`,
        scope: 'openid',
        resource: settings.audience,
        state: begun.state,
        nonce: begun.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(begun.verifier),
        code_challenge_method: 'S256',
      });
      return { url, kept: seal(keys, begun) };
    },

    async finish(current, kept) {
      const begun = kept === null ? null : open(keys, kept);
      if (begun === null || begun.ends < Date.now()) throw new SignInError('NOT_FINISHED');
      const config = await provider();
      const checks = { expectedState: begun.state, expectedNonce: begun.nonce, pkceCodeVerifier: begun.verifier };
      const tokens = await client
        .authorizationCodeGrant(config, current, checks, { resource: settings.audience })
        .catch((cause: unknown) => {
          throw new SignInError(cause instanceof TypeError ? 'PROVIDER_UNAVAILABLE' : 'NOT_FINISHED', cause);
        });
      return { accessToken: tokens.access_token, next: begun.next };
    },

    async endUrl(origin) {
      const config = await provider().catch(() => null);
      if (!config?.serverMetadata().end_session_endpoint) return null;
      return client.buildEndSessionUrl(config, { post_logout_redirect_uri: `${origin}/console/signed-out` });
    },
  };
}

function discover({ issuer, clientId, clientSecret }: ProviderSettings): Promise<client.Configuration> {
  const authentication = clientSecret === null ? client.None() : client.ClientSecretBasic(clientSecret);
  return client.discovery(new URL(issuer), clientId, undefined, authentication, {
    timeout: PROVIDER_SECONDS,
    // The configuration takes http on the loopback interface alone.
    ...(issuer.startsWith('http://') && { execute: [client.allowInsecureRequests] }),
  });
}

function seal(keys: readonly Uint8Array[], begun: Begun): string {
  const [id, epoch, key] = [randomUUID(), keys.length, keys.at(-1)];
  if (!key) throw new RangeError('there is no key to seal with');
  const { sealed } = sealText(key, epoch, id, JSON.stringify(begun));
  return `${id}.${epoch}.${Buffer.from(sealed).toString('base64url')}`;
}

function open(keys: readonly Uint8Array[], kept: string): Begun | null {
  const [id = '', epoch = '', sealed = ''] = kept.split('.');
  try {
    return JSON.parse(openText(keys, id, Number(epoch), Buffer.from(sealed, 'base64url'))) as Begun;
  } catch {
    return null;
  }
}
