import process from 'node:process';
import { type Command, EXIT, UsageError } from './command.ts';
import {
  askGateway,
  asking,
  GATEWAY_EXITS,
  GATEWAY_OPTIONS,
  type GatewayCall,
  gatewayCall,
  readSpan,
  SPAN_OPTIONS,
} from './gateway-client.ts';
import { wrap } from './policy-wrap.ts';

const QUERY = `query ($input: IncidentInput!) {
  incident(input: $input) {
    people { subject epoch first last times classes controllers }
    controllers { partner people classes }
    refused
  }
}`;

const NAMES = `query ($reference: ID!) {
  names(reference: $reference) { ok code people { subject identifiers { holder type value } } }
}`;

export const auditIncidentCommand: Command = {
  name: 'audit incident',
  summary:
    'Tell whose information one account was shown in a window of time, which kinds, and which controllers to tell.',
  options: {
    practitioner: { value: 'ID', text: 'The practitioner whose account it is.' },
    partner: { value: 'CODE', text: "The practitioner's partner (default the token's own)." },
    ...SPAN_OPTIONS,
    names: { value: 'REFERENCE', text: 'Add the numbers by which controllers know the people: see `audit names`.' },
    json: { text: 'Print {people, controllers, refused} as JSON.' },
    ...GATEWAY_OPTIONS,
  },
  details: [
    'People are told by the names that the log has for them. `audit names` leads back to numbers, and takes two people.',
  ],
  exitCodes: { ...GATEWAY_EXITS, [EXIT.ok]: 'answered; an answer may be empty' },
  run: ({ option, switched }) =>
    asking(async () => {
      const practitioner = option('practitioner');
      if (practitioner === undefined) throw new UsageError('--practitioner is missing');
      const call = gatewayCall({ option }, 'IG_ASSURANCE');
      const input = { ...readSpan(option), practitioner, partner: option('partner') ?? null };
      const { incident } = await askGateway<{ incident: Incident }>(call, QUERY, { input });
      const reference = option('names');
      if (reference !== undefined) addNames(incident, await namesOf(call, reference));
      process.stdout.write(switched('json') ? `${JSON.stringify(incident, null, 2)}\n` : describe(incident));
    }),
};

interface Identifier {
  readonly holder: string;
  readonly type: string;
  readonly value: string;
}

/** By the name that the log has for them. @throws UsageError where nobody agreed, or no longer */
async function namesOf(call: GatewayCall, reference: string): Promise<ReadonlyMap<string, readonly Identifier[]>> {
  const { names } = await askGateway<{ names: Names }>(call, NAMES, { reference });
  if (!names.ok) throw new UsageError(`--names ${reference} leads to no names: ${names.code}. See \`audit names\``);
  return new Map(names.people.map(({ subject, identifiers }) => [subject, identifiers]));
}

interface Names {
  readonly ok: boolean;
  readonly code: string | null;
  readonly people: readonly { readonly subject: string; readonly identifiers: readonly Identifier[] }[];
}

/** A controller is told the number that is its own, and only of those whose data it was. */
function addNames({ people }: Incident, names: ReadonlyMap<string, readonly Identifier[]>): void {
  for (const person of people) {
    const known = names.get(person.subject) ?? [];
    person.identifiers = known.filter(({ holder }) => person.controllers.includes(holder));
  }
}

interface Incident {
  readonly people: readonly {
    readonly subject: string;
    /** Each controller's own; there only where names were asked for. */
    identifiers?: readonly Identifier[];
    readonly first: string;
    readonly last: string;
    readonly times: number;
    readonly classes: readonly string[];
    readonly controllers: readonly string[];
  }[];
  readonly controllers: readonly {
    readonly partner: string;
    readonly people: number;
    readonly classes: readonly string[];
  }[];
  readonly refused: number;
}

const NOTHING = 'You may read nothing of this account in that time. Is it of another partner? Then say --partner CODE.';

function describe({ people, controllers, refused }: Incident): string {
  const lines = [
    `People whose information was shown: ${people.length}. Asked about somebody and shown nothing: ${refused === 1 ? 'once' : `${refused} times`}.`,
    ...(people.length + refused === 0 ? [NOTHING] : []),
    ...people.flatMap(({ subject, first, last, times, classes, controllers: whose, identifiers = [] }) => [
      '',
      subject,
      wrap(times === 1 ? `once, ${first}` : `${times} times, ${first} to ${last}`, '  '),
      wrap(`kinds: ${classes.join(', ') || 'none'}`, '  '),
      wrap(`held by: ${whose.join(', ') || 'the gateway alone'}`, '  '),
      ...identifiers.map(({ holder, type, value }) => `  known to ${holder} as ${type} ${value}`),
    ]),
    '',
    `Controllers to tell: ${controllers.length === 0 ? 'none' : ''}`.trimEnd(),
    ...controllers.map(({ partner, people: whose, classes }) =>
      wrap(`${partner}: of ${whose} ${whose === 1 ? 'person' : 'people'}, ${classes.join(', ')}`, '  '),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
