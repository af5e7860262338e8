import { LineCounter, parseDocument } from 'yaml';
import { parseCosigner } from '../audit/cosignature.ts';
import { NoteError, type Verifier } from '../audit/note.ts';
import { didYouMean } from '../record/problem.ts';

/** Who is to cosign the log's checkpoints, and how many of them at least, how soon. */
export interface WitnessPolicy {
  readonly need: number;
  readonly withinSeconds: number;
  readonly witnesses: readonly ListedWitness[];
}

export interface ListedWitness {
  readonly name: string;
  /** What `/add-checkpoint` is added to; without a slash at its end. */
  readonly url: string;
  readonly vkey: string;
  readonly verifier: Verifier;
}

/** The file of witnesses is wrong. Carries every problem as `file:line:col message`. */
export class WitnessListError extends Error {
  override readonly name = 'WitnessListError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads a file of witnesses, in YAML: `need`, `within` (seconds), and `witnesses`, a list of `{ name, url, vkey }` of which
 * the name may be left out.
 * @throws WitnessListError with every problem at once
 */
export function parseWitnesses(file: string, text: string): WitnessPolicy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ pos, message }) => at(pos[0], message));
  if (problems.length > 0) throw new WitnessListError(problems);

  const { need, within, witnesses, ...rest } = membersOf(document.toJS());
  for (const key of Object.keys(rest)) problem([key], `unknown key "${key}"${didYouMean(key, KEYS)}`);
  const list = Array.isArray(witnesses) ? witnesses : [];
  if (list.length === 0) problem(['witnesses'], 'witnesses: expected a list of { name, url, vkey }');
  if (!isCount(need) || (list.length > 0 && need > list.length)) {
    problem(['need'], 'need: expected how many of the witnesses must cosign, from 1 to all of them');
  }
  if (!isCount(within)) problem(['within'], 'within: expected a whole number of seconds');
  const seen = new Set<unknown>();
  const listed = list.flatMap((item: unknown, n): ListedWitness[] => {
    const { name, url, vkey, ...others } = membersOf(item);
    const path = (key: string) => ['witnesses', n, key];
    for (const key of Object.keys(others)) problem(path(key), `unknown key "${key}"${didYouMean(key, WITNESS_KEYS)}`);
    if (!isUrl(url))
      problem(path('url'), 'url: expected an https URL (http on the loopback interface only) without credentials');
    const verifier = verifierOf(vkey, (message) => problem(path('vkey'), `vkey: ${message}`));
    if (name !== undefined && !isName(name))
      problem(path('name'), 'name: expected up to 64 letters, digits, dots, hyphens and slashes');
    const called = name ?? verifier?.name;
    if (verifier === null || !isUrl(url) || typeof called !== 'string') return [];
    // One witness must not count twice, by whatever name.
    for (const [key, mark] of [
      ['name', `name ${called}`],
      ['vkey', `key ${verifier.key.export({ format: 'jwk' }).x}`],
    ] as const) {
      if (seen.has(mark)) problem(path(key), `${key}: this one is in the list already`);
      seen.add(mark);
    }
    return [{ name: called, url: url.replace(/\/$/, ''), vkey: String(vkey), verifier }];
  });
  if (problems.length > 0) throw new WitnessListError(problems);
  return { need: need as number, withinSeconds: within as number, witnesses: listed };

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

const KEYS = ['need', 'within', 'witnesses'];
const WITNESS_KEYS = ['name', 'url', 'vkey'];

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function verifierOf(vkey: unknown, problem: (message: string) => void): Verifier | null {
  try {
    return parseCosigner(String(vkey));
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    problem(`${error.message}, as the witness prints it`);
    return null;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9./-]{1,64}$/.test(value);
}

function isUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(value);
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && loopback)) && username + password + search + hash === '';
}
