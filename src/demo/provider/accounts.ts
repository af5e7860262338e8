import { PERSONAS, partnersOf, practitionersOf } from '../personas.ts';

/** The OAuth grant type by which a partner's client asks for a practitioner's token. */
export const PERSONA_GRANT = 'urn:throughgate:params:grant-type:persona';

/** The information governance console's own client: public, with PKCE. */
export const CONSOLE_CLIENT = 'throughgate-console';

/** What the gateway wants an access token to say about a practitioner, beside the registered claims. */
export interface AccountClaims {
  readonly partner: string;
  readonly role: string;
  readonly practitioner: string;
  readonly name: string;
}

export type AccountLookup =
  | { readonly found: true; readonly id: string; readonly claims: AccountClaims }
  | { readonly found: false; readonly problem: string };

/**
 * The account of a persona at a partner: of the given practitioner, or of the first.
 * A problem says what would be right.
 */
export function findAccount(role: string | undefined, partner: string, practitioner?: string): AccountLookup {
  const persona = PERSONAS.find((persona) => persona.role === role);
  if (!persona) return problem(`persona must be one of ${PERSONAS.map((persona) => persona.role).join(', ')}`);
  const partners = partnersOf(persona).map(({ code }) => code);
  if (!partners.includes(partner))
    return problem(`partner must be one of ${partners.join(', ')} for the persona ${persona.role}`);
  const practitioners = practitionersOf(persona.role, partner);
  const account = practitioner === undefined ? practitioners[0] : practitioners.find(({ id }) => id === practitioner);
  if (!account) {
    const [first, last] = [practitioners[0]?.id, practitioners.at(-1)?.id];
    return problem(`practitioner must be one of ${first} to ${last} for the persona ${persona.role} at ${partner}`);
  }
  return {
    found: true,
    id: `${persona.role}:${partner}:${account.id}`,
    claims: { partner, role: persona.role, practitioner: account.id, name: account.name },
  };
}

/** The claims of the account with this id, which is the token's `sub`. */
export function claimsOf(accountId: string): AccountClaims | undefined {
  const [role, partner = '', practitioner] = accountId.split(':');
  const account = findAccount(role, partner, practitioner);
  return account.found ? account.claims : undefined;
}

/** The partner's own client at the development provider. Its secret is public: it opens synthetic data only. */
export function demoClient(partner: string): { readonly id: string; readonly secret: string } {
  return { id: `demo-${partner}`, secret: `development-only-secret-of-${partner}` };
}

function problem(text: string): AccountLookup {
  return { found: false, problem: text };
}
