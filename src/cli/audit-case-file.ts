import process from 'node:process';
import { type Command, EXIT } from './command.ts';
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
import { describeEntry, ENTRY_FIELDS, type ToldEntry } from './log-words.ts';
import { wrap } from './policy-wrap.ts';

const QUERY = `query ($input: CaseFileInput!) {
  caseFile(input: $input) {
    entries { delivered entry {${ENTRY_FIELDS}} }
    policies { policy first last approver approvedOn reference }
  }
}`;

export const auditCaseFileCommand: Command = {
  name: 'audit case-file',
  summary: 'Tell everything that any account saw of one person, or was refused, under the policy of each day.',
  options: {
    identifier: IDENTIFIER_OPTION,
    ...SPAN_OPTIONS,
    json: { text: 'Print {entries, policies} as JSON.' },
    ...GATEWAY_OPTIONS,
  },
  details: [
    'The number is one that the own partner of the token knows people by; the lead may give any. What the token may not\n' +
      'read is not there, and nothing says so. The look is an entry of the log itself.',
  ],
  exitCodes: { ...GATEWAY_EXITS, [EXIT.ok]: 'answered; an answer may be empty' },
  run: ({ option, switched }) =>
    asking(async () => {
      const call = gatewayCall({ option }, 'SUBJECT_RIGHTS');
      const input = { ...readSpan(option), identifier: readIdentifier(option) };
      const { caseFile } = await askGateway<{ caseFile: CaseFile }>(call, QUERY, { input });
      process.stdout.write(switched('json') ? `${JSON.stringify(caseFile, null, 2)}\n` : describe(caseFile));
    }),
};

interface CaseFile {
  readonly entries: readonly { readonly delivered: boolean; readonly entry: ToldEntry }[];
  readonly policies: readonly {
    readonly policy: string;
    readonly first: string;
    readonly last: string;
    readonly approver: string | null;
    readonly approvedOn: string | null;
    readonly reference: string | null;
  }[];
}

function describe({ entries, policies }: CaseFile): string {
  if (entries.length === 0) return 'There is nothing that you may read.\n';
  const told = entries.map(({ delivered, entry }) => {
    const lost = delivered ? '' : '  the answer did not reach the caller\n';
    return `${describeEntry(entry)}${lost}`;
  });
  const by = policies.map(({ policy, first, last, approver, approvedOn, reference }) => {
    const approval =
      approver === null ? 'no approval known here' : `approved by ${approver} on ${approvedOn} (${reference})`;
    return wrap(`${policy}, ${first} to ${last}: ${approval}`, '  ');
  });
  return `${told.join('\n')}\nDecided by the policies\n${by.join('\n')}\n`;
}
