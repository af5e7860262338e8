import process from 'node:process';
import { type Command, EXIT, UsageError } from './command.ts';
import {
  askGateway,
  asking,
  GATEWAY_EXITS,
  GATEWAY_OPTIONS,
  gatewayCall,
  IDENTIFIER_OPTION,
  readIdentifier,
  readSpan,
  SPAN_OPTIONS,
} from './gateway-client.ts';
import { wrap } from './policy-wrap.ts';

const QUERY = `query ($input: CorrectionInput!) {
  correction(input: $input) {
    recipients { at requestId partner practitioner role purpose fields { holder field } delivered }
  }
}`;

export const auditCorrectionCommand: Command = {
  name: 'audit correction',
  summary: "Tell who received the wrong one's information while two people were joined by mistake.",
  options: {
    identifier: IDENTIFIER_OPTION,
    holders: {
      value: 'CODES',
      text: 'The holders that were linked by mistake, such as northmere-police,health-service.',
    },
    ...SPAN_OPTIONS,
    json: { text: 'Print {recipients} as JSON.' },
    ...GATEWAY_OPTIONS,
  },
  details: ['--from and --to are the two moments: when they were joined, and when they were parted.'],
  exitCodes: { ...GATEWAY_EXITS, [EXIT.ok]: 'answered; an answer may be empty' },
  run: ({ option, switched }) =>
    asking(async () => {
      const holders = (option('holders') ?? '').split(',').flatMap((code) => code.trim() || []);
      if (holders.length === 0) throw new UsageError('--holders is missing');
      const call = gatewayCall({ option }, 'IG_ASSURANCE');
      const input = { ...readSpan(option), identifier: readIdentifier(option), holders };
      const { correction } = await askGateway<{ correction: Correction }>(call, QUERY, { input });
      process.stdout.write(switched('json') ? `${JSON.stringify(correction, null, 2)}\n` : describe(correction));
    }),
};

interface Correction {
  readonly recipients: readonly {
    readonly at: string;
    readonly requestId: string | null;
    readonly partner: string | null;
    readonly practitioner: string | null;
    readonly role: string | null;
    readonly purpose: string | null;
    readonly fields: readonly { readonly holder: string; readonly field: string }[];
    readonly delivered: boolean;
  }[];
}

function describe({ recipients }: Correction): string {
  if (recipients.length === 0) return 'There is nothing that you may read.\n';
  const told = recipients.map(({ at, requestId, partner, practitioner, role, purpose, fields, delivered }) =>
    [
      wrap(`${at} ${practitioner}, ${role} at ${partner}, for ${purpose}, request ${requestId}`),
      wrap(fields.map(({ holder, field }) => `${holder}|${field}`).join(', '), '  '),
      ...(delivered ? [] : ['  the answer did not reach the caller']),
    ].join('\n'),
  );
  return `${told.join('\n')}\n`;
}
