import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CaseChange, FlagCases, FlagDigest, FoundCase, KeptFlag } from '../../src/record/flags.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { createFlagCases, createFlagDigest } from '../../src/store/flags.ts';
import { createFreeTexts } from '../../src/store/free-text.ts';
import { migratedDatabase, type TestDatabase } from './database.ts';

const AT = new Date('2026-05-06T10:00:00Z');
const DUE = new Date('2026-05-20T22:59:59Z');
const OF = { scope: 'PARTNER', reader: 'north' } as const;
const OFFICER = { partner: 'north', isLead: false };
const TOUCHED = { practitioners: ['A'], relationships: [], subjects: [] };
const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;

let database: TestDatabase;
let store: Store;
let digest: FlagDigest;
let cases: FlagCases;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 2 });
  digest = createFlagDigest(store.db);
  cases = createFlagCases(store.db);
});

afterAll(async () => {
  await store.close();
  await database.drop();
});

function flag(n: number, change: Partial<KeptFlag> = {}): KeptFlag {
  return {
    ...OF,
    id: id(n),
    rule: 'OWN_RECORD',
    day: '2026-05-05',
    partner: 'north',
    practitioner: 'A',
    relationship: null,
    subject: { ref: 'somebody', epoch: 2 },
    subjects: ['somebody'],
    weight: 6,
    sentence: 'One look-up, at “10:00”.',
    evidence: ['It’s refused.'],
    considered: [],
    entries: [id(9)],
    ...change,
  };
}

const found = (flags: readonly string[], change: Partial<FoundCase> = {}): FoundCase => ({
  ...OF,
  id: id(5),
  about: 'PRACTITIONER',
  partner: 'north',
  practitioner: 'A',
  relationship: null,
  subject: null,
  weight: 6,
  flags,
  ...change,
});

const keep = (...flags: readonly KeptFlag[]) => digest.keepDays(['2026-05-05'], { flags, tallies: [], figures: [] });
const change = (more: Partial<CaseChange>): CaseChange => ({
  case: id(5),
  version: 1,
  at: AT,
  by: 'north/IGO-0001',
  step: 'NOTED',
  detail: null,
  text: null,
  idempotencyKey: null,
  ...more,
});

test('a day that is gone through again has what it has then, and says what it has no more', async () => {
  expect(await keep(flag(1), flag(2))).toEqual([]);
  expect((await keep(flag(1, { weight: 7 }))).map((each) => each.id)).toEqual([id(2)]);
  expect(await digest.flagsAbout(OF, TOUCHED)).toEqual([{ ...flag(1, { weight: 7 }), closedAs: [] }]);
  expect(await digest.flagsAbout({ scope: 'OWNER', reader: 'north' }, TOUCHED)).toEqual([]);
});

test('a case is opened once, and grows when it has another flag', async () => {
  await keep(flag(1), flag(2));
  for (let time = 0; time < 2; time += 1) await digest.saveCases([found([id(1)])], AT, DUE);
  expect(await cases.find(OFFICER, id(5))).toMatchObject({ version: 1, openedAt: AT, dueAt: DUE, flags: [flag(1)] });
  await digest.saveCases([found([id(1), id(2)], { weight: 12 })], new Date(AT.getTime() + 1_000), DUE);
  const grown = await cases.find(OFFICER, id(5));
  expect(grown).toMatchObject({ version: 2, weight: 12, openedAt: AT, steps: [{ step: 'OPENED' }, { step: 'GREW' }] });
  expect(await digest.openCases(OF, TOUCHED)).toEqual([
    { id: id(5), about: 'PRACTITIONER', flags: expect.arrayContaining([id(1), id(2)]) },
  ]);
  expect(await cases.find({ partner: 'south', isLead: false }, id(5))).toBeNull();
  expect((await cases.list({ partner: 'board', isLead: true }, LIST, 9)).map((each) => each.id)).toEqual([id(5)]);
});

const LIST = { closed: false, about: null, assignedTo: null };

test('of two who change a version the second changes nothing, nor is their text kept', async () => {
  const texts = createFreeTexts(store.db, [randomBytes(32)]);
  const [first, second] = [texts.seal('What the first one found.'), texts.seal('What the second one found.')];
  expect(await cases.change(change({ version: 2, text: first }))).toBe(true);
  expect(await cases.change(change({ version: 2, text: second }))).toBe(false);
  expect([await texts.read(first.id), await texts.read(second.id)]).toEqual(['What the first one found.', null]);
});

test('one that somebody took up is not dropped, whatever is found; one that nobody did is', async () => {
  await digest.saveCases([found([id(2)], { id: id(6) })], AT, DUE);
  await digest.dropCases([id(5), id(6)]);
  expect([(await cases.find(OFFICER, id(5)))?.id, await cases.find(OFFICER, id(6))]).toEqual([id(5), null]);
});

test('what is closed stays as it is: its flags, its weight, and it is counted for nothing else', async () => {
  expect(await cases.change(change({ version: 3, step: 'CLOSED', detail: 'EXPLAINED' }))).toBe(true);
  const closed = await cases.find(OFFICER, id(5));
  expect(closed).toMatchObject({ state: 'CLOSED', outcome: 'EXPLAINED', closedBy: 'north/IGO-0001', closedAt: AT });
  await keep(flag(1, { weight: 1, sentence: 'Changed.' }), flag(3));
  await digest.saveCases([found([id(3)], { weight: 1 })], AT, DUE);
  await digest.dropCases([id(5)]);
  expect(await cases.find(OFFICER, id(5))).toEqual(closed);
  expect(await cases.change(change({ version: 4 }))).toBe(false);
  const known = await digest.flagsAbout(OF, TOUCHED);
  expect(known.map((each) => [each.id, each.closedAs])).toEqual([
    [id(1), ['PRACTITIONER']],
    [id(2), ['PRACTITIONER']],
    [id(3), []],
  ]);
});

test('progress, and what was usual', async () => {
  expect(await digest.progress()).toBeNull();
  const progress = { next: 12, upTo: AT, setApart: ['somebody'] };
  for (let time = 0; time < 2; time += 1) await digest.keepProgress(progress);
  expect(await digest.progress()).toEqual(progress);
  const tally = {
    partner: 'north',
    practitioner: 'A',
    role: 'officer',
    accesses: 3,
    people: 2,
    refused: 1,
    breakGlass: 0,
  };
  const tallies = ['2026-04-01', '2026-04-02'].map((day) => ({ ...tally, day }));
  await digest.keepDays(['2026-04-01', '2026-04-02'], { flags: [], tallies, figures: [] });
  expect(await digest.tallies('north', '2026-04-02', '2026-04-30')).toEqual([tallies[1]]);
  await digest.forgetTallies('2026-04-02');
  expect(await digest.tallies('north', '2026-01-01', '2026-04-30')).toEqual([tallies[1]]);
});
