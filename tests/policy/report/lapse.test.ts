import { expect, test } from 'vitest';
import { effectiveCells, grantOn } from '../../../src/policy/report/cells.ts';
import { lapses, nextLapse } from '../../../src/policy/report/lapse.ts';
import { addDays } from '../../../src/record/day.ts';
import { agreement, change, small } from './small.ts';

const TODAY = '2026-11-22';
const ENDS = '2026-12-10';
const ending = change(small, (bundle) => {
  agreement(bundle, 'PRI-DWP-01').until = ENDS;
});
const ahead = (days: number) => addDays(TODAY, days);

test('says for the day on which an agreement ends who loses what on the morning after, from whom and for what', () => {
  const [lapse, ...others] = lapses(ending, TODAY, ahead(30));
  expect(others).toEqual([]);
  expect(lapse).toMatchObject({
    day: ENDS,
    reviews: [],
    ends: [{ reference: 'PRI-DWP-01', holders: 'HM Prison Service' }],
  });
  const coach = lapse?.lost.filter(({ role }) => role === 'work-coach') ?? [];
  expect(coach.length).toBeGreaterThan(0);
  for (const { sentence, agreements } of coach) {
    expect(sentence).toMatch(
      /^Work coaches at Benefits Department no longer see, from HM Prison Service for Benefits and work: .+\.$/,
    );
    expect(agreements).toEqual(['PRI-DWP-01']);
  }
});

test('tells neither more nor less than what is open on the day and closed on the next', () => {
  const lost = effectiveCells(ending).filter(
    (cell) => grantOn(cell, ENDS) !== null && grantOn(cell, addDays(ENDS, 1)) === null,
  );
  const told = lapses(ending, TODAY, ahead(30)).flatMap((lapse) => lapse.lost.map(({ role }) => role));
  expect(new Set(told)).toEqual(new Set(lost.map(({ role }) => role)));
  expect(lost.length).toBeGreaterThan(0);
});

test('what another agreement still gives is not lost', () => {
  const twice = change(ending, (bundle) => {
    bundle.agreements = [
      ...bundle.agreements,
      { ...agreement(bundle, 'PRI-DWP-01'), reference: 'PRI-DWP-02', until: null },
    ];
  });
  expect(lapses(twice, TODAY, ahead(30))).toMatchObject([{ ends: [{ reference: 'PRI-DWP-01' }], lost: [] }]);
});

test('what is still given, but only with a permission, is said so', () => {
  const waiting = change(ending, (bundle) => {
    const first = agreement(bundle, 'PRI-DWP-01');
    const requires = new Map(first.classes.map((name) => [name, ['AGREED_TO_REFER']]));
    bundle.agreements = [...bundle.agreements, { ...first, reference: 'PRI-DWP-02', until: null, requires }];
  });
  const sentences = lapses(waiting, TODAY, ahead(30)).flatMap(({ lost }) => lost.map(({ sentence }) => sentence));
  expect(sentences.length).toBeGreaterThan(0);
  for (const sentence of sentences) expect(sentence).toContain(', only with the permission AGREED_TO_REFER: ');
});

test('the first and the last day count, others do not; what ended before is not looked at again', () => {
  const at = (until: string, review: string) =>
    change(small, (bundle) => {
      for (const each of bundle.agreements) Object.assign(each, { until: null, review: '2099-01-01' });
      Object.assign(agreement(bundle, 'PRI-DWP-01'), { until, review });
    });
  const days = (until: string, review: string) =>
    lapses(at(until, review), TODAY, ahead(30)).map(({ day, ends, reviews }) => [day, ends.length, reviews.length]);
  expect(days(TODAY, ahead(30))).toEqual([
    [TODAY, 1, 0],
    [ahead(30), 0, 1],
  ]);
  expect(days(ahead(31), ahead(31))).toEqual([]);
  expect(days(ahead(-1), ahead(5))).toEqual([]);
  expect(days(ahead(9), ahead(9))).toEqual([[ahead(9), 1, 1]]);
  expect(nextLapse(at(ahead(40), ahead(50)), ahead(30))).toBe(ahead(40));
});
