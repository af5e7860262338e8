import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPseudonyms } from '../../src/audit/pseudonym.ts';
import type { Fact } from '../../src/record/fact-file.ts';
import type { Principal } from '../../src/record/principal.ts';
import type { SubjectReference } from '../../src/record/subjects.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { importFacts } from '../../src/store/facts.ts';
import { importRestrictionList } from '../../src/store/restriction-lists.ts';
import { SealedError, sealPerson } from '../../src/store/sealed.ts';
import { createSubjects } from '../../src/store/subjects.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

const SEALED = '00000000-0000-4000-8000-000000000001';
const OTHER = '00000000-0000-4000-8000-000000000002';
const REMINTED = '00000000-0000-4000-8000-000000000003';
const DAY = '2026-05-05';
const SINCE = { from: '2026-01-01', until: null };
const sealing = { keys: [randomBytes(32)], issuedByHolder: new Set(['HOUSING_APPLICATION']) };
const caller: Principal = {
  partner: 'probation-service',
  practitioner: 'PRO-0001',
  name: 'PRO-0001',
  role: 'probation-practitioner',
  client: 'tests',
  issuer: 'http://issuer.test',
  subject: 'tests',
  tokenId: 'token',
};
const PERSONAL = ['person', 'link', 'relationship', 'permission', 'objection', 'interest', 'restriction', 'opaque_id'];

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await migratedDatabase();
});

beforeEach(async () => {
  store = openStore(database.gatewayUrl, { poolSize: 2 });
  await importFacts(database.ownerUrl, [
    ...about(SEALED, 'X000001', '9990000018'),
    ...about(OTHER, 'X000002', '9990000026'),
  ]);
  await createSubjects(store.db).opaqueIds('probation-service', [SEALED, OTHER]);
});

afterEach(async () => {
  await store.close();
  const tables = [...PERSONAL, 'sealed', 'sealed_subject', 'work_item', 'break_glass'].map(
    (table) => `record.${table}`,
  );
  await query(database.ownerUrl, `truncate ${tables.join(', ')} cascade`);
});

afterAll(() => database.drop());

describe('sealPerson', () => {
  it.each([
    ['the crosswalk’s key', { by: 'person', person: SEALED }],
    ['an identifier', { by: 'identifier', type: 'CRN', value: 'X000001', holder: null }],
    ['a former identifier', { by: 'identifier', type: 'CRN', value: 'FORMER-X000001', holder: null }],
  ] as const)('by %s leaves nothing of the person, and everything of others', async (_, whom) => {
    await sealPerson(database.ownerUrl, whom, sealing);
    for (const crn of ['X000001', 'FORMER-X000001']) expect(await find(crn)).toBeNull();
    expect(await people()).toEqual([OTHER]);
    expect((await find('X000002'))?.person).toBe(OTHER);
  });

  it('keeps what was done about the person, and no longer whom it was about', async () => {
    await query(
      database.ownerUrl,
      `insert into record.break_glass (id, idempotency_key, request_id, partner, practitioner, role, purpose, person,
        sent, reason, opened_at, until, active, due_at)
      values ($1, 'key', $1, 'p', 'q', 'role', 'purpose', $1, 'a keyed hash', 'reason', now(), now(), true, now())`,
      [SEALED],
    );
    await sealPerson(database.ownerUrl, { by: 'person', person: SEALED }, sealing);
    const kept = await query(database.ownerUrl, 'select person, sent, active, reason from record.break_glass');
    expect(kept).toEqual([{ person: null, sent: '', active: false, reason: 'reason' }]);
  });

  it('keeps no identifier and no key in clear, and other hashes under another key', async () => {
    await sealPerson(database.ownerUrl, { by: 'person', person: SEALED }, sealing);
    const read = async () =>
      (await query(database.ownerUrl, 'select tombstone from record.sealed')).map(
        ({ tombstone }) => tombstone as Buffer,
      );
    const first = await read();
    // The key’s check, the person, a present and a former number, a number that two holders know, and one of a holder’s own.
    expect(first).toHaveLength(6);
    for (const tombstone of first) expect(tombstone).toHaveLength(32);
    await query(database.ownerUrl, 'truncate record.sealed');
    await importFacts(database.ownerUrl, about(SEALED, 'X000001', '9990000018'));
    await sealPerson(database.ownerUrl, { by: 'person', person: SEALED }, { ...sealing, keys: [randomBytes(32)] });
    const hashes = new Set(first.map((tombstone) => tombstone.toString('hex')));
    expect((await read()).filter((tombstone) => hashes.has(tombstone.toString('hex')))).toEqual([]);
  });

  it('says by which names the log may have them, of every key', async () => {
    const keys = [...sealing.keys, randomBytes(32)];
    await sealPerson(database.ownerUrl, { by: 'person', person: SEALED }, { ...sealing, keys });
    const { everyOfPerson, everyOfIdentifier } = createPseudonyms(keys);
    const numbers = [
      ['CRN', 'X000001'],
      ['CRN', 'FORMER-X000001'],
      ['NHS_NUMBER', '9990000018'],
      ['HOUSING_APPLICATION', 'HA-X000001'],
    ] as const;
    const names = [...everyOfPerson(SEALED), ...numbers.flatMap(([type, value]) => everyOfIdentifier(type, value))];
    const kept = await query(database.ownerUrl, 'select pseudonym from record.sealed_subject');
    expect(kept.map(({ pseudonym }) => pseudonym).sort()).toEqual(names.map(({ ref }) => ref).sort());
  });

  it('seals somebody who is not known yet', async () => {
    await sealPerson(database.ownerUrl, { by: 'identifier', type: 'CRN', value: 'X000003', holder: null }, sealing);
    await importFacts(database.ownerUrl, about(REMINTED, 'X000003', '9990000034'), { sealing });
    expect(await find('X000003')).toBeNull();
  });

  it('refuses an identifier of two people, and a second key', async () => {
    const twin = { ...link(OTHER, 'CRN', 'X000001'), holder: 'hmpps-prisons' };
    await importFacts(database.ownerUrl, [twin]);
    const whom = { by: 'identifier', type: 'CRN', value: 'X000001', holder: null } as const;
    await expect(sealPerson(database.ownerUrl, whom, sealing)).rejects.toThrow('names more than one person');
    expect(await people()).toEqual([SEALED, OTHER]);
    await sealPerson(database.ownerUrl, { by: 'person', person: SEALED }, sealing);
    const second = { ...sealing, keys: [randomBytes(32)] };
    await expect(sealPerson(database.ownerUrl, { by: 'person', person: OTHER }, second)).rejects.toThrow(SealedError);
    expect(await people()).toEqual([OTHER]);
  });
});

describe('an import after sealing', () => {
  beforeEach(() => sealPerson(database.ownerUrl, { by: 'person', person: SEALED }, sealing));

  it('passes over the person, and its counts do not tell', async () => {
    const facts = about(SEALED, 'X000001', '9990000018');
    const counts = await importFacts(database.ownerUrl, facts, { sealing });
    expect(counts).toMatchObject({ link: 5, relationship: 1, permission: 1, restriction: 1, people: 1 });
    expect(await find('X000001')).toBeNull();
    expect(await people()).toEqual([OTHER]);
  });

  it('passes over the person under another key of the crosswalk’s, whatever comes first and then for good', async () => {
    await importFacts(database.ownerUrl, [...about(REMINTED, 'X000001', '9990000042')].reverse(), { sealing });
    expect(await people()).toEqual([OTHER]);
    await importFacts(database.ownerUrl, [link(REMINTED, 'CRN', 'X000009')], { sealing });
    expect(await people()).toEqual([OTHER]);
  });

  it('knows a number at a holder that did not have it before, unless each holder issues its own', async () => {
    const known = { ...link(REMINTED, 'NHS_NUMBER', '9990000018'), holder: 'southdale-treatment' };
    await importFacts(database.ownerUrl, [known], { sealing });
    expect(await people()).toEqual([OTHER]);
    const own = { ...link(OTHER, 'HOUSING_APPLICATION', 'HA-X000001'), holder: 'southdale-housing' };
    await importFacts(database.ownerUrl, [own], { sealing });
    const kept = await query(database.ownerUrl, 'select value from record.link where holder = $1', [own.holder]);
    expect(kept).toEqual([{ value: 'HA-X000001' }]);
  });

  it('links nobody else to a sealed identifier, and leaves them as they were', async () => {
    await importFacts(database.ownerUrl, [link(OTHER, 'CRN', 'X000001'), link(OTHER, 'CRN', 'X000005')], { sealing });
    expect(await find('X000001')).toBeNull();
    expect((await find('X000005'))?.person).toBe(OTHER);
    expect((await find('X000002'))?.relationships).toHaveLength(1);
  });

  it('refuses without the key, and with another', async () => {
    const facts = [link(REMINTED, 'CRN', 'X000001')];
    await expect(importFacts(database.ownerUrl, facts)).rejects.toThrow('set AUDIT_HMAC_KEY_FILE');
    const other = { ...sealing, keys: [randomBytes(32)] };
    await expect(importFacts(database.ownerUrl, facts, { sealing: other })).rejects.toThrow(
      'is not the one with which people were sealed',
    );
    expect(await find('X000001')).toBeNull();
  });

  it('passes over the person when another key has come since', async () => {
    const rotated = { ...sealing, keys: [...sealing.keys, randomBytes(32)] };
    await importFacts(database.ownerUrl, about(SEALED, 'X000001', '9990000018'), { sealing: rotated });
    expect(await people()).toEqual([OTHER]);
    await sealPerson(database.ownerUrl, { by: 'person', person: OTHER }, rotated);
    await importFacts(database.ownerUrl, about(OTHER, 'X000002', '9990000026'), { sealing });
    expect(await people()).toEqual([]);
  });

  it('of restrictions passes over the person too', async () => {
    const owner = 'probation-service';
    const header = { kind: 'restriction-list', owner, asOf: '2026-05-05T09:00:00Z', count: 2 };
    const lines = [header, restriction(SEALED), restriction(OTHER)].map((line) => `${JSON.stringify(line)}\n`);
    const options = { owner, now: new Date('2026-05-05T12:00:00Z'), acceptShrink: true, sealing };
    const done = await importRestrictionList(database.ownerUrl, Buffer.from(lines.join('')), options);
    expect(done.entries).toBe(2);
    expect(await people()).toEqual([OTHER]);
  });
});

function* about(person: string, crn: string, nhs: string): Generator<Fact> {
  yield link(person, 'CRN', crn);
  yield { ...link(person, 'CRN', `FORMER-${crn}`), current: false };
  yield { ...link(person, 'NHS_NUMBER', nhs), holder: 'health-service' };
  yield { ...link(person, 'NHS_NUMBER', nhs), holder: 'northmere-treatment' };
  yield { ...link(person, 'HOUSING_APPLICATION', `HA-${crn}`), holder: 'northmere-housing' };
  yield {
    kind: 'relationship',
    person,
    type: 'SUPERVISION_ALLOCATION',
    partner: 'probation-service',
    practitioner: 'PRO-0001',
    team: null,
    assertedBy: 'allocation-feed',
    evidence: 'EV-1',
    ...SINCE,
  };
  yield { kind: 'permission', person, type: 'CONFIDENTIALITY', holder: null, recipientType: 'police-force', ...SINCE };
  yield {
    kind: 'objection',
    person,
    holder: null,
    recipientType: null,
    dataClass: 'accommodation.address',
    decidedBy: 'IGL-0001',
    ...SINCE,
  };
  const own = { partner: 'probation-service', practitioner: 'PRO-0009', type: 'OWN_RECORD' } as const;
  yield { kind: 'interest', person, ...own, ...SINCE };
  yield restriction(person);
}

function restriction(person: string): Extract<Fact, { kind: 'restriction' }> {
  return { kind: 'restriction', person, type: 'EXCLUSION', owner: 'probation-service', accounts: [], ...SINCE };
}

function link(person: string, type: string, value: string): Extract<Fact, { kind: 'link' }> {
  return { kind: 'link', person, holder: 'probation-service', type, value, confidence: 1, current: true };
}

async function find(crn: string) {
  const reference: SubjectReference = { by: 'identifier', type: 'CRN', value: crn, holder: null, confidence: 0 };
  const [facts] = await createSubjects(store.db).read(caller, [reference], DAY);
  return facts;
}

/** Whoever is in any table. */
async function people(): Promise<unknown[]> {
  const tables = PERSONAL.map(
    (table) => `select ${table === 'person' ? 'id' : 'person'} as person from record.${table}`,
  );
  return (await query(database.ownerUrl, `${tables.join(' union ')} order by 1`)).map((row) => row['person']);
}
