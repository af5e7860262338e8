import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NameRequest, Telling } from '../../src/record/telling.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { createNameRequests } from '../../src/store/name-requests.ts';
import { createTellings } from '../../src/store/telling.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

const NOON = new Date('2026-05-05T12:00:00Z');

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 4 });
});

afterAll(async () => {
  await store?.close();
  await database?.drop();
});

function telling(changed: Partial<Telling>): Telling {
  return {
    id: randomUUID(),
    entry: randomUUID(),
    controller: 'hmpps-prisons',
    decision: 'TELL',
    ground: null,
    reviewOn: null,
    decidedBy: 'IGO-0001',
    decidedAt: NOON,
    version: 1,
    ...changed,
  };
}

describe('decisions about telling', () => {
  test('of several at once one is kept, first and later', async () => {
    const tellings = createTellings(store.db);
    const entry = randomUUID();
    const at = (version: number) =>
      Promise.all(
        ['IGO-0001', 'IGO-0002', 'IGO-0003'].map((decidedBy) =>
          tellings.decide(telling({ entry, decidedBy, version })),
        ),
      );
    for (const version of [1, 2]) expect((await at(version)).filter((kept) => kept)).toHaveLength(1);
    expect(await at(4)).toEqual([false, false, false]);
    expect(await tellings.ofEntries([entry])).toMatchObject([{ entry, version: 2, decidedAt: NOON }]);
    expect(await tellings.ofEntries([])).toEqual([]);
  });

  test('what is kept back is read soonest first, of one controller or of all', async () => {
    const tellings = createTellings(store.db);
    const kept = (controller: string, reviewOn: string) =>
      telling({ controller, decision: 'WITHHOLD', ground: 'CRIME', reviewOn });
    for (const each of [kept('a', '2026-08-01'), kept('b', '2026-06-01'), kept('a', '2026-07-01')]) {
      expect(await tellings.decide(each)).toBe(true);
    }
    const days = (list: readonly Telling[]) => list.map(({ reviewOn }) => reviewOn);
    expect(days(await tellings.withheld('a', null, 5))).toEqual(['2026-07-01', '2026-08-01']);
    const page = await tellings.withheld(null, null, 2);
    expect(days(page)).toEqual(['2026-06-01', '2026-07-01']);
    expect(days(await tellings.withheld(null, page[1] ?? null, 2))).toEqual(['2026-08-01']);
  });
});

describe('requests for names', () => {
  function request(changed: Partial<NameRequest> = {}): NameRequest {
    return {
      id: randomUUID(),
      idempotencyKey: randomUUID(),
      partner: 'hmpps-prisons',
      askedBy: 'IGO-0001',
      agreedBy: null,
      subjects: ['A', 'B'],
      reason: 'BREACH',
      askedAt: NOON,
      agreedAt: null,
      until: null,
      ...changed,
    };
  }

  test('the first under a key is kept', async () => {
    const names = createNameRequests(store.db);
    const first = request();
    expect(await names.ask(first)).toEqual(first);
    expect(await names.ask(request({ idempotencyKey: first.idempotencyKey, subjects: ['C'] }))).toEqual(first);
    expect(await names.find(first.id)).toEqual(first);
    expect(await names.find(randomUUID())).toBeNull();
  });

  test('somebody else agrees, once', async () => {
    const names = createNameRequests(store.db);
    const { id } = await names.ask(request());
    const agreed = (by: string) => names.agree(id, { by, at: NOON, until: new Date(NOON.getTime() + 1) });
    expect(await agreed('IGO-0001')).toBe(false);
    expect((await Promise.all(['IGO-0002', 'IGO-0003'].map(agreed))).filter((kept) => kept)).toHaveLength(1);
    expect(await names.find(id)).toMatchObject({ agreedAt: NOON, until: new Date(NOON.getTime() + 1) });
  });

  test('everybody is gone through once, in lots', async () => {
    const names = createNameRequests(store.db);
    const ids = Array.from({ length: 5 }, () => randomUUID()).sort();
    for (const id of ids) await query(database.ownerUrl, 'insert into record.person (id) values ($1)', [id]);
    const found: string[] = [];
    for (let last: string | null = null; found.length < 10; last = found.at(-1) ?? null) {
      const lot = await names.peopleAfter(last, 2);
      found.push(...lot);
      if (lot.length < 2) break;
    }
    expect(found).toEqual(ids);
  });
});
