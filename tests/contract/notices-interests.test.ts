import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importFacts } from '../../src/store/facts.ts';
import { sealPerson } from '../../src/store/sealed.ts';
import { type AskOptions, type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { OFFICER, opens, PROBATION, visible } from './callers.ts';
import { type Subject, subjects } from './oracle/subject.ts';

const people = population();
const someone = (trait: Parameters<typeof subjects>[1], index = 0) => subjects(people, trait)[index] as Subject;
const crn = (subject: Subject) => subject.identifiers['CRN'] as string;
const DECLARE = `mutation ($input: DeclareInterestInput!) { declareInterest(input: $input) { ok code allowedNow reference } }`;
const CONFIRM = `mutation ($input: ConfirmInterestInput!) { confirmInterest(input: $input) { ok code allowedNow } }`;
const LIST = `query ($list: InterestList) { declaredInterests(list: $list) {
  reference practitioner kind from until state declaredAt decidedBy decidedAt subject whyNot version } }`;

let stack: Stack;
let keys = 0;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack?.close());

function declare(value: string, more: object = {}, caller: AskOptions = PROBATION): Promise<GraphQLAnswer> {
  keys += 1;
  const input = {
    identifier: { type: 'CRN', value },
    kind: 'DECLARED_INTEREST',
    idempotencyKey: `interest-${keys}`,
    ...more,
  };
  return stack.ask(DECLARE, { ...caller, variables: { input } });
}

async function declared(value: string, more: object = {}): Promise<string> {
  const answer = await declare(value, more);
  expect(answer.body.data.declareInterest, answer.text).toMatchObject({ ok: true, code: null });
  return answer.body.data.declareInterest.reference;
}

async function confirm(caller: AskOptions, reference: string, more: object = {}) {
  const input = { reference, confirmed: true, expectedVersion: 1, ...more };
  return (await stack.ask(CONFIRM, { ...caller, variables: { input } })).body.data.confirmInterest;
}

async function list(caller: AskOptions, which: 'WAITING' | 'ALL' = 'WAITING') {
  return (await stack.ask(LIST, { ...caller, variables: { list: which } })).body.data.declaredInterests;
}

const find = async (caller: AskOptions, reference: string, which: 'WAITING' | 'ALL' = 'WAITING') =>
  (await list(caller, which)).find((each: { reference: string }) => each.reference === reference);

describe('a declared interest', () => {
  test('closes the record to its practitioner at once, and to nobody else', async () => {
    const subject = someone('allowed');
    expect(await opens(stack, PROBATION, subject)).toBe(true);
    const reference = await declared(crn(subject));
    expect(await opens(stack, PROBATION, subject)).toBe(false);
    expect(await find(OFFICER, reference)).toMatchObject({
      ...{ practitioner: 'PRO-0001', kind: 'DECLARED_INTEREST', state: 'WAITING', until: null, whyNot: null },
      subject: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(await confirm(OFFICER, reference)).toEqual({ ok: true, code: null, allowedNow: ['declaredInterests'] });
    expect(await opens(stack, PROBATION, subject)).toBe(false);
    expect(await find(OFFICER, reference)).toBeUndefined();
    expect(await find(OFFICER, reference, 'ALL')).toMatchObject({
      state: 'CONFIRMED',
      decidedBy: 'IGO-0001',
      version: 2,
    });
  });

  test('that the employer says is none opens it again, once, and leaves what a facts file said', async () => {
    const subject = someone('allowed', 1);
    const reference = await declared(crn(subject));
    expect(await opens(stack, PROBATION, subject)).toBe(false);
    expect((await confirm(OFFICER, reference, { expectedVersion: 3 })).code).toBe('VERSION_CONFLICT');
    expect((await confirm(OFFICER, reference, { confirmed: false })).ok).toBe(true);
    expect(await opens(stack, PROBATION, subject)).toBe(true);
    expect((await confirm(OFFICER, reference)).code).toBe('NOT_OPEN');
    const fact = {
      ...{ kind: 'interest', person: subject.uuid, partner: 'probation-service', practitioner: 'PRO-0001' },
      ...{ type: 'DECLARED_INTEREST', from: people.anchor, until: people.anchor },
    };
    const again = await declared(crn(subject));
    // The file ends its own word on that day, and not what was declared on the same.
    await importFacts(stack.ownerUrl, [JSON.stringify(fact)]);
    const kept = () =>
      stack.sql('select source, valid_until::text as until from record.interest where person = $1 order by until', [
        subject.uuid,
      ]);
    expect(await kept()).toEqual([
      { source: 'file', until: people.anchor },
      { source: again, until: null },
    ]);
    await confirm(OFFICER, again, { confirmed: false });
    expect(await kept()).toEqual([{ source: 'file', until: people.anchor }]);
  });

  test('SHARE-04 is answered and recorded the same whomever the number names, and on the list names nobody closed', async () => {
    const restricted = someone('restricted');
    const answers = [];
    for (const value of ['X999999', crn(restricted), crn(someone('unrelated'))]) answers.push(await declare(value));
    const told = answers.map((answer) => {
      const { reference } = answer.body.data.declareInterest;
      const shown = visible(answer);
      return { ...shown, body: shown.body.replaceAll(reference, 'reference') };
    });
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
    const entries = await Promise.all(answers.map(({ body }) => stack.entries(body.extensions.requestId)));
    for (const [request, review, ...others] of entries) {
      expect([request?.['kind'], review?.['kind'], others]).toEqual(['request', 'review', []]);
      expect(review).toMatchObject({ outcome: 'DECLARED_DECLARED_INTEREST', subject: { ref: expect.any(String) } });
      expect(JSON.stringify(review)).not.toMatch(/X999999/);
    }
    const prison = { ...OFFICER, practitioner: 'IGO-0003' };
    const named = await Promise.all(
      answers.map(async ({ body }) => (await find(prison, body.data.declareInterest.reference)).subject),
    );
    expect(named[0]).toBeNull();
    expect(named[2]).not.toBeNull();
  });

  test('is a matter of its practitioner’s own partner, and never of themselves or their own line', async () => {
    const reference = await declared('X999998');
    const elsewhere = { ...OFFICER, partner: 'hmpps-prisons' };
    expect(await find(elsewhere, reference)).toBeUndefined();
    expect((await confirm(elsewhere, reference)).code).toBe('NOT_OPEN');
    await stack.sql(`insert into record.manager (partner, practitioner, team, valid_from)
      values ('probation-service', 'IGO-0001', 'T-INTERESTS', '2026-01-01')`);
    await stack.sql(`insert into record.team_member (partner, practitioner, team, valid_from)
      values ('probation-service', 'PRO-0001', 'T-INTERESTS', '2026-01-01')`);
    expect(await find(OFFICER, reference)).toMatchObject({ whyNot: 'OWN_LINE' });
    expect((await confirm(OFFICER, reference)).code).toBe('OWN_LINE');
    const colleague = { ...OFFICER, practitioner: 'IGO-0002' };
    expect((await confirm(colleague, reference)).ok).toBe(true);
    await stack.sql(`delete from record.manager where team = 'T-INTERESTS'`);
    await stack.sql(`delete from record.team_member where team = 'T-INTERESTS'`);
    const own = await declared('X999997');
    await stack.sql(`update record.declared_interest set practitioner = 'IGO-0002' where id = $1`, [own]);
    expect(await find(colleague, own)).toMatchObject({ whyNot: 'OWN_LINE' });
    expect((await confirm(colleague, own)).code).toBe('OWN_LINE');
  });

  test('again under the same key is the same one, and another is not taken for it', async () => {
    const same = { idempotencyKey: 'interest-once-only' };
    const first = await declare('X999996', same);
    expect((await declare('X999996', same)).body.data).toEqual(first.body.data);
    for (const more of [{ kind: 'OWN_RECORD' }, { until: people.anchor }]) {
      const { body } = await declare('X999996', { ...same, ...more });
      expect(body.data.declareInterest).toMatchObject({ ok: false, code: 'IDEMPOTENCY_KEY_REUSED', reference: null });
    }
    expect((await declare('X999995', same)).body.data.declareInterest.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  test.each([
    ['a number that is none', { identifier: { type: 'CRN', value: 'nobody' } }, 'BAD_IDENTIFIER'],
    ['one of a type that the role has not', { identifier: { type: 'CHILDRENS_CASE', value: 'X' } }, 'BAD_IDENTIFIER'],
    ['a day that has passed', { until: '2020-01-01' }, 'BAD_USER_INPUT'],
    ['no key', { idempotencyKey: 'short' }, 'BAD_USER_INPUT'],
  ])('is refused with %s', async (_, more, code) => {
    expect((await declare('X999994', more)).body.errors[0].extensions.code).toBe(code);
  });

  test('of somebody who is sealed later says no longer whom it is about', async () => {
    const subject = someone('unrelated', 1);
    const reference = await declared(crn(subject));
    await sealPerson(
      stack.ownerUrl,
      { by: 'person', person: subject.uuid },
      { keys: stack.config.auditHmacKeys, issuedByHolder: new Set(['CHILDRENS_CASE', 'HOUSING_APPLICATION']) },
    );
    expect(await find(OFFICER, reference)).toMatchObject({ subject: null });
    expect(await stack.sql('select person, sent from record.declared_interest where id = $1', [reference])).toEqual([
      { person: null, sent: '' },
    ]);
  });

  test('may not be put in force, ended or confirmed by the gateway’s login itself', async () => {
    const rights = await stack.sql<{ privilege_type: string; table_name: string }>(
      `select table_name, privilege_type from information_schema.role_table_grants
       where grantee = 'throughgate_gateway' and table_name in ('interest', 'declared_interest') order by 1, 2`,
    );
    expect(rights.map((each) => `${each.table_name} ${each.privilege_type}`)).toEqual([
      'declared_interest INSERT',
      'declared_interest SELECT',
      'interest SELECT',
    ]);
  });
});
