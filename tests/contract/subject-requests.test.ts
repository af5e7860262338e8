import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/record/day.ts';
import { londonDay } from '../../src/record/london.ts';
import { type AskOptions, population, type Stack, startStack } from '../stack/stack.ts';
import { OFFICER, POLICE, PRISON } from './callers.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const KNOWN = subjects(people, 'allowed')[0] as Subject;
const RESTRICTED = subjects(people, 'restrictedListed')[0] as Subject;
const LEAD = { persona: 'ig-lead', partner: 'throughgate-board', purpose: 'SUBJECT_RIGHTS' } as const;
const COLLEAGUE = { ...OFFICER, practitioner: 'IGO-0002' };
const ELSEWHERE = { ...OFFICER, partner: 'hmpps-prisons' };
const RESULT = '{ ok code allowedNow reference dueOn version }';
const OPEN = `mutation ($input: OpenSubjectRequestInput!) { openSubjectRequest(input: $input) ${RESULT} }`;
const EXTEND = `mutation ($input: ExtendSubjectRequestInput!) { extendSubjectRequest(input: $input) ${RESULT} }`;
const CLOSE = `mutation ($input: CloseSubjectRequestInput!) { closeSubjectRequest(input: $input) ${RESULT} }`;
const LIST = `query ($list: SubjectRequestList, $first: Int) { subjectRequests(list: $list, first: $first) {
  reference partner kind subject receivedOn dueOn extended openedBy outcome closedBy closedOn version } }`;

let stack: Stack;
let today: string;
let keys = 0;

beforeAll(async () => {
  stack = await startStack();
  today = londonDay(stack.clock.now());
});

afterAll(() => stack?.close());

const send = (document: string, input: object, caller: AskOptions = OFFICER) =>
  stack.ask(document, { ...caller, variables: { input } });

async function open(value: string, more: object = {}, caller: AskOptions = OFFICER) {
  keys += 1;
  const identifier = { type: caller.partner === 'hmpps-prisons' ? 'PRISON_NUMBER' : 'CRN', value };
  const input = { identifier, kind: 'ACCESS', receivedOn: today, idempotencyKey: `request-${keys}`, ...more };
  return send(OPEN, input, caller);
}

async function opened(value = 'X999999', more: object = {}) {
  const { body } = await open(value, more);
  expect(body.data.openSubjectRequest, JSON.stringify(body)).toMatchObject({ ok: true, code: null });
  return body.data.openSubjectRequest as { reference: string; dueOn: string; version: number };
}

async function listed(caller: AskOptions = OFFICER, list = 'OPEN') {
  const { body } = await stack.ask(LIST, { ...caller, variables: { list } });
  return body.data.subjectRequests as { reference: string; subject: string; [field: string]: unknown }[];
}

const crn = (subject: Subject) => subject.identifiers['CRN'] as string;

describe('a request of somebody about their own information', () => {
  test('is due a calendar month after it came (UK GDPR Article 12(3)), or on the last day of a shorter one', async () => {
    const receivedOn = addDays(today, -20);
    const { reference, dueOn } = await opened('X100001', { receivedOn });
    expect(dueOn > addDays(receivedOn, 27) && dueOn <= addDays(receivedOn, 31)).toBe(true);
    expect((await listed()).find((each) => each.reference === reference)).toMatchObject({
      partner: 'probation-service',
      kind: 'ACCESS',
      receivedOn,
      dueOn,
      extended: null,
      openedBy: 'IGO-0001',
      outcome: null,
      version: 1,
    });
  });

  test('is answered and kept alike for somebody known, somebody restricted and nobody (SHARE-04)', async () => {
    const answers = [];
    for (const value of [crn(KNOWN), crn(RESTRICTED), 'X999998']) answers.push(await open(value));
    const told = answers.map(({ status, body }) => {
      const { reference, ...rest } = body.data.openSubjectRequest;
      return { status, rest };
    });
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    const references = answers.map(({ body }) => body.data.openSubjectRequest.reference);
    const kept = (await listed()).filter(({ reference }) => references.includes(reference));
    expect(kept.map(({ subject }) => subject)).toEqual(kept.map(() => expect.stringMatching(/^[A-Za-z0-9_-]{43}$/)));
    // And the entries: of nobody, for any of the three.
    for (const answer of answers) {
      const entries = await stack.entries(String(answer.headers.get('x-request-id')));
      expect(entries.map(({ kind, subject, outcome }) => [kind, subject ?? null, outcome])).toEqual([
        ['request', null, 'answered'],
        ['review', null, 'OPENED_ACCESS'],
      ]);
    }
  });

  test('is kept without the number', async () => {
    await opened(crn(KNOWN));
    const rows = await stack.sql('select * from record.subject_request');
    expect(JSON.stringify(rows)).not.toContain(crn(KNOWN));
    expect(JSON.stringify(rows)).not.toContain(KNOWN.uuid);
  });

  test('sent again is the same one; another under the same key is refused', async () => {
    const idempotencyKey = 'request-again';
    const first = await opened('X100002', { idempotencyKey });
    expect(await opened('X100002', { idempotencyKey })).toEqual(first);
    const { body } = await open('X100002', { idempotencyKey, kind: 'ERASURE' });
    expect(body.data.openSubjectRequest).toMatchObject({ ok: false, code: 'IDEMPOTENCY_KEY_REUSED', reference: null });
  });

  test.each([
    ['a day to come', () => ({ receivedOn: addDays(today, 1) }), /receivedOn/],
    ['a day of two years ago', () => ({ receivedOn: addDays(today, -730) }), /receivedOn/],
    ['another partner’s number', () => ({ identifier: { type: 'PNC_ID', value: '20/1234567A' } }), /CRN/],
    ['what is no such number', () => ({ identifier: { type: 'CRN', value: 'nonsense' } }), /One looks like/],
    ['a short key', () => ({ idempotencyKey: 'short' }), /idempotencyKey/],
  ])('is refused for %s, saying what would be right', async (_, more, message) => {
    const { status, body } = await open('X999999', more());
    expect([status, body.errors[0].message]).toEqual([400, expect.stringMatching(message)]);
  });

  test('is for those who govern information: practitioners have no such field', async () => {
    for (const caller of [PRISON, POLICE]) {
      expect((await stack.ask(LIST, caller)).body.data.subjectRequests).toBeNull();
    }
  });
});

describe('the register', () => {
  test('is of one partner; the lead reads all, and closes none of another’s', async () => {
    const { reference, version } = await opened();
    const has = async (caller: AskOptions) => (await listed(caller)).some((each) => each.reference === reference);
    expect([await has(COLLEAGUE), await has(ELSEWHERE), await has(LEAD)]).toEqual([true, false, true]);
    for (const caller of [ELSEWHERE, LEAD]) {
      const { body } = await send(CLOSE, { reference, outcome: 'GRANTED', expectedVersion: version }, caller);
      const none = await send(CLOSE, { reference: 'nothing', outcome: 'GRANTED', expectedVersion: 1 }, caller);
      expect(body.data.closeSubjectRequest).toMatchObject({ ok: false, code: 'NOT_OPEN' });
      expect(none.body.data.closeSubjectRequest).toEqual(body.data.closeSubjectRequest);
    }
  });

  test('is ordered by what is due soonest, and holds what was recorded alone', async () => {
    await opened('X100003', { receivedOn: addDays(today, -40) });
    const due = (await listed()).map(({ dueOn }) => String(dueOn));
    expect(due).toEqual(due.toSorted());
    await stack.sql(`insert into record.subject_request
      (id, idempotency_key, partner, kind, subject, received_on, due_on, opened_by)
      values (gen_random_uuid(), 'never-recorded', 'probation-service', 'ACCESS', 'x', '2026-01-01', '2026-02-01', 'IGO-0001')`);
    expect((await listed()).map(({ dueOn }) => dueOn)).not.toContain('2026-02-01');
  });
});

describe('the clock', () => {
  test('is extended once, to three months, with a reason, and only before it has run out', async () => {
    const { reference, dueOn } = await opened('X100004');
    const extend = (expectedVersion: number, of = reference) =>
      send(EXTEND, { reference: of, reason: 'COMPLEX', expectedVersion });
    expect((await extend(7)).body.data.extendSubjectRequest).toMatchObject({ ok: false, code: 'VERSION_CONFLICT' });
    const { body } = await extend(1);
    expect(body.data.extendSubjectRequest).toMatchObject({ ok: true, version: 2 });
    const later = body.data.extendSubjectRequest.dueOn;
    expect(later > addDays(dueOn, 55) && later <= addDays(dueOn, 63)).toBe(true);
    expect((await extend(2)).body.data.extendSubjectRequest).toMatchObject({ ok: false, code: 'ALREADY_EXTENDED' });
    const overdue = await opened('X100005', { receivedOn: addDays(today, -40) });
    expect((await extend(1, overdue.reference)).body.data.extendSubjectRequest).toMatchObject({
      ok: false,
      code: 'TOO_LATE',
    });
  });

  test('stops when somebody closes it, which is an entry; closed again it is told as gone', async () => {
    const { reference } = await opened('X100006');
    const input = { reference, outcome: 'PARTLY_GRANTED', expectedVersion: 1 };
    const answer = await send(CLOSE, input, COLLEAGUE);
    expect(answer.body.data.closeSubjectRequest).toMatchObject({ ok: true, version: 2 });
    const entries = await stack.entries(String(answer.headers.get('x-request-id')));
    expect(entries).toMatchObject([
      { kind: 'request', deed: { field: 'closeSubjectRequest', ok: true, reference } },
      { kind: 'review', outcome: 'CLOSED_PARTLY_GRANTED', reference },
    ]);
    expect((await listed(OFFICER, 'CLOSED')).find((each) => each.reference === reference)).toMatchObject({
      outcome: 'PARTLY_GRANTED',
      closedBy: 'IGO-0002',
      closedOn: today,
    });
    expect((await send(CLOSE, { ...input, expectedVersion: 2 })).body.data.closeSubjectRequest).toMatchObject({
      ok: false,
      code: 'NOT_OPEN',
    });
  });
});
