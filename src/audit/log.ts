import { GatewayError } from '../errors.ts';
import type { StoredEntry } from './entry.ts';

/** Where entries become durable. Resolves only after the commit; appending an id twice stores it once. */
export interface AuditStore {
  append(batch: readonly StoredEntry[]): Promise<void>;
}

export interface AuditLog {
  /**
   * Resolves when every entry is durably committed. A caller may release data only after that (AUDIT-01).
   * @throws GatewayError AUDIT_UNAVAILABLE when the store refuses, the queue is full or the deadline passes
   */
  append(entries: readonly StoredEntry[]): Promise<void>;
  /** Resolves when nothing is waiting or under way. */
  drained(): Promise<void>;
}

interface Waiting {
  readonly entries: readonly StoredEntry[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** So many entries go into one commit although that leaves less than half of those waiting for the next. */
const FEW = 48;

/**
 * Group commit without a timer: what queued while the last commit ran goes into the next; of more than a few entries, half.
 * So one part is in the store while those of another are at work, where all in one would have both wait for each other in
 * turn. One operation's entries travel together.
 */
export function createAuditLog(
  store: AuditStore,
  limits: { deadlineMilliseconds: number; batch: number; queue: number } = {
    deadlineMilliseconds: 5_000,
    batch: 500,
    queue: 20_000,
  },
): AuditLog {
  let waiting: Waiting[] = [];
  let queued = 0;
  let pump: Promise<void> | null = null;

  async function run(): Promise<void> {
    let answer = () => {};
    while (waiting.length > 0) {
      const committed = commit(takeGroup());
      // A batch is on its way to the store before those of the last one hear of it: what they do next takes our processor.
      await new Promise((resolve) => setImmediate(resolve));
      answer();
      answer = await committed;
    }
    answer();
    pump = null;
  }

  /** Resolves to what tells the callers. A store which throws at once is a failed commit like any other. */
  async function commit(group: readonly Waiting[]): Promise<() => void> {
    try {
      await store.append(group.flatMap(({ entries }) => entries));
      return () => {
        for (const { resolve } of group) resolve();
      };
    } catch (cause) {
      return () => {
        for (const { reject } of group) reject(unavailable(cause));
      };
    }
  }

  function takeGroup(): Waiting[] {
    const most = Math.min(limits.batch, Math.max(FEW, Math.ceil(queued / 2)));
    let size = 0;
    let count = 0;
    for (const { entries } of waiting) {
      if (count > 0 && size + entries.length > most) break;
      size += entries.length;
      count += 1;
    }
    const group = waiting.slice(0, count);
    waiting = waiting.slice(count);
    queued -= size;
    return group;
  }

  return {
    append(entries) {
      if (queued + entries.length > limits.queue) return Promise.reject(unavailable(new Error('the queue is full')));
      return new Promise<void>((resolve, reject) => {
        // A late commit is still a true record: the answer it would have released was dropped.
        const timer = setTimeout(
          () => reject(unavailable(new Error('the commit took too long'))),
          limits.deadlineMilliseconds,
        );
        const settle =
          <A extends unknown[]>(then: (...args: A) => void) =>
          (...args: A) => {
            clearTimeout(timer);
            then(...args);
          };
        waiting.push({ entries, resolve: settle(resolve), reject: settle(reject) });
        queued += entries.length;
        pump ??= run();
      });
    },
    async drained() {
      while (pump !== null) await pump;
    },
  };
}

function unavailable(cause: unknown): GatewayError {
  return new GatewayError(
    'AUDIT_UNAVAILABLE',
    'The access could not be recorded, so nothing is shown. Try again shortly.',
    { cause },
  );
}
