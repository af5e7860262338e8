import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/record/day.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, MANAGER, opens, POLICE, PROBATION } from './callers.ts';
import { PURPOSES, partnersOf, ROLES, roleOf } from './oracle/policy.ts';
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

afterAll(() => stack.close());

const day = (offset: number) => addDays(people.anchor, offset);

const relate = (subject: Subject, values: Record<string, string | boolean | null>) => {
  const row = {
    person: subject.uuid,
    asserted_by: 'a-feed',
    evidence: 'E-1',
    held_by_team: false,
    valid_from: day(-10),
    valid_until: null,
    ...values,
  };
  const names = Object.keys(row);
  return stack.sql(
    `insert into record.relationship (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(row),
  );
};
const unrelate = (subject: Subject, partner: string) =>
  stack.sql('delete from record.relationship where person = $1 and partner = $2', [subject.uuid, partner]);

describe('SHARE-10 no purpose opens a record without a relationship', () => {
  const callers = ROLES.filter(({ lookups }) => lookups.length > 0).flatMap((role) =>
    partnersOf(role).map((partner) => ({ persona: role.role, partner })),
  );

  test.concurrent.each(callers)(
    'SHARE-10 AUDIT-02 $persona at $partner tries every purpose, one after another',
    async (caller) => {
      const [stranger] = subjects(people, 'unrelated') as [Subject];
      const role = roleOf(caller.persona);
      for (const purpose of PURPOSES) {
        const answer = await askAs(stack, { ...caller, purpose }, stranger, EVERYTHING);
        const entries = await stack.entries(answer.body.extensions.requestId);
        expect(wireOf(stack, answer)).toEqual([]);
        if (purpose in role.purposes) {
          expect([answer.status, answer.body.data]).toEqual([200, { person: null }]);
          expect(entries).toMatchObject([
            { kind: 'request', purpose, actor: { role: role.role, partner: caller.partner } },
            { kind: 'refusal', purpose, outcome: 'nothing-to-show', released: [], withheld: [] },
          ]);
          expect(entries[1]?.['reasons']).toContainEqual(
            expect.objectContaining({ gate: 'relationship', outcome: 'refuse' }),
          );
        } else {
          expect([answer.status, answer.body.data]).toEqual([403, undefined]);
          expect(entries).toMatchObject([{ kind: 'refusal', purpose, outcome: 'PURPOSE_NOT_ALLOWED', status: 403 }]);
        }
      }
    },
  );

  test('SHARE-10 a colleague of the one who has the person has nothing', async () => {
    const subject = take();
    expect(await opens(stack, PROBATION, subject)).toBe(true);
    for (const practitioner of ['PRO-0002', 'PRO-0009'])
      expect(await opens(stack, { ...PROBATION, practitioner }, subject)).toBe(false);
  });

  test('SHARE-10 a relationship opens only the purposes that it carries', async () => {
    const subject = take();
    await unrelate(subject, 'northmere-police');
    await relate(subject, { partner: 'northmere-police', type: 'OPEN_CHECK', held_by: 'NPO-0001' });
    expect(await opens(stack, POLICE, subject)).toBe(false);
    expect(await opens(stack, { ...POLICE, purpose: 'DA_CHECK' }, subject)).toBe(true);
    await relate(subject, { partner: 'northmere-police', type: 'MAPPA_MANAGEMENT', held_by: 'NPO-0001' });
    expect(await opens(stack, POLICE, subject)).toBe(true);
  });

  test('SHARE-10 a relationship that the caller asserted, for a team of theirs, opens nothing', async () => {
    const subject = take();
    await unrelate(subject, 'probation-service');
    const held = { partner: 'probation-service', type: 'TEAM_OVERSIGHT', held_by: 'PDU-0001', held_by_team: true };
    await relate(subject, { ...held, asserted_by: 'PRM-0001' });
    expect(await opens(stack, MANAGER, subject)).toBe(false);
    // As accounts are written elsewhere.
    await relate(subject, { ...held, asserted_by: 'probation-service/PRM-0001', valid_from: day(-6) });
    expect(await opens(stack, MANAGER, subject)).toBe(false);
    await relate(subject, { ...held, asserted_by: 'PRM-0002', valid_from: day(-5) });
    expect(await opens(stack, MANAGER, subject)).toBe(true);
  });

  test('SHARE-10 the store takes no relationship that a practitioner asserts for themselves', async () => {
    const own = {
      partner: 'probation-service',
      type: 'SUPERVISION_ALLOCATION',
      held_by: 'PRO-0009',
      asserted_by: 'PRO-0009',
    };
    await expect(relate(take(), own)).rejects.toThrow('asserted_by_somebody_else');
  });

  test('SHARE-10 a relationship of one partner is nothing to another’s practitioners', async () => {
    const subject = take();
    const southdale = { ...POLICE, partner: 'southdale-police' };
    expect([await opens(stack, POLICE, subject), await opens(stack, southdale, subject)]).toEqual([true, true]);
    await unrelate(subject, 'southdale-police');
    // The right practitioner id, the right purpose, the other force's relationship.
    await relate(subject, { partner: 'northmere-police', type: 'MAPPA_MANAGEMENT', held_by: 'SPO-0001' });
    expect([await opens(stack, POLICE, subject), await opens(stack, southdale, subject)]).toEqual([true, false]);
  });
});

describe('SHARE-10 teams and duty', () => {
  test('SHARE-10 a team’s member has the team’s people for as long as they are a member', async () => {
    const subject = take();
    expect(await opens(stack, MANAGER, subject)).toBe(true);
    expect(await opens(stack, { ...MANAGER, practitioner: 'PRM-0003' }, subject)).toBe(false);
    const until = (practitioner: string, last: string | null) =>
      stack.sql('update record.team_member set valid_until = $2 where practitioner = $1', [practitioner, last]);
    await until('PRM-0001', day(-1));
    expect(await opens(stack, MANAGER, subject)).toBe(false);
    await until('PRM-0001', day(0));
    expect(await opens(stack, MANAGER, subject)).toBe(true);
    await until('PRM-0001', null);
  });

  test('SHARE-10 whoever is on duty for a team has its people that day, and nobody of the same name elsewhere', async () => {
    const subject = take();
    const cover = { ...MANAGER, practitioner: 'PRM-0004' };
    expect(await opens(stack, cover, subject)).toBe(false);
    const rota = (partner: string, from: number, until: number) =>
      stack.sql(
        `insert into record.duty (partner, practitioner, team, valid_from, valid_until) values ($1, 'PRM-0004', 'PDU-0001', $2, $3)`,
        [partner, day(from), day(until)],
      );
    await rota('hmpps-prisons', 0, 0);
    await rota('probation-service', -3, -1);
    await rota('probation-service', 1, 3);
    expect(await opens(stack, cover, subject)).toBe(false);
    await rota('probation-service', 0, 0);
    expect(await opens(stack, cover, subject)).toBe(true);
    await stack.sql(`delete from record.duty where practitioner = 'PRM-0004' and team = 'PDU-0001'`);
    expect(await opens(stack, cover, subject)).toBe(false);
  });

  test('SHARE-10 a practitioner who bears a team’s name is not the team', async () => {
    const subject = take();
    await unrelate(subject, 'probation-service');
    await relate(subject, {
      partner: 'probation-service',
      type: 'TEAM_OVERSIGHT',
      held_by: 'PDU-0001',
      held_by_team: false,
    });
    await relate(subject, {
      partner: 'probation-service',
      type: 'SUPERVISION_ALLOCATION',
      held_by: 'PRO-0001',
      held_by_team: true,
    });
    expect([await opens(stack, MANAGER, subject), await opens(stack, PROBATION, subject)]).toEqual([false, false]);
  });
});
