import { createRemoteJWKSet, customFetch, errors, type FetchImplementation, type JWTVerifyGetKey } from 'jose';

const TIMEOUT_MILLISECONDS = 3000;
const MAX_DOCUMENT_BYTES = 256 * 1024;
const TEN_MINUTES = 600_000;

/** The issuer's public keys. Fetched when first needed and kept for ten minutes. */
export interface IssuerKeys {
  /**
   * The key a token says it is signed with. An unknown key is looked for again, at most once a second.
   * @throws JWKSNoMatchingKey when the issuer has no such key; KeysUnavailable when that could not be found out
   */
  readonly find: JWTVerifyGetKey;
  /** Whether there are keys to verify with: kept ones, or else fetched now. Takes 6 seconds at most. */
  ready(): Promise<boolean>;
}

/** The issuer's keys could not be had. Not the fault of whoever sent the token. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}

/** @param jwksUrl where the keys are; without it the issuer's OpenID configuration is asked. */
export function createIssuerKeys(issuer: string, jwksUrl?: string | null): IssuerKeys {
  let keySet: Promise<RemoteKeySet> | null = null;

  function load(): Promise<RemoteKeySet> {
    keySet ??= locate(issuer, jwksUrl)
      .then((url) =>
        createRemoteJWKSet(url, {
          // jose waits 30 s by default: an issuer that restarts with new keys would lock everybody out for that long.
          cooldownDuration: 1000,
          timeoutDuration: TIMEOUT_MILLISECONDS,
          cacheMaxAge: TEN_MINUTES,
          [customFetch]: fetchBounded,
        }),
      )
      .catch((cause) => {
        keySet = null;
        throw cause;
      });
    return keySet;
  }

  return {
    async find(header, token) {
      try {
        return await (await load())(header, token);
      } catch (cause) {
        if (cause instanceof errors.JWKSNoMatchingKey) throw cause;
        throw new KeysUnavailable('The keys of the token issuer could not be had', { cause });
      }
    },
    async ready() {
      try {
        const keys = await load();
        if (!keys.fresh) await keys.reload();
        return (keys.jwks()?.keys.length ?? 0) > 0;
      } catch {
        return false;
      }
    },
  };
}

type RemoteKeySet = ReturnType<typeof createRemoteJWKSet>;

/** OpenID Connect Discovery 1.0, section 4. */
async function locate(issuer: string, jwksUrl: string | null | undefined): Promise<URL> {
  if (jwksUrl) return new URL(jwksUrl);
  const response = await fetchBounded(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    method: 'GET',
    headers: new Headers({ accept: 'application/json' }),
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
  if (response.status !== 200) throw new Error(`The OpenID configuration was answered with status ${response.status}`);
  const configuration = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown } | null;
  if (configuration?.issuer !== issuer) throw new Error('The OpenID configuration is of another issuer');
  const url = new URL(String(configuration.jwks_uri));
  if (url.protocol !== new URL(issuer).protocol) throw new Error('The key set is not served as the issuer is');
  return url;
}

/** A document is read to the end here, so that neither its size nor its slowness can hold the gateway up. */
const fetchBounded: FetchImplementation = async (url, options) => {
  const response = await fetch(url, options);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_DOCUMENT_BYTES) throw new Error(`More than ${MAX_DOCUMENT_BYTES} bytes were answered`);
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status: response.status });
};
