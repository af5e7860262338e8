import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { LineCounter, parseDocument } from 'yaml';
import type { Bundle } from '../../policy/bundle.ts';
import { didYouMean } from '../../record/problem.ts';

/** Where a partner's system is told of events. What it is told is decided as for one role there and its purpose. */
export interface Endpoint {
  readonly name: string;
  readonly partner: string;
  readonly role: string;
  readonly purpose: string;
  readonly url: URL;
  readonly kinds: ReadonlySet<string>;
  /** One for each secret, so that a receiver may change over. Each signs. */
  readonly signers: readonly Pick<Webhook, 'sign'>[];
}

/** The file of endpoints is wrong. Carries every problem as `file:line:col message`, none with a secret. */
export class EndpointsError extends Error {
  override readonly name = 'EndpointsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** @param file null where nobody is told @throws EndpointsError */
export async function readEndpoints(file: string | null, bundle: Bundle): Promise<readonly Endpoint[]> {
  if (file === null) return [];
  return parseEndpoints(file, await readFile(file, 'utf8'), bundle, (path) => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  });
}

/**
 * Reads a file of endpoints, in YAML: `endpoints`, a list of `{ name, partner, role, purpose, url, secretFile, kinds }`. A
 * secret file has a secret a line, as Standard Webhooks writes them; its name counts from the folder of the list.
 * @param readSecrets the text of a file; null where it cannot be read
 * @throws EndpointsError with every problem at once
 */
export function parseEndpoints(
  file: string,
  text: string,
  { partners, roles, events }: Pick<Bundle, 'partners' | 'roles' | 'events'>,
  readSecrets: (path: string) => string | null,
): readonly Endpoint[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ pos, message }) => at(pos[0], message));
  if (problems.length > 0) throw new EndpointsError(problems);

  const { endpoints, ...rest } = membersOf(document.toJS());
  for (const key of Object.keys(rest)) problem([key], `unknown key "${key}"${didYouMean(key, ['endpoints'])}`);
  if (!Array.isArray(endpoints)) problem(['endpoints'], 'endpoints: expected a list, which may be empty');
  const names = new Set<string>();
  const list = (Array.isArray(endpoints) ? endpoints : []).map((item: unknown, n): Endpoint => {
    const given = membersOf(item);
    const wrong = (key: string, message: string) => problem(['endpoints', n, key], `${key}: ${message}`);
    for (const key of Object.keys(given).filter((it) => !KEYS.includes(it))) {
      problem(['endpoints', n, key], `unknown key "${key}"${didYouMean(key, KEYS)}`);
    }
    const textOf = (key: string) => (typeof given[key] === 'string' ? given[key] : '');
    const [name, partner, role, purpose] = [textOf('name'), textOf('partner'), textOf('role'), textOf('purpose')];
    if (!NAME.test(name)) wrong('name', 'expected up to 64 small letters, digits and hyphens');
    else if (names.has(name)) wrong('name', 'another endpoint has it already');
    names.add(name);

    const known = partners.get(partner);
    if (!known) wrong('partner', `expected the code of a partner${didYouMean(partner, [...partners.keys()])}`);
    const policy = roles.get(role);
    if (!policy) wrong('role', `expected a role${didYouMean(role, [...roles.keys()])}`);
    else if (known && !policy.partnerTypes.includes(known.type)) wrong('role', 'that partner has no such role');
    else if (!policy.purposes.has(purpose)) {
      wrong('purpose', `expected a purpose of the role: ${[...policy.purposes.keys()].join(', ')}`);
    }
    const url = urlOf(textOf('url'));
    if (!url) wrong('url', URL_EXPECTED);
    const signers = signersOf(readSecrets(resolve(dirname(file), textOf('secretFile'))));
    if (signers.length === 0) wrong('secretFile', SECRET_EXPECTED);

    const kinds = Array.isArray(given['kinds']) ? given['kinds'].map(String) : [];
    if (kinds.length === 0) wrong('kinds', 'expected a list of kinds of events');
    for (const kind of kinds) {
      const event = events.get(kind);
      const isTold = event?.audience.some((each) => each.role === role && each.purpose === purpose);
      if (!event) wrong('kinds', `there is no kind "${kind}"${didYouMean(kind, [...events.keys()])}`);
      else if (policy?.purposes.has(purpose) && !isTold) wrong('kinds', `policy does not tell ${kind} to that role`);
    }
    return { name, partner, role, purpose, url: url ?? new URL('https://invalid'), kinds: new Set(kinds), signers };
  });
  if (problems.length > 0) throw new EndpointsError(problems);
  return list;

  function at(offset: number, message: string): string {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line || 1}:${col || 1} ${message}`;
  }

  /** Where a value stands, or what it is missing from. */
  function problem(path: readonly (string | number)[], message: string): void {
    let node: { range?: [number, number, number] } | undefined;
    for (let length = path.length; length >= 0 && !node?.range; length -= 1) {
      node = document.getIn(path.slice(0, length), true) as typeof node;
    }
    problems.push(at(node?.range?.[0] ?? 0, message));
  }
}

const KEYS = ['name', 'partner', 'role', 'purpose', 'url', 'secretFile', 'kinds'];
const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const URL_EXPECTED = 'expected an https URL (http only to an address of the loopback interface) without credentials';
const SECRET_EXPECTED =
  'expected a file of one or more lines "whsec_" and 24 to 64 random bytes in base64, for example from "openssl rand -base64 32"';
/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme */
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

function signersOf(text: string | null): Webhook[] {
  const secrets = (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const isGood = (secret: string) => {
    const { length } = Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64');
    return length >= 24 && length <= 64;
  };
  return secrets.every(isGood) ? secrets.map((secret) => new Webhook(secret)) : [];
}

function urlOf(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const loopback = url.hostname === '[::1]' || (isIP(url.hostname) === 4 && url.hostname.startsWith('127.'));
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && loopback);
  return isSafe && url.username + url.password + url.hash === '' ? url : null;
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
