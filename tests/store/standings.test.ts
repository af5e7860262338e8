import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fact } from '../../src/record/fact-file.ts';
import type { Standings } from '../../src/record/standings.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { importFacts } from '../../src/store/facts.ts';
import { createStandings } from '../../src/store/standings.ts';
import { migratedDatabase, type TestDatabase } from './database.ts';

const DAY = '2026-05-05';
const [YESTERDAY, TOMORROW] = ['2026-05-04', '2026-05-06'];
const PARTNER = 'probation-service';
const TYPE = 'SUPERVISION_ALLOCATION';
const [OWN, TEAM, CLOSED, INTEREST, SELF, ENDED, NOT_YET] = [1, 2, 3, 4, 5, 6, 7].map(
  (n) => `00000000-0000-4000-8000-00000000000${n}`,
) as [string, string, string, string, string, string, string];

let database: TestDatabase;
let store: Store;
let standings: Standings;

beforeAll(async () => {
  database = await migratedDatabase();
  await importFacts(database.ownerUrl, facts());
  store = openStore(database.gatewayUrl, { poolSize: 1 });
  standings = createStandings(store.db);
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

function* facts(): Generator<Fact> {
  const span = { from: '2026-01-01', until: null };
  const member = (practitioner: string, team: string, until: string | null = null): Fact => ({
    kind: 'team-member',
    partner: PARTNER,
    practitioner,
    team,
    ...span,
    until,
  });
  yield member('PRO-0003', 'T1');
  yield member('PRO-0002', 'T1');
  yield member('PRO-0001', 'T1', YESTERDAY);
  yield { kind: 'duty', partner: PARTNER, practitioner: 'PRO-0009', team: 'T1', from: DAY, until: DAY };
  yield relationship(OWN, 'PRO-0005', null);
  yield relationship(OWN, 'PRO-0006', null, { type: 'TEAM_OVERSIGHT' });
  yield relationship(OWN, 'POM-0001', null, { partner: 'hmpps-prisons', type: 'CUSTODY_ALLOCATION' });
  yield relationship(TEAM, null, 'T1');
  yield relationship(CLOSED, null, 'T1');
  yield {
    kind: 'restriction',
    person: CLOSED,
    type: 'RESTRICTION',
    owner: PARTNER,
    accounts: [`${PARTNER}/PRO-0003`],
    ...span,
  };
  yield relationship(INTEREST, null, 'T1');
  yield { kind: 'interest', person: INTEREST, partner: PARTNER, practitioner: 'PRO-0002', type: 'OWN_RECORD', ...span };
  yield relationship(SELF, null, 'T1', { assertedBy: 'PRO-0002' });
  yield relationship(ENDED, 'PRO-0005', null, { until: YESTERDAY });
  yield relationship(NOT_YET, 'PRO-0005', null, { from: TOMORROW });
}

function relationship(
  person: string,
  practitioner: string | null,
  team: string | null,
  change: Partial<Extract<Fact, { kind: 'relationship' }>> = {},
): Fact {
  const asserted = { assertedBy: 'allocation-feed', evidence: 'ALLOC-1' };
  const span = { from: '2026-01-01', until: null };
  return {
    kind: 'relationship',
    person,
    type: TYPE,
    partner: PARTNER,
    practitioner,
    team,
    ...asserted,
    ...span,
    ...change,
  };
}

const at = async (types: readonly string[], endedSince = DAY, people: readonly string[] | null = null) =>
  (await standings.atPartner(PARTNER, types, { day: DAY, endedSince }, people)).map(
    ({ person, practitioner }) => `${person.at(-1)} ${practitioner}`,
  );

test('a person’s holder, or of a team its first; all of a team where the person may be closed to that one', async () => {
  expect(await at([TYPE])).toEqual([
    '2 PRO-0002',
    '3 PRO-0002',
    '4 PRO-0002',
    '3 PRO-0003',
    '4 PRO-0003',
    // SHARE-10: nobody by what they said themselves.
    '5 PRO-0003',
    '1 PRO-0005',
    '3 PRO-0009',
    '4 PRO-0009',
  ]);
});

test('of the types, the people and the days that are asked for', async () => {
  expect(await at(['TEAM_OVERSIGHT'])).toEqual(['1 PRO-0006']);
  expect(await at([TYPE, 'TEAM_OVERSIGHT'], DAY, [OWN])).toEqual(['1 PRO-0005', '1 PRO-0006']);
  expect(await at([TYPE], YESTERDAY, [ENDED, NOT_YET])).toEqual(['6 PRO-0005']);
  expect(await at([TYPE], DAY, [])).toEqual([]);
  expect(await at([], DAY)).toEqual([]);
});
