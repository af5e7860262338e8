import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPseudonyms } from '../../../src/audit/pseudonym.ts';
import { systemClock } from '../../../src/clock.ts';
import { keepSweeping } from '../../../src/gateway/checks/sweep.ts';
import type { Engine } from '../../../src/gateway/engine.ts';
import { createMetrics } from '../../../src/gateway/metrics.ts';
import { readRecord } from '../../../src/gateway/read-record.ts';
import { loadBundle } from '../../../src/policy/load/load.ts';
import { createChecks } from '../../../src/store/checks.ts';
import { openStore } from '../../../src/store/client.ts';
import { createEvents } from '../../../src/store/events.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const keys = [randomBytes(32)];

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

test('a store that is away stops nothing: it is told once, tried again, and after two minutes somebody is to look', async () => {
  // Nobody listens on port 1.
  const store = openStore('postgresql://nobody@127.0.0.1:1/nowhere', { poolSize: 1 });
  const bundle = await loadBundle(join(PROJECT, 'policies'), await readRecord(join(PROJECT, 'schema')));
  const engine = { policy: { bundle }, checks: createChecks(store.db, keys), events: createEvents(store.db) };
  const lines: { readonly of: string }[] = [];
  const sweep = keepSweeping({
    engine: () => engine as unknown as Engine,
    log: { append: () => Promise.reject(new Error('nothing was to be recorded')) },
    pseudonyms: createPseudonyms(keys),
    clock: systemClock,
    metrics: createMetrics(),
    logger: pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    node: 'gateway-1',
  });
  try {
    await sweep.round();
    const told = lines.map(({ of }) => of);
    expect(told).toContain('requests that are due');
    expect(new Set(told).size).toBe(told.length);
    expect(sweep.concerns()).toEqual([]);
    await sweep.round();
    expect(lines).toHaveLength(told.length);
    vi.advanceTimersByTime(121_000);
    expect(sweep.concerns()).toEqual(['CHECKS_NOT_SWEPT']);
  } finally {
    await sweep.close();
    await store.close();
  }
});
