import { GatewayError } from '../errors.ts';
import type { Principal } from '../record/principal.ts';

/** The claims of a token whose signature has been verified. What they say may still be wrong. */
export type Claims = Readonly<Record<string, unknown>>;

/** Whom the audit log names when a genuine token is refused. */
export interface VerifiedClaims {
  readonly client?: string;
  readonly partner?: string;
  readonly tokenId?: string;
}

const MAX_CLAIM_LENGTH = 256;
/** Control, format (but for the two joiners that some names need), private, unassigned and line-breaking characters. */
const UNPRINTABLE = /[\p{C}--[\u200c\u200d]]|[\p{Zl}\p{Zp}]/v;

/**
 * The principal that the claims name.
 * @throws GatewayError PRACTITIONER_REQUIRED, ROLE_REQUIRED, or UNAUTHENTICATED naming every unusable claim at once
 */
export function readPrincipal(claims: Claims, issuer: string): Principal {
  const [subject, client, tokenId, partner] = requireText(claims, ['sub', 'client_id', 'jti', 'partner']);
  const practitioner = text(claims, 'practitioner');
  // A client acting for itself is nobody who could answer for the access, whatever its provider writes.
  if (practitioner === undefined || practitioner === client) {
    throw new GatewayError(
      'PRACTITIONER_REQUIRED',
      'The access token must name the practitioner who asks, in the claim `practitioner`. A client is no person.',
    );
  }
  const role = text(claims, 'role');
  if (role === undefined) {
    throw new GatewayError(
      'ROLE_REQUIRED',
      'The access token must carry one active role, as a single string in the claim `role`.',
    );
  }
  const [name] = requireText(claims, ['name']);
  return { partner, practitioner, name, role, client, issuer, subject, tokenId };
}

export function identifyCaller(claims: Claims): VerifiedClaims {
  const client = text(claims, 'client_id');
  const partner = text(claims, 'partner');
  const tokenId = text(claims, 'jti');
  return {
    ...(client !== undefined && { client }),
    ...(partner !== undefined && { partner }),
    ...(tokenId !== undefined && { tokenId }),
  };
}

function requireText<const Names extends readonly string[]>(
  claims: Claims,
  names: Names,
): { [Index in keyof Names]: string } {
  const unusable = names.filter((name) => text(claims, name) === undefined);
  if (unusable.length > 0) {
    throw new GatewayError(
      'UNAUTHENTICATED',
      `The access token must carry ${unusable.map((name) => `\`${name}\``).join(', ')}, ` +
        `each a string of 1 to ${MAX_CLAIM_LENGTH} printable characters.`,
    );
  }
  return names.map((name) => text(claims, name)) as { [Index in keyof Names]: string };
}

function text(claims: Claims, name: string): string | undefined {
  const value = claims[name];
  if (typeof value !== 'string' || value.length > MAX_CLAIM_LENGTH) return undefined;
  return value.trim() === '' || UNPRINTABLE.test(value) ? undefined : value;
}
