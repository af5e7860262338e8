import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { type Command, EXIT, type Input, UsageError } from './command.ts';
import { askGateway, asking, GATEWAY_EXITS, GATEWAY_OPTIONS, type GatewayCall, gatewayCall } from './gateway-client.ts';

const ASK = `mutation ($input: AskForNamesInput!) { askForNames(input: $input) { ok code reference } }`;
const AGREE = `mutation ($input: AgreeToNamesInput!) { agreeToNames(input: $input) { ok code until } }`;
const SHOW = `query ($reference: ID!) {
  names(reference: $reference) {
    ok code askedBy agreedBy reason asked until people { subject identifiers { holder type value } }
  }
}`;

const NOT_NOW = 4;

export const auditNamesCommand: Command = {
  name: 'audit names',
  summary: 'Learn, as one of two who agree, whom pseudonyms of the log stand for.',
  options: {
    ask: { value: 'FILE', text: 'Ask for the names of these pseudonyms, one a line; - reads standard input.' },
    reason: { value: 'CODE', text: 'With --ask: why, a code of policies/telling.yaml.' },
    agree: { value: 'REFERENCE', text: 'Agree to what somebody else of the same partner asked.' },
    show: { value: 'REFERENCE', text: 'Print the names; before anybody agreed, what was asked.' },
    json: { text: 'Print what the gateway answered as JSON.' },
    ...GATEWAY_OPTIONS,
  },
  details: [
    'Each step, and each name that is given, is an entry of the log. An officer learns the number by which their own\n' +
      'partner knows somebody, the lead each holder’s own. Somebody of whom the reader may not know has no line more\n' +
      'than somebody who does not exist.',
  ],
  exitCodes: { ...GATEWAY_EXITS, [NOT_NOW]: 'answered, and nothing was done or shown: the message has the code' },
  run: (input) => {
    const work = workOf(input);
    const call = gatewayCall(input, 'IG_ASSURANCE');
    let code: number = EXIT.ok;
    return asking(async () => {
      const result = await work(call);
      if (input.switched('json')) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
      else process.stdout.write(describe(result));
      if (!result.ok) code = NOT_NOW;
    }).then((asked) => (asked === EXIT.ok ? code : asked));
  },
};

interface Result {
  readonly ok: boolean;
  readonly code: string | null;
  readonly reference?: string | null;
  readonly askedBy?: string | null;
  readonly reason?: string | null;
  readonly asked?: number | null;
  readonly until?: string | null;
  readonly people?: readonly {
    readonly subject: string;
    readonly identifiers: readonly { readonly holder: string; readonly type: string; readonly value: string }[];
  }[];
}

/** @throws UsageError */
function workOf({ option }: Input): (call: GatewayCall) => Promise<Result> {
  const [ask, agree, show, reason] = [option('ask'), option('agree'), option('show'), option('reason')];
  if ([ask, agree, show].filter((each) => each !== undefined).length !== 1) {
    throw new UsageError('give one of --ask FILE, --agree REFERENCE and --show REFERENCE');
  }
  if ((ask === undefined) !== (reason === undefined)) throw new UsageError('--reason CODE goes with --ask FILE');
  if (ask !== undefined) {
    const input = { subjects: readLines(ask), reason, idempotencyKey: randomUUID() };
    return async (call) => (await askGateway<{ askForNames: Result }>(call, ASK, { input })).askForNames;
  }
  if (agree !== undefined) {
    const input = { reference: agree };
    return async (call) => (await askGateway<{ agreeToNames: Result }>(call, AGREE, { input })).agreeToNames;
  }
  return async (call) => (await askGateway<{ names: Result }>(call, SHOW, { reference: show })).names;
}

/** @throws UsageError */
function readLines(file: string): string[] {
  try {
    const lines = readFileSync(file === '-' ? 0 : file, 'utf8').split('\n');
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  } catch {
    throw new UsageError(`--ask: ${file} cannot be read`);
  }
}

const NOT_DONE: Readonly<Record<string, string>> = {
  NOT_OPEN: 'Your partner has no request of this reference, or none that still waits',
  NOT_AGREED: 'Nobody has agreed yet: it takes a second person of your partner',
  OWN_REQUEST: 'You asked, so somebody else of your partner must agree',
  EXPIRED: 'The time to read the names is over: ask anew',
};

function describe({ ok, code, reference, askedBy, reason, asked, until, people }: Result): string {
  const facts = [
    ...(ok ? [] : [`${NOT_DONE[code ?? ''] ?? 'Nothing was done'} (${code})`]),
    ...(reference == null ? [] : [reference]),
    ...(askedBy == null ? [] : [`asked by ${askedBy} for ${reason}: ${asked} pseudonyms`]),
    ...(until == null ? [] : [`open until ${until}`]),
    ...(people ?? []).flatMap(({ subject, identifiers }) => [
      subject,
      ...(identifiers.length === 0 ? ['  nobody to be told of'] : []),
      ...identifiers.map(({ holder, type, value }) => `  ${holder}: ${type} ${value}`),
    ]),
  ];
  return `${facts.join('\n')}\n`;
}
