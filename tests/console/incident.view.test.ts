import { describe, expect, test } from 'vitest';
import { clockOf, keptOf, namesOf, rowsOf, viewOf } from '../../src/console/pages/incident/answer.ts';
import type { IncidentPerson, KeptIncident, NameRequest } from '../../src/console/pages/incident/documents.ts';
import { readInstant, readTime, readWindow } from '../../src/console/pages/incident/window.ts';

const person = (subject: string, ...controllers: readonly string[]): IncidentPerson => ({
  subject,
  first: '2026-11-03T09:12:00.000Z',
  last: '2026-11-03T09:30:00.000Z',
  times: 2,
  classes: ['custody.release'],
  controllers,
  parts: controllers.map((partner) => ({ partner, classes: [`of-${partner}`] })),
});
const notice = (to: string, toldAt = '2026-11-04T10:00:00.000Z') => ({
  ...{ to, toldAt, how: 'EMAIL', partner: 'probation', recordedBy: 'IGO-0001' },
});
const kept = (changed: Partial<KeptIncident> = {}): KeptIncident => ({
  reference: 'i-1',
  partner: 'probation',
  practitioner: 'PRO-0001',
  from: '2026-11-03T09:10:00.000Z',
  to: '2026-11-03T11:41:00.000Z',
  awareAt: '2026-11-03T12:00:00.000Z',
  dueAt: '2026-11-06T12:00:00.000Z',
  keptBy: 'IGO-0001',
  keptAt: '2026-11-03T12:01:00.000Z',
  version: 1,
  notices: [],
  ...changed,
});
const request = (changed: Partial<NameRequest>): NameRequest => ({
  reference: 'r-1',
  askedBy: 'IGO-0001',
  askedAt: '2026-11-03T12:00:00.000Z',
  reason: 'BREACH',
  asked: 1,
  own: true,
  agreedBy: null,
  until: null,
  subjects: [],
  ...changed,
});

describe('the window of an incident', () => {
  const windowOf = (fields: Record<string, string>) => readWindow(new URLSearchParams(fields));

  test.each([
    ['3/11/2026', '09:10', '11:40', '2026-11-03T09:10:00.000Z', '2026-11-03T11:41:00.000Z'],
    ['2026-11-03', '9.10', '1140', '2026-11-03T09:10:00.000Z', '2026-11-03T11:41:00.000Z'],
    // In summer clocks are an hour ahead; over midnight it ends on the next day.
    ['1/7/2026', '23:30', '00:15', '2026-07-01T22:30:00.000Z', '2026-07-01T23:16:00.000Z'],
    ['3/11/2026', '09:10', '09:10', '2026-11-03T09:10:00.000Z', '2026-11-03T09:11:00.000Z'],
  ])('%s from %s to %s, the last minute included', (day, from, to, first, past) => {
    expect(windowOf({ day, from, to })).toEqual({ value: { from: new Date(first), to: new Date(past) }, problems: [] });
  });

  test('says at each field what would be right', () => {
    expect(windowOf({ day: '31/2/2026', from: '24:00', to: '' }).problems.map(({ href }) => href)).toEqual([
      '#day',
      '#from',
      '#to',
    ]);
    expect(['9:60', 'noon', '123', ''].map((typed) => readTime(typed))).toEqual([null, null, '01:23', null]);
    const told = readInstant(new URLSearchParams({ d: '3/11/2026', t: '09:10' }), { day: 'd', time: 't' });
    expect(told).toEqual({ value: new Date('2026-11-03T09:10:00Z'), problems: [] });
  });
});

describe('the 72-hour clock', () => {
  const at = (text: string) => new Date(text);

  test('does not run before somebody says when it became known', () => {
    expect(clockOf(null, at('2026-11-03T12:00:00Z'))).toEqual({ state: 'NOT_KEPT' });
  });

  test.each([
    ['2026-11-03T12:00:00Z', 'RUNNING', 72],
    ['2026-11-06T11:30:00Z', 'RUNNING', 0],
    ['2026-11-06T12:00:01Z', 'LATE', 1],
    ['2026-11-07T12:00:00Z', 'LATE', 24],
  ])('at %s is %s with %i hours', (now, state, hours) => {
    expect(clockOf(kept(), at(now))).toMatchObject({ state, hours, dueAt: '2026-11-06T12:00:00.000Z' });
  });

  test('stops when the Commissioner is told, and says whether that was late', () => {
    const told = (when: string) =>
      clockOf(kept({ notices: [notice('prison'), notice('COMMISSIONER', when)] }), at(when));
    expect(told('2026-11-04T10:00:00.000Z')).toMatchObject({ state: 'TOLD', hours: 22, isLate: false });
    expect(told('2026-11-06T12:30:00.000Z')).toMatchObject({ state: 'TOLD', hours: 73, isLate: true });
  });
});

describe('whom to tell', () => {
  const kindsIn = (classes: readonly string[]) => classes.map((name) => `kind ${name}`);
  const people = [person('ann', 'police', 'prison'), person('bob', 'prison')];
  const controllers = [
    { partner: 'police', people: 1, classes: ['of-police'] },
    { partner: 'prison', people: 2, classes: ['of-prison'] },
  ];

  test('those who have not been told come first, each with its own data alone', () => {
    const view = viewOf(
      { people, controllers, refused: 1 },
      kept({ notices: [notice('police'), notice('PEOPLE')] }),
      new Map(),
      kindsIn,
    );
    expect(view.controllers.map(({ partner, kinds }) => [partner, kinds])).toEqual([
      ['prison', ['kind of-prison']],
      ['police', ['kind of-police']],
    ]);
    expect(view.people[0]?.parts).toContainEqual({ partner: 'police', kinds: ['kind of-police'] });
    expect(view).toMatchObject({ total: 2, notListed: 0, toldCount: 1, refused: 1, notices: [{ to: 'PEOPLE' }] });
  });

  test('each controller is given its own number, and none where the names are not open to it', () => {
    const numbers = new Map([
      [
        'ann',
        [
          { holder: 'police', type: 'PNC_ID', value: '1' },
          { holder: 'prison', type: 'PRISON_NUMBER', value: '2' },
        ],
      ],
    ]);
    expect(rowsOf(people, 'prison', numbers).map(({ number }) => number?.value ?? null)).toEqual(['2', null]);
    expect(rowsOf(people, 'police', numbers).map(({ number }) => number?.value ?? null)).toEqual(['1']);
    expect(rowsOf(people, 'housing', numbers)).toEqual([]);
  });

  test('the page lists 200 people and says how many more there are', () => {
    const many = Array.from({ length: 203 }, (_, index) => person(`p${index}`, 'prison'));
    const view = viewOf({ people: many, controllers: controllers.slice(1), refused: 0 }, null, new Map(), kindsIn);
    expect([view.people.length, view.notListed, view.total]).toEqual([200, 3, 203]);
  });
});

test('the names of an incident: what was asked, what is open, what is left to ask, and what colleagues wait for', () => {
  const people = Array.from({ length: 503 }, (_, index) => ({ subject: `p${index}` }));
  const requests = [
    request({ reference: 'waits', subjects: ['p0'] }),
    request({ reference: 'open', subjects: ['p1', 'x'], agreedBy: 'IGO-0002', until: '2026-11-04T12:00:00.000Z' }),
    request({ reference: 'another', subjects: ['x'] }),
    request({ reference: 'colleague', own: false }),
  ];
  const { waiting, open, toAsk, toAgree } = namesOf(people, requests);
  const references = (of: readonly NameRequest[]) => of.map(({ reference }) => reference);
  expect([references(waiting), references(open), references(toAgree)]).toEqual([['waits'], ['open'], ['colleague']]);
  expect([toAsk.length, toAsk[0]]).toEqual([500, 'p2']);
});

test('a kept incident is that of the same account and window, to the millisecond', () => {
  const asked = { partner: 'probation', practitioner: 'PRO-0001' };
  const window = { from: new Date('2026-11-03T09:10:00Z'), to: new Date('2026-11-03T11:41:00Z') };
  expect(keptOf([kept()], { ...asked, ...window })?.reference).toBe('i-1');
  expect(keptOf([kept()], { ...asked, ...window, to: new Date('2026-11-03T11:42:00Z') })).toBeNull();
  expect(keptOf([kept()], { ...asked, ...window, practitioner: 'PRO-0002' })).toBeNull();
});
