import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Moment, Outcome, Party } from '../../src/checks/act.ts';
import { extendCheck, moveRelease } from '../../src/checks/ask.ts';
import { acceptIncomplete, consider, countersign, resume, withdraw } from '../../src/checks/decide.ts';
import { acknowledge, answer, recall } from '../../src/checks/respond.ts';
import { isDone } from '../../src/checks/state.ts';
import { hold, sweep } from '../../src/checks/sweep.ts';
import type { Check, CheckRequest } from '../../src/record/checks.ts';
import { ANSWERS, ask, desk, moments, newCheck, system, untold } from './scene.ts';

const RESPONDERS = ['north', 'south', 'robot'] as const;

/** One thing that somebody tries, whether or not it may be done. */
type Attempt = (check: Check, moment: Moment) => Outcome;

const person = fc.constantFrom<Party>(
  { as: 'ASKER', by: 'one' },
  { as: 'ASKER', by: 'two' },
  { as: 'MANAGER', by: 'three' },
  { as: 'MANAGER', by: 'four' },
);
const place = fc.nat({ max: 5 });
const expectedVersion = null;
const textId = null;

/** A request of the check, whichever; one that is not there stays one that is not there. */
const on = (check: Check, index: number) => ({
  request: check.requests[index % check.requests.length]?.id ?? '',
  expectedVersion,
});

const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  {
    weight: 2,
    arbitrary: place.map(
      (at): Attempt =>
        (check, moment) =>
          acknowledge(check, on(check, at), desk(check), moment),
    ),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(place, fc.constantFrom(...Object.values(ANSWERS))).map(
      ([at, given]): Attempt =>
        (check, moment) =>
          answer(check, { ...on(check, at), given, contentId: 'said' }, desk(check), moment),
    ),
  },
  {
    weight: 1,
    arbitrary: place.map(
      (at): Attempt =>
        (check, moment) =>
          recall(check, { ...on(check, at), textId }, desk(check), moment),
    ),
  },
  {
    weight: 8,
    arbitrary: fc.tuple(person, fc.boolean(), fc.boolean()).map(
      ([party, highRisk, childPlan]): Attempt =>
        (check, moment) =>
          consider(
            check,
            { expectedVersion, decision: 'ADDRESS_SUITABLE', textId, highRisk, childPlan },
            party,
            moment,
          ),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(person, fc.boolean()).map(
      ([party, agrees]): Attempt =>
        (check, moment) =>
          countersign(check, { expectedVersion, agrees, textId }, party, moment),
    ),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(person, place).map(
      ([party, at]): Attempt =>
        (check, moment) =>
          acceptIncomplete(check, { ...on(check, at), textId }, party, moment),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(person, place).map(
      ([party, at]): Attempt =>
        (check, moment) =>
          withdraw(check, { ...on(check, at), textId }, party, moment),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(person, fc.constantFrom(...RESPONDERS), fc.constantFrom('question', 'other'), fc.constantFrom(ask, untold))
      .map(
        ([party, responder, question, wording]): Attempt =>
          (check, moment) =>
            extendCheck(check, { release: check.release, asks: [wording(responder, question)] }, party, moment),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('2026-11-20', '2026-12-20', null).map(
      (release): Attempt =>
        (check, moment) =>
          moveRelease(check, release, system, moment),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Attempt>((check, moment) => hold(check, 'PERSON_SPLIT', system, moment)) },
  {
    weight: 2,
    arbitrary: fc.tuple(person, fc.boolean()).map(
      ([party, goesOn]): Attempt =>
        (check, moment) =>
          resume(check, { expectedVersion, goesOn, textId }, party, moment),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constant<Attempt>((check, moment) =>
      sweep(check, { askAgainAt: new Date(moment.at.getTime() + 3_600_000) }, system, moment),
    ),
  },
);

const story = fc.tuple(
  fc.subarray([...RESPONDERS], { minLength: 1 }),
  fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), attempt), { maxLength: 40 }),
);

/** Plays a story and looks at the check after everything that was done. */
function play(
  [responders, attempts]: readonly [readonly string[], readonly (readonly [number, Attempt])[]],
  look: (after: Check, before: Check, at: Date) => void,
): void {
  const moment = moments();
  let hours = 0;
  let check = newCheck(moment(0), ...responders);
  look(check, check, moment(0).at);
  for (const [passed, act] of attempts) {
    hours += passed;
    const now = moment(hours);
    const outcome = act(check, now);
    if (!outcome.ok) continue;
    look(outcome.after, check, now.at);
    check = outcome.after;
  }
}

const counts = ({ state, supersededBy, withdrawn }: CheckRequest) =>
  !(
    state === 'WITHDRAWN' ||
    state === 'SUPERSEDED' ||
    (state === 'EXPIRED' && supersededBy !== null) ||
    (state === 'NOT_ASKED' && (supersededBy !== null || withdrawn !== null))
  );
const waits = ({ state }: CheckRequest) => ['REQUESTED', 'ACKNOWLEDGED', 'CHASED'].includes(state);
const isClosed = ({ state }: Check) => state === 'DONE' || state === 'WITHDRAWN';

test('done is only what everybody returned, somebody decided, and a manager signed where that is needed', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(story, (told) => {
      play(told, (check) => {
        seen.add(check.state);
        expect(isDone(check)).toBe(check.state === 'DONE');
        if (check.state !== 'DONE') return;
        const live = check.requests.filter(counts);
        expect(live.length).toBeGreaterThan(0);
        for (const { state, answer: given, accepted } of live) {
          // Nothing but a nil or information is done without a manager's acceptance (SHARE-05).
          const isAnswered = state === 'RETURNED' && (given?.outcome === 'NIL' || given?.outcome === 'INFORMATION');
          expect(isAnswered || accepted !== null).toBe(true);
          if (accepted !== null) expect(accepted.by).toMatch(/^(three|four)$/);
          if (accepted !== null) expect(accepted.by).not.toBe(check.decision?.by);
        }
        for (const { answer: given } of live) {
          expect(check.release === null || given === null || given.validUntil >= check.release).toBe(true);
        }
        expect(check.decision).not.toBeNull();
        expect(check.held).toBeNull();
        const informed = live.some(({ answer: given }) => given?.outcome === 'INFORMATION');
        if (check.highRisk !== false && (informed || check.childPlan !== false)) {
          expect(check.countersignature).toMatchObject({ agrees: true });
          expect(check.countersignature?.by).toMatch(/^(three|four)$/);
          expect(check.countersignature?.by).not.toBe(check.decision?.by);
        }
      });
    }),
    { numRuns: 400, seed: 5 },
  );
  expect([...seen].sort()).toEqual(['ASKED', 'CONSIDERED', 'DONE', 'HELD', 'RETURNED', 'WITHDRAWN']);
});

test('versions grow by one, of the check with everything and of a request with what changed of it', () => {
  fc.assert(
    fc.property(story, (told) => {
      play(told, (after, before) => {
        if (after === before) return;
        expect(after.version).toBe(before.version + 1);
        for (const [index, request] of after.requests.entries()) {
          const was = before.requests[index];
          if (was === undefined) expect(request.version).toBe(1);
          else {
            const { version, nextAt, ...rest } = was;
            const { version: newVersion, nextAt: newNextAt, ...newRest } = request;
            const changed = JSON.stringify(rest) !== JSON.stringify(newRest);
            expect(newVersion).toBe(changed ? version + 1 : version);
          }
        }
      });
    }),
    { numRuns: 150, seed: 6 },
  );
});

test('what is waited for is looked at, what is over is not, and each responder has one request that counts', () => {
  fc.assert(
    fc.property(story, (told) => {
      play(told, (check, before, at) => {
        expect(check.closedAt !== null).toBe(isClosed(check));
        if (isClosed(check) && isClosed(before)) expect(check.closedAt).toEqual(before.closedAt ?? at);
        for (const request of check.requests) {
          expect(request.nextAt !== null).toBe(waits(request) && check.state !== 'HELD');
          expect(request.targetAt <= request.breachAt && request.requestedAt <= request.targetAt).toBe(true);
          expect(request.answer !== null || request.state !== 'RETURNED').toBe(true);
          // Nothing ever looks asked that was not.
          const was = before.requests.find(({ id }) => id === request.id);
          if (was) expect(request.state === 'NOT_ASKED').toBe(was.state === 'NOT_ASKED');
          if (request.state === 'NOT_ASKED') {
            expect([request.answer, request.contentId, request.acknowledged, request.chased]).toEqual([
              null,
              null,
              null,
              0,
            ]);
          }
        }
        const live = check.requests.filter(counts).map(({ responder }) => responder);
        expect(new Set(live).size).toBe(live.length);
        // Nothing is forgotten: what was asked stays in its place.
        expect(check.requests.slice(0, before.requests.length).map(({ id }) => id)).toEqual(
          before.requests.map(({ id }) => id),
        );
        if (check.decision !== null) expect(check.decidedFirst).not.toBeNull();
      });
    }),
    { numRuns: 150, seed: 7 },
  );
});
