import { errors, jwtVerify } from 'jose';
import { type Clock, systemClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { Principal } from '../record/principal.ts';
import { readBearer, type TokenHeader } from './bearer.ts';
import { type Claims, identifyCaller, readPrincipal, type VerifiedClaims } from './claims.ts';
import { createIssuerKeys, KeysUnavailable } from './keys.ts';

export interface VerifierOptions {
  /** Exactly as the token's `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** Where the issuer's keys are. Without it the issuer's OpenID configuration is asked, when first needed. */
  readonly jwksUrl?: string | null;
  readonly clockToleranceSeconds: number;
  /** The longest time from `iat` to `exp`. */
  readonly maxLifetimeSeconds: number;
  /** Signature algorithms (JWA names), `ES256` by default. */
  readonly algorithms?: readonly string[];
  /** The machine's by default. */
  readonly clock?: Clock;
}

export interface Verifier {
  /**
   * Who sent these Authorization headers (all of the request's). Never rejects.
   *
   * A token is an RFC 9068 access token of our issuer for our audience, in force, signed by a key that the issuer
   * publishes. Messages are safe to show: they say what would be right and repeat nothing the token says.
   */
  verify(authorizationHeaders: string | readonly string[] | undefined): Promise<Verification>;
  /** Whether tokens can be checked now. Takes 6 seconds at most. */
  ready(): Promise<boolean>;
}

export type Verification =
  | { readonly ok: true; readonly principal: Principal }
  | {
      readonly ok: false;
      /** UNAUTHENTICATED, PRACTITIONER_REQUIRED or ROLE_REQUIRED. */
      readonly error: GatewayError;
      /** What a token with a good signature says of its sender; null when nothing it says can be believed. */
      readonly claims: VerifiedClaims | null;
      /** True when the fault is not the caller's and the same token may be accepted shortly. */
      readonly retryable: boolean;
    };

export function createVerifier(options: VerifierOptions): Verifier {
  const { algorithms = ['ES256'], clock = systemClock } = options;
  const keys = createIssuerKeys(options.issuer, options.jwksUrl);

  return {
    ready: keys.ready,
    async verify(authorizationHeaders) {
      let claims: Claims | null = null;
      try {
        const { token, header } = readBearer(authorizationHeaders);
        checkHeader(header, algorithms);
        const verified = await jwtVerify(token, keys.find, {
          issuer: options.issuer,
          audience: options.audience,
          typ: 'at+jwt',
          algorithms: [...algorithms],
          requiredClaims: ['iat', 'exp'],
          clockTolerance: options.clockToleranceSeconds,
          // Makes jose look at `iat` too: a number, and not in the future.
          maxTokenAge: options.maxLifetimeSeconds,
          currentDate: clock.now(),
        });
        claims = verified.payload;
        checkLifetime(claims, options.maxLifetimeSeconds);
        return { ok: true, principal: readPrincipal(claims, options.issuer) };
      } catch (cause) {
        // jose looks at claims only after the signature, and then hands them over with the error.
        if (cause instanceof errors.JWTExpired || cause instanceof errors.JWTClaimValidationFailed) {
          claims = cause.payload;
        }
        return {
          ok: false,
          error: cause instanceof GatewayError ? cause : explain(cause),
          claims: claims && identifyCaller(claims),
          retryable: cause instanceof KeysUnavailable,
        };
      }
    },
  };
}

/** Before any key is looked for, so that a token we would refuse anyway never makes us ask the issuer. */
function checkHeader(header: TokenHeader, algorithms: readonly string[]): void {
  const { typ, alg, kid } = header;
  const right =
    typeof typ === 'string' &&
    /^(application\/)?at\+jwt$/i.test(typ) &&
    typeof alg === 'string' &&
    algorithms.includes(alg) &&
    typeof kid === 'string' &&
    kid !== '';
  if (!right) {
    throw new GatewayError(
      'UNAUTHENTICATED',
      `The access token's header must have \`typ\` at+jwt, \`alg\` ${algorithms.join(' or ')}, and a \`kid\`.`,
    );
  }
}

function checkLifetime({ iat, exp }: Claims, maxLifetimeSeconds: number): void {
  if (typeof iat === 'number' && typeof exp === 'number' && exp - iat <= maxLifetimeSeconds) return;
  throw new GatewayError(
    'UNAUTHENTICATED',
    `The access token's \`exp\` may be at most ${maxLifetimeSeconds} seconds after its \`iat\`.`,
  );
}

/** The error's own text is not passed on, nor is it kept as the cause: jose's errors carry the token's claims. */
function explain(cause: unknown): GatewayError {
  if (cause instanceof KeysUnavailable) {
    return new GatewayError('UNAUTHENTICATED', 'The token could not be checked just now; try again.', { cause });
  }
  return new GatewayError('UNAUTHENTICATED', message());

  function message(): string {
    if (cause instanceof errors.JWTExpired) return 'The access token has expired. Get a new one.';
    if (cause instanceof errors.JWTClaimValidationFailed) {
      if (cause.claim === 'iss') return "The access token must be issued by the gateway's OpenID provider.";
      if (cause.claim === 'aud') return 'The access token must be for this gateway: its audience is another.';
      return "The access token's `iat` and `exp` must be numbers, and `iat` and `nbf` not in the future.";
    }
    return 'The access token must be signed with a key that its issuer publishes now.';
  }
}
