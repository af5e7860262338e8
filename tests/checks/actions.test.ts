import { describe, expect, test } from 'vitest';
import type { Outcome, Party } from '../../src/checks/act.ts';
import { allowedOnCheck, allowedOnRequest } from '../../src/checks/allowed.ts';
import { askCheck, extendCheck, moveRelease } from '../../src/checks/ask.ts';
import { acceptIncomplete, consider, countersign, resume, withdraw } from '../../src/checks/decide.ts';
import { acknowledge, answer, recall } from '../../src/checks/respond.ts';
import { hold, sweep } from '../../src/checks/sweep.ts';
import type { Check } from '../../src/record/checks.ts';
import { ANSWERS, ask, asker, desk, manager, moments, newCheck, requestOf, system } from './scene.ts';
import { SITUATIONS, type Situation } from './situations.ts';

const moment = moments();

/** Each action by the name of its root field, on the first request where it is about one. */
const ACTIONS: Readonly<Record<string, (check: Check, version: Version, party: Party) => Outcome>> = {
  requestChecks: (check, _, party) =>
    extendCheck(check, { release: check.release, asks: [ask('north', 'new')] }, party, moment(300)),
  considerCheck: (check, version, party) =>
    consider(
      check,
      { expectedVersion: version.check, decision: 'ADDRESS_SUITABLE', textId: null, highRisk: false, childPlan: false },
      party,
      moment(300),
    ),
  countersignCheck: (check, version, party) =>
    countersign(check, { expectedVersion: version.check, agrees: true, textId: null }, party, moment(300)),
  resumeCheck: (check, version, party) =>
    resume(check, { expectedVersion: version.check, goesOn: true, textId: null }, party, moment(300)),
  acknowledgeRequest: (check, version, party) => acknowledge(check, version.request, party, moment(300)),
  answerRequest: (check, version, party) =>
    answer(check, { ...version.request, given: ANSWERS.NIL, contentId: null }, party, moment(300)),
  recallAnswer: (check, version, party) => recall(check, { ...version.request, textId: null }, party, moment(300)),
  acceptIncomplete: (check, version, party) =>
    acceptIncomplete(check, { ...version.request, textId: null }, party, moment(300)),
  withdrawRequest: (check, version, party) => withdraw(check, { ...version.request, textId: null }, party, moment(300)),
};

interface Version {
  readonly check: number;
  readonly request: { readonly request: string; readonly expectedVersion: number };
}

function versionOf(check: Check, off = 0): Version {
  const { id, version } = requestOf(check);
  return { check: check.version + off, request: { request: id, expectedVersion: version + off } };
}

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  ask: 'requestChecks',
  consider: 'considerCheck',
  countersign: 'countersignCheck',
  resume: 'resumeCheck',
  ack: 'acknowledgeRequest',
  answer: 'answerRequest',
  recall: 'recallAnswer',
  accept: 'acceptIncomplete',
  withdraw: 'withdrawRequest',
};

/** The states of the check and its first request; then what the asker, a manager and the desk may do. */
const TABLE: Readonly<Record<Situation, readonly [string, string, string, string, string]>> = {
  asked: ['ASKED', 'REQUESTED', 'ask withdraw', 'ask withdraw', 'ack answer'],
  acknowledged: ['ASKED', 'ACKNOWLEDGED', 'ask withdraw', 'ask withdraw', 'answer'],
  chased: ['ASKED', 'CHASED', 'ask withdraw', 'ask withdraw', 'ack answer'],
  'chased after it was acknowledged': ['ASKED', 'CHASED', 'ask withdraw', 'ask withdraw', 'ack answer'],
  'answered with a nil': ['RETURNED', 'RETURNED', 'ask consider', 'ask consider', 'recall'],
  'answered with information': ['RETURNED', 'RETURNED', 'ask consider', 'ask consider', 'recall'],
  'nobody found': ['RETURNED', 'RETURNED', 'ask consider', 'ask consider accept', 'recall'],
  'not able to answer': ['RETURNED', 'RETURNED', 'ask consider', 'ask consider accept', 'recall'],
  'nobody found, accepted': ['RETURNED', 'RETURNED', 'ask consider', 'ask', 'recall'],
  'nobody found, asked by the manager': ['RETURNED', 'RETURNED', 'ask consider', 'ask consider', 'recall'],
  'never answered': ['ASKED', 'EXPIRED', 'ask', 'ask accept', ''],
  'never answered, accepted': ['RETURNED', 'EXPIRED', 'ask consider', 'ask', ''],
  'one of two answered': ['ASKED', 'RETURNED', 'ask', 'ask', 'recall'],
  'one of two taken back': ['ASKED', 'WITHDRAWN', 'ask', 'ask accept', ''],
  'one of two taken back, the other answered': ['RETURNED', 'WITHDRAWN', 'ask consider', 'ask consider accept', ''],
  'taken back': ['WITHDRAWN', 'WITHDRAWN', '', '', ''],
  'asked otherwise': ['ASKED', 'SUPERSEDED', 'ask', 'ask', ''],
  'answered, then asked otherwise': ['ASKED', 'SUPERSEDED', 'ask', 'ask', 'recall'],
  'answered, then too old': ['ASKED', 'EXPIRED', 'ask', 'ask', 'recall'],
  'answered, then recalled': ['ASKED', 'REQUESTED', 'ask withdraw', 'ask withdraw', 'ack answer'],
  'held, waiting': ['HELD', 'REQUESTED', 'resume', 'resume', 'ack answer'],
  'held, answered': ['HELD', 'RETURNED', 'resume', 'resume', 'recall'],
  'held, nobody found': ['HELD', 'RETURNED', 'resume', 'resume', 'recall'],
  'held, then ended': ['WITHDRAWN', 'WITHDRAWN', '', '', 'recall'],
  'decided, to be countersigned': ['CONSIDERED', 'RETURNED', 'ask', 'ask countersign', 'recall'],
  'decided by the manager, to be countersigned': ['CONSIDERED', 'RETURNED', 'ask', 'ask', 'recall'],
  'decided, to be accepted': ['CONSIDERED', 'RETURNED', 'ask', 'ask accept', 'recall'],
  'decided by the manager, to be accepted': ['CONSIDERED', 'RETURNED', 'ask', 'ask', 'recall'],
  'decided and countersigned, to be accepted': ['CONSIDERED', 'RETURNED', 'ask', 'ask', 'recall'],
  'nobody found, accepted, then asked otherwise and answered': [
    'RETURNED',
    'SUPERSEDED',
    'ask consider',
    'ask consider',
    'recall',
  ],
  'decided, a manager disagrees': ['RETURNED', 'RETURNED', 'ask consider', 'ask consider', 'recall'],
  'done with information': ['DONE', 'RETURNED', 'ask', 'ask', 'recall'],
  'done with a nil at high risk': ['DONE', 'RETURNED', 'ask', 'ask', 'recall'],
  'done, countersigned': ['DONE', 'RETURNED', 'ask', 'ask', 'recall'],
  'done, nobody found and accepted': ['DONE', 'RETURNED', 'ask', 'ask', 'recall'],
  'not told': ['ASKED', 'NOT_ASKED', 'ask', 'ask accept', ''],
  'not told, accepted': ['RETURNED', 'NOT_ASKED', 'ask consider', 'ask', ''],
  'one of two not told, the other answered': ['ASKED', 'NOT_ASKED', 'ask', 'ask accept', ''],
  'not told, then asked': ['ASKED', 'NOT_ASKED', 'ask', 'ask', ''],
  'answered, then asked otherwise and not told': ['ASKED', 'WITHDRAWN', 'ask', 'ask', 'recall'],
  'held, not told': ['HELD', 'NOT_ASKED', 'resume', 'resume', ''],
  'held, not told, then ended': ['WITHDRAWN', 'NOT_ASKED', '', '', ''],
  'answered too early': ['RETURNED', 'RETURNED', 'ask consider', 'ask consider', 'recall'],
  'answered too early, decided': ['CONSIDERED', 'RETURNED', 'ask', 'ask', 'recall'],
  'done, then recalled': ['ASKED', 'REQUESTED', 'ask withdraw', 'ask withdraw', 'ack answer'],
};

/** Where it is their own doing that stands in the way. */
const OWN: readonly (readonly [Situation, string])[] = [
  ['nobody found, accepted', 'considerCheck'],
  ['never answered, accepted', 'considerCheck'],
  ['not told, accepted', 'considerCheck'],
  ['nobody found, asked by the manager', 'acceptIncomplete'],
  ['decided by the manager, to be countersigned', 'countersignCheck'],
  ['decided by the manager, to be accepted', 'acceptIncomplete'],
];

const THEIRS: Readonly<Record<string, readonly string[]>> = {
  ASKER: ['requestChecks', 'considerCheck', 'resumeCheck', 'withdrawRequest'],
  MANAGER: ['requestChecks', 'considerCheck', 'countersignCheck', 'resumeCheck', 'acceptIncomplete', 'withdrawRequest'],
  RESPONDER: ['acknowledgeRequest', 'answerRequest', 'recallAnswer'],
  SYSTEM: [],
};

const rows = Object.entries(TABLE).map(([situation, [state, first, ...may]]) => ({
  situation: situation as Situation,
  check: SITUATIONS[situation as Situation] as Check,
  state,
  first,
  may,
}));

describe.each(rows)('$situation', ({ situation, check, state, first, may }) => {
  test(`is ${state}, its request ${first}`, () => {
    expect([check.state, requestOf(check).state]).toEqual([state, first]);
  });

  const parties = [asker, manager, desk(check), system];
  test.each(parties.map((party, index) => ({ party, words: may[index] ?? '' })))('$party.as may: $words', (row) => {
    const { party, words } = row;
    const allowed = words.split(' ').flatMap((word) => ABBREVIATIONS[word] ?? []);
    const said = [...allowedOnCheck(check, party), ...allowedOnRequest(check, requestOf(check), party)];
    expect(said.sort()).toEqual(allowed.sort());
    for (const [name, act] of Object.entries(ACTIONS)) {
      // Of what it was never told, a responder is told nothing.
      const isHidden = party.as === 'RESPONDER' && first === 'NOT_ASKED';
      const isTheirs = THEIRS[party.as]?.includes(name) === true && !isHidden;
      const outcome = act(check, versionOf(check), party);
      if (allowed.includes(name)) {
        expect(outcome).toMatchObject({ ok: true, after: { version: check.version + 1 } });
      } else {
        const own = party.as === 'MANAGER' && OWN.some(([where, what]) => where === situation && what === name);
        const code = !isTheirs ? 'NOT_OPEN' : own ? 'OWN_DECISION' : 'NOT_NOW';
        expect(outcome, name).toMatchObject({ ok: false, code });
        // Of a request that is not theirs nothing is said, not even what could be done to it.
        if (!outcome.ok && isTheirs) expect(allowed).toEqual(expect.arrayContaining([...outcome.allowedNow]));
      }
      if (name !== 'requestChecks') {
        const stale = act(check, versionOf(check, -1), party);
        expect(stale).toMatchObject({ ok: false, code: isTheirs ? 'VERSION_CONFLICT' : 'NOT_OPEN' });
      }
    }
  });

  test('the gateway holds what is open, and moves what is neither held nor withdrawn', () => {
    const open = state === 'ASKED' || state === 'RETURNED' || state === 'CONSIDERED';
    expect(hold(check, 'PERSON_SPLIT', system, moment(300)).ok).toBe(open);
    const movable = state !== 'HELD' && state !== 'WITHDRAWN';
    expect(moveRelease(check, '2026-11-21', system, moment(300)).ok).toBe(movable);
    expect(sweep(check, { askAgainAt: moment(301).at }, system, moment(300)).ok).toBe(true);
  });

  test('nobody else is the gateway', () => {
    for (const party of [asker, manager, desk(check)]) {
      expect(hold(check, 'PERSON_SPLIT', party, moment(300))).toMatchObject({ ok: false, code: 'NOT_OPEN' });
      expect(sweep(check, { askAgainAt: moment(301).at }, party, moment(300))).toMatchObject({ code: 'NOT_OPEN' });
    }
  });
});

describe('what is not there, or not theirs', () => {
  const check = newCheck(moment(0), 'north', 'south');

  test('no request of this name', () => {
    const input = { request: 'no-such', expectedVersion: 1, textId: null };
    expect(withdraw(check, input, asker, moment(1))).toEqual({
      ok: false,
      code: 'NOT_OPEN',
      allowedNow: ['requestChecks'],
    });
  });

  test("another desk's request looks like none", () => {
    const [of, unknown] = [requestOf(check).id, 'no-such'].map((request) =>
      acknowledge(check, { request, expectedVersion: 7 }, desk(check, 'south'), moment(1)),
    );
    expect(of).toEqual({ ok: false, code: 'NOT_OPEN', allowedNow: [] });
    expect(of).toEqual(unknown);
  });

  test('a desk asks nothing', () => {
    const input = {
      person: 'p',
      partner: 'probation',
      type: 'DOMESTIC_ABUSE',
      release: null,
      asks: [ask('north')],
    } as const;
    expect(askCheck(input, desk(check), moment(1))).toMatchObject({ ok: false, code: 'NOT_OPEN' });
    expect(moveRelease(check, '2027-01-01', desk(check), moment(1))).toMatchObject({ ok: false, code: 'NOT_OPEN' });
  });

  test('an answer that is none leaves everything as it was', () => {
    const { id } = requestOf(check);
    const given = { ...ANSWERS.NIL, searched: [] };
    const outcome = answer(check, { request: id, expectedVersion: 1, given, contentId: null }, desk(check), moment(1));
    expect(outcome).toEqual({ ok: false, code: 'BAD_ANSWER', allowedNow: ['acknowledgeRequest', 'answerRequest'] });
  });

  test.each([[[]], [[ask('nobody')]], [[ask('north'), ask('nobody')]]])('nobody to ask: %j', (asks) => {
    const input = { person: 'p', partner: 'probation', type: 'DOMESTIC_ABUSE', release: null, asks } as const;
    expect(askCheck(input, asker, moment(1))).toMatchObject({ ok: false, code: 'NO_RESPONDER' });
  });
});
