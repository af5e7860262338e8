import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fact } from '../../src/record/fact-file.ts';
import type { Held, HeldReason } from '../../src/record/held.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { importFacts } from '../../src/store/facts.ts';
import { createHeld } from '../../src/store/held.ts';
import { migratedDatabase, type TestDatabase } from './database.ts';

const PARTNER = 'probation-service';
const DAYS = { from: '2026-05-01', until: '2026-05-31' };
const [OWN, TEAM, BOTH, SELF, ENDED] = [1, 2, 3, 4, 5].map((n) => `00000000-0000-4000-8000-00000000000${n}`) as [
  string,
  string,
  string,
  string,
  string,
];
const everybody = [OWN, TEAM, BOTH, SELF, ENDED];

let database: TestDatabase;
let store: Store;
let held: Held;

beforeAll(async () => {
  database = await migratedDatabase();
  await importFacts(database.ownerUrl, facts());
  store = openStore(database.gatewayUrl, { poolSize: 1 });
  held = createHeld(store.db);
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

function* facts(): Generator<Fact> {
  const acting = { partner: PARTNER, team: 'T1', from: '2026-01-01', until: null };
  yield { kind: 'team-member', practitioner: 'PRO-0001', ...acting, until: '2026-05-10' };
  yield { kind: 'team-member', practitioner: 'PRO-0002', ...acting, team: 'T2' };
  yield { kind: 'duty', practitioner: 'PRO-0002', ...acting, from: '2026-05-04', until: '2026-05-08' };
  yield { kind: 'manager', practitioner: 'PRM-0001', ...acting, team: 'T2' };
  yield {
    kind: 'cover',
    partner: PARTNER,
    practitioner: 'PRO-0002',
    coveredBy: 'PRO-0003',
    recordedBy: 'PRM-0001',
    reference: 'COVER-1',
    reason: 'Sick leave',
    from: '2026-05-20',
    until: '2026-06-20',
  };
  yield relationship(OWN, 'PRO-0002', null);
  yield relationship(TEAM, null, 'T1');
  yield relationship(BOTH, null, 'T1');
  yield relationship(BOTH, 'PRO-0002', null, { from: '2026-05-05', until: '2026-05-06' });
  yield relationship(SELF, null, 'T2', { assertedBy: 'PRO-0002' });
  yield relationship(ENDED, 'PRO-0002', null, { until: '2026-04-30' });
  const link = { kind: 'link', confidence: 1, current: true } as const;
  yield { ...link, type: 'CRN', value: 'X000001', holder: PARTNER, person: OWN };
  yield { ...link, type: 'CRN', value: 'X000002', holder: PARTNER, person: TEAM };
  yield { ...link, type: 'CRN', value: 'X000003', holder: PARTNER, person: TEAM };
  yield { ...link, type: 'CRN', value: 'X000003', holder: PARTNER, person: BOTH };
  yield { ...link, type: 'CRN', value: 'X000004', holder: PARTNER, person: BOTH, confidence: 0.5 };
  yield {
    kind: 'interest',
    person: OWN,
    partner: PARTNER,
    practitioner: 'PRO-0009',
    type: 'OWN_RECORD',
    from: '2026-01-01',
    until: null,
  };
}

function relationship(
  person: string,
  practitioner: string | null,
  team: string | null,
  change: Partial<Extract<Fact, { kind: 'relationship' }>> = {},
): Fact {
  const asserted = { assertedBy: 'allocation-feed', evidence: 'ALLOC-1', from: '2026-01-01', until: null };
  const type = 'SUPERVISION_ALLOCATION';
  return { kind: 'relationship', person, type, partner: PARTNER, practitioner, team, ...asserted, ...change };
}

const brief = (reasons: readonly HeldReason[]) =>
  reasons
    .map(({ person, practitioner, standing, from, until }) =>
      [person.at(-1), practitioner, standing, from, until].join(' '),
    )
    .sort();

const ALL = [
  '1 PRO-0002 SELF 2026-01-01 ',
  '1 PRO-0003 COVER 2026-05-20 2026-06-20',
  '2 PRO-0001 TEAM 2026-01-01 2026-05-10',
  '2 PRO-0002 DUTY 2026-05-04 2026-05-08',
  '3 PRO-0001 TEAM 2026-01-01 2026-05-10',
  '3 PRO-0002 DUTY 2026-05-04 2026-05-08',
  '3 PRO-0002 SELF 2026-05-05 2026-05-06',
];

test('a person is held by themselves, by a team in common with its members, its rota and covers; never by their own word', async () => {
  expect(brief(await held.ofPeople(everybody, DAYS))).toEqual(ALL);
});

test('the same is read by practitioner, and by practitioner and person', async () => {
  const accounts = ['PRO-0001', 'PRO-0002', 'PRO-0003'].map((practitioner) => ({ partner: PARTNER, practitioner }));
  expect(brief(await held.ofPractitioners(accounts, DAYS))).toEqual(ALL);
  const pairs = accounts.flatMap((account) => everybody.map((person) => ({ ...account, person })));
  expect(brief(await held.ofPairs(pairs, DAYS))).toEqual(ALL);
  expect(brief(await held.ofPairs([{ partner: PARTNER, practitioner: 'PRO-0001', person: OWN }], DAYS))).toEqual([]);
  const elsewhere = accounts.map((account) => ({ ...account, partner: 'hmpps-prisons' }));
  expect(await held.ofPractitioners(elsewhere, DAYS)).toEqual([]);
});

test('only what reaches into the days is read', async () => {
  const later = { from: '2026-06-01', until: '2026-06-30' };
  expect(brief(await held.ofPeople([OWN, TEAM, BOTH], later))).toEqual([ALL[0], ALL[1]]);
});

test('of what a team holds it is told when one practitioner had the person alone', async () => {
  const reasons = await held.ofPeople([TEAM, BOTH], DAYS);
  const alone = [{ from: '2026-05-05', until: '2026-05-06' }];
  expect(
    reasons.filter(({ standing }) => standing !== 'SELF').map(({ person, heldAlone }) => [person, heldAlone]),
  ).toEqual(
    expect.arrayContaining([
      [TEAM, []],
      [BOTH, alone],
    ]),
  );
  expect(reasons.find(({ standing }) => standing === 'SELF')?.heldAlone).toEqual([]);
});

test('numbers, whose they are, and to whom somebody is known', async () => {
  const known = (value: string, person: string) => ({ type: 'CRN', value, person });
  expect(await held.numbersOf([OWN, BOTH])).toEqual([known('X000001', OWN), known('X000003', BOTH)]);
  const numbers = ['X000001', 'X000003', 'X000004', 'X999999'].map((value) => ({ type: 'CRN', value }));
  expect(await held.peopleOf(numbers)).toEqual([known('X000001', OWN)]);
  expect(await held.knownTo([OWN, SELF])).toEqual(
    expect.arrayContaining([OWN, SELF].map((person) => ({ person, partner: PARTNER }))),
  );
  expect(await held.tied()).toEqual([{ person: OWN, identifiers: [{ type: 'CRN', value: 'X000001' }] }]);
  expect(await held.onDuty(DAYS)).toEqual([
    { partner: PARTNER, practitioner: 'PRO-0002', from: '2026-05-04', until: '2026-05-08' },
  ]);
});
