import { LineCounter, parseDocument } from 'yaml';
import type { SourceText } from '../../../src/record/problem.ts';
import { vary } from './real.ts';

export type Path = readonly (string | number)[];

/** The same files with values set, or removed where undefined, at paths of one of them. */
export function edit(files: readonly SourceText[], name: string, ...edits: [Path, unknown][]): SourceText[] {
  return vary(files, name, (text) => {
    const document = parseDocument(text);
    for (const [path, value] of edits) {
      if (value === undefined) document.deleteIn(path);
      else document.setIn(path, document.createNode(value));
    }
    return document.toString();
  });
}

/** `file:line:col message`, the place being that of the value at a path, or of its key. */
export function told(files: readonly SourceText[], name: string, path: Path, message: string, on?: 'key'): string {
  const text = files.find((file) => file.name === name)?.text ?? '';
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const parent: unknown = document.getIn(path.slice(0, -1), true) ?? document.contents;
  const pairs = (parent as { items: { key?: { value: unknown; range: number[] } }[] }).items;
  const node = on === 'key' ? pairs.find(({ key }) => key?.value === path.at(-1))?.key : document.getIn(path, true);
  const range = (node as { range?: number[] } | undefined)?.range;
  if (!range) throw new Error(`${name} has nothing at ${path.join('.')}`);
  const { line, col } = lines.linePos(range[0] ?? 0);
  return `${name}:${line}:${col} ${message}`;
}
