import process from 'node:process';
import { type Command, EXIT, UsageError } from './command.ts';

const DEFAULT_IDP_PORT = '4200';

export const tokenCommand: Command = {
  name: 'token',
  arguments: '<persona>',
  summary: 'Print an access token of the demonstration, and nothing else.',
  options: {
    partner: { value: 'CODE', text: "The practitioner's partner, where the persona is at several." },
    as: { value: 'PRACTITIONER', text: "The practitioner's id (default the persona's first at the partner)." },
    issuer: { value: 'URL', text: `The provider (default http://127.0.0.1:$IDP_PORT, IDP_PORT ${DEFAULT_IDP_PORT}).` },
  },
  details: ['"throughgate demo" lists personas, partners and practitioners. Tokens are good for an hour.'],
  exitCodes: { [EXIT.ok]: 'printed', [EXIT.usage]: 'no token: the message says why' },
  run: async ({ arguments: [persona = ''], option }) => {
    const { fetchToken, TokenRequestError } = await import('../demo/provider/token.ts');
    const [partner, practitioner] = [option('partner'), option('as')];
    try {
      const token = await fetchToken({
        issuer: option('issuer') ?? `http://127.0.0.1:${process.env['IDP_PORT'] || DEFAULT_IDP_PORT}`,
        persona,
        ...(partner === undefined ? {} : { partner }),
        ...(practitioner === undefined ? {} : { practitioner }),
      });
      process.stdout.write(`${token}\n`);
      return EXIT.ok;
    } catch (error) {
      throw error instanceof TokenRequestError ? new UsageError(error.message) : error;
    }
  },
};
