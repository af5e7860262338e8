import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addDays } from '../../src/record/day.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, MANAGER, opens, PROBATION } from './callers.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
/** PRO-0001 has a relationship with them. PRO-0003 covers. */
const subject = subjects(people, 'allowed')[0] as Subject;
const COLLEAGUE = { ...PROBATION, practitioner: 'PRO-0003' };
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  // One line of the tests' own.
  await stack.sql(`delete from record.manager where partner = 'probation-service'`);
  await stack.sql(`insert into record.manager (partner, practitioner, team, valid_from)
    values ('probation-service', 'PRM-0001', 'T-TESTS', '2026-01-01')`);
  await stack.sql(`insert into record.team_member (partner, practitioner, team, valid_from)
    values ('probation-service', 'PRO-0001', 'T-TESTS', '2026-01-01'), ('probation-service', 'PRO-0003', 'T-TESTS', '2026-01-01')`);
  await stack.sql(`delete from record.relationship where person = $1 and held_by = 'PRO-0003'`, [subject.uuid]);
});

afterEach(async () => {
  stack.clock.set(new Date());
  await stack.sql('delete from record.cover where idempotency_key is not null');
});

afterAll(() => stack?.close());

const COVER = `mutation ($input: RecordCoverInput!) { recordCover(input: $input) { ok code allowedNow reference } }`;
let keys = 0;

const day = (offset: number) => addDays(people.anchor, offset);

function record(more: Readonly<Record<string, unknown>> = {}, caller: typeof PROBATION | typeof MANAGER = MANAGER) {
  keys += 1;
  const input = {
    practitioner: 'PRO-0001',
    coveredBy: 'PRO-0003',
    reason: 'On sick leave until Friday.',
    from: day(0),
    until: day(2),
    idempotencyKey: `cover-${keys}-of-the-tests`,
    ...more,
  };
  return stack.ask(COVER, { ...caller, variables: { input } });
}

test('a cover carries on the next request, to its last day, without break-glass', async () => {
  expect(await opens(stack, COLLEAGUE, subject)).toBe(false);
  const recorded = await record();
  const { ok, reference } = recorded.body.data.recordCover;
  expect([ok, reference]).toEqual([true, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
  const entries = await stack.entries(String(recorded.headers.get('x-request-id')));
  expect(entries).toMatchObject([
    { kind: 'request', outcome: 'answered', deed: { field: 'recordCover', ok: true, code: null, reference } },
  ]);
  expect(JSON.stringify(entries)).not.toMatch(/sick leave/);

  const read = await askAs(stack, COLLEAGUE, subject);
  expect(read.body.data.person.identity.name).not.toBeNull();
  expect(read.body.extensions).not.toHaveProperty('breakGlass');
  const [, disclosure] = await stack.entries(String(read.headers.get('x-request-id')));
  expect(JSON.stringify(disclosure?.['reasons'])).toContain(reference);
  expect(await opens(stack, { ...PROBATION, practitioner: 'PRO-0004' }, subject)).toBe(false);

  stack.clock.set(new Date(`${day(2)}T12:00:00Z`));
  expect(await opens(stack, COLLEAGUE, subject)).toBe(true);
  stack.clock.set(new Date(`${day(3)}T12:00:00Z`));
  expect(await opens(stack, COLLEAGUE, subject)).toBe(false);
});

test('a cover that begins tomorrow opens nothing today', async () => {
  expect((await record({ from: day(1) })).body.data.recordCover.ok).toBe(true);
  expect(await opens(stack, COLLEAGUE, subject)).toBe(false);
  stack.clock.set(new Date(`${day(1)}T12:00:00Z`));
  expect(await opens(stack, COLLEAGUE, subject)).toBe(true);
});

test('SHARE-10 nobody covers by their own word, and only a manager of both may record it', async () => {
  const codes = async (more: Readonly<Record<string, unknown>>) => {
    const { body } = await record(more);
    expect(body.data.recordCover.reference).toBeNull();
    return body.data.recordCover.code;
  };
  expect(await codes({ coveredBy: 'PRM-0001' })).toBe('OWN_COVER');
  expect(await codes({ coveredBy: 'PRO-0005' })).toBe('NOT_THEIR_MANAGER');
  expect(await codes({ practitioner: 'PRO-0005' })).toBe('NOT_THEIR_MANAGER');
  expect(await codes({ coveredBy: 'NOBODY-0001' })).toBe('NOT_THEIR_MANAGER');
  await stack.sql(`update record.manager set valid_until = $1 where team = 'T-TESTS'`, [day(-1)]);
  expect(await codes({})).toBe('NOT_THEIR_MANAGER');
  // Nor who no longer is when it begins: it would carry nothing, and nobody would know before that Friday.
  await stack.sql(`update record.manager set valid_until = $1 where team = 'T-TESTS'`, [day(0)]);
  expect(await codes({ from: day(1) })).toBe('NOT_THEIR_MANAGER');
  await stack.sql(`update record.manager set valid_until = null where team = 'T-TESTS'`);

  const practitioner = await record({}, PROBATION);
  expect(practitioner.body.data).toEqual({ recordCover: null });
  expect(practitioner.body.extensions.withheld[0].fields).toEqual(['Mutation.recordCover']);
  expect(await stack.sql('select from record.cover where idempotency_key is not null')).toEqual([]);
  expect(await opens(stack, COLLEAGUE, subject)).toBe(false);
});

test.each([
  ['more than 31 days', { until: day(31) }, /1 to 31 days/],
  ['an end before its beginning', { from: day(2), until: day(1) }, /1 to 31 days/],
  ['a beginning in the past', { from: day(-1) }, /today or later/],
  ['one practitioner for themselves', { coveredBy: 'PRO-0001' }, /two people/],
  ['somebody who can have no account', { coveredBy: 'PRO\u0000' }, /ids of practitioners/],
  ['no reason', { reason: 'sick' }, /"reason" needs a text of 10 to 500/],
])('a cover of %s is bad input', async (_what, more, message) => {
  const { status, body } = await record(more);
  expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
  expect(body.errors[0].message).toMatch(message);
});

test('31 days are allowed', async () => {
  expect((await record({ until: day(30) })).body.data.recordCover.ok).toBe(true);
});

test('the same key again is the same cover; for another it is refused', async () => {
  const first = await record({ idempotencyKey: 'one-key-for-both' });
  const again = await record({ idempotencyKey: 'one-key-for-both' });
  expect(again.body.data).toEqual(first.body.data);
  const other = await record({ idempotencyKey: 'one-key-for-both', until: day(9) });
  expect(other.body.data.recordCover).toEqual({
    ok: false,
    code: 'IDEMPOTENCY_KEY_REUSED',
    allowedNow: ['recordCover'],
    reference: null,
  });
});
