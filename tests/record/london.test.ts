import { describe, expect, test } from 'vitest';
import { endOfDay, londonDay, londonInstant } from '../../src/record/london.ts';

describe('days and instants in London', () => {
  test.each([
    ['2026-03-28T23:59:00Z', '2026-03-28'],
    ['2026-03-29T22:59:00Z', '2026-03-29'],
    ['2026-03-29T23:00:00Z', '2026-03-30'],
    ['2026-10-24T23:00:00Z', '2026-10-25'],
    ['2026-10-25T23:00:00Z', '2026-10-25'],
    ['2026-10-26T00:00:00Z', '2026-10-26'],
  ])('%s is on %s', (instant, day) => {
    expect(londonDay(new Date(instant))).toBe(day);
  });

  test.each([
    ['2026-03-28', '09:00', '2026-03-28T09:00:00Z'],
    ['2026-03-29', '00:30', '2026-03-29T00:30:00Z'],
    // Left out.
    ['2026-03-29', '01:30', '2026-03-29T01:30:00Z'],
    ['2026-03-29', '02:00', '2026-03-29T01:00:00Z'],
    ['2026-03-30', '00:00', '2026-03-29T23:00:00Z'],
    ['2026-10-24', '17:00', '2026-10-24T16:00:00Z'],
    // Twice.
    ['2026-10-25', '01:30', '2026-10-25T00:30:00Z'],
    ['2026-10-25', '02:00', '2026-10-25T02:00:00Z'],
    ['2026-10-26', '09:00', '2026-10-26T09:00:00Z'],
    ['2027-03-28', '09:00', '2027-03-28T08:00:00Z'],
    ['2027-10-31', '09:00', '2027-10-31T09:00:00Z'],
  ])('%s %s is %s', (day, time, instant) => {
    expect(londonInstant(day, time)).toEqual(new Date(instant));
  });
});

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
