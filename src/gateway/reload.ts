import type { Logger } from 'pino';
import type { PolicyChange } from '../audit/own-entry.ts';
import { GatewayError } from '../errors.ts';
import type { Bundle } from '../policy/bundle.ts';
import { PolicyError } from '../policy/load/error.ts';
import { formatProblem } from '../record/problem.ts';
import type { Engine } from './engine.ts';
import type { Metrics } from './metrics.ts';

/** `unchanged`: the files say what is in force already. */
export type ReloadOutcome = 'taken' | 'unchanged' | 'refused';

/** The policy in force, and how another one takes its place: whole, or not at all. */
export interface PolicyKeeper {
  readonly current: () => Engine;
  /** Whether the files say something that was refused. What is in force is then older than the files. */
  readonly behind: () => boolean;
  /** Reads the files now. One at a time; never rejects. */
  reload(): Promise<ReloadOutcome>;
  /** Stops looking. Resolves when nothing is under way. */
  close(): Promise<void>;
}

export interface PolicySource {
  /** Tells one state of the files from another; see `folderPrint`. Never rejects. */
  print(): Promise<string>;
  /** @throws PolicyError with every problem of the files */
  load(): Promise<Bundle>;
  /** @throws PolicyError when the bundle must be approved and is not */
  approve(bundle: Bundle): Promise<void>;
  engineOf(bundle: Bundle): Engine;
  /** Resolves when the entry is durable: it comes before the policy that it tells of. */
  record(change: Omit<PolicyChange, 'node'>): Promise<void>;
}

export interface PolicyKeeperOptions {
  readonly source: PolicySource;
  /** What is in force first, and the print of the files it was read from. */
  readonly first: { readonly engine: Engine; readonly print: string };
  readonly metrics: Pick<Metrics, 'policyReloaded' | 'policyInForce'>;
  readonly logger: Logger;
  readonly lookEveryMilliseconds?: number;
}

/**
 * Looks at the files every second, and reads them once they have changed and then stood still for a second, so that
 * nobody's half-copied folder is taken. Looking is asking the file system anew each time, which sees what a watch does
 * not: a link that was turned to another folder, a folder that was deleted and made again, a network drive.
 */
export function keepPolicy(options: PolicyKeeperOptions): PolicyKeeper {
  const { source, first, metrics, logger, lookEveryMilliseconds = 1_000 } = options;
  let engine = first.engine;
  let behind = false;
  /** The state of the files that was last acted on; null when acting on it failed for a reason that may pass. */
  let settled: string | null = first.print;
  let moving: string | null = null;
  let closed = false;
  let work: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  metrics.policyInForce(engine.policy.bundle.hash);
  lookLater();

  return {
    current: () => engine,
    behind: () => behind,
    reload() {
      const run = work.then(reloadNow);
      work = run;
      return run;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await work;
    },
  };

  function lookLater(): void {
    timer = setTimeout(() => {
      work = work.then(look).finally(() => closed || lookLater());
    }, lookEveryMilliseconds);
    timer.unref();
  }

  async function look(): Promise<void> {
    const print = await source.print();
    if (print === settled) moving = null;
    else if (print !== moving) moving = print;
    else await reloadNow();
  }

  async function reloadNow(): Promise<ReloadOutcome> {
    settled = await source.print();
    moving = null;
    const from = engine.policy.bundle.hash;
    let to: string | null = null;
    let outcome: ReloadOutcome;
    try {
      const bundle = await source.load();
      to = bundle.hash;
      await source.approve(bundle);
      outcome = to === from ? 'unchanged' : 'taken';
      if (outcome === 'taken') {
        const next = source.engineOf(bundle);
        await source.record({ from, to, outcome: 'taken' });
        engine = next;
        metrics.policyInForce(to);
        logger.info({ from, to }, 'policy taken');
      }
      behind = false;
    } catch (error) {
      outcome = 'refused';
      behind = true;
      await refused(from, to, error);
    }
    metrics.policyReloaded(outcome);
    return outcome;
  }

  async function refused(from: string, to: string | null, error: unknown): Promise<void> {
    if (error instanceof PolicyError) {
      const problems = error.problems.map(formatProblem);
      logger.error({ inForce: from, refused: to, problems }, 'policy refused; the last good one stays in force');
    } else {
      // A log that cannot be written: the files are not to blame, and are tried again.
      if (error instanceof GatewayError) settled = null;
      logger.error({ inForce: from, refused: to, err: error }, 'policy could not be taken');
    }
    await source.record({ from, to, outcome: 'refused' }).catch((cause: unknown) => {
      settled = null;
      logger.error({ err: cause }, 'that a policy was refused could not be recorded');
    });
  }
}
