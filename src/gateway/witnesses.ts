import type { Logger } from 'pino';
import { splitNote } from '../audit/note.ts';
import type { Clock } from '../clock.ts';
import type { Metrics } from './metrics.ts';
import type { Concern } from './readiness.ts';
import { type Repeated, repeat } from './repeat.ts';
import { type FeedOutcome, feedWitness, type WitnessedLog } from './witness-feed.ts';
import type { ListedWitness, WitnessPolicy } from './witness-list.ts';

/** Has the log's checkpoints cosigned, for as long as the gateway runs. Nothing of it stops an answer. */
export interface Witnesses {
  /**
   * Asks every witness once, for two seconds at most. One that cannot be heard stops nothing.
   * @throws WitnessError when one has cosigned more of this log than there is, or what ours does not go on from
   */
  consult(): Promise<void>;
  /** From now on each is shown what is new. */
  begin(): void;
  /** What an operator must see to. */
  concerns(): readonly Concern[];
  /** A signed checkpoint, with the lines of those witnesses that have cosigned that very one. */
  cosigned(note: string): string;
  close(): Promise<void>;
}

/** Witnesses have seen more of the log than its database has, or another one: it must not be appended to. */
export class WitnessError extends Error {
  override readonly name = 'WitnessError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `The audit log in the database is not the one that was witnessed:\n${problems.map((problem) => `  ${problem}\n`).join('')}` +
        'Nothing is appended to it. See "Restoring a backup" in docs/operating.md.',
    );
    this.problems = problems;
  }
}

export interface WitnessesOptions {
  readonly policy: WitnessPolicy;
  readonly log: WitnessedLog;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, 'logWitnessed' | 'witnessFailed'>;
  readonly logger: Logger;
  /** How long a start may take for them, and how often one is shown something at most. */
  readonly limits?: { readonly startMilliseconds: number; readonly pauseMilliseconds: number };
}

const LONGEST_PAUSE = 5 * 60_000;

export function createWitnesses(options: WitnessesOptions): Witnesses {
  const { policy, clock, metrics, logger } = options;
  const { startMilliseconds, pauseMilliseconds } = options.limits ?? {
    startMilliseconds: 2_000,
    pauseMilliseconds: 5_000,
  };
  const stop = new AbortController();
  const states = policy.witnesses.map((witness) => ({ witness, size: 0, forked: false, failures: 0 }));
  const loops: Repeated[] = [];
  /** How many entries were signed when we last looked. */
  let signedSize = 0;
  /** The oldest checkpoint that too few have cosigned, and since when it waits. */
  let waiting: { readonly size: number; readonly since: number } | null = null;
  /** The newest that any has cosigned. */
  let newest = { size: 0, text: '', lines: new Map<ListedWitness, string>() };
  const log: WitnessedLog = {
    ...options.log,
    async newest() {
      const signed = await options.log.newest();
      signedSize = Math.max(signedSize, signed.tree.size);
      return signed;
    },
  };

  async function feed(state: (typeof states)[number], signal: AbortSignal): Promise<FeedOutcome> {
    const { witness } = state;
    const outcome = await feedWitness(log, witness, state.size, signal);
    if (stop.signal.aborted) return outcome;
    state.failures = outcome.kind === 'failed' || outcome.kind === 'forked' ? state.failures + 1 : 0;
    if (outcome.kind === 'cosigned') {
      state.forked = false;
      state.size = outcome.signed.tree.size;
      remember(witness, state.size, outcome);
    } else if (outcome.kind === 'forked') {
      const { theirs, ours } = outcome;
      metrics.witnessFailed(witness.name, 'forked');
      if (!state.forked)
        logger.error({ witness: witness.name, theirs, ours }, 'a witness has cosigned another log than ours');
      state.forked = true;
    } else if (outcome.kind === 'failed') {
      const { cause } = outcome;
      metrics.witnessFailed(witness.name, cause);
      if (state.failures === 1)
        logger.warn({ witness: witness.name, cause }, 'a witness has not cosigned; it is asked again');
    }
    look();
    return outcome;
  }

  function remember(
    witness: ListedWitness,
    size: number,
    { signed, cosignature }: FeedOutcome & { kind: 'cosigned' },
  ): void {
    if (size < newest.size) return;
    const { text } = splitNote(signed.note);
    if (text !== newest.text) newest = { size, text, lines: new Map() };
    newest.lines.set(witness, cosignature.line);
  }

  function look(): void {
    // Whoever cosigned a larger tree has found the smaller one in it: the k-th largest is what k of them stand by.
    const witnessed = states.map(({ size }) => size).sort((a, b) => b - a)[policy.need - 1] ?? 0;
    if (waiting !== null && witnessed >= waiting.size) waiting = null;
    if (waiting === null && signedSize > witnessed) waiting = { size: signedSize, since: clock.now().getTime() };
    metrics.logWitnessed(witnessed, waitedSeconds());
  }

  function waitedSeconds(): number {
    return waiting === null ? 0 : (clock.now().getTime() - waiting.since) / 1000;
  }

  return {
    async consult() {
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(startMilliseconds)]);
      const outcomes = await Promise.all(states.map(async (state) => ({ state, outcome: await feed(state, signal) })));
      const problems = outcomes.flatMap(({ state, outcome }) =>
        outcome.kind === 'forked' ? [describe(state.witness.name, outcome)] : [],
      );
      if (problems.length > 0) throw new WitnessError(problems);
    },
    begin() {
      for (const state of states) {
        loops.push(
          repeat(async () => {
            await feed(state, stop.signal);
            return Math.min(pauseMilliseconds * 2 ** state.failures, LONGEST_PAUSE);
          }),
        );
      }
    },
    concerns: () => [
      ...(waitedSeconds() > policy.withinSeconds ? (['LOG_NOT_WITNESSED'] as const) : []),
      ...(states.some(({ forked }) => forked) ? (['LOG_FORKED'] as const) : []),
    ],
    cosigned: (note) => (splitNote(note).text === newest.text ? note + [...newest.lines.values()].join('') : note),
    async close() {
      stop.abort();
      await Promise.all(loops.map((loop) => loop.close()));
    },
  };
}

function describe(witness: string, { theirs, ours }: { readonly theirs: number; readonly ours: number }): string {
  return theirs > ours
    ? `${witness} has cosigned ${theirs} entries of this log; the database has signed ${ours}`
    : `${witness} has cosigned ${theirs} entries that are not the first ${theirs} of the ${ours} in the database`;
}
