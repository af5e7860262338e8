import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/record/day.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, type Caller, MANAGER, opens, POLICE, PRISON, PROBATION } from './callers.ts';
import { EVERYTHING } from './oracle/record.ts';
import { type Subject, subjects } from './oracle/subject.ts';
import { wireOf } from './oracle/wire.ts';

const people = population();
/** One for each test that changes something about a person. */
const fresh = [...subjects(people, 'allowed'), ...subjects(people, 'bothForces')];
function take(): Subject {
  const subject = fresh.pop();
  if (!subject) throw new Error('there are more tests than people');
  return subject;
}
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterEach(() => stack.clock.set(new Date()));

afterAll(() => stack.close());

const day = (offset: number) => addDays(people.anchor, offset);

describe('SHARE-07 an ended relationship', () => {
  test('SHARE-07 closes the record on the next request, by number and by an id given before', async () => {
    const subject = take();
    const { body } = await askAs(stack, PROBATION, subject, 'id');
    const byId = () => stack.ask(`{ person(id: "${body.data.person.id}") { id } }`, PROBATION);
    expect((await byId()).body.data.person.id).toBe(body.data.person.id);
    const end = (until: string) =>
      stack.sql(`update record.relationship set valid_until = $2 where person = $1 and partner = 'probation-service'`, [
        subject.uuid,
        until,
      ]);
    await end(day(0));
    expect(await opens(stack, PROBATION, subject)).toBe(true);
    await end(day(-1));
    expect(await opens(stack, PROBATION, subject)).toBe(false);
    expect((await byId()).body.data.person).toBeNull();
    await end(day(1));
    expect(await opens(stack, PROBATION, subject)).toBe(true);
  });

  test('SHARE-07 an allocation in custody carries for seven more days, and not for eight', async () => {
    const subject = take();
    const end = (until: string) =>
      stack.sql(`update record.relationship set valid_until = $2 where person = $1 and partner = 'hmpps-prisons'`, [
        subject.uuid,
        until,
      ]);
    await end(day(-7));
    expect(await opens(stack, PRISON, subject)).toBe(true);
    await end(day(-8));
    expect(await opens(stack, PRISON, subject)).toBe(false);
  });

  test('SHARE-07 one that has not begun opens nothing yet', async () => {
    const subject = take();
    const begin = (from: string) =>
      stack.sql(
        `update record.relationship set valid_from = $2 where person = $1 and partner = 'probation-service' and type = 'SUPERVISION_ALLOCATION'`,
        [subject.uuid, from],
      );
    await begin(day(1));
    expect(await opens(stack, PROBATION, subject)).toBe(false);
    await begin(day(0));
    expect(await opens(stack, PROBATION, subject)).toBe(true);
  });

  test('SHARE-07 the day ends at midnight in London, summer time included', async () => {
    const subject = take();
    await stack.sql(
      `update record.relationship set valid_until = '2027-06-30' where person = $1 and partner = 'probation-service'`,
      [subject.uuid],
    );
    stack.clock.set(new Date('2027-06-30T22:58:00Z'));
    expect(await opens(stack, PROBATION, subject)).toBe(true);
    stack.clock.set(new Date('2027-06-30T23:01:00Z'));
    expect(await opens(stack, PROBATION, subject)).toBe(false);
  });
});

describe('SHARE-07 a withdrawn permission', () => {
  test('SHARE-07 closes what waited for it on the next request, and does not show', async () => {
    const subject = take();
    const before = await askAs(
      stack,
      PROBATION,
      subject,
      'treatment { engaged } health { appointments riskToLife } sections { section status }',
    );
    expect(before.body.data.person.treatment).toHaveLength(2);
    await stack.sql(
      `update record.permission set valid_until = $2 where person = $1 and type in ('CONFIDENTIALITY', 'TREATMENT_CONDITION')`,
      [subject.uuid, day(-1)],
    );
    const after = await askAs(
      stack,
      PROBATION,
      subject,
      'treatment { engaged } health { appointments riskToLife } sections { section status }',
    );
    expect(after.body.data.person).toEqual({
      treatment: null,
      health: { appointments: null, riskToLife: expect.any(Boolean) },
      sections: [
        { section: 'treatment', status: 'NOT_AVAILABLE' },
        { section: 'health', status: 'AVAILABLE' },
      ],
    });
    expect(Object.keys(after.body.extensions)).toEqual(['requestId']);
    expect(wireOf(stack, after).map(({ holder, query }) => [holder, /appointments|engaged/.test(query)])).toEqual([
      ['health-service', false],
    ]);
  });

  test('SHARE-07 a permission for one kind of recipient, or one holder, is none for another', async () => {
    const subject = take();
    await stack.sql(`delete from record.permission where person = $1`, [subject.uuid]);
    const grant = (type: string, holder: string, recipient: string) =>
      stack.sql(
        `insert into record.permission (person, type, holder, recipient_type, valid_from) values ($1, $2, $3, $4, $5)`,
        [subject.uuid, type, holder, recipient, day(-1)],
      );
    const treatment = async (caller: Caller) => {
      const { body } = await askAs(stack, caller, subject, 'treatment { holder }');
      return body.data.person.treatment?.map(({ holder }: { holder: string }) => holder) ?? null;
    };
    await grant('CONFIDENTIALITY', '*', 'prison-service');
    expect([await treatment(PRISON), await treatment(PROBATION)]).toEqual([
      ['northmere-treatment', 'southdale-treatment'],
      null,
    ]);
    await grant('CONFIDENTIALITY', 'southdale-treatment', 'probation-service');
    expect(await treatment(PROBATION)).toEqual(['southdale-treatment']);
    await grant('AGREEMENT_TO_REFER', '*', '*');
    expect(await treatment(PROBATION)).toEqual(['southdale-treatment']);
  });
});

describe('SHARE-06 a restriction', () => {
  const restrict = (
    subject: Subject,
    type: string,
    accounts: readonly string[],
    until: string | null = null,
    owner = 'probation-service',
  ) =>
    stack.sql(
      `insert into record.restriction (person, type, owner, accounts, valid_from, valid_until, reference)
       values ($1, $2, $3, $4, $5, $6, 'R-of-the-tests')
       on conflict (person, type, owner, valid_from) do update set accounts = excluded.accounts, valid_until = excluded.valid_until`,
      [subject.uuid, type, owner, accounts, day(-1), until],
    );

  test('SHARE-06 SHARE-07 closes the record on the next request, to everybody who is not named', async () => {
    const subject = take();
    const callers = [PROBATION, MANAGER, PRISON, POLICE];
    const each = async () => Promise.all(callers.map((caller) => opens(stack, caller, subject)));
    expect(await each()).toEqual([true, true, true, true]);
    await restrict(subject, 'RESTRICTION', ['probation-service/PRM-0001']);
    expect(await each()).toEqual([false, true, false, false]);
    await restrict(subject, 'RESTRICTION', []);
    expect(await each()).toEqual([false, false, false, false]);
    await restrict(subject, 'RESTRICTION', [], day(-1));
    expect(await each()).toEqual([true, true, true, true]);
  });

  test('SHARE-06 an exclusion closes it to those named', async () => {
    const subject = take();
    await restrict(subject, 'EXCLUSION', ['probation-service/PRO-0001', 'northmere-police/NPO-0001']);
    expect([
      await opens(stack, PROBATION, subject),
      await opens(stack, MANAGER, subject),
      await opens(stack, POLICE, subject),
    ]).toEqual([false, true, false]);
  });

  test('SHARE-06 of several, every one must let the caller through', async () => {
    const subject = take();
    await restrict(subject, 'RESTRICTION', ['probation-service/PRO-0001', 'probation-service/PRM-0001']);
    await restrict(subject, 'RESTRICTION', ['probation-service/PRM-0001'], null, 'northmere-police');
    expect([await opens(stack, PROBATION, subject), await opens(stack, MANAGER, subject)]).toEqual([false, true]);
    await restrict(subject, 'EXCLUSION', ['probation-service/PRM-0001']);
    expect(await opens(stack, MANAGER, subject)).toBe(false);
  });
});

describe('SHARE-07 an expired agreement', () => {
  test('SHARE-07 shows on its last day, and from the next is asked for by nobody', async () => {
    const subject = take();
    stack.clock.set(new Date('2028-12-31T23:58:00Z'));
    const last = await askAs(stack, PROBATION, subject, EVERYTHING);
    expect(last.body.data.person.identity.name).toEqual(expect.any(String));
    expect(wireOf(stack, last)).toHaveLength(12);

    stack.clock.set(new Date('2029-01-01T00:00:01Z'));
    const { body, ...answer } = await askAs(stack, PROBATION, subject, EVERYTHING);
    expect(wireOf(stack, { body, ...answer })).toEqual([]);
    const { id, sections, ...rest } = body.data.person;
    expect(id).toBe(last.body.data.person.id);
    expect(Object.values(rest)).toEqual(Object.values(rest).map(() => null));
    const hidden = ['health', 'treatment'];
    for (const row of sections)
      expect(row).toMatchObject(
        hidden.includes(row.section)
          ? { status: 'NOT_AVAILABLE', reason: null }
          : { status: 'WITHHELD', reason: 'NO_AGREEMENT' },
      );
    expect(sections).toHaveLength(10);
    const named = body.extensions.withheld.map(({ section }: { section: string }) => section);
    expect(hidden.filter((section) => named.includes(section))).toEqual([]);
    expect(body.extensions.withheld).toContainEqual(
      expect.objectContaining({ section: 'identifiers', fields: ['Person.identifiers'], reason: 'NO_AGREEMENT' }),
    );
  });

  test('SHARE-07 one that has not begun gives nothing', async () => {
    stack.clock.set(new Date('2025-12-31T12:00:00Z'));
    const subject = take();
    await stack.sql('update record.relationship set valid_from = $2 where person = $1', [subject.uuid, '2025-01-01']);
    const answer = await askAs(stack, PROBATION, subject, 'identity { name } sections { section status reason }');
    expect(answer.body.data.person).toEqual({
      identity: null,
      sections: [{ section: 'identity', status: 'WITHHELD', reason: 'NO_AGREEMENT' }],
    });
    expect(wireOf(stack, answer)).toEqual([]);
  });
});
