import { describe, expect, test } from 'vitest';
import type { Practice } from '../../src/checks/act.ts';
import { isLate } from '../../src/checks/state.ts';
import { dueOf, sweep } from '../../src/checks/sweep.ts';
import type { Check } from '../../src/record/checks.ts';
import { moments, newCheck, practice, requestOf, START, system } from './scene.ts';
import { SITUATIONS, step } from './situations.ts';

const moment = moments();
const hoursIn = (at: Date | null) => (at === null ? null : (at.getTime() - START.getTime()) / 3_600_000);

/** Looks whenever a request says that it must be looked at, as long as one does. */
function sweepAll(check: Check, until: number): { check: Check; log: string[] } {
  const log: string[] = [];
  let swept = check;
  for (let looks = 0; looks < 50; looks += 1) {
    const next = Math.min(...swept.requests.map(({ nextAt }) => hoursIn(nextAt) ?? Number.POSITIVE_INFINITY));
    if (next > until) return { check: swept, log };
    log.push(
      ...dueOf(swept, moment(next)).map(({ request, steps }) => `${next} ${request.responder} ${steps.join('+')}`),
    );
    swept = step.sweep(swept, next);
  }
  throw new Error('It is looked at again and again.');
}

test('a desk is chased twice, then late, then given up, each once and in time', () => {
  const { check, log } = sweepAll(newCheck(moment(0), 'north'), 1000);
  expect(log).toEqual(['24 north CHASE', '48 north CHASE', '72 north LATE', '240 north EXPIRE']);
  expect(requestOf(check)).toMatchObject({ state: 'EXPIRED', chased: 2, chasedAt: moment(48).at, nextAt: null });
  expect(check.state).toBe('ASKED');
});

test('an automatic responder is asked at once and again, and chased beside that like any other', () => {
  const { log } = sweepAll(newCheck(moment(0), 'robot'), 75);
  expect(log).toEqual(['0 robot ASK', '24 robot ASK+CHASE', '48 robot ASK+CHASE', '72 robot ASK+LATE']);
});

test('an automatic responder whose answer was taken back is left to a person, and chased like any other', () => {
  const taken = step.recall(step.answer(newCheck(moment(0), 'robot'), 'NIL', 0, moment(1)), 0, moment(2));
  expect(sweepAll(taken, 1000).log.filter((line) => !line.endsWith(' '))).toEqual([
    '26 robot CHASE',
    '50 robot CHASE',
    '74 robot LATE',
    '242 robot EXPIRE',
  ]);
});

test('what was missed while nobody swept is made up for once', () => {
  const check = newCheck(moment(0), 'north');
  expect(dueOf(check, moment(100)).map(({ steps }) => steps)).toEqual([['CHASE', 'LATE']]);
  const swept = step.sweep(check, 100);
  expect(requestOf(swept)).toMatchObject({ chased: 1, chasedAt: moment(100).at, nextAt: moment(240).at });
  expect(dueOf(check, moment(241)).map(({ steps }) => steps)).toEqual([['EXPIRE']]);
  expect(requestOf(step.sweep(check, 241))).toMatchObject({ state: 'EXPIRED', chased: 0 });
});

test('what is not due is left alone, and so is what has nothing due', () => {
  const check = newCheck(moment(0), 'north', 'robot');
  const outcome = sweep(check, { askAgainAt: moment(2).at }, system, moment(1));
  if (!outcome.ok) throw new Error(outcome.code);
  expect(requestOf(outcome.after)).toBe(requestOf(check));
  // Looking is no change of the request: somebody who read it may still act on it.
  expect(requestOf(outcome.after, 1)).toEqual({ ...requestOf(check, 1), nextAt: moment(2).at });
  const rest = sweep(outcome.after, { askAgainAt: moment(3).at }, system, moment(1.5));
  expect(rest.ok && rest.after).toBe(outcome.after);
});

test('both sides are told, once for all that came at the same time', () => {
  const outcome = (hours: number) =>
    sweep(newCheck(moment(0), 'north'), { askAgainAt: moment(hours + 1).at }, system, moment(hours));
  const told = (hours: number) => {
    const swept = outcome(hours);
    return swept.ok
      ? swept.events.map(({ kind, partner, reference }) => [kind, partner, reference === swept.after.id])
      : [];
  };
  expect(told(30)).toEqual([
    ['CHECK_CHASED', 'probation', true],
    ['CHECK_CHASED', 'north', true],
  ]);
  expect(told(100).map(([kind]) => kind)).toEqual(['CHECK_CHASED', 'CHECK_CHASED', 'CHECK_OVERDUE', 'CHECK_OVERDUE']);
  expect(told(300).map(([kind]) => kind)).toEqual(['CHECK_OVERDUE', 'CHECK_OVERDUE']);
});

test('what is answered, held or closed waits for nothing', () => {
  const still = Object.entries(SITUATIONS).filter(
    ([, check]) => check.state !== 'ASKED' && check.requests.some(({ nextAt }) => nextAt !== null),
  );
  expect(still).toEqual([]);
});

test('it is late from the breach until it is answered', () => {
  const check = newCheck(moment(0), 'north');
  expect(isLate(requestOf(check), moment(71).at)).toBe(false);
  expect(isLate(requestOf(check), moment(72).at)).toBe(true);
  expect(isLate(requestOf(step.answer(check, 'NIL', 0, moment(80))), moment(90).at)).toBe(false);
});

describe('held and gone on with', () => {
  test.each([
    [10, 24],
    [30, 48],
    [100, 240],
    [240, 240],
    [300, 300],
  ])('after %d hours it is looked at after %d', (resumed, next) => {
    const held = step.hold(newCheck(moment(0), 'north'));
    expect(dueOf(held, moment(1000))).toEqual([]);
    const check = step.resume(held, true, moment(resumed));
    expect(check).toMatchObject({ state: 'ASKED', held: null });
    expect(hoursIn(requestOf(check).nextAt)).toBe(next);
  });

  test('an automatic responder is asked at once', () => {
    const check = step.resume(step.hold(newCheck(moment(0), 'robot')), true, moment(10));
    expect(hoursIn(requestOf(check).nextAt)).toBe(10);
  });

  test('what was answered meanwhile counts, and what was decided before stands', () => {
    const answered = step.answer(step.hold(newCheck(moment(0), 'north')), 'NIL', 0, moment(8));
    expect(answered.state).toBe('HELD');
    expect(step.resume(answered, true, moment(9)).state).toBe('RETURNED');
    const decided = step.hold(SITUATIONS['decided, to be countersigned']);
    expect(step.resume(decided, true).state).toBe('CONSIDERED');
  });
});

test('a policy that changed meanwhile is followed from then on', () => {
  const check = step.sweep(newCheck(moment(0), 'north'), 24);
  const responders = new Map(practice.checks.responders);
  const north = responders.get('north');
  if (north === undefined) throw new Error('There is no such responder.');
  const sooner: Practice = {
    ...practice,
    checks: {
      ...practice.checks,
      responders: responders.set('north', { ...north, chaseHours: [30, 60], expireHours: 100 }),
    },
  };
  // The look that was agreed finds that nothing is due, but the chase that came meanwhile is made.
  const at = { ...moment(48), practice: sooner };
  expect(dueOf(check, at)).toMatchObject([{ steps: [] }]);
  const looked = sweep(check, { askAgainAt: moment(49).at }, system, at);
  expect(looked.ok && hoursIn(requestOf(looked.after).nextAt)).toBe(60);
  responders.delete('north');
  expect(dueOf(check, { ...moment(72), practice: sooner })).toMatchObject([{ steps: ['EXPIRE'] }]);
});
