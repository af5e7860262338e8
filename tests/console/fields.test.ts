import { describe, expect, test } from 'vitest';
import { readDay, readSpan } from '../../src/console/fields.ts';

const options = { defaultDays: 30, now: new Date('2026-11-22T12:00:00Z') };

function read(from: string, to: string) {
  return readSpan(new URLSearchParams({ from, to }), options);
}

describe('readSpan', () => {
  test.each([
    ['3/11/2026', '3/11/2026', '2026-11-03T00:00:00.000Z', '2026-11-04T00:00:00.000Z'],
    ['03/11/2026', '16.11.2026', '2026-11-03T00:00:00.000Z', '2026-11-17T00:00:00.000Z'],
    ['2026-11-03', '2026-11-03T11:40', '2026-11-03T00:00:00.000Z', '2026-11-03T11:41:00.000Z'],
    ['3/11/2026 09:10', '3/11/2026 at 9.10', '2026-11-03T09:10:00.000Z', '2026-11-03T09:11:00.000Z'],
    // In summer, and over the day that has 25 hours.
    ['1/7/2026', '1/7/2026', '2026-06-30T23:00:00.000Z', '2026-07-01T23:00:00.000Z'],
    ['25/10/2026', '25/10/2026', '2026-10-24T23:00:00.000Z', '2026-10-26T00:00:00.000Z'],
  ])('from %s to %s, both ends included, as clocks in the United Kingdom show it', (from, to, first, past) => {
    const { span, problems } = read(from, to);
    expect(problems).toEqual([]);
    expect([span?.from.toISOString(), span?.to.toISOString()]).toEqual([first, past]);
  });

  test('is the last days up to today where nothing was typed, and says so in the fields', () => {
    const { span, typed } = readSpan(new URLSearchParams(), options);
    expect(typed).toEqual({ from: '24/10/2026', to: '22/11/2026' });
    expect(span?.to.toISOString()).toBe('2026-11-23T00:00:00.000Z');
  });

  test.each([
    ['31/2/2026', '3/11/2026', ['#from']],
    ['<script>', '3/11/2026 24:00', ['#from', '#to']],
    ['4/11/2026', '3/11/2026', ['#to']],
    ['3/11/2026 10:00', '3/11/2026 09:59', ['#to']],
  ])('from %s to %s is told at the fields, which keep what was typed', (from, to, fields) => {
    const { span, typed, problems } = read(from, to);
    expect(span).toBeNull();
    expect(typed).toEqual({ from, to });
    expect(problems.map(({ href }) => href)).toEqual(fields);
  });
});

test('readDay takes a day, and neither a time nor what is no day', () => {
  expect(['3/11/2026', ' 2026-11-03 ', '3/11/2026 09:00', '30/2/2026', ''].map(readDay)).toEqual([
    '2026-11-03',
    '2026-11-03',
    null,
    null,
    null,
  ]);
});
