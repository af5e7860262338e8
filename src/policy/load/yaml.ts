import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import type { Problem, SourceText } from '../../record/problem.ts';

export type Path = readonly (string | number)[];

/** One YAML file, and where each of its values stands. */
export interface Yaml<T> {
  readonly name: string;
  readonly content: T;
  /** The problem of the value at a path, or of its key; of the nearest that exists, when it does not. */
  readonly problemAt: (path: Path, message: string, on?: 'value' | 'key') => Problem;
}

/**
 * Parses the plain part of YAML 1.2 that an officer needs: mappings with text keys, lists, text and numbers. Anchors,
 * aliases, merges, tags, directives, tabs and duplicate keys are problems, because they let a file say something other
 * than what it shows. Null when there are any.
 */
export function parseYaml({ name, text }: SourceText, problems: Problem[]): Yaml<unknown> | null {
  const lines = new LineCounter();
  const at = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { file: name, line: Math.max(line, 1), col: Math.max(col, 1), message };
  };
  const before = problems.length;
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    version: '1.2',
    schema: 'core',
    merge: false,
  });
  for (let tab = text.indexOf('\t'); tab >= 0; tab = text.indexOf('\t', tab + 1)) {
    problems.push(at(tab, 'a tab; indent and separate with spaces'));
  }
  // What a parser makes of indentation by tabs is no help to whoever has to take them out.
  if (problems.length > before && document.errors.length > 0) return null;
  for (const { pos, code, message } of [...document.errors, ...document.warnings]) {
    if (code === 'TAB_AS_INDENT') continue;
    problems.push(at(pos[0], MESSAGES[code] ?? message.charAt(0).toLowerCase() + message.slice(1)));
  }
  if (/^(?:\s*(?:#[^\n]*)?\n)*%/.test(text)) problems.push(at(text.indexOf('%'), 'a directive; leave it out'));
  for (const { node, message } of unplain(document)) problems.push(at(node.range?.[0] ?? 0, message));
  if (problems.length > before) return null;
  return {
    name,
    content: document.toJS() as unknown,
    problemAt: (path, message, on = 'value') => at(offsetOf(document.contents, path, on), message),
  };
}

const MESSAGES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this key is in the mapping already',
  MULTIPLE_DOCS: 'a file holds one document',
  BLOCK_AS_IMPLICIT_KEY: 'a mapping may not begin here: put text that holds a colon in quotes',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
};

function unplain(document: Document.Parsed): { node: Node; message: string }[] {
  const found: { node: Node; message: string }[] = [];
  if (document.contents === null) return found;
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) found.push({ node, message: 'an alias; write the value out' });
      else if (node.anchor !== undefined)
        found.push({ node, message: 'an anchor; write the value out where it is needed' });
      if (node.tag !== undefined && !isAlias(node)) found.push({ node, message: 'a tag; leave it out' });
    },
    Pair(_, { key }) {
      if (!isNode(key)) return;
      if (!isScalar(key) || typeof key.value !== 'string') found.push({ node: key, message: 'a key must be text' });
      else if (key.value === '<<') found.push({ node: key, message: 'a merge; write the keys out' });
    },
  });
  return found;
}

function offsetOf(root: Node | null, path: Path, on: 'value' | 'key'): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [index, step] of path.entries()) {
    const pair: Pair | undefined = isMap(node)
      ? node.items.find(({ key }) => isScalar(key) && key.value === step)
      : undefined;
    const next = isSeq(node) ? node.items[Number(step)] : pair?.value;
    const named = on === 'key' && index === path.length - 1 ? pair?.key : next;
    const found = isNode(named) ? named : isNode(pair?.key) ? pair.key : null;
    if (found === null) return offset;
    offset = found.range?.[0] ?? offset;
    node = next;
  }
  return offset;
}
