import type { Moment, Party } from '../../src/checks/act.ts';
import { askCheck, extendCheck, moveRelease } from '../../src/checks/ask.ts';
import { acceptIncomplete, consider, countersign, resume, withdraw } from '../../src/checks/decide.ts';
import { acknowledge, answer, recall } from '../../src/checks/respond.ts';
import { hold, sweep } from '../../src/checks/sweep.ts';
import type { Check } from '../../src/record/checks.ts';
import { ANSWERS, ask, asker, desk, done, manager, moments, newCheck, requestOf, system, untold } from './scene.ts';

const moment = moments();
const textId = 'text';

/**
 * Steps that make a check what a test needs; a refusal stops the test. `request`: its place among the requests. An automatic
 * responder is asked again after 30 hours.
 */
export const step = {
  acknowledge: (check: Check, request = 0, when: Moment = moment(1)) =>
    done(acknowledge(check, on(check, request), desk(check), when)),
  answer: (check: Check, outcome: keyof typeof ANSWERS, request = 0, when: Moment = moment(2)) =>
    done(answer(check, { ...on(check, request), given: ANSWERS[outcome], contentId: 'said' }, desk(check), when)),
  recall: (check: Check, request = 0, when: Moment = moment(3)) =>
    done(recall(check, { ...on(check, request), textId }, desk(check), when)),
  accept: (check: Check, request = 0, by: Party = manager, when: Moment = moment(3)) =>
    done(acceptIncomplete(check, { ...on(check, request), textId }, by, when)),
  withdraw: (check: Check, request = 0, when: Moment = moment(3)) =>
    done(withdraw(check, { ...on(check, request), textId }, asker, when)),
  consider: (check: Check, highRisk: boolean, by: Party = asker, when: Moment = moment(4), childPlan = false) =>
    done(consider(check, { expectedVersion: null, decision: 'NOT_SUITABLE', textId, highRisk, childPlan }, by, when)),
  countersign: (check: Check, agrees: boolean, when: Moment = moment(5)) =>
    done(countersign(check, { expectedVersion: null, agrees, textId }, manager, when)),
  resume: (check: Check, goesOn: boolean, when: Moment = moment(7)) =>
    done(resume(check, { expectedVersion: null, goesOn, textId }, asker, when)),
  hold: (check: Check, when: Moment = moment(6)) => done(hold(check, 'PERSON_MERGED', system, when)),
  sweep: (check: Check, hours: number) =>
    done(sweep(check, { askAgainAt: moment(hours + 30).at }, system, moment(hours))),
  move: (check: Check, release: string, when: Moment = moment(8)) => done(moveRelease(check, release, system, when)),
  extend: (check: Check, question: string, when: Moment = moment(8)) =>
    done(extendCheck(check, { release: check.release, asks: [ask('north', question)] }, asker, when)),
  extendUntold: (check: Check, question: string, when: Moment = moment(8)) =>
    done(extendCheck(check, { release: check.release, asks: [untold('north', question)] }, asker, when)),
};

function on(check: Check, request: number) {
  return { request: requestOf(check, request).id, expectedVersion: null };
}

const one = () => newCheck(moment(0), 'north');
const two = () => newCheck(moment(0), 'north', 'south');
/** Of `north`, which may not be told, and of others that may. */
const notTold = (...others: readonly string[]) => {
  const asks = [untold('north'), ...others.map((responder) => ask(responder))];
  const input = {
    person: 'person',
    partner: 'probation',
    type: 'DOMESTIC_ABUSE',
    release: '2026-11-20',
    asks,
  } as const;
  return done(askCheck(input, asker, moment(0)));
};
const early = () => step.answer({ ...one(), release: '2026-12-24' }, 'NIL');
const answered = (outcome: keyof typeof ANSWERS) => step.answer(one(), outcome);
const byManager = () =>
  done(
    askCheck(
      { person: 'person', partner: 'probation', type: 'DOMESTIC_ABUSE', release: null, asks: [ask('north')] },
      manager,
      moment(0),
    ),
  );

/** Every situation in which a check, and its first request, can be. */
export const SITUATIONS = {
  asked: one(),
  acknowledged: step.acknowledge(one()),
  chased: step.sweep(one(), 24),
  'chased after it was acknowledged': step.sweep(step.acknowledge(one()), 24),
  'answered with a nil': answered('NIL'),
  'answered with information': answered('INFORMATION'),
  'nobody found': answered('NO_TRACE'),
  'not able to answer': answered('UNABLE'),
  'nobody found, accepted': step.accept(answered('NO_TRACE')),
  'nobody found, asked by the manager': step.answer(byManager(), 'NO_TRACE'),
  'never answered': step.sweep(one(), 240),
  'never answered, accepted': step.accept(step.sweep(one(), 240)),
  'one of two answered': step.answer(two(), 'NIL'),
  'one of two taken back': step.withdraw(two()),
  'one of two taken back, the other answered': step.answer(step.withdraw(two()), 'NIL', 1),
  'taken back': step.withdraw(one()),
  'asked otherwise': step.extend(one(), 'other'),
  'answered, then asked otherwise': step.extend(answered('INFORMATION'), 'other'),
  'answered, then too old': step.move(answered('NIL'), '2027-01-01'),
  'answered, then recalled': step.recall(answered('INFORMATION')),
  'held, waiting': step.hold(one()),
  'held, answered': step.hold(answered('INFORMATION')),
  'held, nobody found': step.hold(answered('NO_TRACE')),
  'held, then ended': step.resume(step.hold(answered('INFORMATION')), false),
  'decided, to be countersigned': step.consider(answered('INFORMATION'), true),
  'decided by the manager, to be countersigned': step.consider(answered('INFORMATION'), true, manager),
  'decided, to be accepted': step.consider(answered('NO_TRACE'), true),
  'decided by the manager, to be accepted': step.consider(answered('UNABLE'), false, manager),
  'decided and countersigned, to be accepted': step.countersign(
    step.consider(step.answer(step.answer(two(), 'INFORMATION'), 'NO_TRACE', 1), true),
    true,
  ),
  'nobody found, accepted, then asked otherwise and answered': step.answer(
    step.extend(step.accept(answered('NO_TRACE')), 'other'),
    'NIL',
    1,
    moment(9),
  ),
  'decided, a manager disagrees': step.countersign(step.consider(answered('INFORMATION'), true), false),
  'done with information': step.consider(answered('INFORMATION'), false),
  'done with a nil at high risk': step.consider(answered('NIL'), true),
  'done, countersigned': step.countersign(step.consider(answered('INFORMATION'), true), true),
  'done, nobody found and accepted': step.accept(step.consider(answered('NO_TRACE'), true), 0, manager, moment(5)),
  'not told': notTold(),
  'not told, accepted': step.accept(notTold()),
  'one of two not told, the other answered': step.answer(notTold('south'), 'NIL', 1),
  'not told, then asked': step.extend(notTold(), 'question'),
  'answered, then asked otherwise and not told': step.extendUntold(answered('NIL'), 'other'),
  'held, not told': step.hold(notTold()),
  'held, not told, then ended': step.resume(step.hold(notTold()), false),
  'answered too early': early(),
  'answered too early, decided': step.consider(early(), true),
  'done, then recalled': step.recall(step.consider(answered('NIL'), false), 0, moment(5)),
} as const satisfies Record<string, Check>;

export type Situation = keyof typeof SITUATIONS;
