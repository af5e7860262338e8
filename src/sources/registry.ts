import { LineCounter, parseDocument } from 'yaml';

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
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const problems = document.errors.map((error) => at(error.pos[0], error.message.split('\n')[0] ?? 'not YAML'));
  if (problems.length > 0) throw new SourcesError(problems);

  const items: unknown = document.toJS();
  if (!Array.isArray(items))
    throw new SourcesError([at(0, 'expected a list of { holder, source, url }, one line per holder')]);
  const addresses: HolderAddress[] = [];
  items.forEach((item: unknown, index) => {
    const where = positionOf(index);
    const entry = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {};
    const { holder, source, url, ...rest } = entry;
    for (const key of Object.keys(rest))
      problems.push(at(where, `unknown key "${key}"; a line has holder, source and url`));
    if (!isCode(holder)) problems.push(at(where, 'holder: expected a code of lower-case letters, digits and hyphens'));
    else if (addresses.some((other) => other.holder === holder))
      problems.push(at(where, `holder "${holder}" is listed twice`));
    if (typeof source !== 'string' || !known.includes(source)) {
      problems.push(
        at(where, `source: expected one of ${known.join(', ')}, which have a file in the schema's sources folder`),
      );
    }
    if (!isUrl(url)) problems.push(at(where, 'url: expected an http or https URL without credentials'));
    if (problems.length === 0)
      addresses.push({ holder: holder as string, source: source as string, url: url as string });
  });
  if (items.length === 0) problems.push(at(0, 'no holder is listed'));
  if (problems.length > 0) throw new SourcesError(problems);
  return addresses;

  function at(offset: number, message: string): string {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line || 1}:${col || 1} ${message}`;
  }

  function positionOf(index: number): number {
    const node = document.getIn([index], true) as { range?: [number, number, number] } | undefined;
    return node?.range?.[0] ?? 0;
  }
}

function isCode(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(value);
}

function isUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}
