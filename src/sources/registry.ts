import { isAlias, LineCounter, parseDocument, visit } from 'yaml';
import { didYouMean } from '../record/problem.ts';

/** Where one holder is. One line of the sources file. */
export interface HolderAddress {
  readonly holder: string;
  readonly source: string;
  readonly url: string;
}

/** The sources file is wrong. Carries every problem as `file:line:col message`. */
export class SourcesError extends Error {
  override readonly name = 'SourcesError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/**
 * Reads a sources file: a YAML list of `{ holder, source, url }`, one line per holder.
 * @param known the source types of the schema, to which every `source` must belong
 * @throws SourcesError with every problem at once
 */
export function parseSources(name: string, text: string, known: readonly string[]): readonly HolderAddress[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ pos, code, message }) => at(pos[0], MESSAGES[code] ?? message));
  // A line must say where its holder is, not where to look for it.
  visit(document, {
    Node(_, node) {
      if (isAlias(node) || node.anchor !== undefined)
        problems.push(at(node.range?.[0] ?? 0, 'an anchor or alias; write the value out'));
    },
  });
  // A key that is there twice leaves the rest readable; anything else that is wrong with the text does not.
  if (
    document.errors.filter(({ code }) => code !== 'DUPLICATE_KEY').length > 0 ||
    problems.length > document.errors.length
  )
    throw new SourcesError(problems);

  const items: unknown = document.toJS();
  if (!Array.isArray(items))
    throw new SourcesError([...problems, at(0, 'expected a list of { holder, source, url }, one line per holder')]);
  const listed = new Set<unknown>();
  const addresses = items.flatMap((item: unknown, index) => {
    const entry = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {};
    const { holder, source, url, ...rest } = entry;
    const problem = (key: string, message: string) => problems.push(at(positionOf(index, key), message));
    for (const key of Object.keys(rest))
      problem(key, `unknown key "${key}"; a line has holder, source and url${didYouMean(key, KEYS)}`);
    if (!isCode(holder)) problem('holder', 'holder: expected a code of lower-case letters, digits and hyphens');
    else if (listed.has(holder)) problem('holder', `holder "${holder}" is listed twice`);
    listed.add(holder);
    if (typeof source !== 'string' || !known.includes(source)) {
      problem(
        'source',
        `source: expected one of ${known.join(', ')}, which have a file in the schema's sources folder`,
      );
    }
    if (!isUrl(url)) problem('url', 'url: expected an http or https URL without credentials');
    return isCode(holder) && typeof source === 'string' && isUrl(url) ? [{ holder, source, url }] : [];
  });
  if (items.length === 0) problems.push(at(0, 'no holder is listed'));
  if (problems.length > 0) throw new SourcesError(problems);
  return addresses;

  function at(offset: number, message: string): string {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line || 1}:${col || 1} ${message}`;
  }

  /** Where a key's value stands, or its line when it is missing. */
  function positionOf(index: number, key: string): number {
    const value = document.getIn([index, key], true) as { range?: [number, number, number] } | undefined;
    const line = document.getIn([index], true) as { range?: [number, number, number] } | undefined;
    return value?.range?.[0] ?? line?.range?.[0] ?? 0;
  }
}

const KEYS = ['holder', 'source', 'url'];
const MESSAGES: Readonly<Record<string, string>> = { DUPLICATE_KEY: 'this key is in the line already' };

function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value);
}

function isUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}
