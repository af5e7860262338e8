import { promises as fs } from 'node:fs';
import { join } from 'node:path';
import type { Problem, SourceText } from '../../record/problem.ts';
import type { Bundle } from '../bundle.ts';
import { PolicyError } from '../load/error.ts';
import { readFolder } from '../load/read.ts';
import { checkShape } from '../load/shape.ts';
import { parseYaml, type Yaml } from '../load/yaml.ts';
import type { Territory } from '../view.ts';
import type { CaseFile } from './case.ts';
import { checkCases } from './check.ts';

/** One role's cases, and where each of them stands. */
export type Cases = Yaml<CaseFile>;

/**
 * Reads the worked cases beside a policy folder's roles.
 * @throws PolicyError with every problem of every file
 */
export async function loadCases(folder: string, bundle: Bundle, territory: Territory): Promise<Cases[]> {
  const texts: SourceText[] = [];
  const problems: Problem[] = [];
  const root = await fs.realpath(folder).catch(() => null);
  const there = root !== null && (await fs.stat(join(root, 'cases')).catch(() => null)) !== null;
  if (there) await readFolder(root, 'cases', texts, problems);
  else problems.push({ file: 'cases', line: 1, col: 1, message: 'there is no folder of worked cases' });
  return buildCases(texts, bundle, territory, problems);
}

/**
 * The same for texts that were read already, named relative to the folder (`cases/work-coach.yaml`). Pure.
 * @throws PolicyError with every problem of every file
 */
export function buildCases(
  texts: readonly SourceText[],
  bundle: Bundle,
  territory: Territory,
  found: readonly Problem[] = [],
): Cases[] {
  const problems = [...found];
  const files = texts.flatMap((text) => {
    const yaml = parseYaml(text, problems);
    return yaml !== null && checkShape<CaseFile>(yaml, 'cases', problems) ? [yaml as Cases] : [];
  });
  for (const file of files) checkCases(bundle, territory, file, problems);
  if (problems.length > 0) throw new PolicyError(problems);
  return files;
}
