import type { RecordModel } from '../../record/model.ts';
import type { Problem, SourceText } from '../../record/problem.ts';
import type { Bundle } from '../bundle.ts';
import { checkPolicies } from './check.ts';
import { compileBundle } from './compile.ts';
import { PolicyError } from './error.ts';
import { isComplete, parsePolicies } from './parse.ts';
import { readPolicies } from './read.ts';

/**
 * Reads a policy folder and compiles it for one schema.
 * @throws PolicyError with every problem of every file
 */
export async function loadBundle(folder: string, record: RecordModel): Promise<Bundle> {
  const { texts, problems } = await readPolicies(folder);
  return buildBundle(texts, record, problems);
}

/**
 * The same for texts that were read already, named relative to the folder (`roles/work-coach.yaml`). Pure.
 * `problems` are those that reading found.
 * @throws PolicyError with every problem of every file
 */
export function buildBundle(
  texts: readonly SourceText[],
  record: RecordModel,
  problems: readonly Problem[] = [],
): Bundle {
  const found = [...problems];
  const files = parsePolicies(texts, found);
  checkPolicies(files, record, found);
  if (found.length > 0 || !isComplete(files)) throw new PolicyError(found);
  return compileBundle(files, record);
}
