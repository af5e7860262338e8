import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addDays, daysBetween } from '../../src/record/day.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { type Caller, MANAGER, POLICE } from './callers.ts';
import { askedFor, wireOf } from './oracle/wire.ts';

const people = population();
let stack: Stack;
/** Two people of the manager's whose release is ahead, soonest first. */
let ahead: readonly { readonly id: string; readonly date: string; readonly uuid: string }[];

beforeAll(async () => {
  stack = await startStack();
  const { body } = await stack.ask(
    `{ releases(from: "${day(1)}", to: "${day(366)}", first: 2) { edges { node { id custody { releaseDate } } } } }`,
    MANAGER,
  );
  const known = await stack.sql<{ id: string; person: string }>(
    `select id, person::text from record.opaque_id where partner = 'probation-service'`,
  );
  ahead = body.data.releases.edges.map(({ node }: { node: { id: string; custody: { releaseDate: string } } }) => ({
    id: node.id,
    date: node.custody.releaseDate,
    uuid: known.find(({ id }) => id === node.id)?.person,
  }));
  expect(ahead).toHaveLength(2);
});

afterEach(() => stack.sql(`delete from record.restriction where reference like 'R-of-the-tests%'`));

afterAll(() => stack?.close());

/** Whoever holds nothing but sections that the manager's view may not know of. */
const HIDDEN = ['health-service', 'northmere-treatment', 'southdale-treatment'];

const day = (offset: number) => addDays(people.anchor, offset);

async function restrict(
  index: number,
  accounts: readonly string[],
  desks: readonly string[] = [],
  owner = 'probation-service',
) {
  await stack.sql(
    `insert into record.restriction (person, type, owner, accounts, desks, valid_from, reference)
     values ($1, 'RESTRICTION', $2, $3, $4, '2026-01-01', $5)`,
    [ahead[index]?.uuid, owner, accounts, desks, `R-of-the-tests-${index}`],
  );
}

const LIST = 'query ($days: Int) { needToKnow(withinDays: $days) { person parties { partner relationship } } }';
const ask = (caller: Caller = MANAGER, days: number | null = 366) =>
  stack.ask(LIST, { ...caller, variables: { days } });

test('lists restricted people with a release ahead, and who works with them with nobody on the list', async () => {
  const parties = await stack.sql<{ partner: string; type: string }>(
    `select distinct partner, type from record.relationship where person = $1 and partner <> 'probation-service'
       and partner <> all($3) and valid_from <= $2 and (valid_until is null or valid_until >= $2)`,
    [ahead[0]?.uuid, people.anchor, HIDDEN],
  );
  expect(parties.length).toBeGreaterThan(0);
  const known = parties[0]?.partner;
  await restrict(0, ['probation-service/PRM-0001'], [`${known}/A-DESK`]);
  await restrict(1, ['probation-service/PRO-0009']);

  const answer = await ask();
  const { needToKnow } = answer.body.data;
  expect(needToKnow.map(({ person }: { person: string }) => person)).toEqual(
    parties.some(({ partner }) => partner !== known) ? [ahead[0]?.id] : [],
  );
  const listed = needToKnow.flatMap(({ parties }: { parties: { partner: string; relationship: string }[] }) =>
    parties.map(({ partner, relationship }) => `${partner} ${relationship}`),
  );
  expect(listed.sort()).toEqual(
    parties.flatMap(({ partner, type }) => (partner === known ? [] : [`${partner} ${type}`])).sort(),
  );

  // Of prison, nothing but the date, and only of whoever is open to the caller.
  const calls = wireOf(stack, answer);
  expect(calls.map(({ holder }) => holder)).toEqual(['hmpps-prisons']);
  expect(calls[0]?.representations).toHaveLength(1);
  expect(askedFor(calls[0] as (typeof calls)[number])).toEqual(['custody.asOf', 'custody.releaseDate']);
  const entries = await stack.entries(String(answer.headers.get('x-request-id')));
  expect(entries).toMatchObject([
    { kind: 'request', counts: { subjects: 1, shown: 1 } },
    { kind: 'disclosure', released: ['hmpps-prisons|Custody.releaseDate'] },
  ]);
});

test('has nobody whose release is further ahead, nor anybody else’s restriction', async () => {
  const days = daysBetween(people.anchor, ahead[0]?.date ?? '');
  await restrict(0, ['probation-service/PRM-0001']);
  const length = async (within: number) => (await ask(MANAGER, within)).body.data.needToKnow.length;
  expect(await length(days)).toBe(1);
  if (days > 1) expect(await length(days - 1)).toBe(0);
  await stack.sql(`update record.restriction set owner = 'hmpps-prisons' where reference like 'R-of-the-tests%'`);
  expect(await length(366)).toBe(0);
});

test('is of the days agreed with the owner where none are given, and refuses what makes no sense', async () => {
  expect((await ask(MANAGER, null)).status).toBe(200);
  for (const days of [0, 367]) {
    const { status, body } = await ask(MANAGER, days);
    expect([status, body.errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(body.errors[0].message).toMatch(/from 1 to 366/);
  }
  const { body } = await ask(POLICE);
  expect(body.data).toEqual({ needToKnow: null });
  expect(body.extensions.withheld[0]).toMatchObject({ fields: ['Query.needToKnow'], reason: 'NOT_IN_VIEW' });
});

test('a prison that cannot be heard is said, and no list looks empty for it', async () => {
  await restrict(0, ['probation-service/PRM-0001']);
  stack.recorder.interfere('hmpps-prisons', () => 'dead');
  try {
    const { body } = await ask();
    expect(body.data.needToKnow).toEqual([]);
    expect(body.extensions.unavailable).toEqual([{ section: null, holder: 'hmpps-prisons', paths: [['needToKnow']] }]);
  } finally {
    stack.recorder.interfere('hmpps-prisons', null);
  }
});

test('SHARE-05 a partner whose sections the view may not know of is not named, nor is anybody listed for it alone', async () => {
  await restrict(0, ['probation-service/PRM-0001']);
  const of = async () => {
    const { needToKnow } = (await ask()).body.data;
    return needToKnow.map(({ person, parties }: { person: string; parties: unknown[] }) => [person, parties]);
  };
  const relate = (partner: string, type: string) =>
    stack.sql(
      `insert into record.relationship (person, partner, type, held_by, held_by_team, valid_from, asserted_by, evidence)
       values ($1, $2, $3, 'of-the-tests', false, '2026-01-01', 'tests', 'E-1')`,
      [ahead[0]?.uuid, partner, type],
    );
  await stack.sql(`update record.relationship set valid_until = '2026-01-02' where person = $1 and partner <> $2`, [
    ahead[0]?.uuid,
    'probation-service',
  ]);
  await stack.sql(`update record.restriction set accounts = accounts || '{probation-service/X}' where reference = $1`, [
    'R-of-the-tests-0',
  ]);
  expect(await of()).toEqual([]);
  await relate('northmere-treatment', 'TREATMENT_REFERRAL');
  await relate('health-service', 'CARE_TRANSFER');
  expect(await of()).toEqual([]);
  await relate('harbour-homes', 'PLACEMENT_REFERRAL');
  expect(await of()).toEqual([[ahead[0]?.id, [{ partner: 'harbour-homes', relationship: 'PLACEMENT_REFERRAL' }]]]);
});
