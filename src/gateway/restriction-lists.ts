import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Bundle } from '../policy/bundle.ts';
import type { Metrics } from './metrics.ts';

/** What is known of the restrictions that one owner sends. */
interface ListState {
  readonly owner: string;
  /** When the owner drew it up; null when no list of theirs could ever be taken. */
  readonly asOf: Date | null;
  /** A code: why a later one could not be taken. Null when the last one was. */
  readonly problem: string | null;
}

export interface RestrictionWatch {
  /** Whether somebody's list is older than was agreed, or could not be read, when last looked. */
  readonly stale: () => boolean;
  close(): Promise<void>;
}

const MINUTE = 60_000;

/**
 * Looks each minute at how old each owner's list is. Nothing of it changes a decision: an old list stays in force, and
 * somebody is to ring its owner.
 */
export function watchRestrictionLists(dependencies: {
  lists(): Promise<readonly ListState[]>;
  bundle(): Bundle;
  clock: Clock;
  metrics: Pick<Metrics, 'restrictionList'>;
  logger: Logger;
}): RestrictionWatch {
  const { lists, bundle, clock, metrics, logger } = dependencies;
  /** Owner to what is wrong. Told when it begins, and not each minute. */
  let wrong: ReadonlyMap<string, string> = new Map();
  let work = look();
  const timer = setInterval(() => {
    work = look();
  }, MINUTE).unref();

  return {
    stale: () => wrong.size > 0,
    async close() {
      clearInterval(timer);
      await work;
    },
  };

  async function look(): Promise<void> {
    // A store that does not answer is told by readiness; the lists are then no older than they were.
    const known = await lists().catch(() => null);
    if (!known) return;
    const found = new Map<string, string>();
    for (const { owner, asOf, problem } of known) {
      const policy = bundle().restrictions.get(owner);
      const age = asOf && (clock.now().getTime() - asOf.getTime()) / 1_000;
      metrics.restrictionList(owner, age, problem !== null);
      const isOld = age !== null && policy !== undefined && age > policy.freshnessHours * 3_600;
      const what = problem ?? (isOld ? 'STALE' : null);
      if (what === null) continue;
      found.set(owner, what);
      if (wrong.get(owner) === what) continue;
      logger.warn(
        { owner, what, asOf, freshnessHours: policy?.freshnessHours, ring: policy?.page },
        'a list of restrictions needs its owner; the last good one stays in force',
      );
    }
    wrong = found;
  }
}
