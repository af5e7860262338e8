import { daysBetween } from '../../record/day.ts';
import { londonDay } from '../../record/london.ts';
import type { Concern } from '../readiness.ts';
import { endOverdue } from '../referrals/sweep.ts';
import { repeat } from '../repeat.ts';
import { noticingMoves } from './reopen.ts';
import { sweepDue } from './sweep-due.ts';
import { deleteOld, holdMoved } from './sweep-keep.ts';
import { takeUpCommands } from './sweep-recover.ts';
import { beginRound, type Round, type SweepDependencies } from './sweep-round.ts';

export interface Sweep {
  /** A whole round now, after the one that is under way. It throws nothing. */
  round(): Promise<void>;
  /** What an operator must see to. */
  concerns(): readonly Concern[];
  /** Resolves when nothing is under way. */
  close(): Promise<void>;
}

const PAUSE_MILLISECONDS = 2_000;
const LONGEST_PAUSE_MILLISECONDS = 60_000;
/** Without a good round for so long, somebody is to look. */
const PATIENCE_MILLISECONDS = 120_000;
const COUNT_EVERY_MILLISECONDS = 60_000;
/** Before the bank holidays that the policy knows end, somebody is to add those of another year. */
const CALENDAR_DAYS = 180;

/** What a round does, each whatever became of the others. It says whether there is more of it to do at once. */
const STEPS: readonly (readonly [what: string, work: (round: Round) => Promise<boolean>])[] = [
  ['commands that were left', takeUpCommands],
  ['people who are no longer who they were', holdMoved],
  ['requests that are due', sweepDue],
  ['packs whose day passed', endOverdue],
  ['old contents', deleteOld],
];

/**
 * Does for checks what time brings, again and again, and never twice: several gateways share the work, and what one of
 * them left unfinished another finishes. Whatever fails is told once, tried again, and stops nothing else.
 */
export function keepSweeping(dependencies: SweepDependencies): Sweep {
  const { engine, clock, metrics, logger } = dependencies;
  const closing = new AbortController();
  const told = new Map<string, string>();
  const steps = [...STEPS, ['days of release', noticingMoves()] as const];
  let failures = 0;
  let goodAt = performance.now();
  let countedAt = Number.NEGATIVE_INFINITY;
  let turn = Promise.resolve(false);

  const repeated = repeat(async () => {
    const isMore = await next();
    if (failures === 0) return isMore ? 0 : PAUSE_MILLISECONDS;
    return Math.min(PAUSE_MILLISECONDS * 2 ** failures, LONGEST_PAUSE_MILLISECONDS);
  });

  return {
    round: async () => void (await next()),
    concerns() {
      const { calendar } = engine().policy.bundle;
      return [
        ...(performance.now() - goodAt > PATIENCE_MILLISECONDS ? (['CHECKS_NOT_SWEPT'] as const) : []),
        ...(daysBetween(londonDay(clock.now()), calendar.until) < CALENDAR_DAYS ? (['CALENDAR_ENDS'] as const) : []),
      ];
    },
    async close() {
      closing.abort();
      await repeated.close();
      await turn;
    },
  };

  function next(): Promise<boolean> {
    turn = turn.then(sweepAll);
    return turn;
  }

  async function sweepAll(): Promise<boolean> {
    const round = beginRound(dependencies, closing.signal, fault);
    let [isMore, isGood] = [false, true];
    for (const [what, work] of steps) {
      if (closing.signal.aborted) return false;
      try {
        isMore = (await work(round)) === true || isMore;
        told.delete(what);
      } catch (error) {
        isGood = false;
        fault(what, error);
      }
    }
    await count(round).catch((error: unknown) => fault('counting', error));
    failures = isGood ? 0 : failures + 1;
    if (isGood) goodAt = performance.now();
    return isMore;
  }

  async function count({ engine: { checks }, now }: Round): Promise<void> {
    if (performance.now() - countedAt < COUNT_EVERY_MILLISECONDS) return;
    countedAt = performance.now();
    metrics.checksWaiting(await checks.counts(now));
  }

  function fault(of: string, problem: unknown): void {
    const text = problem instanceof Error ? problem.message : String(problem);
    if (told.get(of) === text) return;
    if (told.size > MOST_TOLD) told.clear();
    told.set(of, text);
    logger.warn({ of, ...(problem instanceof Error ? { err: problem } : { problem }) }, 'checks: tried again later');
  }
}

const MOST_TOLD = 1_000;
