import type { Bundle } from '../../../policy/bundle.ts';
import { wordsOf } from '../../words.ts';

/** A change of `policyReplay`. */
export interface ReplayedChange {
  readonly effect: string;
  readonly role: string;
  readonly purpose: string;
  readonly partner: string;
  readonly field: string | null;
  readonly holder: string | null;
  readonly dataClass: string | null;
  readonly sentence: string;
  readonly count: number;
  readonly examples: readonly string[];
}

/** What changes for one role at one partner and one purpose: a policy that gives or takes a class changes all its fields. */
export interface ReplayGroup {
  readonly title: string;
  /** In at least so many entries: those of its most frequent change. */
  readonly entries: number;
  readonly changes: readonly ReplayedChange[];
}

/** Most frequent first. */
export function replayGroups(changes: readonly ReplayedChange[], effect: string, policy: Bundle): ReplayGroup[] {
  const { roleTitle, partnerName, purposeLabel } = wordsOf(policy);
  const own = changes.filter((change) => change.effect === effect);
  const groups = Map.groupBy(own, ({ role, partner, purpose }) => JSON.stringify([role, partner, purpose]));
  return [...groups.values()]
    .flatMap((same) => {
      const [first] = same;
      if (!first) return [];
      const title = `${roleTitle(first.role)} at ${partnerName(first.partner)}: ${purposeLabel(first.purpose)}`;
      return [{ title, entries: Math.max(...same.map(({ count }) => count)), changes: same }];
    })
    .sort((one, other) => other.entries - one.entries);
}
