import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepPartitions } from '../../../src/gateway/partitions.ts';

const DAY = 24 * 60 * 60_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('partitions are made three months ahead before anything is appended, and each day; a failure only shows', async () => {
  const outcomes = [4, new Error('the database is away'), 0, 1];
  const asked: number[] = [];
  const shown: boolean[] = [];
  const lines: string[] = [];
  const partitions = await keepPartitions({
    async make(months) {
      asked.push(months);
      const outcome = outcomes.shift();
      if (typeof outcome !== 'number') throw outcome;
      return outcome;
    },
    metrics: { partitions: (areMade) => void shown.push(areMade) },
    logger: pino({ base: null }, { write: (line) => void lines.push(line) }),
  });
  expect(shown).toEqual([true]);
  await vi.advanceTimersByTimeAsync(2 * DAY);
  expect({ asked, shown }).toEqual({ asked: [3, 3, 3], shown: [true, false, true] });
  expect(lines.map((line) => JSON.parse(line).level)).toEqual([30, 50]);
  await partitions.close();
  await vi.advanceTimersByTimeAsync(2 * DAY);
  expect(outcomes).toEqual([1]);
});
