import { expect, test } from 'vitest';
import { monthAfter } from '../../../src/gateway/report/due.ts';

test.each([
  ['2026-11-22', '2026-12-22'],
  ['2026-12-22', '2027-01-22'],
  ['2026-01-31', '2026-02-28'],
  ['2028-01-30', '2028-02-29'],
  ['2026-03-31', '2026-04-30'],
  ['2026-09-01', '2026-10-01'],
])('a request of %s is answered by %s', (day, due) => {
  expect(monthAfter(day)).toBe(due);
});
