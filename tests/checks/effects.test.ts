import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/checks/act.ts';
import { allowedOnRequest } from '../../src/checks/allowed.ts';
import { type Ask, askCheck, extendCheck, moveRelease, toAskAgain } from '../../src/checks/ask.ts';
import { consider, resume, withdraw } from '../../src/checks/decide.ts';
import { answer, recall } from '../../src/checks/respond.ts';
import { countsOn, isDone, needsCountersignature, openForOthers } from '../../src/checks/state.ts';
import type { Check } from '../../src/record/checks.ts';
import {
  ANSWERS,
  ask,
  asker,
  desk,
  done,
  manager,
  moments,
  newCheck,
  practice,
  requestOf,
  START,
  system,
  untold,
} from './scene.ts';
import { SITUATIONS, step } from './situations.ts';

const moment = moments();
const DECIDES = {
  expectedVersion: null,
  decision: 'ADDRESS_SUITABLE',
  textId: null,
  highRisk: false,
  childPlan: false,
} as const;
const withoutContents = (check: Check): Check => ({
  ...check,
  requests: check.requests.map((request) => ({ ...request, contentId: null })),
});
const told = (outcome: Outcome) => (outcome.ok ? outcome.events.map(({ kind, partner }) => `${kind} ${partner}`) : []);

describe('asking', () => {
  const check = newCheck(moment(0), 'north', 'robot');

  test('makes a request for each responder, with clocks of its own', () => {
    const hours = (count: number) => new Date(START.getTime() + count * 3_600_000);
    expect(check).toMatchObject({ version: 1, askedBy: 'asker', askedAt: START, closedAt: null, decidedFirst: null });
    expect(requestOf(check)).toMatchObject({
      responder: 'north',
      team: 'desk',
      requestedAt: START,
      targetAt: hours(24),
      breachAt: hours(72),
      nextAt: hours(24),
      contentId: 'content-north-question',
      version: 1,
    });
    expect(requestOf(check, 1).nextAt).toEqual(START);
  });

  test('again, the very same: nothing to do', () => {
    const outcome = extendCheck(
      check,
      { release: check.release, asks: [ask('north'), ask('robot')] },
      asker,
      moment(1),
    );
    expect(outcome).toEqual({ ok: true, after: check, events: [] });
    expect(outcome.ok && outcome.after).toBe(check);
  });

  test('again, with another question for one and a new responder: the others are left as they are', () => {
    const asks = [ask('north', 'other'), ask('south')];
    const outcome = extendCheck(check, { release: check.release, asks }, asker, moment(1));
    const after = done(outcome);
    expect(after.requests.map(({ responder, state, version }) => [responder, state, version])).toEqual([
      ['north', 'SUPERSEDED', 2],
      ['robot', 'REQUESTED', 1],
      ['north', 'REQUESTED', 1],
      ['south', 'REQUESTED', 1],
    ]);
    expect(requestOf(after, 0)).toMatchObject({ supersededBy: requestOf(after, 2).id, nextAt: null });
    expect(requestOf(after, 1)).toBe(requestOf(check, 1));
    expect(told(outcome)).toEqual(['CHECK_ASKED north', 'CHECK_ASKED south']);
    expect(after.version).toBe(2);
  });

  test('otherwise, what was never answered stays so', () => {
    const after = step.extend(SITUATIONS['never answered'], 'other', moment(401));
    expect(after.requests).toMatchObject([
      { state: 'EXPIRED', supersededBy: requestOf(after, 1).id },
      { state: 'REQUESTED' },
    ]);
  });

  test('of what was signed, it is to be decided and signed again', () => {
    const after = step.extend(SITUATIONS['done, countersigned'], 'other');
    expect(after).toMatchObject({
      state: 'ASKED',
      decision: null,
      countersignature: null,
      highRisk: null,
      childPlan: null,
      closedAt: null,
    });
  });

  test.each(['never answered', 'answered, then too old', 'taken back in part'] as const)(
    'again, where it was %s',
    (was) => {
      const before = {
        'never answered': SITUATIONS['never answered'],
        'answered, then too old': step.sweep(SITUATIONS['answered, then too old'], 400),
        'taken back in part': SITUATIONS['one of two taken back'],
      }[was];
      const after = done(extendCheck(before, { release: before.release, asks: [ask('north')] }, asker, moment(401)));
      expect(after.requests).toHaveLength(before.requests.length + 1);
      expect(after.requests.at(-1)).toMatchObject({ responder: 'north', state: 'REQUESTED' });
    },
  );

  test('again, where it was never answered and a manager accepted that: left alone', () => {
    const before = SITUATIONS['never answered, accepted'];
    const outcome = extendCheck(before, { release: before.release, asks: [ask('north')] }, asker, moment(401));
    expect(outcome.ok && outcome.after).toBe(before);
  });

  test('again, where the answer will be too old: it is asked anew', () => {
    const before = SITUATIONS['done with information'];
    const after = done(extendCheck(before, { release: '2027-01-01', asks: [ask('north')] }, asker, moment(50)));
    expect(after).toMatchObject({ state: 'ASKED', decision: null, release: '2027-01-01' });
    expect(after.requests.map(({ state }) => state)).toEqual(['EXPIRED', 'REQUESTED']);
  });
});

describe('a responder that may not be told', () => {
  const request = { person: 'p', partner: 'probation', type: 'DOMESTIC_ABUSE', release: null } as const;
  const extended = (before: Check, ...asks: readonly Ask[]) =>
    extendCheck(before, { release: before.release, asks }, asker, moment(9));

  test('stands in the check, and is told nothing', () => {
    const outcome = askCheck({ ...request, asks: [untold('north'), ask('south')] }, asker, moment(0));
    expect(done(outcome).requests).toMatchObject([
      { responder: 'north', state: 'NOT_ASKED', contentId: null, nextAt: null },
      { responder: 'south', state: 'REQUESTED' },
    ]);
    expect(told(outcome)).toEqual(['CHECK_ASKED south']);
  });

  test('the check is not done without it, until a manager accepts that', () => {
    const before = SITUATIONS['one of two not told, the other answered'];
    expect(before.state).toBe('ASKED');
    const accepted = step.accept(before);
    expect(accepted.state).toBe('RETURNED');
    expect(step.consider(accepted, true).state).toBe('DONE');
  });

  test('again, where it still may not be told: nothing to do', () => {
    const before = SITUATIONS['not told'];
    expect(done(extended(before, untold('north')))).toBe(before);
  });

  test('again, where it may be told: it is asked', () => {
    const outcome = extended(SITUATIONS['not told'], ask('north'));
    const after = done(outcome);
    expect(after.requests).toMatchObject([
      { state: 'NOT_ASKED', supersededBy: requestOf(after, 1).id },
      { state: 'REQUESTED', requestedAt: moment(9).at },
    ]);
    expect(told(outcome)).toEqual(['CHECK_ASKED north']);
  });

  test('again, where a manager accepted it: left alone', () => {
    const before = SITUATIONS['not told, accepted'];
    expect(done(extended(before, ask('north')))).toBe(before);
  });

  test.each([
    ['asked', ['CHECK_WITHDRAWN north']],
    ['answered with a nil', []],
  ] as const)('of another question, where it was %s: that one is taken back', (situation, events) => {
    const outcome = extended(SITUATIONS[situation], untold('north', 'other'));
    const after = done(outcome);
    expect(after.requests).toMatchObject([
      { state: 'WITHDRAWN', withdrawn: { by: 'asker' }, supersededBy: requestOf(after, 1).id },
      { state: 'NOT_ASKED' },
    ]);
    expect(after.state).toBe('ASKED');
    expect(told(outcome)).toEqual(events);
  });

  test('of the same, after it gave no answer in time', () => {
    const after = done(extended(SITUATIONS['never answered'], untold('north')));
    expect(after.requests.map(({ state }) => state)).toEqual(['EXPIRED', 'NOT_ASKED']);
  });

  test('when the day of release moved past its answer', () => {
    const before = SITUATIONS['done with information'];
    const outcome = moveRelease(before, '2027-01-01', system, moment(50), new Set(['north']));
    expect(done(outcome)).toMatchObject({
      state: 'ASKED',
      decision: null,
      requests: [{ state: 'EXPIRED' }, { state: 'NOT_ASKED', contentId: null }],
    });
    expect(told(outcome)).toEqual([]);
  });
});

describe('to ask once more', () => {
  const again = (check: Check, release = check.release, hours = 400) =>
    toAskAgain(check, release, moment(hours)).length;

  test.each([
    ['asked', 0],
    ['answered with information', 0],
    ['nobody found', 0],
    ['never answered', 1],
    ['never answered, accepted', 0],
    ['not told', 1],
    ['not told, accepted', 0],
    ['not told, then asked', 0],
    ['held, not told', 0],
    ['taken back', 0],
    ['done with information', 0],
  ] as const)('%s: %d', (situation, requests) => {
    expect(again(SITUATIONS[situation])).toBe(requests);
  });

  // Answers count for 28 days: one of 2 November until the 30th.
  test.each([
    ['2026-11-30', '2026-11-10T12:00:00Z', 0],
    ['2026-12-24', '2026-11-25T12:00:00Z', 0],
    ['2026-12-24', '2026-11-26T00:00:00Z', 1],
  ])('an answer that is too old on %s, from when one of that day would not be: %s', (release, at, requests) => {
    expect(
      toAskAgain(SITUATIONS['answered too early, decided'], release, { ...moment(0), at: new Date(at) }),
    ).toHaveLength(requests);
  });
});

test('an answer that was too old for the release when it was given does not make it done', () => {
  const early = SITUATIONS['answered too early, decided'];
  expect(early).toMatchObject({ state: 'CONSIDERED', closedAt: null });
  expect(isDone(early)).toBe(false);
  // It is, where the day comes nearer.
  expect(step.move(early, '2026-11-30')).toMatchObject({ state: 'DONE', closedAt: moment(8).at });
});

describe('the day of release', () => {
  // Answered on 2 November and valid for 28 days.
  const before = SITUATIONS['done with information'];

  test.each(['2026-11-30', '2026-11-01', null])(
    'moved to %s, the answers still count, and nothing but the day changes',
    (release) => {
      const outcome = moveRelease(before, release, system, moment(50));
      expect(outcome).toEqual({ ok: true, after: { ...before, release, version: before.version + 1 }, events: [] });
    },
  );

  test('not moved: nothing to do', () => {
    expect(done(moveRelease(before, before.release, system, moment(50)))).toBe(before);
  });

  test('moved past the validity of one answer, that one is asked again and the decision falls', () => {
    const late = moment(24 * 10);
    const both = step.answer(step.answer(newCheck(moment(0), 'north', 'south'), 'NIL', 0), 'NIL', 1, late);
    const decided = step.consider(both, false, asker, late);
    const outcome = moveRelease(decided, '2026-12-05', system, moment(24 * 11));
    const after = done(outcome);
    expect(after.requests.map(({ responder, state }) => [responder, state])).toEqual([
      ['north', 'EXPIRED'],
      ['south', 'RETURNED'],
      ['north', 'REQUESTED'],
    ]);
    expect(requestOf(after, 2)).toMatchObject({ question: 'question', contentId: 'content-north-question' });
    expect(after).toMatchObject({ state: 'ASKED', decision: null, decidedFirst: null, highRisk: null, closedAt: null });
    expect(told(outcome)).toEqual(['CHECK_ASKED north']);
  });

  test('moved so, it is done again when that is answered and decided on', () => {
    const again = step.answer(SITUATIONS['answered, then too old'], 'NIL', 1, moment(24 * 35));
    expect(step.consider(again, true, asker, moment(24 * 35)).state).toBe('DONE');
  });

  test.each(['done with information', 'done, nobody found and accepted'] as const)(
    '%s: where what was asked is deleted, it can only be asked afresh',
    (situation) => {
      const deleted = withoutContents(SITUATIONS[situation]);
      const after = done(moveRelease(deleted, '2027-01-01', system, moment(50)));
      expect(after).toMatchObject({ state: 'ASKED', decision: null, requests: [{ state: 'EXPIRED' }] });
      // There is an answer, and it is not that nobody was found: there is nothing to accept.
      expect(allowedOnRequest(after, requestOf(after), manager)).toEqual([]);
      const afresh = extendCheck(after, { release: '2027-01-01', asks: [ask('north')] }, asker, moment(51));
      expect(done(afresh).requests).toHaveLength(2);
    },
  );

  test('a done check counts on the days for which all its answers do', () => {
    expect(countsOn(before, '2026-11-30')).toBe(true);
    expect(countsOn(before, '2026-12-01')).toBe(false);
    expect(countsOn(SITUATIONS['answered with a nil'], '2026-11-03')).toBe(false);
    // It found nobody, and no answer was ever promised to count: what a manager accepted stays accepted.
    expect(countsOn(step.consider(SITUATIONS['never answered, accepted'], false), '2027-11-03')).toBe(true);
  });
});

describe('answers', () => {
  test('are told to the asker, and count so many days from the day in London', () => {
    const check = newCheck(moment(0), 'north');
    const { id } = requestOf(check);
    const input = { request: id, expectedVersion: 1, given: ANSWERS.UNABLE, contentId: 'said' };
    // A quarter past eleven in the evening of 29 March UTC is 30 March in London.
    const late = { ...moment(0), at: new Date('2027-03-29T23:15:00Z') };
    const outcome = answer(check, input, desk(check), late);
    expect(told(outcome)).toEqual(['CHECK_RETURNED probation']);
    expect(requestOf(done(outcome)).answer).toEqual({
      outcome: 'UNABLE',
      reason: 'SYSTEM_DOWN',
      automatic: false,
      by: 'desk',
      at: late.at,
      validUntil: '2027-04-27',
      contentId: 'said',
    });
  });

  test('taken back, leave the request as it was asked, with clocks from then', () => {
    const before = step.accept(
      step.answer(
        step.acknowledge(step.sweep(newCheck(moment(0), 'north'), 24), 0, moment(25)),
        'UNABLE',
        0,
        moment(26),
      ),
    );
    const input = { request: requestOf(before).id, expectedVersion: null, textId: 'why' };
    const outcome = recall(before, input, desk(before), moment(30));
    expect(requestOf(done(outcome))).toEqual({
      ...requestOf(newCheck(moments()(30), 'north')),
      id: requestOf(before).id,
      recalled: { by: 'desk', at: moment(30).at, textId: 'why' },
      version: requestOf(before).version + 1,
    });
    expect(told(outcome)).toEqual(['CHECK_WITHDRAWN probation']);
    expect(step.answer(done(outcome), 'NIL').requests[0]).toMatchObject({ state: 'RETURNED', recalled: null });
  });

  test('taken back from what no longer counts, change nothing else', () => {
    const before = SITUATIONS['answered, then asked otherwise'];
    const after = step.recall(before, 0, moment(30));
    expect(requestOf(after)).toMatchObject({ state: 'SUPERSEDED', answer: null, nextAt: null });
    expect(requestOf(after, 1)).toBe(requestOf(before, 1));
    expect(after.state).toBe('ASKED');
  });

  test('taken back when what was asked is deleted, leave a request that must be asked afresh', () => {
    const deleted = withoutContents(SITUATIONS['done with information']);
    expect(step.recall(deleted, 0, moment(30))).toMatchObject({
      state: 'ASKED',
      requests: [{ state: 'EXPIRED', nextAt: null }],
    });
  });
});

describe('taking back', () => {
  test('is told to the responder, who has nothing more to do', () => {
    const check = newCheck(moment(0), 'north', 'south');
    const input = { request: requestOf(check).id, expectedVersion: 1, textId: 'why' };
    const outcome = withdraw(check, input, asker, moment(1));
    expect(told(outcome)).toEqual(['CHECK_WITHDRAWN north']);
    expect(requestOf(done(outcome))).toMatchObject({ withdrawn: { by: 'asker', textId: 'why' }, nextAt: null });
  });

  test('of a held check is all of it, told to those who have yet to answer', () => {
    const input = { expectedVersion: null, goesOn: false, textId: 'why' };
    const held = step.hold(step.answer(newCheck(moment(0), 'north', 'south'), 'NIL'));
    const outcome = resume(held, input, asker, moment(7));
    expect(told(outcome)).toEqual(['CHECK_WITHDRAWN south']);
    expect(done(outcome)).toMatchObject({ state: 'WITHDRAWN', held: null, closedAt: moment(7).at });
    const decided = step.resume(step.hold(SITUATIONS['decided, to be accepted']), false);
    expect([decided.state, isDone(decided)]).toEqual(['WITHDRAWN', false]);
  });

  test('of the last closes the check', () => {
    expect(SITUATIONS['taken back']).toMatchObject({ state: 'WITHDRAWN', closedAt: moment(3).at });
  });
});

describe('a decision', () => {
  test.each([
    ['answered with a nil', null],
    ['answered with information', null],
    ['asked', null],
    ['decided, to be countersigned', true],
    ['done with information', false],
    ['done with a nil at high risk', false],
    ['decided, to be accepted', false],
  ] as const)('%s: a manager must countersign: %s', (situation, needs) => {
    expect(needsCountersignature(SITUATIONS[situation])).toBe(needs);
  });

  test('a child with a plan needs a countersignature at high risk, whatever was answered', () => {
    const check = SITUATIONS['answered with a nil'];
    expect(step.consider(check, true, asker, moment(4), true).state).toBe('CONSIDERED');
    expect(step.consider(check, true, asker, moment(4), false).state).toBe('DONE');
    expect(step.consider(check, false, asker, moment(4), true).state).toBe('DONE');
  });

  test('on less than was asked, because one was taken back, is done only once a manager accepts it', () => {
    const decided = step.consider(SITUATIONS['one of two taken back, the other answered'], false);
    expect(decided.state).toBe('CONSIDERED');
    expect(step.accept(decided, 0, manager, moment(9)).state).toBe('DONE');

    const withdrawn = { request: requestOf(decided, 0).id, expectedVersion: null, textId: 'why' };
    const before = step.answer(newCheck(moment(0), 'north', 'south'), 'NIL', 1);
    const byManager = done(withdraw(before, { ...withdrawn, request: requestOf(before).id }, manager, moment(3)));
    expect(step.consider(byManager, false).state).toBe('DONE');
    expect(consider(byManager, DECIDES, manager, moment(4))).toMatchObject({ ok: false, code: 'OWN_DECISION' });
  });

  test('is for nobody to accept where the one that was taken back is asked again', () => {
    const again = step.extend(SITUATIONS['one of two taken back, the other answered'], 'same', moment(9));
    expect(requestOf(again, 0)).toMatchObject({ state: 'WITHDRAWN', supersededBy: requestOf(again, 2).id });
    const back = step.answer(again, 'NIL', 2, moment(10));
    expect(step.consider(back, false, asker, moment(11)).state).toBe('DONE');
  });

  test('information that is no longer what was asked needs no countersignature', () => {
    const check = step.answer(SITUATIONS['answered, then asked otherwise'], 'NIL', 1, moment(9));
    expect(step.consider(check, true, asker, moment(10)).state).toBe('DONE');
  });

  test('with which a manager disagrees is to be made again, and the disagreement stands until then', () => {
    const check = SITUATIONS['decided, a manager disagrees'];
    expect(check).toMatchObject({
      state: 'RETURNED',
      decision: null,
      highRisk: null,
      childPlan: null,
      countersignature: { agrees: false },
    });
    const again = step.consider(check, true, asker, moment(50));
    expect(again).toMatchObject({ state: 'CONSIDERED', countersignature: null, decision: { at: moment(50).at } });
    expect(step.countersign(again, true, moment(51))).toMatchObject({ state: 'DONE', closedAt: moment(51).at });
  });
});

describe('what others learn', () => {
  const openOn = (check: Check, instant: string) => openForOthers(check, new Date(instant));
  const ALL = ['NIL', 'INFORMATION', 'NO_TRACE', 'UNABLE'] as const;

  // Decided on 2 November: whatever came back, whoever must still do something.
  const decided = ALL.flatMap((outcome) => {
    const check = step.consider(step.answer(newCheck(moment(0), 'north'), outcome), true);
    const signed = outcome === 'INFORMATION' ? step.countersign(check, true, moment(100)) : check;
    const disagreed = outcome === 'INFORMATION' ? step.countersign(check, false, moment(100)) : check;
    const accepted =
      outcome === 'NO_TRACE' || outcome === 'UNABLE' ? step.accept(check, 0, undefined, moment(100)) : check;
    const again = disagreed === check ? check : step.consider(disagreed, true, asker, moment(200));
    return [check, signed, disagreed, accepted, again];
  });

  test.each([
    ['2026-11-02T23:59:59Z', true],
    ['2026-11-03T00:00:00Z', false],
    ['2027-11-03T00:00:00Z', false],
  ])('at %s every one of them is open: %s', (instant, isOpen) => {
    expect(new Set(decided.map((check) => openOn(check, instant)))).toEqual(new Set([isOpen]));
  });

  test('until somebody decided it is open, whatever came back', () => {
    const undecided = ALL.map((outcome) => step.answer(newCheck(moment(0), 'north'), outcome));
    expect(undecided.map((check) => openOn(check, '2030-01-01T00:00:00Z'))).toEqual([true, true, true, true]);
  });

  test('the day is that of London', () => {
    const check = { ...newCheck(moment(0), 'north'), decidedFirst: new Date('2026-07-01T23:30:00Z') };
    expect(openOn(check, '2026-07-02T22:59:59Z')).toBe(true);
    expect(openOn(check, '2026-07-02T23:00:00Z')).toBe(false);
  });

  test('one that was taken back is over with its day too', () => {
    expect(openOn(SITUATIONS['taken back'], '2026-11-02T20:00:00Z')).toBe(true);
    expect(openOn(SITUATIONS['taken back'], '2026-11-03T00:00:00Z')).toBe(false);
  });

  test('one that is asked anew is open again', () => {
    expect(openOn(SITUATIONS['done, then recalled'], '2030-01-01T00:00:00Z')).toBe(true);
    expect(openOn(step.extend(SITUATIONS['done with information'], 'other'), '2030-01-01T00:00:00Z')).toBe(true);
  });
});

test('what the policy no longer has is a fault for a type, and a refusal for a responder', () => {
  const check = newCheck(moment(0), 'north');
  const without = { ...practice, checks: { ...practice.checks, responders: new Map() } };
  const gone = { ...moment(1), practice: without };
  expect(extendCheck(check, { release: null, asks: [ask('north', 'other')] }, asker, gone)).toMatchObject({
    ok: false,
    code: 'NO_RESPONDER',
  });
  const before = SITUATIONS['done with information'];
  expect(done(moveRelease(before, '2027-01-01', system, gone)).requests.map(({ state }) => state)).toEqual(['EXPIRED']);
});
