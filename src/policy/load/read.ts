import { type Dirent, promises as fs } from 'node:fs';
import { join, sep } from 'node:path';
import { didYouMean, type Problem, type SourceText } from '../../record/problem.ts';
import { PolicyError } from './error.ts';

/** The folders inside a policy folder that hold policy, one file for each role or agreement. */
const READ = ['roles', 'agreements'];
/** Those that hold something else: editor completion, and worked cases. */
const LEFT = ['schemas', 'cases'];

const MAXIMUM_BYTES = 1024 * 1024;

/**
 * Reads every `.yaml` file of a policy folder, in a stable order, named relative to it. Files of other kinds, and names
 * that begin with a dot, are passed over. What cannot be read is a problem, never a file quietly left out.
 * @throws PolicyError when there is no folder to read
 */
export async function readPolicies(folder: string): Promise<{ texts: SourceText[]; problems: Problem[] }> {
  const texts: SourceText[] = [];
  const problems: Problem[] = [];
  const root = await fs.realpath(folder).catch(() => null);
  const entries = root === null ? null : await list(root);
  if (root === null || entries === null) throw new PolicyError([problem('.', 'the policy folder cannot be read')]);
  for (const entry of entries) {
    if (!(await isFolder(root, entry))) await readFile(root, entry.name, texts, problems);
    else if (READ.includes(entry.name)) await readFolder(root, entry.name, texts, problems);
    else if (!LEFT.includes(entry.name)) {
      const message = `there is no policy in a folder of this name${didYouMean(entry.name, READ)}`;
      problems.push(problem(entry.name, message));
    }
  }
  return { texts, problems };
}

/** The same for one folder inside the policy folder, whose own real path is `root`. */
export async function readFolder(root: string, name: string, texts: SourceText[], problems: Problem[]): Promise<void> {
  const real = await fs.realpath(join(root, name)).catch(() => null);
  if (real === null || !isInside(root, real)) {
    problems.push(problem(name, OUTSIDE));
    return;
  }
  const entries = await list(real);
  if (entries === null) problems.push(problem(name, 'the folder cannot be read'));
  for (const entry of entries ?? []) {
    if (await isFolder(real, entry)) problems.push(problem(`${name}/${entry.name}`, `a folder in ${name} is not read`));
    else await readFile(root, `${name}/${entry.name}`, texts, problems);
  }
}

async function readFile(root: string, name: string, texts: SourceText[], problems: Problem[]): Promise<void> {
  if (name.endsWith('.yml')) problems.push(problem(name, 'policy files end in .yaml'));
  if (!name.endsWith('.yaml')) return;
  try {
    const real = await fs.realpath(join(root, name));
    const { size } = await fs.stat(real);
    if (!isInside(root, real)) problems.push(problem(name, OUTSIDE));
    else if (size > MAXIMUM_BYTES) problems.push(problem(name, 'the file is larger than 1 MB'));
    else texts.push({ name, text: UTF8.decode(await fs.readFile(real)) });
  } catch (error) {
    const message = error instanceof TypeError ? 'the file is not UTF-8 text' : 'the file cannot be read';
    problems.push(problem(name, message));
  }
}

const OUTSIDE = 'the link leads out of the policy folder';
const UTF8 = new TextDecoder('utf-8', { fatal: true });

async function list(folder: string): Promise<Dirent[] | null> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => null);
  return entries?.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1)) ?? null;
}

async function isFolder(parent: string, entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const target = await fs.stat(join(parent, entry.name)).catch(() => null);
  return target?.isDirectory() ?? false;
}

function isInside(root: string, real: string): boolean {
  return real.startsWith(root.endsWith(sep) ? root : root + sep);
}

function problem(file: string, message: string): Problem {
  return { file, line: 1, col: 1, message };
}
