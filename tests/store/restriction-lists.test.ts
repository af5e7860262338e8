import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/record/principal.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { importFacts } from '../../src/store/facts.ts';
import { importRestrictionList, readRestrictionLists } from '../../src/store/restriction-lists.ts';
import { createSubjects } from '../../src/store/subjects.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

const OWNER = 'probation-service';
const NOW = new Date('2026-05-05T12:00:00Z');
const AS_OF = '2026-05-05T09:00:00.000Z';
const caller: Principal = {
  partner: OWNER,
  practitioner: 'PRO-0001',
  name: 'PRO-0001',
  role: 'probation-practitioner',
  client: 'tests',
  issuer: 'http://issuer.test',
  subject: 'tests',
  tokenId: 'token',
};

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 2 });
});

beforeEach(() =>
  query(
    database.ownerUrl,
    'truncate record.person, record.link, record.restriction, record.restriction_list, record.work_item cascade',
  ),
);

afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('importRestrictionList', () => {
  it('puts the list in force, and says so', async () => {
    expect(await take([restriction(1), restriction(2)])).toEqual({
      entries: 2,
      released: 0,
      unreadable: 0,
      unresolved: 0,
    });
    expect(await restricted()).toEqual([1, 2]);
    expect(await readRestrictionLists(store.db)).toEqual([
      { owner: OWNER, asOf: new Date(AS_OF), receivedAt: NOW, entries: 2, problem: null },
    ]);
  });

  it('replaces the owner’s former list and no other’s, and lets go only who is not in it', async () => {
    await take([restriction(1), restriction(2), restriction(3)]);
    const other = { ...restriction(1), owner: 'hmpps-prisons' };
    await take([other], { owner: 'hmpps-prisons' });
    const changed = { ...restriction(2), accounts: ['probation-service/PRO-0009'] };
    expect(await take([restriction(1), changed])).toMatchObject({ entries: 2, released: 1 });
    expect(await restricted()).toEqual([1, 2]);
    expect(await restricted('hmpps-prisons')).toEqual([1]);
    const accounts = await query(database.ownerUrl, 'select accounts from record.restriction where person = $1', [
      person(2),
    ]);
    expect(accounts).toEqual([{ accounts: ['probation-service/PRO-0009'] }]);
  });

  it.each<[string, Uint8Array, string]>([
    ['cut', file([restriction(1), restriction(2)]).slice(0, -30), 'LINE_UNREADABLE'],
    ['of another owner', file([restriction(1)], { owner: 'hmpps-prisons' }), 'WRONG_OWNER'],
    ['with a record too few', file([restriction(1)], { count: 2 }), 'COUNT_DIFFERS'],
    ['older than the last', file([restriction(1)], { asOf: '2026-05-05T08:59:59Z' }), 'OLDER_THAN_LAST'],
    ['from the future', file([restriction(1)], { asOf: '2026-05-05T13:00:00Z' }), 'FROM_THE_FUTURE'],
    ['that is no text', new Uint8Array([0xff, 0xfe, 0x00]), 'NOT_A_LIST'],
    ['that is empty', new Uint8Array(), 'NOT_A_LIST'],
  ])('keeps the last good list in force for one %s, and keeps why', async (_, bytes, code) => {
    await take([restriction(5), restriction(6)]);
    await expect(send(bytes)).rejects.toMatchObject({ code });
    expect(await restricted()).toEqual([5, 6]);
    expect(await readRestrictionLists(store.db)).toMatchObject([{ asOf: new Date(AS_OF), entries: 2, problem: code }]);
    await take([restriction(5), restriction(6)]);
    expect(await readRestrictionLists(store.db)).toMatchObject([{ problem: null }]);
  });

  it('refuses to release more than half at once, unless that is meant', async () => {
    await take([1, 2, 3, 4].map(restriction));
    await expect(take([restriction(1)])).rejects.toThrow('it would release 3 of the 4 people');
    await expect(take([])).rejects.toMatchObject({ code: 'SHRUNK' });
    await expect(take([restriction(1), ...[2, 3, 4].map(ended)])).rejects.toMatchObject({ code: 'SHRUNK' });
    expect(await restricted()).toEqual([1, 2, 3, 4]);
    expect(await take([1, 2].map(restriction))).toMatchObject({ released: 2 });
    expect(await take([], { acceptShrink: true })).toMatchObject({ released: 2 });
    expect(await restricted()).toEqual([]);
  });

  it('notes a first list that failed for an owner it speaks of, and none for a mistyped owner', async () => {
    await expect(send(file([restriction(1)], { owner: 'probatoin-service' }))).rejects.toMatchObject({
      code: 'WRONG_OWNER',
    });
    expect(await readRestrictionLists(store.db)).toEqual([]);
    await expect(send(file([restriction(1)], { count: 7 }))).rejects.toMatchObject({ code: 'COUNT_DIFFERS' });
    expect(await readRestrictionLists(store.db)).toEqual([
      { owner: OWNER, asOf: null, receivedAt: null, entries: 0, problem: 'COUNT_DIFFERS' },
    ]);
  });

  it('takes two lists of an owner at once, one after the other', async () => {
    const [first, second] = [[1, 2].map(restriction), [1, 2, 3].map(restriction)];
    await Promise.all([take(first), take(second), take(first), take(second)]);
    expect([first.length, second.length]).toContain((await restricted()).length);
  });

  it('closes a person whose record cannot be read, and gives the owner work until it can', async () => {
    const broken = { ...restriction(2), accounts: 'see the file', reference: 'LAO-2' };
    expect(await take([restriction(1), broken])).toMatchObject({ unreadable: 1 });
    await importFacts(database.ownerUrl, [
      {
        kind: 'link',
        person: person(2),
        holder: OWNER,
        type: 'CRN',
        value: 'X000002',
        confidence: 1,
        current: true,
      },
    ]);
    const crn = { by: 'identifier', type: 'CRN', value: 'X000002', holder: null, confidence: 1 } as const;
    const [facts] = await createSubjects(store.db).read(caller, [crn], '2026-05-05');
    expect(facts?.restrictions).toMatchObject([{ owner: OWNER, accounts: null }]);
    expect(await work()).toEqual([
      { kind: 'RESTRICTION_UNREADABLE', partner: OWNER, reference: 'LAO-2', person: person(2) },
    ]);
    await take([restriction(1), restriction(2)]);
    expect(await work()).toEqual([]);
  });

  it('gives the owner work for a name that is not resolved, once and until it is', async () => {
    const unresolved = { ...restriction(2), accounts: [], unresolved: ['northmere-police'] };
    expect(await take([restriction(1), unresolved])).toMatchObject({ unresolved: 1 });
    await take([restriction(1), unresolved]);
    expect(await work()).toEqual([
      {
        kind: 'RESTRICTION_NAME_UNRESOLVED',
        partner: OWNER,
        reference: expect.stringMatching(/^R-[0-9a-f]{16}$/),
        person: person(2),
      },
    ]);
    await take([restriction(1), { ...unresolved, until: '2026-05-04' }]);
    expect(await work()).toEqual([]);
  });

  it('gives the same work for a facts file', async () => {
    await importFacts(database.ownerUrl, [{ ...restriction(1), unresolved: ['northmere-police'], reference: 'LAO-1' }]);
    expect(await work()).toMatchObject([{ kind: 'RESTRICTION_NAME_UNRESOLVED', reference: 'LAO-1' }]);
  });
});

function restriction(n: number) {
  return {
    kind: 'restriction',
    person: person(n),
    type: 'EXCLUSION',
    owner: OWNER,
    accounts: ['probation-service/PRO-0002'],
    from: '2026-01-01',
    until: null as string | null,
  } as const;
}

function ended(n: number) {
  return { ...restriction(n), until: '2026-05-04' };
}

function person(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

function file(records: readonly object[], header: object = {}): Uint8Array {
  const first = { kind: 'restriction-list', owner: OWNER, asOf: AS_OF, count: records.length, ...header };
  return Buffer.from([first, ...records].map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function take(records: readonly object[], { owner = OWNER, acceptShrink = false } = {}) {
  return importRestrictionList(database.ownerUrl, file(records, { owner }), { owner, now: NOW, acceptShrink });
}

function send(bytes: Uint8Array) {
  return importRestrictionList(database.ownerUrl, bytes, { owner: OWNER, now: NOW, acceptShrink: false });
}

async function restricted(owner = OWNER): Promise<number[]> {
  const rows = await query(database.ownerUrl, 'select person::text from record.restriction where owner = $1', [owner]);
  return rows.map((row) => Number(String(row['person']).slice(-12))).sort();
}

async function work(): Promise<unknown[]> {
  return query(database.ownerUrl, 'select kind, partner, reference, person::text from record.work_item where open');
}
