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
  colleagues: '00000000-0000-4000-8000-000000000009',
  brokenInto: '00000000-0000-4000-8000-00000000000a',
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
  const { plain, merged, twin, otherTwin, byTeam, byDuty, past, selfAsserted, colleagues, brokenInto } = PERSON;
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
    desks: ['northmere-police/mappa'],
    unresolved: ['health-service'],
    ...since(),
  };
  yield {
    kind: 'objection',
    person: plain,
    holder: null,
    recipientType: 'housing-authority',
    dataClass: 'health.appointments',
    decidedBy: 'IGL-0001',
    ...since(),
  };
  yield interest(plain, 'probation-service', 'PRO-0001', 'DECLARED_INTEREST');
  yield interest(plain, 'probation-service', 'PRO-0002', 'OWN_RECORD');
  yield interest(plain, 'hmpps-prisons', 'PRO-0001', 'OWN_RECORD');

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
  yield acting('duty', 'north', 'PRO-0001', since(DAY, DAY));

  yield link(colleagues, 'probation-service', 'CRN', 'X000009');
  for (const practitioner of ['PRO-0011', 'PRO-0012', 'PRO-0013', 'PRO-0014']) {
    yield relationship(colleagues, { practitioner, evidence: practitioner });
    yield acting('team-member', 'east', practitioner, since());
  }
  yield relationship(colleagues, { team: 'east', type: 'TEAM_OVERSIGHT' });
  yield acting('manager', 'east', 'PRM-0001', since());
  yield acting('manager', 'west', 'PRM-0002', since());
  yield cover('COVER-1', 'PRO-0011', 'PRM-0001');
  yield cover('COVER-2', 'PRO-0012', 'PRM-0002');
  yield cover('COVER-3', 'PRO-0013', 'PRO-0099');
  yield cover('COVER-4', 'PRO-0014', 'PRM-0001', '2025-12-30');
  yield link(brokenInto, 'probation-service', 'CRN', 'X00000A');
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
          standing: 'SELF',
          cover: null,
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
        {
          type: 'EXCLUSION',
          owner: 'probation-service',
          accounts: ['probation-service/PRO-0009'],
          desks: [],
          unresolved: [],
          ...since(),
        },
        {
          type: 'RESTRICTION',
          owner: 'northmere-police',
          accounts: [],
          desks: ['northmere-police/mappa'],
          unresolved: ['health-service'],
          ...since(),
        },
      ],
      objections: [
        {
          holder: null,
          recipientType: 'housing-authority',
          dataClass: 'health.appointments',
          decidedBy: 'IGL-0001',
          ...since(),
        },
      ],
      interests: [{ type: 'DECLARED_INTEREST', ...since() }],
      breakGlass: [],
      callerTeams: ['probation-service/duty', 'probation-service/north'],
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

describe('how a relationship is the caller’s', () => {
  it('is told: by a team rather than by duty for the same team', async () => {
    expect((await readOne(byCrn('X000005')))?.relationships).toMatchObject([{ standing: 'TEAM', team: 'north' }]);
    expect((await readOne(byCrn('X000006')))?.relationships).toMatchObject([{ standing: 'DUTY', team: 'duty' }]);
  });

  it('cover carries the colleague’s own, and neither a team’s nor what another manager or nobody’s manager recorded', async () => {
    const facts = await readOne(byCrn('X000009'));
    expect(facts?.relationships).toEqual([
      expect.objectContaining({ practitioner: 'PRO-0011', standing: 'COVER', cover: 'COVER-1' }),
    ]);
    expect(facts?.callerTeams).not.toContain('probation-service/east');
    const others = principal('hmpps-prisons', 'PRO-0001');
    expect((await readOne(byCrn('X000009'), others))?.relationships).toEqual([]);
  });

  it.each([
    ['the day before', YESTERDAY, 0],
    ['the first day', DAY, 1],
    ['the last day', TOMORROW, 1],
    ['the day after', '2026-05-07', 0],
  ])('cover has days: %s', async (_, day, count) => {
    const [facts] = await subjects.read(probation, [byCrn('X000009')], day);
    expect(facts?.relationships).toHaveLength(count);
  });

  it('cover is in force once it is active, and reaches the caseload', async () => {
    const set = (active: boolean) =>
      query(database.ownerUrl, `update record.cover set active = $1 where reference = 'COVER-1'`, [active]);
    const caseload = () => subjects.caseload(probation, ['SUPERVISION_ALLOCATION'], ALWAYS, 500);
    expect((await caseload()).map(({ person }) => person)).toContain(PERSON.colleagues);
    await set(false);
    expect((await readOne(byCrn('X000009')))?.relationships).toEqual([]);
    expect((await caseload()).map(({ person }) => person)).not.toContain(PERSON.colleagues);
    await set(true);
  });

  it('SHARE-10: cover does not carry what the caller asserted for the colleague', async () => {
    const set = (by: string) =>
      query(database.ownerUrl, `update record.relationship set asserted_by = $1 where evidence = 'PRO-0011'`, [by]);
    await set('PRO-0001');
    expect((await readOne(byCrn('X000009')))?.relationships).toEqual([]);
    await set('allocation-feed');
  });
});

describe('break-glass', () => {
  it.each([
    ['in force', {}, 1],
    ['that ended today, for the decision to judge', { until: `${DAY}T00:01:00Z` }, 1],
    ['not active', { active: false }, 0],
    ['of a colleague', { practitioner: 'PRO-0002' }, 0],
    ['of the same id at another partner', { partner: 'hmpps-prisons' }, 0],
    ['about somebody else', { person: PERSON.plain }, 0],
    ['ended long ago', { until: '2026-05-03T23:00:00Z' }, 0],
  ])('%s', async (_, more, count) => {
    const attempt = {
      id: '00000000-0000-4000-8000-0000000000aa',
      partner: 'probation-service',
      practitioner: 'PRO-0001',
      person: PERSON.brokenInto,
      until: `${DAY}T10:00:00Z`,
      active: true,
      ...more,
    };
    await query(
      database.ownerUrl,
      `insert into record.break_glass (id, idempotency_key, request_id, partner, practitioner, role, purpose, person,
        sent, reason, opened_at, until, active, due_at)
      select id, 'key', id, partner, practitioner, 'role', 'purpose', person, 'sent', 'reason', now(), until, active, now()
      from jsonb_to_record($1) as given (
        id uuid, partner text, practitioner text, person uuid, until timestamptz, active boolean)`,
      [JSON.stringify(attempt)],
    );
    const grants = (await readOne(byCrn('X00000A')))?.breakGlass;
    await query(database.ownerUrl, 'delete from record.break_glass');
    const grant = { id: attempt.id, role: 'role', purpose: 'purpose', until: new Date(attempt.until) };
    expect(grants).toEqual(count === 1 ? [grant] : []);
  });
});

describe('asked', () => {
  const keys = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => Buffer.from(`person ${from + n}`));

  it('counts different people of a day, each practitioner’s by themselves', async () => {
    const caller = principal('probation-service', 'ASK-0001');
    expect(await subjects.asked(caller, DAY, keys(0, 3))).toBe(3);
    expect(await subjects.asked(caller, DAY, keys(2, 2))).toBe(4);
    expect(await subjects.asked(caller, DAY, [...keys(0, 1), ...keys(0, 1)])).toBe(4);
    expect(await subjects.asked(caller, DAY, [])).toBe(4);
    expect(await subjects.asked(caller, TOMORROW, keys(0, 500))).toBe(500);
    expect(await subjects.asked(principal('hmpps-prisons', 'ASK-0001'), DAY, keys(0, 1))).toBe(1);
  });

  it('takes the same and crossing lists at once, and keeps each once', async () => {
    const caller = principal('probation-service', 'ASK-0002');
    const lists = Array.from({ length: 8 }, (_, n) => (n % 2 ? keys(0, 100).reverse() : keys(50, 100)));
    await Promise.all(lists.map((list) => subjects.asked(caller, DAY, list)));
    expect(await subjects.asked(caller, DAY, [])).toBe(150);
  });

  it('forgets what is older than the day before', async () => {
    const caller = principal('probation-service', 'ASK-0003');
    await subjects.asked(caller, '2026-04-01', keys(0, 2));
    await subjects.asked(caller, DAY, keys(0, 2));
    expect(await subjects.asked(principal('probation-service', 'ASK-0004'), DAY, [])).toBe(0);
    const days = `select distinct day::text from record.asked where practitioner = 'ASK-0003'`;
    expect(await query(database.ownerUrl, days)).toEqual([{ day: DAY }]);
  });
});

describe('caseload', () => {
  it('is the people with a relationship of these types that has begun, in a stable order', async () => {
    const types = ['SUPERVISION_ALLOCATION', 'TEAM_OVERSIGHT'];
    const people = (await subjects.caseload(probation, types, ALWAYS, 500)).map(({ person }) => person);
    expect(people).toEqual([PERSON.plain, PERSON.byTeam, PERSON.byDuty, PERSON.past, PERSON.colleagues]);
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

function interest(
  person: string,
  partner: string,
  practitioner: string,
  type: 'OWN_RECORD' | 'DECLARED_INTEREST',
): Fact {
  return { kind: 'interest', person, partner, practitioner, type, ...since() };
}

/** PRO-0001 covers for a colleague, for two days unless it begins earlier. */
function cover(reference: string, practitioner: string, recordedBy: string, from: string = DAY): Fact {
  const names = { partner: 'probation-service', practitioner, coveredBy: 'PRO-0001', recordedBy };
  return { kind: 'cover', ...names, reference, reason: 'sick leave', from, until: TOMORROW };
}

function acting(
  kind: 'team-member' | 'duty' | 'manager',
  team: string,
  practitioner: string,
  span: ReturnType<typeof since>,
): Fact {
  return { kind, team, partner: 'probation-service', practitioner, ...span };
}
