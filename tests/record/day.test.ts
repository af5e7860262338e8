import { expect, test } from 'vitest';
import { addDays, daysBetween, isDay } from '../../src/record/day.ts';

test.each(['2026-11-22', '2028-02-29', '0001-01-01', '9999-12-31'])('%s is a day', (text) => {
  expect(isDay(text)).toBe(true);
});

test.each([
  '',
  '2026-02-30',
  '2027-02-29',
  '2026-13-01',
  '2026-1-1',
  '2026-01-01T',
  ' 2026-01-01',
  '+012026-01',
  '1 May',
])('"%s" is none', (text) => {
  expect(isDay(text)).toBe(false);
});

test('no day is later than the last that is written without a sign', () => {
  expect(addDays('9999-12-31', 7)).toBe('9999-12-31');
});

test.each([
  ['2026-03-28', 2, '2026-03-30'],
  ['2026-12-31', 1, '2027-01-01'],
  ['2028-03-01', -1, '2028-02-29'],
  ['2026-11-22', 0, '2026-11-22'],
])('%s and %i days is %s', (from, days, to) => {
  expect(addDays(from, days)).toBe(to);
  expect(daysBetween(from, to)).toBe(days);
});
