import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../src/record/fact-file.ts';
import { FactsError, importFacts, readFactsFile } from '../../src/store/facts.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

const PERSON = '00000000-0000-4000-8000-000000000001';
const SPAN = { from: '2026-01-01', until: null };

const LINK = {
  kind: 'link',
  person: PERSON,
  holder: 'probation-service',
  type: 'CRN',
  value: 'X000001',
  confidence: 0.9,
  current: true,
} as const;
const RELATIONSHIP = {
  kind: 'relationship',
  person: PERSON,
  type: 'SUPERVISION_ALLOCATION',
  partner: 'probation-service',
  practitioner: 'PRO-0001',
  team: null,
  assertedBy: 'PRM-0001',
  evidence: 'EV-1',
  ...SPAN,
} as const;
const MEMBER = {
  kind: 'team-member',
  team: 'north',
  partner: 'probation-service',
  practitioner: 'PRO-0001',
  ...SPAN,
} as const;
const PERMISSION = {
  kind: 'permission',
  person: PERSON,
  type: 'CONFIDENTIALITY',
  holder: null,
  recipientType: null,
  ...SPAN,
} as const;
const RESTRICTION = {
  kind: 'restriction',
  person: PERSON,
  type: 'EXCLUSION',
  owner: 'probation-service',
  accounts: ['probation-service/PRO-0002'],
  ...SPAN,
} as const;
const COVER = {
  kind: 'cover',
  partner: 'probation-service',
  practitioner: 'PRO-0001',
  coveredBy: 'PRO-0002',
  recordedBy: 'PRM-0001',
  reference: 'COVER-1',
  reason: 'sick leave',
  from: '2026-01-01',
  until: '2026-01-09',
} as const;
const OBJECTION = {
  kind: 'objection',
  person: PERSON,
  holder: null,
  recipientType: null,
  dataClass: 'accommodation.address',
  decidedBy: 'IGL-0001',
  ...SPAN,
} as const;
const INTEREST = {
  kind: 'interest',
  person: PERSON,
  partner: 'probation-service',
  practitioner: 'PRO-0001',
  type: 'OWN_RECORD',
  ...SPAN,
} as const;
const ONE_OF_EACH: readonly Fact[] = [
  LINK,
  RELATIONSHIP,
  MEMBER,
  { ...MEMBER, kind: 'duty' },
  { ...MEMBER, kind: 'manager' },
  COVER,
  PERMISSION,
  OBJECTION,
  INTEREST,
  RESTRICTION,
];

const TABLES = [
  'person',
  'link',
  'relationship',
  'team_member',
  'duty',
  'manager',
  'cover',
  'permission',
  'objection',
  'interest',
  'restriction',
];

let database: TestDatabase;

beforeAll(async () => {
  database = await migratedDatabase();
});

beforeEach(() => query(database.ownerUrl, `truncate ${TABLES.map((table) => `record.${table}`).join(', ')} cascade`));

afterAll(() => database.drop());

describe('importFacts', () => {
  it('imports every kind, and counts it', async () => {
    const counts = Object.fromEntries(ONE_OF_EACH.map(({ kind }) => [kind, 1]));
    expect(await importFacts(database.ownerUrl, ONE_OF_EACH)).toEqual({ ...counts, people: 1 });
    expect(await rows()).toEqual(Object.fromEntries(TABLES.map((table) => [table, 1])));
  });

  it('changes nothing when it is repeated', async () => {
    await importFacts(database.ownerUrl, ONE_OF_EACH);
    const versions = TABLES.map((table) => `select xmin::text, ctid::text from record.${table}`).join(' union all ');
    const before = await query(database.ownerUrl, versions);
    await importFacts(database.ownerUrl, ONE_OF_EACH);
    expect(await query(database.ownerUrl, versions)).toEqual(before);
  });

  it('replaces what is said anew of the same fact, within a file and later', async () => {
    await importFacts(database.ownerUrl, [LINK, { ...LINK, confidence: 0.7 }, RELATIONSHIP, RESTRICTION]);
    expect(await query(database.ownerUrl, 'select confidence from record.link')).toEqual([{ confidence: 0.7 }]);
    const ended = { until: '2026-02-02' };
    await importFacts(database.ownerUrl, [
      { ...LINK, current: false },
      { ...RELATIONSHIP, ...ended },
      { ...RESTRICTION, accounts: ['probation-service/PRO-0003'] },
    ]);
    expect(await query(database.ownerUrl, 'select current from record.link')).toEqual([{ current: false }]);
    expect(await query(database.ownerUrl, 'select valid_until::text as until from record.relationship')).toEqual([
      ended,
    ]);
    expect(await query(database.ownerUrl, 'select accounts from record.restriction')).toEqual([
      { accounts: ['probation-service/PRO-0003'] },
    ]);
    await importFacts(database.ownerUrl, [COVER, { ...COVER, until: '2026-01-05' }]);
    expect(await query(database.ownerUrl, 'select valid_until::text as until from record.cover')).toEqual([
      { until: '2026-01-05' },
    ]);
  });

  it('keeps a restriction’s desks and unresolved names, and a reference of the owner’s or one that stays', async () => {
    const [desks, unresolved] = [['probation-service/north'], ['northmere-police']];
    const said = `select desks, unresolved, reference from record.restriction`;
    await importFacts(database.ownerUrl, [{ ...RESTRICTION, desks, unresolved, reference: 'LAO-7' }]);
    expect(await query(database.ownerUrl, said)).toEqual([{ desks, unresolved, reference: 'LAO-7' }]);
    await importFacts(database.ownerUrl, [RESTRICTION]);
    const [given] = await query(database.ownerUrl, said);
    expect(given).toEqual({ desks: [], unresolved: [], reference: expect.stringMatching(/^R-[0-9a-f]{16}$/) });
    await importFacts(database.ownerUrl, [{ ...RESTRICTION, until: '2026-02-02' }]);
    expect(await query(database.ownerUrl, said)).toEqual([given]);
  });

  it('reads a facts file, and counts its lines as an editor does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'throughgate-facts-'));
    const file = join(folder, 'facts.ndjson');
    writeFileSync(file, `${JSON.stringify(LINK)}\r\n\n${JSON.stringify(MEMBER)}\n`);
    expect(await importFacts(database.ownerUrl, readFactsFile(file))).toMatchObject({ link: 1, 'team-member': 1 });
    writeFileSync(file, `\n\n{"kind":"link"\n`);
    await expect(importFacts(database.ownerUrl, readFactsFile(file))).rejects.toThrow(
      'line 3: a record must be a JSON object',
    );
    await expect(importFacts(database.ownerUrl, readFactsFile(join(folder, 'none')))).rejects.toThrow('ENOENT');
    rmSync(folder, { recursive: true });
  });

  it('loads thousands, in batches, and says how far it is', async () => {
    const told: number[] = [];
    const counts = await importFacts(database.ownerUrl, links(12_001), { onProgress: (lines) => told.push(lines) });
    expect(counts).toMatchObject({ link: 12_001, people: 12_001 });
    expect(told).toEqual([5_000, 10_000, 12_001]);
    expect(await rows()).toMatchObject({ link: 12_001, person: 12_001 });
  });

  it('loads nothing when anything is wrong, however late', async () => {
    const facts = [...links(6_000), { ...LINK, confidence: 2 }];
    await expect(importFacts(database.ownerUrl, facts)).rejects.toThrow('line 6001: confidence must be');
    expect(await rows()).toMatchObject({ link: 0, person: 0 });
  });

  it('tells of every mistake at once, up to twenty', async () => {
    const bad = { ...MEMBER, from: 'soon', until: 'later' };
    const error = await importFacts(database.ownerUrl, [bad, LINK, bad]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FactsError);
    expect((error as FactsError).problems).toEqual([
      'line 1: from must be a day, YYYY-MM-DD',
      'line 1: until must be a day, YYYY-MM-DD, or null: open-ended',
      'line 3: from must be a day, YYYY-MM-DD',
      'line 3: until must be a day, YYYY-MM-DD, or null: open-ended',
    ]);
    const many = await importFacts(database.ownerUrl, Array(30).fill(bad)).catch((caught: unknown) => caught);
    expect((many as FactsError).problems).toHaveLength(20);
  });

  it('refuses a restriction whose accounts are given twice and differ: one list would be lost', async () => {
    const facts = [RESTRICTION, LINK, { ...RESTRICTION, accounts: ['probation-service/PRO-0003'] }];
    await expect(importFacts(database.ownerUrl, facts)).rejects.toThrow(
      'line 3: differs from the same restriction in line 1',
    );
    await importFacts(database.ownerUrl, [RESTRICTION, RESTRICTION]);
  });

  it('says no value in a mistake', async () => {
    const error = await importFacts(database.ownerUrl, [{ ...LINK, value: 'secret\n' }]).catch(
      (caught: unknown) => caught,
    );
    expect(String(error)).not.toContain('secret');
  });
});

describe('a record that is none', () => {
  it.each<[string, unknown, string]>([
    ['a number', 7, 'a record must be a JSON object'],
    ['a list', [LINK], 'a record must be a JSON object'],
    [
      'no kind',
      { person: PERSON },
      'kind must be one of link, relationship, team-member, duty, manager, cover, permission, objection, interest, restriction',
    ],
    ['a kind of JavaScript’s own', { kind: 'constructor' }, 'kind must be one of'],
    ['a field missing', without(LINK, 'current'), 'current is missing: true or false'],
    [
      'no until: it does not mean for ever',
      without(MEMBER, 'until'),
      'until is missing: a day, YYYY-MM-DD, or null: open-ended',
    ],
    ['a field too many', { ...MEMBER, untill: null }, 'a team-member has no field untill; did you mean until'],
    ['a person who is no UUID', { ...LINK, person: 'X000001' }, 'person must be a UUID'],
    [
      'a person in capitals',
      { ...LINK, person: 'ABCDEF00-0000-4000-8000-000000000001' },
      'person must be a UUID in small letters',
    ],
    ['the UUID of nobody', { ...LINK, person: '00000000-0000-0000-0000-000000000000' }, 'person must be a UUID'],
    ['a confidence over 1', { ...LINK, confidence: 1.01 }, 'confidence must be a number from 0 to 1'],
    ['a confidence in words', { ...LINK, confidence: '0.9' }, 'confidence must be a number from 0 to 1'],
    ['current as text', { ...LINK, current: 'false' }, 'current must be true or false'],
    ['an empty value', { ...LINK, value: '' }, 'value must be a text of 1 to 200 characters'],
    ['the sign for every holder', { ...PERMISSION, holder: '*' }, 'holder must be a code'],
    ['a day that does not exist', { ...MEMBER, from: '2026-02-30' }, 'from must be a day'],
    ['a day with a time', { ...MEMBER, from: '2026-02-03T00:00:00Z' }, 'from must be a day'],
    ['a restriction of a third type', { ...RESTRICTION, type: 'restriction' }, 'type must be RESTRICTION or EXCLUSION'],
    [
      'an account without its partner',
      { ...RESTRICTION, accounts: ['PRO-0002'] },
      'accounts must be a list of accounts, each "<partner>/<practitioner>"',
    ],
    [
      'accounts that are no list',
      { ...RESTRICTION, accounts: 'PRO-0002' },
      'accounts must be a list of accounts, each "<partner>/<practitioner>"',
    ],
    [
      'an account that is empty',
      { ...RESTRICTION, accounts: [''] },
      'accounts must be a list of accounts, each "<partner>/<practitioner>"',
    ],
    [
      'accounts that are null: unreadable is for the gateway to say',
      { ...RESTRICTION, accounts: null },
      'accounts must be a list of accounts, each "<partner>/<practitioner>"',
    ],
    [
      'a desk without its partner',
      { ...RESTRICTION, desks: ['north'] },
      'desks must be a list of desks, each "<partner>/<team>"',
    ],
    [
      'a name not resolved at an account',
      { ...RESTRICTION, unresolved: ['northmere-police/NPO-0001'] },
      'unresolved must be a list of codes of partners',
    ],
    ['cover without an end', { ...COVER, until: null }, 'until must be a day, YYYY-MM-DD'],
    [
      'cover for oneself',
      { ...COVER, coveredBy: 'PRO-0001' },
      'coveredBy must be somebody other than the practitioner',
    ],
    [
      'SHARE-10: cover by one’s own word',
      { ...COVER, recordedBy: 'PRO-0002' },
      'recordedBy must be somebody other than who covers',
    ],
    ['an interest of a third type', { ...INTEREST, type: 'FAMILY' }, 'type must be OWN_RECORD or DECLARED_INTEREST'],
    ['an objection that nobody decided', { ...OBJECTION, decidedBy: null }, 'decidedBy must be a text'],
    [
      'a relationship of nobody',
      { ...RELATIONSHIP, practitioner: null },
      'a practitioner or a team must hold it, and not both',
    ],
    [
      'a relationship of both',
      { ...RELATIONSHIP, team: 'north' },
      'a practitioner or a team must hold it, and not both',
    ],
    [
      'SHARE-10: a relationship that its practitioner asserted',
      { ...RELATIONSHIP, assertedBy: 'PRO-0001' },
      'assertedBy must be somebody other than the practitioner who holds it',
    ],
    [
      'a relationship that its practitioner asserted, by their account',
      { ...RELATIONSHIP, assertedBy: 'probation-service/PRO-0001' },
      'assertedBy must be somebody other than the practitioner who holds it',
    ],
  ])('%s', async (_, record, problem) => {
    await expect(importFacts(database.ownerUrl, [LINK, record as Fact])).rejects.toThrow(`line 2: ${problem}`);
    expect(await rows()).toMatchObject({ link: 0 });
  });
});

function without(fact: object, field: string): object {
  return Object.fromEntries(Object.entries(fact).filter(([name]) => name !== field));
}

function* links(count: number): Generator<Fact> {
  for (let n = 1; n <= count; n += 1) {
    yield { ...LINK, person: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`, value: `X${n}` };
  }
}

async function rows(): Promise<Record<string, unknown>> {
  const counts = TABLES.map((table) => `(select count(*)::int from record.${table}) as ${table}`);
  return (await query(database.ownerUrl, `select ${counts.join(', ')}`))[0] ?? {};
}
