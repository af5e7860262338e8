import { expect, test } from 'vitest';
import { findCases, place } from '../../../src/gateway/flags/regroup.ts';
import type { CountedFlag, FoundCase, Touched } from '../../../src/record/flags.ts';

const POLICY = {
  cases: { threshold: 6, windowDays: 28, sameRule: 3, practitioners: 2, dueDays: 14 },
  rules: new Map(),
};
const PERSON = { ref: 'somebody', epoch: 1 };
const TOUCHED: Touched = { practitioners: ['A', 'B'], relationships: [], subjects: [PERSON.ref] };
const PARTNER = { scope: 'PARTNER', reader: 'north' } as const;
const BOARD = { scope: 'BOARD', reader: null } as const;

function flag(id: string, practitioner: string, change: Partial<CountedFlag> = {}): CountedFlag {
  return {
    ...PARTNER,
    id,
    rule: 'NO_EXPLANATION',
    day: '2026-05-05',
    partner: 'north',
    practitioner,
    relationship: null,
    subject: PERSON,
    subjects: [PERSON.ref],
    weight: 4,
    sentence: 'One look-up.',
    evidence: [],
    considered: [],
    entries: [id],
    closedAs: [],
    ...change,
  };
}

const brief = (cases: readonly FoundCase[]) =>
  cases
    .map(({ about, partner, practitioner, weight, flags }) => [about, partner, practitioner, weight, ...flags])
    .sort();

test('flags come to cases about practitioners and about people, of one partner for its officers', () => {
  const flags = [flag('1', 'A'), flag('2', 'A', { rule: 'OWN_RECORD' }), flag('3', 'B')];
  expect(brief(findCases(PARTNER, TOUCHED, flags, POLICY))).toEqual([
    ['PRACTITIONER', 'north', 'A', 8, '1', '2'],
    ['SUBJECT', 'north', null, 12, '1', '3', '2'],
  ]);
});

test('of several partners about one person they come to a case for the board', () => {
  const south = { partner: 'south', reader: 'south' };
  const flags = [flag('1', 'A'), flag('2', 'B')];
  expect(findCases(BOARD, TOUCHED, flags, POLICY)).toEqual([]);
  expect(brief(findCases(BOARD, TOUCHED, [...flags, flag('3', 'A', south)], POLICY))).toEqual([
    ['SUBJECT', null, null, 12, '1', '2', '3'],
  ]);
});

test('a flag of a closed case counts for no other of the kind', () => {
  const closed = flag('1', 'A', { closedAs: ['PRACTITIONER'] });
  expect(
    brief(findCases(PARTNER, TOUCHED, [closed, flag('2', 'A', { rule: 'OTHER' }), flag('3', 'B')], POLICY)),
  ).toEqual([['SUBJECT', 'north', null, 12, '1', '3', '2']]);
});

test('whoever is not touched has no case: not all of their flags are known', () => {
  const flags = [flag('1', 'C'), flag('2', 'C', { rule: 'OTHER' })];
  expect(findCases(PARTNER, { ...TOUCHED, subjects: [] }, flags, POLICY)).toEqual([]);
});

test('the same flags in any order come to the same cases', () => {
  const flags = [flag('1', 'A'), flag('2', 'A', { rule: 'OTHER' }), flag('3', 'B', { day: '2026-05-06' })];
  expect(findCases(PARTNER, TOUCHED, flags.toReversed(), POLICY)).toEqual(findCases(PARTNER, TOUCHED, flags, POLICY));
});

test('what somebody has begun to look at keeps its reference, though an earlier flag came late', () => {
  const [found] = findCases(PARTNER, TOUCHED, [flag('1', 'A'), flag('2', 'A', { rule: 'OTHER' })], POLICY) as [
    FoundCase,
  ];
  const open = { id: 'begun', about: 'PRACTITIONER', flags: ['2'] } as const;
  const gone = { id: 'gone', about: 'PRACTITIONER', flags: ['9'] } as const;
  const other = { id: 'other', about: 'SUBJECT', flags: ['2'] } as const;
  expect(place([found], [open, gone, other])).toEqual([[{ ...found, id: 'begun' }], ['gone', 'other']]);
  expect(place([found], [])).toEqual([[found], []]);
});

test('what comes after a case of the same day was closed is another case, and not lost in that one', () => {
  const [before] = findCases(PARTNER, TOUCHED, [flag('1', 'A'), flag('2', 'A', { rule: 'OTHER' })], POLICY);
  const closed = ['1', '2'].map((id) => flag(id, 'A', { closedAs: ['PRACTITIONER'] }));
  const [after] = findCases(PARTNER, TOUCHED, [...closed, flag('3', 'A', { weight: 6 })], POLICY);
  expect(after).toMatchObject({ practitioner: 'A', flags: ['3'] });
  expect(after?.id).not.toBe(before?.id);
});

test('of two windows of days the first keeps the reference, and the second has one of its own', () => {
  const flags = ['2026-05-05', '2026-08-05'].flatMap((day) => [
    flag(`${day} 1`, 'A', { day }),
    flag(`${day} 2`, 'A', { day, rule: 'OTHER' }),
  ]);
  const found = findCases(PARTNER, { ...TOUCHED, subjects: [] }, flags, POLICY);
  const open = { id: 'begun', about: 'PRACTITIONER', flags: flags.map(({ id }) => id) } as const;
  const [placed, left] = place(found, [open]);
  expect([placed.map(({ id }) => id), left]).toEqual([['begun', found[1]?.id], []]);
});
