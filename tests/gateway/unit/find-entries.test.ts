import { expect, test } from 'vitest';
import type { LogRow } from '../../../src/audit/log-reader.ts';
import type { Read } from '../../../src/audit/reading.ts';
import { findEntries } from '../../../src/gateway/exports/find.ts';
import type { Wanted } from '../../../src/gateway/log/filter.ts';
import type { Look } from '../../../src/gateway/log/look.ts';
import type { LogExport, LogExports } from '../../../src/record/exports.ts';

const FROM = new Date('2026-11-01T00:00:00Z');
const TO = new Date('2026-11-02T00:00:00Z');
const BEGUN = { id: 'export', from: FROM, to: TO } as LogExport;
const ALL: Wanted = { asked: {}, isNobody: false, accepts: () => true };

/** What a log of so many entries, a second apart, looks like to a reader of all of them. */
function lookOf(size: number, onPage = () => {}): Look {
  const at = (index: number) => new Date(FROM.getTime() + index * 1_000).toISOString();
  const row = (index: number): LogRow => ({
    index,
    body: Buffer.from(JSON.stringify({ id: `e${index}`, at: at(index), kind: 'request' })),
  });
  return {
    log: {
      page: async ({ before = size }: { before?: number }, limit: number) => {
        onPage();
        const count = Math.min(before, limit);
        return Array.from({ length: count }, (_, n) => row(before - 1 - n));
      },
    },
    read: async (rows: readonly LogRow[]) => rows.map(({ index }) => ({ id: `e${index}` }) as Read),
  } as unknown as Look;
}

/** Keeps in memory what an export found. */
function keeping() {
  const kept = { parts: [] as (readonly string[])[], reached: [] as Date[], state: 'RUNNING' };
  const exports = {
    addPart: async (_: string, part: number, entries: readonly string[], reachedAt: Date) => {
      expect(part).toBe(kept.parts.length);
      kept.parts.push(entries);
      kept.reached.push(reachedAt);
    },
    beat: async (_: string, reachedAt: Date) => void kept.reached.push(reachedAt),
    end: async (_: string, state: string) => {
      kept.state = state;
    },
  } as unknown as LogExports;
  return { kept, exports };
}

const NEVER = new AbortController().signal;

test.each([
  [0, [0]],
  [1, [1]],
  [500, [500]],
  [1_201, [500, 500, 201]],
])('of %i entries the parts have %j, newest first and each once', async (size, lengths) => {
  const { kept, exports } = keeping();
  await findEntries(exports, BEGUN, async () => lookOf(size), ALL, NEVER);
  expect(kept.state).toBe('READY');
  expect(kept.parts.map(({ length }) => length)).toEqual(lengths);
  expect(kept.parts.flat()).toEqual(Array.from({ length: size }, (_, n) => `e${size - 1 - n}`));
  expect(kept.reached.map(Number)).toEqual(kept.reached.map(Number).toSorted((a, b) => b - a));
});

test('of somebody whom nobody may know of there is nothing, however much was looked through', async () => {
  const { kept, exports } = keeping();
  await findEntries(exports, BEGUN, async () => lookOf(700), { ...ALL, isNobody: true }, NEVER);
  expect([kept.state, kept.parts]).toEqual(['READY', [[]]]);
});

test('more than a file holds ends it', async () => {
  const { kept, exports } = keeping();
  await findEntries(exports, BEGUN, async () => lookOf(100_001), ALL, NEVER);
  expect(kept.state).toBe('TOO_MANY');
});

test('a gateway that stops interrupts it; a log that cannot be read ends it', async () => {
  const stopping = new AbortController();
  const stopped = keeping();
  await findEntries(stopped.exports, BEGUN, async () => lookOf(5_000, () => stopping.abort()), ALL, stopping.signal);
  expect(stopped.kept).toMatchObject({ state: 'INTERRUPTED', parts: [] });
  const failed = keeping();
  await findEntries(failed.exports, BEGUN, () => Promise.reject(new Error('out of reach')), ALL, NEVER);
  expect(failed.kept.state).toBe('FAILED');
});
