import { readdirSync, readFileSync } from 'node:fs';
import { PolicyError } from '../../../src/policy/load/error.ts';
import { buildBundle } from '../../../src/policy/load/load.ts';
import { readPolicies } from '../../../src/policy/load/read.ts';
import { buildRecord } from '../../../src/record/model.ts';
import { formatProblem, type SourceText } from '../../../src/record/problem.ts';

function read(name: string): SourceText {
  return { name, text: readFileSync(name, 'utf8') };
}

export const gateway = [
  read('schema/gateway.graphql'),
  ...readdirSync('schema/gateway').map((name) => read(`schema/gateway/${name}`)),
];
export const sources = readdirSync('schema/sources').map((name) => read(`schema/sources/${name}`));

/** The schema of the repository. */
export const record = buildRecord({ gateway, sources });

/** The policies of the repository, as texts. */
export const { texts } = await readPolicies('policies');

/** The same files with one file's text changed. A change that changes nothing is a mistake in the test. */
export function vary(files: readonly SourceText[], name: string, change: (text: string) => string): SourceText[] {
  const file = files.find((candidate) => candidate.name === name);
  if (file === undefined) throw new Error(`no file ${name}`);
  const text = change(file.text);
  if (text === file.text) throw new Error(`nothing changed in ${name}`);
  return files.map((candidate) => (candidate === file ? { name, text } : candidate));
}

/** Every problem of these policies, as its author reads it. */
export function problemsOf(files: readonly SourceText[], model = record): string[] {
  try {
    buildBundle(files, model);
    return [];
  } catch (error) {
    if (error instanceof PolicyError) return error.problems.map(formatProblem);
    throw error;
  }
}

/** `file:line:col message`, the place being where `|` stands in a piece of the file's text. The piece must be there once. */
export function problem(files: readonly SourceText[], name: string, piece: string, message: string): string {
  const text = files.find((file) => file.name === name)?.text ?? '';
  const offset = piece.indexOf('|');
  const sought = piece.replace('|', '');
  const start = text.indexOf(sought);
  if (start < 0 || (sought !== '' && text.includes(sought, start + 1))) throw new Error(`not there once: ${piece}`);
  const before = text.slice(0, start + offset).split('\n');
  return `${name}:${before.length}:${(before.at(-1)?.length ?? 0) + 1} ${message}`;
}
