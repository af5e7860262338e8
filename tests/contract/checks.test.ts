import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/record/day.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { type Caller, MANAGER, PRISON, PROBATION } from './callers.ts';
import {
  AUTHORITY,
  act,
  answerOne,
  askOne,
  CHILD,
  FORCE,
  HOME,
  INFORMATION,
  idOf,
  NIL,
  readCheck,
  requestChecks,
  SOUTHERN_FORCE,
} from './check-flow.ts';
import { type Subject, subjects } from './oracle/subject.ts';
import { askedFor, wireOf } from './oracle/wire.ts';

const people = population();
const everybody = subjects(people, 'allowed');
const isHigh = (subject: Subject) =>
  ['HIGH', 'VERY_HIGH'].includes(String(subject.held('probation-service', 'risk', new Date())?.['overall']));
const hasPlan = (subject: Subject) =>
  ['northmere-children', 'southdale-children'].some(
    (holder) => (subject.held(holder, 'childrens', new Date())?.['plan'] ?? 'NONE') !== 'NONE',
  );
const withPlan = everybody.filter((subject) => isHigh(subject) && hasPlan(subject)).slice(0, 4);
const withoutPlan = everybody.filter((subject) => isHigh(subject) && !hasPlan(subject)).slice(0, 1);
const notHigh = everybody.filter((subject) => !isHigh(subject)).slice(0, 3);
const anybody = [everybody, subjects(people, 'bothForces'), subjects(people, 'voluntaryTreatment')]
  .flat()
  .filter((subject) => ![...withPlan, ...withoutPlan, ...notHigh].includes(subject));
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterEach(() => stack.clock.set(new Date()));

afterAll(() => stack?.close());

/** Somebody whom no other test has a check of. */
const next = (from: Subject[]) => from.shift() as Subject;

const SOUTH = { kind: 'HOME', line: '4 Mill Street', town: 'Marlbeck', postcode: 'QS1 2CD' };
/** Whose view may not know whether a child has a plan. */
const FOR_THE_CHECK: Caller = { ...PROBATION, purpose: 'DA_CHECK' };
const consider = (check: { id: string; version: number }, caller: Caller = PROBATION) =>
  act(stack, caller, 'considerCheck', {
    check: check.id,
    expectedVersion: check.version,
    decision: 'SUITABLE_WITH_CONDITIONS',
    text: 'Suitable, with a curfew and a visit each week.',
  });
const sign = (check: { id: string; version: number }, agrees = true, caller: Caller = MANAGER) =>
  act(stack, caller, 'countersignCheck', {
    check: check.id,
    expectedVersion: check.version,
    agrees,
    text: 'I have read the answer and the plan.',
  });

/** What somebody is told of a check: its fields that are not null, and those of its first request. */
async function fieldsFor(caller: Caller, id: string): Promise<{ check: string[]; request: string[] } | null> {
  const check = await readCheck(stack, caller, id);
  if (check === null) return null;
  const filled = (value: object) =>
    Object.entries(value).flatMap(([name, each]) =>
      each === null || (Array.isArray(each) && each.length === 0) ? [] : [name],
    );
  return { check: filled(check), request: filled(check.requests?.[0] ?? {}) };
}

const OF_OTHERS = ['id', 'type', 'open', 'person'];
const OF_RESPONDER = [...OF_OTHERS, 'askedBy', 'askedAt', 'requests'];
const OF_ASKER = ['id', 'type', 'open', 'person', 'state', 'askedBy', 'askedAt', 'requests', 'version', 'allowedNow'];
const REQUEST = ['id', 'responder', 'state', 'version', 'told'];
const TIMES = ['overdue', 'chased', 'targetAt', 'breachAt'];
const DESK = ['desk'];

describe('one check from the asking to the countersignature', () => {
  test('is told to its parties in full and to others as open, whatever state it is in', async () => {
    const subject = next(withPlan);
    const { id, requests } = await askOne(stack, await idOf(stack, PROBATION, subject));
    const [request] = requests;
    const othersSee = async (open: boolean) => {
      for (const caller of [SOUTHERN_FORCE]) {
        expect(await fieldsFor(caller, id)).toEqual({ check: OF_OTHERS, request: [] });
        expect(await readCheck(stack, caller, id)).toMatchObject({ open, type: 'DOMESTIC_ABUSE', allowedNow: [] });
      }
    };
    expect(await fieldsFor(PROBATION, id)).toEqual({
      check: OF_ASKER,
      request: [...REQUEST, 'allowedNow', ...TIMES, ...DESK],
    });
    expect(await fieldsFor(MANAGER, id)).toEqual(await fieldsFor(PROBATION, id));
    expect(await fieldsFor(FORCE, id)).toEqual({
      check: OF_RESPONDER,
      request: [...REQUEST, 'allowedNow', ...TIMES, ...DESK],
    });
    await othersSee(true);
    expect((await readCheck(stack, FORCE, id)).requests[0]).toMatchObject({
      told: { addresses: [HOME], adults: [{ relationship: 'Partner' }], children: [{ relationship: 'Child' }] },
      allowedNow: ['acknowledgeRequest', 'answerRequest'],
    });

    const acknowledged = await act(stack, FORCE, 'acknowledgeRequest', { request: request.id, expectedVersion: 1 });
    expect(acknowledged.body.data.acknowledgeRequest).toMatchObject({
      ok: true,
      check: { requests: [{ state: 'ACKNOWLEDGED', version: 2 }] },
    });
    await othersSee(true);

    await answerOne(stack, await readCheck(stack, FORCE, id), INFORMATION);
    const back = await readCheck(stack, PROBATION, id);
    expect(back).toMatchObject({
      state: 'RETURNED',
      allowedNow: ['requestChecks', 'considerCheck'],
      requests: [{ state: 'RETURNED', answer: { ...INFORMATION, handling: 'OFFICIAL-SENSITIVE', mayBeTold: false } }],
    });
    expect((await readCheck(stack, FORCE, id)).requests[0].allowedNow).toEqual(['recallAnswer']);
    await othersSee(true);

    expect((await consider(back)).body.data.considerCheck).toMatchObject({
      ok: true,
      check: { state: 'CONSIDERED', open: true, needsCountersignature: true, decision: { by: 'PRO-0001' } },
    });
    await othersSee(true);
    expect(await fieldsFor(FORCE, id)).toMatchObject({ check: OF_RESPONDER });

    const own = await sign(await readCheck(stack, PROBATION, id), true, PROBATION);
    expect(own.body.data).toEqual({ countersignCheck: null });
    const disagreed = await sign(await readCheck(stack, MANAGER, id), false);
    expect(disagreed.body.data.countersignCheck).toMatchObject({
      ok: true,
      check: { state: 'RETURNED', decision: null },
    });
    await consider(await readCheck(stack, PROBATION, id));
    const signed = await sign(await readCheck(stack, MANAGER, id));
    expect(signed.body.data.countersignCheck).toMatchObject({
      ok: true,
      check: {
        state: 'DONE',
        open: false,
        countersignature: { agrees: true, by: 'PRM-0001', text: 'I have read the answer and the plan.' },
      },
    });
    await othersSee(true);
    stack.clock.set(new Date(`${addDays(people.anchor, 1)}T12:00:00Z`));
    await othersSee(false);
  });

  test('SHARE-05 others cannot tell a nil return from information, by anything and at any time', async () => {
    const both = await Promise.all(
      [next(withoutPlan), next(withPlan)].map(async (subject) => {
        const asker = await idOf(stack, PROBATION, subject);
        return { check: await askOne(stack, asker) };
      }),
    );
    const southern = async () =>
      Promise.all(
        both.map(async ({ check }) => {
          const answer = await stack.ask(
            `{ check(id: "${check.id}") { id type open state askedAt held version release allowedNow requests { id }
              needsCountersignature decision { by } } }`,
            SOUTHERN_FORCE,
          );
          const requestId = String(answer.headers.get('x-request-id'));
          return answer.text.replaceAll(check.id, 'check-id').replaceAll(requestId, 'request-id');
        }),
      );
    const alike = async () => {
      const [one, other] = await southern();
      expect(other).toBe(one);
      return one;
    };
    const open = await alike();
    await answerOne(stack, both[0]?.check, NIL);
    expect(await alike()).toBe(open);
    await answerOne(stack, both[1]?.check, INFORMATION);
    expect(await alike()).toBe(open);
    // The nil is done at once; the other waits for a manager for days.
    for (const { check } of both) await consider(await readCheck(stack, PROBATION, check.id));
    expect(
      await Promise.all(both.map(async ({ check }) => (await readCheck(stack, PROBATION, check.id)).state)),
    ).toEqual(['DONE', 'CONSIDERED']);
    expect(await alike()).toBe(open);
    stack.clock.set(new Date(`${addDays(people.anchor, 1)}T12:00:00Z`));
    expect(await alike()).not.toBe(open);
  });

  test('at high risk, a child with a plan needs a manager’s countersignature, though nothing came back', async () => {
    const check = await askOne(stack, await idOf(stack, PROBATION, next(withPlan)));
    await answerOne(stack, check, NIL);
    const decided = await consider(await readCheck(stack, PROBATION, check.id));
    const considered = await readCheck(stack, PROBATION, check.id);
    expect(considered).toMatchObject({ state: 'CONSIDERED', needsCountersignature: true });
    const entries = await stack.entries(String(decided.headers.get('x-request-id')));
    const released = entries.flatMap((entry) => entry['released'] ?? []) as string[];
    expect(released.filter((each) => each.endsWith('|Childrens.plan'))).not.toEqual([]);
  });

  test('at high risk, whoever decides for a purpose that may not know of plans needs a manager too', async () => {
    const check = await askOne(stack, await idOf(stack, PROBATION, next(withPlan)));
    await answerOne(stack, check, NIL);
    const decided = await consider(await readCheck(stack, PROBATION, check.id), FOR_THE_CHECK);
    expect(decided.body.data.considerCheck).toMatchObject({
      ok: true,
      check: { state: 'CONSIDERED', open: true, needsCountersignature: true },
    });
    const entries = await stack.entries(String(decided.headers.get('x-request-id')));
    const released = entries.flatMap((entry) => entry['released'] ?? []) as string[];
    const [risk, plan] = ['Risk.overall', 'Childrens.plan'].map((field) =>
      released.some((each) => each.endsWith(`|${field}`)),
    );
    expect({ risk, plan }).toEqual({ risk: true, plan: false });
  });

  test('nobody found is no answer: it counts when a manager of the asker accepts it, and then somebody decides', async () => {
    const check = await askOne(stack, await idOf(stack, PROBATION, next(notHigh)));
    await answerOne(stack, check, {
      outcome: 'NO_TRACE',
      searched: [{ system: 'PNC', by: 'NAME_AND_DATE_OF_BIRTH', match: 'NONE' }],
    });
    const back = await readCheck(stack, PROBATION, check.id);
    const accept = (caller: Caller) =>
      act(stack, caller, 'acceptIncomplete', {
        request: back.requests[0].id,
        expectedVersion: back.requests[0].version,
        text: 'The address was searched by hand as well.',
      });
    await stack.sql(`update record.manager set valid_until = '2026-01-01' where practitioner = 'PRM-0001'`);
    expect((await accept(MANAGER)).body.data.acceptIncomplete).toMatchObject({ ok: false, code: 'NOT_THEIR_MANAGER' });
    await stack.sql(`update record.manager set valid_until = null where practitioner = 'PRM-0001'`);
    expect((await accept(MANAGER)).body.data.acceptIncomplete).toMatchObject({
      ok: true,
      check: {
        state: 'RETURNED',
        requests: [{ accepted: { by: 'PRM-0001', text: expect.stringMatching(/by hand/) } }],
      },
    });
    expect((await consider(await readCheck(stack, PROBATION, check.id))).body.data.considerCheck).toMatchObject({
      check: { state: 'DONE' },
    });
  });

  test('risk that cannot be heard is high: a manager must countersign', async () => {
    const check = await askOne(stack, await idOf(stack, PROBATION, next(notHigh)));
    await answerOne(stack, check, INFORMATION);
    const back = await readCheck(stack, PROBATION, check.id);
    stack.recorder.interfere('probation-service', () => 'dead');
    try {
      expect((await consider(back)).body.data.considerCheck).toMatchObject({
        check: { state: 'CONSIDERED', needsCountersignature: true },
      });
    } finally {
      stack.recorder.interfere('probation-service', null);
    }
  });

  test('a children’s authority is told the children by name, and its answer is for the purpose of its check alone', async () => {
    const person = await idOf(stack, PROBATION, next(anybody));
    const asked = { types: ['CHILDRENS_SERVICES'], children: [CHILD] };
    const check = await askOne(stack, person, asked);
    const [request] = (await readCheck(stack, AUTHORITY, check.id)).requests;
    expect(request).toMatchObject({
      responder: 'northmere-children',
      told: { children: [CHILD], childrenBelievedPresent: false, adults: [{ relationship: 'Partner' }] },
    });
    const plan = {
      outcome: 'INFORMATION',
      searched: [{ system: 'CASE_RECORDS', by: 'NAME_AND_DATE_OF_BIRTH', match: 'CONFIRMED' }],
      findings: [{ code: 'CHILD_PROTECTION_PLAN', on: null, about: 'CHILD' }],
    };
    await answerOne(stack, check, plan, AUTHORITY);
    expect((await readCheck(stack, PROBATION, check.id)).requests[0].answer).toMatchObject(plan);
    expect(await readCheck(stack, { ...PROBATION, purpose: 'DA_CHECK' }, check.id)).toMatchObject({ requests: null });
    // A force that is not asked knows of it no more than that it is open.
    expect(await readCheck(stack, FORCE, check.id)).toMatchObject({ open: true, requests: null });
  });
});

describe('asking again', () => {
  test('a new address asks whom it concerns and leaves the others; the same again changes nothing', async () => {
    const person = await idOf(stack, PROBATION, next(anybody));
    const first = await askOne(stack, person);
    await answerOne(stack, first);
    const same = await askOne(stack, person);
    expect(same).toMatchObject({ id: first.id, state: 'RETURNED', requests: [{ id: first.requests[0].id }] });
    const wider = await askOne(stack, person, { addresses: [HOME, SOUTH] });
    expect(wider).toMatchObject({ id: first.id, state: 'ASKED' });
    expect(wider.requests.map(({ responder, state }: Record<string, string>) => `${responder} ${state}`)).toEqual([
      'northmere-police RETURNED',
      'southdale-police REQUESTED',
    ]);
    expect(wider.requests[1].told.addresses).toEqual([SOUTH]);
    // What is open already is nothing that is missing.
    const bulk = await requestChecks(stack, [{ person }]);
    const [{ checks }] = bulk.body.data.requestChecks.results;
    expect(checks.map(({ type, version }: Record<string, unknown>) => [type, version])).toEqual([
      ['DOMESTIC_ABUSE', wider.version],
      ['CHILDRENS_SERVICES', 1],
    ]);
  });

  test('a recalled answer is gone, and its request open again', async () => {
    const check = await askOne(stack, await idOf(stack, PROBATION, next(anybody)));
    await answerOne(stack, check, INFORMATION);
    const [request] = (await readCheck(stack, FORCE, check.id)).requests;
    const recalled = await act(stack, FORCE, 'recallAnswer', {
      request: request.id,
      expectedVersion: request.version,
      text: 'It was about another address.',
    });
    expect(recalled.body.data.recallAnswer).toMatchObject({ ok: true });
    expect(await readCheck(stack, PROBATION, check.id)).toMatchObject({
      state: 'ASKED',
      requests: [{ state: 'REQUESTED', answer: null, closed: 'RECALLED', returnedAt: null, validUntil: null }],
    });
  });

  test('a request that is withdrawn can be answered no more, and its desk reads it no more', async () => {
    const check = await askOne(stack, await idOf(stack, PROBATION, next(anybody)));
    const [request] = check.requests;
    const on = { request: request.id, expectedVersion: 1 };
    const text = 'The address fell through.';
    expect((await act(stack, PROBATION, 'withdrawRequest', { ...on, text })).body.data.withdrawRequest).toMatchObject({
      ok: true,
      check: { state: 'WITHDRAWN', open: false, requests: [{ state: 'WITHDRAWN' }] },
    });
    const late = await act(stack, FORCE, 'answerRequest', { ...on, expectedVersion: 2, ...NIL });
    expect(late.body.data.answerRequest).toMatchObject({ ok: false, code: 'NOT_NOW', allowedNow: [] });
    // Whoever was named in it is the desk's business no more.
    expect((await readCheck(stack, FORCE, check.id)).requests).toMatchObject([
      { state: 'WITHDRAWN', told: null, closed: 'NOT_SHARED' },
    ]);
  });

  test('records that became one hold it for a person to decide, and nothing is answered until then', async () => {
    const check = await askOne(stack, await idOf(stack, PROBATION, next(anybody)));
    await stack.sql(`update record.check set moved = 'PERSON_MERGED' where id = $1`, [check.id]);
    await stack.sweep();
    const held = await readCheck(stack, PROBATION, check.id);
    expect(held).toMatchObject({ state: 'HELD', held: 'PERSON_MERGED', open: true, allowedNow: ['resumeCheck'] });
    const again = await requestChecks(stack, [
      { person: held.person.id, types: ['DOMESTIC_ABUSE'], addresses: [HOME] },
    ]);
    expect(again.body.data.requestChecks.results).toMatchObject([
      { ok: false, code: 'NOT_NOW', checks: [{ state: 'HELD' }] },
    ]);
    const resume = (goesOn: boolean, expectedVersion: number) =>
      act(stack, PROBATION, 'resumeCheck', {
        check: check.id,
        expectedVersion,
        goesOn,
        text: 'It is the same person.',
      });
    expect((await resume(true, held.version)).body.data.resumeCheck).toMatchObject({
      ok: true,
      check: { state: 'ASKED', held: null, requests: [{ id: check.requests[0].id, state: 'REQUESTED' }] },
    });
    expect((await resume(false, held.version + 1)).body.data.resumeCheck).toMatchObject({ ok: false, code: 'NOT_NOW' });
  });
});

describe('asking for a whole list', () => {
  test('reads what is missing in one call to each holder, and asks every force and authority concerned', async () => {
    const some = [next(anybody), next(anybody)];
    const ids = await Promise.all(some.map((subject) => idOf(stack, PROBATION, subject)));
    const answer = await requestChecks(
      stack,
      ids.map((person) => ({ person })),
    );
    const { ok, results } = answer.body.data.requestChecks;
    expect([ok, results.map(({ person }: { person: string }) => person)]).toEqual([true, ids]);
    const calls = wireOf(stack, answer);
    expect(calls.map(({ holder }) => holder).sort()).toEqual([
      'hmpps-prisons',
      'northmere-housing',
      'southdale-housing',
    ]);
    const prison = calls.find(({ holder }) => holder === 'hmpps-prisons');
    expect(prison?.representations).toHaveLength(2);
    expect(askedFor(prison as NonNullable<typeof prison>)).toEqual([
      'custody.asOf',
      'custody.releaseDate',
      'identity.asOf',
      'identity.dateOfBirth',
      'identity.name',
    ]);
    for (const [index, { code, checks }] of results.entries()) {
      expect(code).toBeNull();
      expect(checks.map(({ type }: { type: string }) => type)).toEqual(['DOMESTIC_ABUSE', 'CHILDRENS_SERVICES']);
      const { name, dateOfBirth } = some[index]?.held('hmpps-prisons', 'identity', new Date()) ?? {};
      for (const { requests } of checks) expect(requests[0].told).toMatchObject({ name, dateOfBirth });
      expect(checks[1].requests[0].told).toMatchObject({ children: [], childrenBelievedPresent: true });
    }
  });

  test('asks nobody of a check until a border is decided, and nobody where nobody is known', async () => {
    const person = await idOf(stack, PROBATION, next(anybody));
    const border = { ...HOME, postcode: 'QB1 1AA' };
    const ask = async (more: object) => {
      const { body } = await requestChecks(stack, [
        { person, types: ['DOMESTIC_ABUSE'], addresses: [HOME, border], ...more },
      ]);
      return body.data.requestChecks.results[0];
    };
    expect(await ask({})).toMatchObject({
      ok: false,
      code: 'CHOOSE_RESPONDER',
      allowedNow: ['requestChecks'],
      checks: [],
      choices: [{ type: 'DOMESTIC_ABUSE', district: 'QB1', responders: ['northmere-police', 'southdale-police'] }],
    });
    expect(await ask({ addresses: [{ ...HOME, postcode: 'ZZ9 9ZZ' }] })).toMatchObject({
      code: 'NO_RESPONDER',
      checks: [],
    });
    const chosen = await ask({ responders: ['southdale-police'] });
    expect(chosen).toMatchObject({ ok: true, choices: [] });
    expect(
      chosen.checks[0].requests.map(
        ({ responder, told }: { responder: string; told: { addresses: { postcode: string }[] } }) => [
          responder,
          told.addresses.map(({ postcode }) => postcode),
        ],
      ),
    ).toEqual([
      ['northmere-police', ['QN1 4AB']],
      ['southdale-police', ['QB1 1AA']],
    ]);
  });

  test('AUDIT-03 a border that is read off somebody’s address is in the log, and is not kept', async () => {
    const HOUSING = ['northmere-housing', 'southdale-housing'];
    const person = await idOf(stack, PROBATION, next(anybody));
    for (const holder of HOUSING) {
      stack.recorder.interfere(holder, (_, { status, body }) => ({
        status,
        body: body.replace(/"postcode":"[^"]*"/g, '"postcode":"QB1 1AA"'),
      }));
    }
    try {
      const ask = () => requestChecks(stack, [{ person, types: ['DOMESTIC_ABUSE'] }], { key: 'a-key-at-a-border' });
      const [once, again] = [await ask(), await ask()];
      const [result] = once.body.data.requestChecks.results;
      expect(result).toMatchObject({ code: 'CHOOSE_RESPONDER', choices: [{ district: 'QB1' }] });
      expect(again.body.data.requestChecks.results).toEqual([result]);
      for (const { headers } of [once, again]) {
        const [, disclosure] = await stack.entries(String(headers.get('x-request-id')));
        const told = (disclosure as { released: string[] }).released.map((field) => field.split('|')[1]);
        expect(new Set(told)).toEqual(new Set(['AccommodationAddress.postcode']));
      }
      const kept = await stack.sql<{ kept: string }>(
        `select c::text as kept from record.check_command as c where idempotency_key = 'a-key-at-a-border'`,
      );
      expect(kept.map((row) => row.kept.includes('QB1'))).toEqual([false]);
    } finally {
      for (const holder of HOUSING) stack.recorder.interfere(holder, null);
    }
  });

  test('SHARE-05 an address that may not be known is told from none', async () => {
    const [objects] = subjects(people, 'objection').filter(
      (subject) => subject.held('northmere-housing', 'accommodation', new Date())?.['address'],
    ) as [Subject];
    const { body } = await requestChecks(stack, [{ person: await idOf(stack, PROBATION, objects) }]);
    expect(body.data.requestChecks.results).toMatchObject([{ ok: false, code: 'NOT_KNOWN', checks: [] }]);
  });

  test('where one of two who may hold an address cannot be heard, nobody is asked about half of it', async () => {
    const person = await idOf(stack, PROBATION, next(anybody));
    stack.recorder.interfere('northmere-housing', () => 'dead');
    try {
      const { body } = await requestChecks(stack, [{ person }]);
      expect(body.data.requestChecks.results).toMatchObject([{ ok: false, code: 'NOT_KNOWN', checks: [] }]);
    } finally {
      stack.recorder.interfere('northmere-housing', null);
    }
  });

  test('who is not in prison has no day of release, and who has no name is not asked about', async () => {
    const person = await idOf(stack, PROBATION, next(anybody));
    const ask = async (change: (body: string) => string) => {
      stack.recorder.interfere('hmpps-prisons', (_, { status, body }) => ({ status, body: change(body) }));
      const { body } = await requestChecks(stack, [{ person, types: ['DOMESTIC_ABUSE'], addresses: [HOME] }]);
      stack.recorder.interfere('hmpps-prisons', null);
      return body.data.requestChecks.results[0];
    };
    expect(await ask((body) => body.replace(/"name":"[^"]*"/g, '"name":" "'))).toMatchObject({ code: 'NOT_KNOWN' });
    const released = await ask((body) => body.replace(/"custody":\{[^}]*\}/g, '"custody":null'));
    expect(released).toMatchObject({ ok: true, checks: [{ release: null }] });
  });

  test('with nothing said but the day of release, that becomes the day of the check; one that is held is not ok', async () => {
    const check = await askOne(stack, await idOf(stack, PROBATION, next(anybody)), { release: '2029-01-01' });
    await answerOne(stack, check);
    const [row] = await stack.sql<{ id: string }>(
      'select o.id from record.check as c join record.opaque_id as o using (person) where c.id = $1 and o.partner = c.partner',
      [check.id],
    );
    const again = async (more: object) => {
      const caller = { ...PROBATION, purpose: 'DA_CHECK' };
      const { body } = await requestChecks(stack, [{ person: row?.id, ...more }], { caller });
      return body.data.requestChecks.results[0];
    };
    expect(await again({ release: '2026-12-24' })).toMatchObject({
      ok: true,
      checks: [{ state: 'RETURNED', release: '2026-12-24', requests: [{ state: 'RETURNED' }] }],
    });
    await stack.sql(`update record.check set moved = 'PERSON_MERGED' where id = $1`, [check.id]);
    await stack.sweep();
    expect(await again({})).toMatchObject({ ok: false, code: 'NOT_NOW', checks: [{ state: 'HELD' }] });
  });

  test('a holder that cannot be heard leaves its people unasked, and is said', async () => {
    const person = await idOf(stack, PROBATION, next(anybody));
    stack.recorder.interfere('hmpps-prisons', () => 'dead');
    try {
      const { body } = await requestChecks(stack, [{ person, addresses: [HOME] }]);
      expect(body.data.requestChecks.results).toMatchObject([{ ok: false, code: 'NOT_KNOWN', checks: [] }]);
      expect(body.extensions.unavailable).toEqual([
        { section: null, holder: 'hmpps-prisons', paths: [['requestChecks']] },
      ]);
    } finally {
      stack.recorder.interfere('hmpps-prisons', null);
    }
  });
});

describe('work lists', () => {
  const list = async (caller: Caller, args: string) => {
    const { body } = await stack.ask(
      `{ checks(${args}) { totalCount edges { cursor node { id type open state } } pageInfo { hasNextPage endCursor } } }`,
      caller,
    );
    return body.data.checks;
  };
  const idsOf = (page: { edges: { node: { id: string } }[] }) => page.edges.map(({ node }) => node.id);

  test('count exactly for those who ask and who answer, and are paged without a repeat', async () => {
    // What a system answers is answered: nothing moves while the pages are turned.
    await stack.sweep();
    for (const [caller, args] of [
      [PROBATION, 'list: MINE'],
      [FORCE, 'list: AWAITING_MY_ANSWER'],
    ] as const) {
      const whole = await list(caller, `${args}, first: 100`);
      const all = idsOf(whole);
      expect(all.length).toBeGreaterThan(2);
      expect(whole.totalCount).toBe(all.length);
      const paged: string[] = [];
      for (let after = ''; ; ) {
        const page = await list(caller, `${args}, first: 2${after}`);
        expect(page.totalCount).toBe(all.length);
        paged.push(...idsOf(page));
        if (!page.pageInfo.hasNextPage) break;
        after = `, after: "${page.pageInfo.endCursor}"`;
      }
      expect(paged).toEqual(all);
    }
    const { edges } = await list(PROBATION, 'list: MINE, first: 1');
    const stolen = await stack.ask(`{ checks(list: MINE, after: "${edges[0].cursor}") { totalCount } }`, {
      ...PROBATION,
      practitioner: 'PRO-0002',
    });
    expect(stolen.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });

  test('OVERDUE has what is late, soonest first, for whoever waits and for whoever must answer', async () => {
    expect(await list(PROBATION, 'list: OVERDUE')).toMatchObject({ totalCount: 0, edges: [] });
    const waiting = idsOf(await list(FORCE, 'list: AWAITING_MY_ANSWER, first: 100'));
    const [soonest] = await stack.sql<{ at: Date }>(
      `select max(breach_at) as at from record.check_request where responder = 'northmere-police' and waiting_at is not null`,
    );
    stack.clock.set(new Date((soonest?.at.getTime() ?? 0) + 60_000));
    const late = await list(FORCE, 'list: OVERDUE, first: 100');
    expect([late.totalCount, idsOf(late).toSorted()]).toEqual([waiting.length, waiting.toSorted()]);
    expect((await list(PROBATION, 'list: OVERDUE')).totalCount).toBeGreaterThanOrEqual(waiting.length);
  });

  test('others have open or closed of one person or of theirs, uncounted, and no queue', async () => {
    const page = await list(PRISON, 'list: MINE, first: 100');
    expect(page.totalCount).toBeNull();
    for (const { node } of page.edges) expect(node).toMatchObject({ open: true, state: null });
    expect(await list(PRISON, 'list: OVERDUE')).toMatchObject({ totalCount: null, edges: [] });
    expect(await list(PRISON, 'list: AWAITING_MY_ANSWER')).toMatchObject({ totalCount: null, edges: [] });
  });

  test('one person’s checks are theirs, the closed ones too; of somebody who may not be shown, null', async () => {
    const person = await idOf(stack, PROBATION, next(notHigh));
    const check = await askOne(stack, person);
    await answerOne(stack, check);
    await consider(await readCheck(stack, PROBATION, check.id));
    const own = await list(PROBATION, `list: OF_PERSON, person: "${person}"`);
    expect(own).toMatchObject({ totalCount: 1, edges: [{ node: { id: check.id, state: 'DONE' } }] });
    expect(await list(PROBATION, `list: MINE, person: "${person}"`)).toMatchObject({ totalCount: 0 });
    const stranger = await stack.ask(
      `{ checks(list: OF_PERSON, person: "${person.replace(/^./, '_')}") { totalCount } }`,
      PROBATION,
    );
    expect([stranger.body.data, stranger.body.extensions.nothingToShow[0].path]).toEqual([
      { checks: null },
      ['checks'],
    ]);
  });
});
