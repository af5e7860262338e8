import process from 'node:process';
import { type Command, EXIT, UsageError } from './command.ts';
import { askGateway, asking, GATEWAY_EXITS, GATEWAY_OPTIONS, gatewayCall } from './gateway-client.ts';
import { describeEntry, ENTRY_FIELDS, type ToldEntry } from './log-words.ts';

const QUERY = `query ($filter: LogFilter!, $after: ID) {
  logEntries(filter: $filter, first: 500, after: $after) { entries {${ENTRY_FIELDS}} hasNextPage endCursor }
}`;

/** Whenever it was. */
const ALWAYS = { from: '2000-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };

export const auditExplainCommand: Command = {
  name: 'audit explain',
  summary: 'Say why one request was answered as it was: every gate of every entry, in a sentence.',
  options: {
    request: { value: 'ID', text: 'The request id, as the answer carried it.' },
    json: { text: 'Print the entries as JSON, oldest first.' },
    ...GATEWAY_OPTIONS,
  },
  details: [
    'The reasons are told to the holder of the data and to the lead; to the partner that asked, what it was told.',
  ],
  exitCodes: { ...GATEWAY_EXITS, [EXIT.ok]: 'answered; an answer may be empty' },
  run: ({ option, switched }) =>
    asking(async () => {
      const requestId = option('request');
      if (requestId === undefined) throw new UsageError('--request is missing');
      const call = gatewayCall({ option }, 'IG_ASSURANCE');
      const entries: ToldEntry[] = [];
      for (let after: string | null = null; ; ) {
        const filter = { ...ALWAYS, requestId };
        const { logEntries: page }: Page = await askGateway<Page>(call, QUERY, { filter, after });
        entries.unshift(...page.entries.toReversed());
        after = page.endCursor;
        if (!page.hasNextPage) break;
      }
      process.stdout.write(switched('json') ? `${JSON.stringify(entries, null, 2)}\n` : describe(entries));
    }),
};

interface Page {
  readonly logEntries: {
    readonly entries: readonly ToldEntry[];
    readonly hasNextPage: boolean;
    readonly endCursor: string | null;
  };
}

function describe(entries: readonly ToldEntry[]): string {
  return entries.length === 0 ? 'There is nothing that you may read.\n' : entries.map(describeEntry).join('\n');
}
