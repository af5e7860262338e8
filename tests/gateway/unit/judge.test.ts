import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Heard, judge } from '../../../src/gateway/events/judge.ts';
import { createPrints } from '../../../src/gateway/events/prints.ts';
import { addDays } from '../../../src/record/day.ts';
import type { Fingerprint } from '../../../src/record/events.ts';

const key = (fill: number) => new Uint8Array(32).fill(fill);
const prints = createPrints([key(1)]);
const DAY = '2026-11-22';
const NOW = new Date(`${DAY}T09:00:00Z`);
type Held = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Holder to its values, by coordinate. */
function heard(held: Held): Heard {
  const holders = Object.entries(held).map(([holder, values]) => ({
    holder,
    values: new Map(Object.entries(values).map(([coordinate, value]) => [coordinate, [value].flat()])),
  }));
  return { partner: 'probation-service', person: 'p', holders };
}

/** What a kind makes of one look after another: how often it happened, and how much was kept of each. */
function looks(kind: { watches: string[]; when: string | null }, ...seen: readonly (readonly [Date, Held])[]) {
  const kept = new Map<string, Fingerprint>();
  const events: (string | null)[] = [];
  const written: number[] = [];
  for (const [now, held] of seen) {
    const context = { prints, now, noticeDays: 56 };
    const judged = judge({ kind: 'KIND', ...kind }, heard(held), [...kept.values()], context);
    // Judged again before anything was kept, it is the same.
    expect(judge({ kind: 'KIND', ...kind }, heard(held), [...kept.values()], context).event).toBe(judged.event);
    for (const print of judged.prints) kept.set(print.holder, print);
    events.push(judged.event);
    written.push(judged.prints.length);
  }
  return { events, happened: events.map((event) => event !== null), written };
}

const at = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
const onDay = (day: string) => new Date(`${day}T09:00:00Z`);

describe('a change', () => {
  const RELEASE = { watches: ['Custody.releaseDate'], when: null };
  const date = (value: unknown) => ({ prison: { 'Custody.releaseDate': value } });

  test('is one only after a first sight, and each time', () => {
    const { happened, written, events } = looks(
      RELEASE,
      [at(0), date('2026-12-01')],
      [at(1), date('2026-12-01')],
      [at(2), date('2026-12-02')],
      [at(3), date('2026-12-01')],
      [at(4), date('2026-12-02')],
    );
    expect(happened).toEqual([false, false, true, true, true]);
    expect(written).toEqual([1, 0, 1, 1, 1]);
    // There and back is two happenings, and there again a third.
    expect(new Set(events).size).toBe(4);
  });

  test('is kept anew in each month of the log, changed or not', () => {
    const { written } = looks(
      RELEASE,
      [at(0), date('x')],
      [onDay('2026-11-30'), date('x')],
      [onDay('2026-12-01'), date('x')],
    );
    expect(written).toEqual([1, 0, 1]);
  });

  test('is none where another key of the gateway came', () => {
    const [print] = judge({ kind: 'KIND', ...RELEASE }, heard(date('x')), [], {
      prints,
      now: NOW,
      noticeDays: 0,
    }).prints;
    const both = { prints: createPrints([key(1), key(2)]), now: NOW, noticeDays: 0 };
    expect(judge({ kind: 'KIND', ...RELEASE }, heard(date('x')), print ? [print] : [], both).event).toBeNull();
    expect(judge({ kind: 'KIND', ...RELEASE }, heard(date('y')), print ? [print] : [], both).event).not.toBeNull();
    const other = { ...both, prints: createPrints([key(2)]) };
    expect(judge({ kind: 'KIND', ...RELEASE }, heard(date('x')), print ? [print] : [], other).event).not.toBeNull();
  });

  test('keeps nothing by which a value could be tried, and prints alike nowhere', () => {
    const one = prints.print(['a', 'b'], ['2026-12-01']);
    expect(Buffer.from(one)).toHaveLength(32);
    expect(prints.print(['a', 'c'], ['2026-12-01'])).not.toEqual(one);
    expect(createPrints([key(3)]).print(['a', 'b'], ['2026-12-01'])).not.toEqual(one);
  });
});

describe('conditions of a change', () => {
  const ADDRESS = { watches: ['Accommodation.firstNightType'], when: 'LOST' };
  const type = (north: unknown, south: unknown) => ({
    north: { 'Accommodation.firstNightType': north },
    south: { 'Accommodation.firstNightType': south },
  });

  test('lost is lost at every authority', () => {
    const lost = looks(ADDRESS, [at(0), type('A04', null)], [at(1), type(null, null)], [at(2), type(null, null)]);
    expect(lost.happened).toEqual([false, true, false]);
    const moved = looks(ADDRESS, [at(0), type('A04', null)], [at(1), type(null, 'A04')]);
    expect(moved.happened).toEqual([false, false]);
  });

  test.each([
    ['APPEARED', null, '2026-11-20', true],
    ['APPEARED', '2026-11-20', null, false],
    ['MISSED', 'NOT_YET', 'MISSED_UNACCEPTABLE', true],
    ['MISSED', 'NOT_YET', 'ATTENDED', false],
    ['BECAME_RELEASED', 'IN_CUSTODY', 'RELEASED', true],
    ['BECAME_RELEASED', 'RELEASED', 'RECALLED', false],
  ])('%s: from %s to %s: %s', (when, from, to, expected) => {
    const kind = { watches: ['T.f'], when };
    expect(looks(kind, [at(0), { h: { 'T.f': from } }], [at(1), { h: { 'T.f': to } }]).happened).toEqual([
      false,
      expected,
    ]);
    expect(looks(kind, [at(0), { h: { 'T.f': to } }], [at(1), { h: { 'T.f': to } }]).happened).toEqual([false, false]);
  });
});

describe('a day that comes', () => {
  const treatment = (engaged: unknown, dueBy: unknown = '2026-12-10') => ({
    clinic: { 'Treatment.dueBy': dueBy, 'Treatment.engaged': engaged },
  });
  const of = (when: string) => ({ watches: ['Treatment.dueBy', 'Treatment.engaged'], when });

  test.each([
    ['DAY_14', '2026-12-03'],
    ['DAY_21', '2026-12-10'],
  ])('%s: once, on %s', (when, day) => {
    const days = [-1, 0, 1, 6, 7].map((more) => [onDay(addDays(day, more)), treatment(false)] as const);
    expect(looks(of(when), ...days).happened).toEqual([false, true, false, false, false]);
    // Looked at before, however long ago: it is told late, and not never.
    expect(looks(of(when), ...days.filter((_, n) => n === 0 || n === 4)).happened).toEqual([false, true]);
    // At a first look, within the week only.
    expect(looks(of(when), [onDay(addDays(day, 6)), treatment(false)]).happened).toEqual([true]);
    expect(looks(of(when), [onDay(addDays(day, 7)), treatment(false)]).happened).toEqual([false]);
    expect(looks(of(when), [onDay(day), treatment(true)]).happened).toEqual([false]);
    expect(looks(of(when), [onDay(day), treatment(null, null)]).happened).toEqual([false]);
  });

  test('engaged at one service is engaged', () => {
    const held = { ...treatment(false), other: { 'Treatment.dueBy': '2026-12-10', 'Treatment.engaged': true } };
    expect(looks(of('DAY_21'), [onDay('2026-12-10'), held]).happened).toEqual([false]);
  });

  test.each([70, 84])('night %i: once for one stay', (number) => {
    const nights = (from: string, used: number) => ({
      authority: { 'Accommodation.temporaryFrom': from, 'Accommodation.temporaryNightsUsed': used },
    });
    const kind = {
      watches: ['Accommodation.temporaryFrom', 'Accommodation.temporaryNightsUsed'],
      when: `NIGHT_${number}`,
    };
    const { happened } = looks(
      kind,
      [at(0), nights('2026-09-01', number - 1)],
      [at(1), nights('2026-09-01', number)],
      [at(2), nights('2026-09-01', number + 1)],
      [at(3), nights('2026-12-01', 3)],
      [at(4), nights('2026-12-01', number)],
    );
    expect(happened).toEqual([false, true, false, false, true]);
  });

  test('no address when the police must be told of one: from the days before the release on, once for a release', () => {
    const kind = {
      watches: ['Policing.notificationRequirement', 'Accommodation.firstNightType', 'Custody.releaseDate'],
      when: 'NO_ADDRESS',
    };
    const held = (must: boolean, type: string | null, release: string) => ({
      force: { 'Policing.notificationRequirement': must },
      authority: { 'Accommodation.firstNightType': type },
      prison: { 'Custody.releaseDate': release },
    });
    const near = addDays(DAY, 56);
    const far = addDays(DAY, 57);
    expect(looks(kind, [NOW, held(true, null, far)]).happened).toEqual([false]);
    expect(looks(kind, [NOW, held(false, null, near)]).happened).toEqual([false]);
    expect(looks(kind, [NOW, held(true, 'A04_SUPPORTED', near)]).happened).toEqual([false]);
    expect(looks(kind, [NOW, held(true, 'A08A_ROUGH_SLEEPING', near)]).happened).toEqual([true]);
    const days = [far, near, near, addDays(near, -1)].map((release, n) => [at(n), held(true, null, release)] as const);
    expect(looks(kind, ...days).happened).toEqual([false, true, false, true]);
    expect(looks(kind, [NOW, held(true, null, addDays(DAY, -1))]).happened).toEqual([false]);
  });
});

test('whatever is seen, in whatever order: events have ids of their own, and nothing happens without a change', () => {
  const values = fc.array(fc.constantFrom(null, 'a', 'b', 'c'), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(values, (seen) => {
      const kind = { watches: ['T.f'], when: null };
      const { events } = looks(kind, ...seen.map((value, n) => [at(n), { h: { 'T.f': value } }] as const));
      const changes = seen.filter((value, n) => n > 0 && value !== seen[n - 1]).length;
      const told = events.filter((event) => event !== null);
      expect(told).toHaveLength(changes);
      expect(new Set(told).size).toBe(changes);
      for (const id of told)
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }),
    { numRuns: 200 },
  );
});
