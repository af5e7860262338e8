import type { Logger } from 'pino';
import { cosignaturesOf, parseCosigner } from '../../audit/cosignature.ts';
import type { Finding } from '../../audit/fsck.ts';
import { NoteError } from '../../audit/note.ts';
import { rootOf } from '../../audit/tree.ts';
import type { Clock } from '../../clock.ts';
import type { VerificationEnd } from '../../record/verification.ts';
import { checkpointIn, checkpointOf, goesOn } from './consistent.ts';
import type { LogProof } from './proof.ts';

/** Runs checks of the whole log in the background, for as long as the gateway does. */
export interface Verifying {
  /** @param id of one that is kept as started */
  start(id: string): void;
  /** Resolves when none is under way. One that was is kept as interrupted. */
  close(): Promise<void>;
}

export interface VerifyingDependencies extends Omit<LogProof, 'verify'> {
  /** Checks entries, leaves, tree and checkpoints; `progress` throws to end it, and the signal ends what it waits for. */
  readonly check: (progress: (checked: number, of: number) => Promise<void>, signal: AbortSignal) => Promise<Finding>;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Found = Pick<VerificationEnd, 'state' | 'problem' | 'entry'>;

const BEAT_MILLISECONDS = 1_000;

export function keepVerifying(dependencies: VerifyingDependencies): Verifying {
  const { verifications, clock, logger } = dependencies;
  const stop = new AbortController();
  const running = new Set<Promise<void>>();

  async function run(id: string): Promise<void> {
    const done = { checked: 0, size: 0 };
    // Silent, it would be taken for one whose gateway has stopped.
    const beats = setInterval(() => {
      verifications.beat(id, done.checked, done.size).catch(() => {});
    }, BEAT_MILLISECONDS);
    const found = await look().catch((error: unknown): Found => {
      if (stop.signal.aborted) return { state: 'INTERRUPTED', problem: null, entry: null };
      logger.error({ err: error }, 'the log could not be checked to its end');
      return { state: 'FAILED', problem: null, entry: null };
    });
    clearInterval(beats);
    if (found.state === 'TAMPERED') logger.error({ entry: found.entry, problem: found.problem }, 'the log was altered');
    await verifications
      .end(id, { ...found, ...done, finishedAt: clock.now() })
      .catch((error: unknown) => logger.error({ err: error }, 'what a check of the log found could not be kept'));

    async function look(): Promise<Found> {
      // Before the log is read, so that it must have at least as much.
      const note = dependencies.checkpoint();
      const finding = await dependencies.check(async (checked, of) => {
        stop.signal.throwIfAborted();
        Object.assign(done, { checked, size: of });
        // Answers go before.
        await new Promise((resolve) => setImmediate(resolve));
      }, stop.signal);
      if (!finding.ok) {
        const state = finding.fault === 'key' ? 'KEY' : 'TAMPERED';
        return { state, problem: finding.message, entry: finding.entry };
      }
      const problem = (await differsFromKept(dependencies, note)) ?? (await badCosignature(dependencies));
      return { state: problem === null ? 'GOOD' : 'TAMPERED', problem, entry: null };
    }
  }

  return {
    start(id) {
      const under = run(id).finally(() => running.delete(under));
      running.add(under);
    },
    async close() {
      stop.abort();
      await Promise.all(running);
    },
  };
}

/** A database that agrees with itself may be an older one, or one written anew: this gateway and others remember. */
async function differsFromKept(
  { tree, keys, verifications }: VerifyingDependencies,
  note: string | null,
): Promise<string | null> {
  if (note === null || tree === null) return null;
  const newest = checkpointOf(note);
  const kept = await tree.signed(newest.size, newest.size);
  if (kept === null || Buffer.compare(rootOf(kept), newest.root) !== 0) {
    return `it is not the log that this gateway has signed at ${newest.size} entries`;
  }
  const outside = await verifications.latestOutside();
  const older = outside && checkpointIn(outside.checkpoint, keys);
  if (older && !(await goesOn(tree, older, newest))) {
    return `it does not go on from the checkpoint of ${older.size} entries that was kept outside`;
  }
  return null;
}

async function badCosignature({ tree, witnesses }: VerifyingDependencies): Promise<string | null> {
  const list = witnesses?.witnesses ?? [];
  for (const { key, size, note } of (await tree?.cosigned(list.map(({ vkey }) => vkey))) ?? []) {
    try {
      cosignaturesOf(note, [parseCosigner(key)]);
    } catch (error) {
      if (!(error instanceof NoteError)) throw error;
      return `what is kept as signed by ${list.find(({ vkey }) => vkey === key)?.name} at ${size} entries is not`;
    }
  }
  return null;
}
