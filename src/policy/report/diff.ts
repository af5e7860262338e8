import type { Policy } from '../territory.ts';
import { byHarm, type Change, general } from './change.ts';
import { diffCells } from './diff-cells.ts';
import { diffRest } from './diff-rest.ts';
import { diffRules } from './diff-rules.ts';

export interface PolicyDiff {
  /** The hashes of the bundles. */
  readonly before: string;
  readonly after: string;
  /** Whether somebody may see more, or a protection is weaker. */
  readonly widens: boolean;
  /** Most harmful first. */
  readonly changes: readonly Change[];
}

/** Everything that differs between two policies, judged by what callers get and not by what the files say. */
export function diffPolicies(before: Policy, after: Policy): PolicyDiff {
  const cells = diffCells(before, after);
  const changes = [
    ...cells,
    ...diffRules(before.bundle, after.bundle),
    ...diffRest(before.bundle, after.bundle, cells),
  ].sort(byHarm);
  // The hash covers the schema too, its descriptions and arguments among them.
  if (changes.length === 0 && before.bundle.hash !== after.bundle.hash) {
    changes.push(general('other', 'The schema differs in something that no rule names.'));
  }
  return {
    before: before.bundle.hash,
    after: after.bundle.hash,
    widens: changes.some(({ kind }) => kind === 'widening'),
    changes,
  };
}
