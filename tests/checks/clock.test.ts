import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadline, isWorkingDay } from '../../src/checks/clock.ts';
import { londonDay, londonInstant } from '../../src/record/london.ts';

// Bank holidays of England and Wales; Boxing Day of 2026 is a Saturday.
const calendar = {
  holidays: new Map(
    ['2026-04-03', '2026-04-06', '2026-12-25', '2026-12-28', '2027-01-01', '2027-03-26', '2027-03-29'].map((day) => [
      day,
      'Bank holiday',
    ]),
  ),
};
const office = { from: '09:00', to: '17:00' } as const;

describe('any hour', () => {
  test.each([
    ['2026-03-28T12:00:00Z', 24, '2026-03-29T12:00:00Z'],
    ['2026-10-24T12:00:00Z', 24, '2026-10-25T12:00:00Z'],
    ['2026-12-24T16:00:00Z', 72, '2026-12-27T16:00:00Z'],
    ['2026-11-22T16:00:00Z', 1.5, '2026-11-22T17:30:00Z'],
  ])('%s and %d hours is %s', (from, hours, until) => {
    expect(deadline(new Date(from), hours, 'any', calendar)).toEqual(new Date(until));
  });
});

describe('working hours, nine to five', () => {
  test.each([
    ['within a day', '2026-11-23T10:00:00Z', 4, '2026-11-23T14:00:00Z'],
    ['to the end of the day', '2026-11-23T10:00:00Z', 7, '2026-11-23T17:00:00Z'],
    ['a minute past it', '2026-11-23T10:00:00Z', 7 + 1 / 60, '2026-11-24T09:01:00Z'],
    ['asked before work', '2026-11-23T03:00:00Z', 8, '2026-11-23T17:00:00Z'],
    ['asked after work', '2026-11-23T17:30:00Z', 1, '2026-11-24T10:00:00Z'],
    ['asked at the very end', '2026-11-23T17:00:00Z', 1, '2026-11-24T10:00:00Z'],
    ['nothing, before work', '2026-11-23T03:00:00Z', 0, '2026-11-23T09:00:00Z'],
    ['nothing, at work', '2026-11-23T12:00:00Z', 0, '2026-11-23T12:00:00Z'],
    ['nothing, at the very end', '2026-11-23T17:00:00Z', 0, '2026-11-24T09:00:00Z'],
    ['over a weekend', '2026-11-20T16:00:00Z', 2, '2026-11-23T10:00:00Z'],
    ['asked on a Sunday', '2026-11-22T12:00:00Z', 8, '2026-11-23T17:00:00Z'],
    ['clocks go forward, 2026', '2026-03-27T16:00:00Z', 2, '2026-03-30T09:00:00Z'],
    ['clocks go back, 2026', '2026-10-23T15:00:00Z', 2, '2026-10-26T10:00:00Z'],
    ['clocks go forward at Easter, 2027', '2027-03-25T16:00:00Z', 2, '2027-03-30T09:00:00Z'],
    ['clocks go back, 2027', '2027-10-29T15:00:00Z', 2, '2027-11-01T10:00:00Z'],
    ['asked on the Sunday of the change', '2026-03-29T00:30:00Z', 1, '2026-03-30T09:00:00Z'],
    ['asked late on the Sunday, Monday in London', '2026-03-29T23:30:00Z', 1, '2026-03-30T09:00:00Z'],
    ['in summer time', '2026-06-01T08:00:00Z', 16, '2026-06-02T16:00:00Z'],
    ['over Easter 2026', '2026-04-02T15:00:00Z', 2, '2026-04-07T09:00:00Z'],
    ['over Christmas 2026, with a substitute day', '2026-12-24T16:00:00Z', 2, '2026-12-29T10:00:00Z'],
    ['over Christmas and New Year', '2026-12-24T16:00:00Z', 1 + 3 * 8 + 1, '2027-01-04T10:00:00Z'],
  ])('%s: %s and %d hours is %s', (_, from, hours, until) => {
    expect(deadline(new Date(from), hours, office, calendar)).toEqual(new Date(until));
  });

  test('a working day that ends before it begins is refused, not counted for ever', () => {
    expect(() => deadline(new Date('2026-11-22T00:00:00Z'), 1, { from: '17:00', to: '09:00' }, calendar)).toThrow(
      RangeError,
    );
  });
});

test.each([
  ['2026-11-20', true],
  ['2026-11-21', false],
  ['2026-11-22', false],
  ['2026-12-25', false],
])('%s is a working day: %s', (day, works) => {
  expect(isWorkingDay(day, calendar)).toBe(works);
});

const instants = fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true });
const hours = fc.double({ min: 0, max: 60, noNaN: true });

test('a later start or more hours never end sooner, and nothing ends before it starts', () => {
  fc.assert(
    fc.property(instants, instants, hours, hours, fc.constantFrom('any' as const, office), (a, b, c, d, clock) => {
      const [early, late] = a <= b ? [a, b] : [b, a];
      const [few, many] = c <= d ? [c, d] : [d, c];
      const end = (from: Date, count: number) => deadline(from, count, clock, calendar).getTime();
      expect(end(early, few)).toBeLessThanOrEqual(end(late, few));
      expect(end(early, few)).toBeLessThanOrEqual(end(early, many));
      expect(end(early, few)).toBeGreaterThanOrEqual(early.getTime());
    }),
  );
});

test('working time is counted, and nothing else', () => {
  const worked = (minute: number) => {
    const at = new Date(minute * 60_000);
    const day = londonDay(at);
    return isWorkingDay(day, calendar) && at >= londonInstant(day, office.from) && at < londonInstant(day, office.to);
  };
  fc.assert(
    fc.property(instants, fc.integer({ min: 1, max: 12 }), (instant, count) => {
      const from = Math.floor(instant.getTime() / 60_000);
      const until = deadline(new Date(from * 60_000), count, office, calendar).getTime() / 60_000;
      let minutes = 0;
      for (let minute = from; minute < until; minute += 15) if (worked(minute)) minutes += 1;
      // By the quarter of an hour: a start within one may be counted with it, or not.
      expect(Math.abs(minutes - count * 4)).toBeLessThanOrEqual(2);
    }),
    { numRuns: 20 },
  );
});
