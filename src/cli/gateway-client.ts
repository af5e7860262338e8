import { readFileSync } from 'node:fs';
import process from 'node:process';
import { EXIT, type Input, type Option, UsageError } from './command.ts';
import { INSTANT_OR_DAY, spanOf } from './span.ts';

/** Options of every command that asks a running gateway, as somebody whose token it is given. */
export const GATEWAY_OPTIONS: Readonly<Record<string, Option>> = {
  gateway: { value: 'URL', text: 'The gateway (default http://127.0.0.1:$PORT, PORT 4000).' },
  token: { value: 'FILE', text: 'A file with an access token (default $THROUGHGATE_TOKEN).' },
};

export const IDENTIFIER_OPTION: Option = {
  value: 'TYPE:VALUE',
  text: 'Whom it is about, such as CRN:X000000; - reads it from standard input, away from the history of a shell.',
};

export const SPAN_OPTIONS: Readonly<Record<string, Option>> = {
  from: { value: 'WHEN', text: `From then on: ${INSTANT_OR_DAY}.` },
  to: { value: 'WHEN', text: 'Until then; a day is included.' },
};

const REFUSED = 2;
const UNAVAILABLE = 3;

export const GATEWAY_EXITS: Readonly<Record<number, string>> = {
  [EXIT.ok]: 'answered',
  [EXIT.usage]: 'wrong command line',
  [REFUSED]: 'the gateway refused: the message says why',
  [UNAVAILABLE]: 'no answer: the gateway cannot be reached, or not its store; try again',
};

/** The gateway did not answer with data. */
class NotAnswered extends Error {
  override readonly name = 'NotAnswered';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export interface GatewayCall {
  readonly gateway: string;
  readonly token: string;
  /** The header `Purpose-Of-Use`. */
  readonly purpose: string;
}

/** Answers the exit code: what the gateway refuses is told, and is no fault of ours. */
export async function asking(work: () => Promise<void>): Promise<number> {
  try {
    await work();
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

/** @throws UsageError with everything that is wrong */
export function gatewayCall({ option }: Pick<Input, 'option'>, purpose: string): GatewayCall {
  const gateway = option('gateway') ?? `http://127.0.0.1:${process.env['PORT'] || '4000'}`;
  const file = option('token');
  const problems: string[] = [];
  if (!isSafe(gateway)) problems.push('--gateway must be an https:// URL (http:// on the loopback interface only)');
  const text = file === undefined ? (process.env['THROUGHGATE_TOKEN'] ?? '') : readText(file);
  const token = text?.trim() ?? '';
  if (text === null) problems.push('--token: there is no such file, or it cannot be read');
  else if (file === undefined && token === '')
    problems.push('there is no token: give --token FILE or set THROUGHGATE_TOKEN');
  else if (!TOKEN.test(token)) {
    problems.push(`${file === undefined ? 'THROUGHGATE_TOKEN' : '--token'}: what is there is no access token`);
  }
  if (problems.length > 0) throw new UsageError(problems.join('\n'));
  return { gateway, token, purpose };
}

/** RFC 6750 section 2.1. */
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Asks one operation and answers its `data`.
 * @throws NotAnswered
 */
export async function askGateway<Data>(
  { gateway, token, purpose }: GatewayCall,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Data> {
  const answer = await post(
    new URL('/graphql', gateway),
    { authorization: `Bearer ${token}`, 'purpose-of-use': purpose },
    {
      query,
      variables,
    },
  );
  if (answer === null) {
    throw new NotAnswered(
      `No gateway answers at ${gateway}: see that it runs there, or give --gateway URL`,
      UNAVAILABLE,
    );
  }
  const { status, body } = answer;
  const { data, errors } = (body ?? {}) as { data?: Data | null; errors?: readonly Refusal[] };
  if (errors === undefined && data && Object.values(data).every((value) => value !== null)) return data;
  const told = (errors ?? []).flatMap(({ message }) => (typeof message === 'string' ? message : []));
  // The command declares the purpose, not its user, who can do nothing about a list of others.
  const notTheRole = errors?.some(({ extensions }) => extensions?.code === 'PURPOSE_NOT_ALLOWED') ?? data;
  const why = notTheRole ? NOT_FOR_YOU : told.length > 0 ? told.join('\n') : `The gateway answered ${status}.`;
  throw new NotAnswered(why, status >= 500 ? UNAVAILABLE : REFUSED);
}

interface Refusal {
  readonly message?: unknown;
  readonly extensions?: { readonly code?: unknown };
}

const NOT_FOR_YOU = "The token's role may not ask this: it takes an information governance role.";

/** @throws UsageError */
export function readIdentifier(option: Input['option']): { type: string; value: string } {
  const given = option('identifier');
  const text = (given === '-' ? readText(0) : given)?.trim() ?? '';
  const colon = text.indexOf(':');
  if (colon > 0 && colon < text.length - 1) {
    return { type: text.slice(0, colon), value: text.slice(colon + 1).trim() };
  }
  throw new UsageError('--identifier must be TYPE:VALUE, such as CRN:X000000, or - to read that from standard input');
}

/** @throws UsageError with everything that is wrong */
export function readSpan(option: Input['option']): { from: string; to: string } {
  const problems = ['from', 'to'].filter((name) => option(name) === undefined).map((name) => `--${name} is missing`);
  const { from, to } = spanOf(option('from'), option('to'), problems);
  if (problems.length > 0 || !from || !to) throw new UsageError(problems.join('\n'));
  return { from: from.toISOString(), to: to.toISOString() };
}

async function post(url: URL, headers: Record<string, string>, body: object) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
      redirect: 'error',
    });
    return { status: response.status, body: (await response.json()) as unknown };
  } catch {
    return null;
  }
}

/** A token, and what comes back, must not be read on the way. */
function isSafe(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback);
}

function readText(file: string | 0): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
