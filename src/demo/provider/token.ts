import { DEMO_PARTNERS, PERSONAS } from '../personas.ts';
import { demoClient, PERSONA_GRANT } from './accounts.ts';

/** The development provider gave no token. The message says what would be right. */
export class TokenRequestError extends Error {
  override readonly name = 'TokenRequestError';
}

/**
 * A practitioner's access token from the development provider.
 *
 * @param request `partner` is the persona's default one unless given; `practitioner` the first of the persona there
 * @throws TokenRequestError when there is no such persona, partner or practitioner, or no provider to ask
 */
export async function fetchToken(request: {
  readonly issuer: string;
  readonly persona: string;
  readonly partner?: string;
  readonly practitioner?: string;
}): Promise<string> {
  const client = demoClient(choosePartner(request.persona, request.partner));
  const parameters = new URLSearchParams({ grant_type: PERSONA_GRANT, persona: request.persona });
  if (request.practitioner !== undefined) parameters.set('practitioner', request.practitioner);
  let response: Response;
  try {
    response = await fetch(new URL('/token', request.issuer), {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}` },
      body: parameters,
      signal: AbortSignal.timeout(10_000),
    });
  } catch (cause) {
    throw new TokenRequestError('The development provider cannot be reached. Is `npm start` running?', { cause });
  }
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (answer.access_token === undefined) {
    throw new TokenRequestError(`No token: ${answer.error_description ?? `status ${response.status}`}.`);
  }
  return answer.access_token;
}

/** A wrong one has no client to ask with, so it is found out here. */
function choosePartner(role: string, partner: string | undefined): string {
  const persona = PERSONAS.find((persona) => persona.role === role);
  const code = partner ?? persona?.defaultPartner;
  if (code === undefined) {
    throw new TokenRequestError(`No token: persona must be one of ${PERSONAS.map(({ role }) => role).join(', ')}.`);
  }
  if (!DEMO_PARTNERS.some((known) => known.code === code)) {
    throw new TokenRequestError(
      `No token: partner must be one of ${DEMO_PARTNERS.map(({ code }) => code).join(', ')}.`,
    );
  }
  return code;
}
