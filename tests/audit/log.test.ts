import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoredEntry } from '../../src/audit/entry.ts';
import { type AuditStore, createAuditLog } from '../../src/audit/log.ts';
import { lifecycleEntry } from '../../src/audit/own-entry.ts';

const entry = (): StoredEntry => lifecycleEntry(new Date(0), 'start', { policy: '', node: '' });
const some = (count: number) => Array.from({ length: count }, entry);
/** Two turns: callers hear of a batch in the one after that in which the next is given to the store. */
const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** A store whose commits end when the test says so. */
function heldStore() {
  const commits: { ids: string[]; end(error?: Error): void }[] = [];
  const store: AuditStore = {
    append: (batch) =>
      new Promise((resolve, reject) => {
        commits.push({
          ids: batch.map(({ id }) => id),
          end: (error) => (error ? reject(error) : resolve()),
        });
      }),
  };
  return { store, commits };
}

/** How a promise stands. */
function watch(promise: Promise<unknown>) {
  const seen = { state: 'pending', error: null as unknown };
  promise.then(
    () => {
      seen.state = 'resolved';
    },
    (error: unknown) => {
      seen.state = 'rejected';
      seen.error = error;
    },
  );
  return seen;
}

const limits = { deadlineMilliseconds: 5_000, batch: 4, queue: 10 };
const ids = (...operations: StoredEntry[][]) => operations.flat().map(({ id }) => id);

describe('group commit', () => {
  test('AUDIT-01 nothing resolves before the store has committed', async () => {
    const { store, commits } = heldStore();
    const log = createAuditLog(store, limits);
    const seen = watch(log.append(some(1)));
    await settled();
    expect(seen.state).toBe('pending');
    commits[0]?.end();
    await settled();
    expect(seen.state).toBe('resolved');
  });

  test('what queues while a commit runs goes together in the next, in order', async () => {
    const { store, commits } = heldStore();
    const log = createAuditLog(store, limits);
    const [a, b, c] = [some(1), some(2), some(1)];
    const seen = [a, b, c].map((operation) => watch(log.append(operation)));
    await settled();
    expect(commits.map((commit) => commit.ids)).toEqual([ids(a)]);
    commits[0]?.end();
    await settled();
    expect(seen.map(({ state }) => state)).toEqual(['resolved', 'pending', 'pending']);
    expect(commits[1]?.ids).toEqual(ids(b, c));
    commits[1]?.end();
    await log.drained();
    expect(seen.map(({ state }) => state)).toEqual(['resolved', 'resolved', 'resolved']);
  });

  test('the next batch is given to the store before the callers of the last one hear of it', async () => {
    const { store, commits } = heldStore();
    const log = createAuditLog(store, limits);
    const first = log.append(some(1)).then(() => commits.length);
    const second = log.append(some(1));
    commits[0]?.end();
    expect(await first).toBe(2);
    commits[1]?.end();
    await second;
  });

  test('of many that wait half are taken, so that the store is at work while others are', async () => {
    const { store, commits } = heldStore();
    const log = createAuditLog(store, { ...limits, batch: 500, queue: 500 });
    const answers = Array.from({ length: 201 }, () => log.append(some(1)));
    for (let n = 0; n < 5; n += 1) {
      commits[n]?.end();
      await settled();
    }
    await Promise.all(answers);
    expect(commits.map(({ ids: { length } }) => length)).toEqual([1, 100, 50, 48, 2]);
  });

  test('the entries of one operation are never split, even when they are more than a batch', async () => {
    const { store, commits } = heldStore();
    const log = createAuditLog(store, limits);
    const [first, three, two, six] = [some(1), some(3), some(2), some(6)];
    for (const operation of [first, three, two]) log.append(operation).catch(() => {});
    await settled();
    commits[0]?.end();
    await settled();
    log.append(six).catch(() => {});
    expect(commits[1]?.ids).toEqual(ids(three));
    commits[1]?.end();
    await settled();
    expect(commits[2]?.ids).toEqual(ids(two));
    commits[2]?.end();
    await settled();
    expect(commits[3]?.ids).toEqual(ids(six));
    commits[3]?.end();
    await log.drained();
  });

  test('for any arrivals: every entry is stored once, in order, with its own operation, within the batch', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 30 }), fc.gen(), async (sizes, gen) => {
        const stored: string[][] = [];
        const store: AuditStore = {
          async append(batch) {
            if (gen(fc.boolean)) await settled();
            stored.push(batch.map(({ id }) => id));
          },
        };
        const log = createAuditLog(store, { ...limits, queue: 1_000 });
        const operations = sizes.map((size) => some(size));
        const answers: Promise<void>[] = [];
        for (const operation of operations) {
          if (gen(fc.boolean)) await settled();
          answers.push(
            log.append(operation).then(() => {
              expect(stored.flat()).toEqual(expect.arrayContaining(ids(operation)));
            }),
          );
        }
        await Promise.all(answers);
        await log.drained();
        expect(stored.flat()).toEqual(ids(...operations));
        for (const batch of stored) {
          const whole = operations.filter((operation) => batch.includes(operation[0]?.id ?? ''));
          expect(batch).toEqual(ids(...whole));
          expect(batch.length <= limits.batch || whole.length === 1).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('no record, no data', () => {
  test('a failed commit rejects those that were in it and nobody else', async () => {
    const { store, commits } = heldStore();
    const log = createAuditLog(store, limits);
    const [first, second, third] = [log.append(some(1)), log.append(some(3)), log.append(some(3))].map(watch);
    await settled();
    commits[0]?.end();
    await settled();
    commits[1]?.end(new Error('disk full'));
    await settled();
    commits[2]?.end();
    await log.drained();
    expect([first, second, third].map((seen) => seen?.state)).toEqual(['resolved', 'rejected', 'resolved']);
    expect(second?.error).toMatchObject({ code: 'AUDIT_UNAVAILABLE', status: 503, cause: { message: 'disk full' } });
    expect(String(second?.error)).not.toContain('disk full');
  });

  test('a store that throws before it begins is a failed commit, and the log goes on', async () => {
    let broken = true;
    const store: AuditStore = {
      append: () => {
        if (broken) throw new Error('no connection');
        return Promise.resolve();
      },
    };
    const log = createAuditLog(store, { ...limits, deadlineMilliseconds: 200 });
    await expect(log.append(some(1))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    broken = false;
    await expect(log.append(some(1))).resolves.toBeUndefined();
    await log.drained();
  });

  test('a commit that takes too long rejects at the deadline, and what waits behind it too', async () => {
    const { store, commits } = heldStore();
    const log = createAuditLog(store, { ...limits, deadlineMilliseconds: 20 });
    const began = performance.now();
    const late = [log.append(some(1)), log.append(some(1))];
    for (const promise of late) await expect(promise).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(performance.now() - began).toBeLessThan(10_000);
    commits[0]?.end();
    await settled();
    commits[1]?.end();
    await log.drained();
    expect(commits).toHaveLength(2);
  });

  test('a full queue rejects at once, and makes room again when it moves', async () => {
    const { store, commits } = heldStore();
    const log = createAuditLog(store, limits);
    const first = log.append(some(1));
    const queued = [log.append(some(6)), log.append(some(4))];
    await expect(log.append(some(1))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    commits[0]?.end();
    await first;
    await settled();
    const next = watch(log.append(some(6)));
    await settled();
    expect(next.state).toBe('pending');
    for (const index of [1, 2, 3]) {
      commits[index]?.end();
      await settled();
    }
    await Promise.all(queued);
    expect(next.state).toBe('resolved');
  });

  test('drained waits for what is waiting and for what is under way', async () => {
    const { store, commits } = heldStore();
    const log = createAuditLog(store, limits);
    await log.drained();
    log.append(some(4)).catch(() => {});
    log.append(some(4)).catch(() => {});
    const drained = watch(log.drained());
    await settled();
    commits[0]?.end();
    await settled();
    expect(drained.state).toBe('pending');
    commits[1]?.end();
    await settled();
    expect(drained.state).toBe('resolved');
  });
});
