import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fact } from '../../src/record/fact-file.ts';
import type { Principal } from '../../src/record/principal.ts';
import type { SubjectReference, Subjects } from '../../src/record/subjects.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { importFacts } from '../../src/store/facts.ts';
import { createSubjects } from '../../src/store/subjects.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

const DAY = '2026-05-05';
const YESTERDAY = '2026-05-04';
const TOMORROW = '2026-05-06';

/** Named after what their facts show. Synthetic. */
const PERSON = {
  plain: '00000000-0000-4000-8000-000000000001',
  merged: '00000000-0000-4000-8000-000000000002',
  twin: '00000000-0000-4000-8000-000000000003',
  otherTwin: '00000000-0000-4000-8000-000000000004',
  byTeam: '00000000-0000-4000-8000-000000000005',
  byDuty: '00000000-0000-4000-8000-000000000006',
  past: '00000000-0000-4000-8000-000000000007',
  selfAsserted: '00000000-0000-4000-8000-000000000008',
} as const;

const probation = principal('probation-service', 'PRO-0001');

let database: TestDatabase;
let store: Store;
let subjects: Subjects;

beforeAll(async () => {
  database = await migratedDatabase();
  await importFacts(database.ownerUrl, facts());
  store = openStore(database.gatewayUrl, { poolSize: 2 });
  subjects = createSubjects(store.db);
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

function* facts(): Generator<Fact> {
  const { plain, merged, twin, otherTwin, byTeam, byDuty, past, selfAsserted } = PERSON;
  yield link(plain, 'probation-service', 'CRN', 'X000001');
  yield link(plain, 'hmpps-prisons', 'PRISON_NUMBER', 'A0001AA', { confidence: 0.5 });
  yield relationship(plain, { practitioner: 'PRO-0001' });
  yield relationship(plain, { practitioner: 'PRO-0002' });
  yield relationship(plain, { practitioner: 'PRO-0001', partner: 'hmpps-prisons', type: 'CUSTODY_ALLOCATION' });
  yield {
    kind: 'permission',
    person: plain,
    type: 'CONFIDENTIALITY',
    holder: null,
    recipientType: 'police-force',
    ...since(),
  };
  yield {
    kind: 'permission',
    person: plain,
    type: 'AGREEMENT_TO_REFER',
    holder: 'northmere-housing',
    recipientType: null,
    ...since('2026-01-01', YESTERDAY),
  };
  yield {
    kind: 'restriction',
    person: plain,
    type: 'EXCLUSION',
    owner: 'probation-service',
    accounts: ['probation-service/PRO-0009'],
    ...since(),
  };
  yield {
    kind: 'restriction',
    person: plain,
    type: 'RESTRICTION',
    owner: 'northmere-police',
    accounts: [],
    ...since(),
  };

  yield link(merged, 'probation-service', 'CRN', 'X000002');
  yield link(merged, 'probation-service', 'CRN', 'X000022', { current: false });
  yield link(twin, 'northmere-housing', 'HOUSING_APPLICATION', 'HA-0000003');
  yield link(otherTwin, 'southdale-housing', 'HOUSING_APPLICATION', 'HA-0000003');
  yield link(byTeam, 'probation-service', 'CRN', 'X000005');
  yield relationship(byTeam, { team: 'north', type: 'TEAM_OVERSIGHT' });
  yield relationship(byTeam, { team: 'south', type: 'TEAM_OVERSIGHT' });
  yield link(byDuty, 'probation-service', 'CRN', 'X000006');
  yield relationship(byDuty, { team: 'duty', type: 'TEAM_OVERSIGHT' });
  yield link(past, 'probation-service', 'CRN', 'X000007');
  yield relationship(past, { practitioner: 'PRO-0001', ...since('2025-01-01', '2025-06-30') });
  yield relationship(past, { practitioner: 'PRO-0001', ...since(TOMORROW) });
  yield link(selfAsserted, 'probation-service', 'CRN', 'X000008');
  yield relationship(selfAsserted, { team: 'north', assertedBy: 'PRO-0001' });

  yield acting('team-member', 'north', 'PRO-0001', since());
  yield acting('team-member', 'north', 'PRO-0003', since());
  yield acting('team-member', 'south', 'PRO-0001', since('2025-01-01', YESTERDAY));
  yield acting('duty', 'duty', 'PRO-0001', since(DAY, DAY));
}

describe('read', () => {
  it('finds a person by identifier, with every kind of fact, and only the links that are current', async () => {
    expect(await readOne(byCrn('X000001'))).toEqual({
      person: PERSON.plain,
      links: [
        { holder: 'probation-service', type: 'CRN', value: 'X000001', confidence: 0.99 },
        { holder: 'hmpps-prisons', type: 'PRISON_NUMBER', value: 'A0001AA', confidence: 0.5 },
      ],
      relationships: [
        {
          type: 'SUPERVISION_ALLOCATION',
          partner: 'probation-service',
          practitioner: 'PRO-0001',
          team: null,
          assertedBy: 'allocation-feed',
          evidence: 'EV-1',
          from: '2026-01-01',
          until: null,
        },
      ],
      permissions: [
        {
          type: 'AGREEMENT_TO_REFER',
          holder: 'northmere-housing',
          recipientType: null,
          from: '2026-01-01',
          until: YESTERDAY,
        },
        { type: 'CONFIDENTIALITY', holder: null, recipientType: 'police-force', from: '2026-01-01', until: null },
      ],
      restrictions: [
        { type: 'RESTRICTION', owner: 'northmere-police', accounts: [], from: '2026-01-01', until: null },
        {
          type: 'EXCLUSION',
          owner: 'probation-service',
          accounts: ['probation-service/PRO-0009'],
          from: '2026-01-01',
          until: null,
        },
      ].sort((one, other) => one.type.localeCompare(other.type)),
    });
  });

  it('finds a person by a former identifier, and does not give it', async () => {
    const facts = await readOne(byCrn('X000022'));
    expect(facts?.person).toBe(PERSON.merged);
    expect(facts?.links.map(({ value }) => value)).toEqual(['X000002']);
  });

  it.each<[string, SubjectReference]>([
    ['an identifier that nobody has', byCrn('X999999')],
    ['a value of another type', { by: 'identifier', type: 'NINO', value: 'X000001', holder: null, confidence: 0 }],
    [
      'a value of another holder',
      { by: 'identifier', type: 'CRN', value: 'X000001', holder: 'hmpps-prisons', confidence: 0 },
    ],
    ['a value that two people have', housing(null)],
    ['an opaque id that was never made', { by: 'id', value: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['a person of ours by the key that never leaves', { by: 'id', value: PERSON.plain }],
    ['a value with a wildcard or a quote in it', byCrn(`%' or true --`)],
  ])('names nobody: %s', async (_, reference) => {
    expect(await readOne(reference)).toBeNull();
  });

  it('tells people with the same value apart by the holder that issued it', async () => {
    expect((await readOne(housing('northmere-housing')))?.person).toBe(PERSON.twin);
    expect((await readOne(housing('southdale-housing')))?.person).toBe(PERSON.otherTwin);
  });

  it('answers in the order of the references, doubles and nobodies included', async () => {
    const references = [byCrn('X000002'), byCrn('X999999'), byCrn('X000001'), byCrn('X000002')];
    const found = await subjects.read(probation, references, DAY);
    expect(found.map((facts) => facts?.person)).toEqual([PERSON.merged, undefined, PERSON.plain, PERSON.merged]);
    expect(await subjects.read(probation, [], DAY)).toEqual([]);
  });

  it('finds a person by the opaque id of the caller’s partner, and by no other partner’s', async () => {
    const id = (await subjects.opaqueIds('probation-service', [PERSON.plain])).get(PERSON.plain) ?? '';
    expect((await readOne({ by: 'id', value: id }))?.person).toBe(PERSON.plain);
    const prison = principal('hmpps-prisons', 'PRI-0001');
    expect(await readOne({ by: 'id', value: id }, prison)).toBeNull();
  });

  it('gives no relationship of another practitioner, nor of the same id at another partner', async () => {
    const other = await readOne(byCrn('X000001'), principal('northmere-police', 'PRO-0001'));
    expect(other?.relationships).toEqual([]);
    const prison = await readOne(byCrn('X000001'), principal('hmpps-prisons', 'PRO-0001'));
    expect(prison?.relationships.map(({ type }) => type)).toEqual(['CUSTODY_ALLOCATION']);
  });

  it.each([
    ['of a team one belongs to', 'X000005', DAY, ['north']],
    ['of a team one belonged to until the day before', 'X000005', YESTERDAY, ['north', 'south']],
    ['of a team one has duty for', 'X000006', DAY, ['duty']],
    ['not the day before the duty', 'X000006', YESTERDAY, []],
    ['not the day after the duty', 'X000006', TOMORROW, []],
  ])('gives relationships %s', async (_, crn, day, teams) => {
    const [facts] = await subjects.read(probation, [byCrn(crn)], day);
    expect(facts?.relationships.map(({ team }) => team)).toEqual(teams);
    expect(facts?.relationships.every(({ practitioner }) => practitioner === null)).toBe(true);
  });

  it('gives relationships that have ended or not begun: deciding is not the store’s business', async () => {
    const facts = await readOne(byCrn('X000007'));
    expect(facts?.relationships.map(({ from, until }) => [from, until])).toEqual([
      ['2025-01-01', '2025-06-30'],
      [TOMORROW, null],
    ]);
  });

  it('SHARE-10: gives a team’s relationship to every member but the one who asserted it', async () => {
    expect((await readOne(byCrn('X000008')))?.relationships).toEqual([]);
    const colleague = await readOne(byCrn('X000008'), principal('probation-service', 'PRO-0003'));
    expect(colleague?.relationships).toHaveLength(1);
  });
});

describe('caseload', () => {
  it('is the people with a relationship of these types that has begun, in a stable order', async () => {
    const types = ['SUPERVISION_ALLOCATION', 'TEAM_OVERSIGHT'];
    const people = (await subjects.caseload(probation, types, ALWAYS, 500)).map(({ person }) => person);
    expect(people).toEqual([PERSON.plain, PERSON.byTeam, PERSON.byDuty, PERSON.past]);
    const few = await subjects.caseload(probation, types, ALWAYS, 2);
    expect(few.map(({ person }) => person)).toEqual(people.slice(0, 2));
  });

  it('keeps to the types', async () => {
    const people = await subjects.caseload(probation, ['TEAM_OVERSIGHT'], ALWAYS, 500);
    expect(people.map(({ person }) => person)).toEqual([PERSON.byTeam, PERSON.byDuty]);
    expect(await subjects.caseload(probation, [], ALWAYS, 500)).toEqual([]);
  });

  it('leaves out a relationship that has not begun', async () => {
    const types = ['SUPERVISION_ALLOCATION'];
    const early = await subjects.caseload(probation, types, { ...ALWAYS, day: '2025-01-01' }, 500);
    expect(early.map(({ person }) => person)).toEqual([PERSON.past]);
  });

  it('leaves out what ended before the day asked about', async () => {
    const types = ['SUPERVISION_ALLOCATION'];
    const people = async (endedSince: string) =>
      (await subjects.caseload(probation, types, { day: DAY, endedSince }, 500)).map(({ person }) => person);
    expect(await people('0001-01-01')).toContain(PERSON.past);
    expect(await people(DAY)).not.toContain(PERSON.past);
  });

  it('comes with the same facts as a read', async () => {
    const [first] = await subjects.caseload(probation, ['SUPERVISION_ALLOCATION'], ALWAYS, 1);
    expect(first).toEqual(await readOne(byCrn('X000001')));
  });
});

describe('an identifier that is not sure', () => {
  it('names nobody', async () => {
    expect(await readOne(byCrn('X000001', 0.99))).not.toBeNull();
    expect(await readOne(byCrn('X000001', 1))).toBeNull();
  });
});

describe('opaqueIds', () => {
  it('are made once, differ per partner, and are 128 random bits', async () => {
    const people = [PERSON.plain, PERSON.merged];
    const first = await subjects.opaqueIds('health-service', people);
    expect(await subjects.opaqueIds('health-service', [...people, PERSON.twin])).toEqual(
      new Map([...first, [PERSON.twin, expect.stringMatching(/^[\w-]{22}$/)]]),
    );
    const other = await subjects.opaqueIds('northmere-police', people);
    expect(new Set([...first.values(), ...other.values()]).size).toBe(4);
  });

  it('are the same for all that ask for the first time at once', async () => {
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => subjects.opaqueIds('harbour-homes', [PERSON.plain])),
    );
    expect(new Set(asked.map((ids) => ids.get(PERSON.plain))).size).toBe(1);
    const kept = await query(database.ownerUrl, `select from record.opaque_id where partner = 'harbour-homes'`);
    expect(kept).toHaveLength(1);
  });

  it('of nobody are none', async () => {
    expect(await subjects.opaqueIds('harbour-homes', [])).toEqual(new Map());
  });
});

const ALWAYS = { day: DAY, endedSince: '0001-01-01' };

async function readOne(reference: SubjectReference, caller: Principal = probation) {
  const [facts] = await subjects.read(caller, [reference], DAY);
  return facts;
}

function byCrn(value: string, confidence = 0): SubjectReference {
  return { by: 'identifier', type: 'CRN', value, holder: null, confidence };
}

function housing(holder: string | null): SubjectReference {
  return { by: 'identifier', type: 'HOUSING_APPLICATION', value: 'HA-0000003', holder, confidence: 0 };
}

function principal(partner: string, practitioner: string): Principal {
  const token = { client: 'tests', issuer: 'http://issuer.test', subject: 'tests', tokenId: 'token' };
  return { partner, practitioner, name: practitioner, role: 'probation-practitioner', ...token };
}

function since(from: string = '2026-01-01', until: string | null = null) {
  return { from, until };
}

function link(
  person: string,
  holder: string,
  type: string,
  value: string,
  more: { confidence?: number; current?: boolean } = {},
): Fact {
  return { kind: 'link', person, holder, type, value, confidence: 0.99, current: true, ...more };
}

function relationship(person: string, more: Partial<Extract<Fact, { kind: 'relationship' }>>): Fact {
  return {
    kind: 'relationship',
    person,
    type: 'SUPERVISION_ALLOCATION',
    partner: 'probation-service',
    practitioner: null,
    team: null,
    assertedBy: 'allocation-feed',
    evidence: 'EV-1',
    ...since(),
    ...more,
  };
}

function acting(
  kind: 'team-member' | 'duty',
  team: string,
  practitioner: string,
  span: ReturnType<typeof since>,
): Fact {
  return { kind, team, partner: 'probation-service', practitioner, ...span };
}
