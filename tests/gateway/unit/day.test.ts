import { expect, test } from 'vitest';
import { endOfDay, londonDay } from '../../../src/gateway/day.ts';

test.each([
  ['in winter', '2026-11-22T10:00:00Z', '2026-11-22T23:59:59.000Z'],
  ['in summer', '2026-07-01T10:00:00Z', '2026-07-01T22:59:59.000Z'],
  ['in summer after midnight in London', '2026-06-30T23:30:00Z', '2026-07-01T22:59:59.000Z'],
  ['on the day that summer time begins', '2026-03-29T00:30:00Z', '2026-03-29T22:59:59.000Z'],
  ['on the day that it ends', '2026-10-25T00:30:00Z', '2026-10-25T23:59:59.000Z'],
])('a day ends with its last second in London, %s', (_when, instant, end) => {
  const last = endOfDay(new Date(instant));
  expect(last.toISOString()).toBe(end);
  expect(londonDay(last)).toBe(londonDay(new Date(instant)));
  expect(londonDay(new Date(last.getTime() + 1_000))).not.toBe(londonDay(last));
});
