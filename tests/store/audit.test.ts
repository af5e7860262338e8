import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StoredEntry } from '../../src/audit/entry.ts';
import { createAuditStore } from '../../src/store/audit.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { migratedDatabase, query, type TestDatabase } from './database.ts';

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 4 });
});

afterEach(() => query(database.ownerUrl, 'truncate audit.entry; update audit.head set size = 0'));

afterAll(async () => {
  await store.close();
  await database.drop();
});

describe('append', () => {
  it('keeps every column and the exact bytes', async () => {
    const body = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const at = new Date('2026-03-29T00:59:59.123Z');
    const full = { ...entry(), at, partner: 'probation-service', practitioner: 'PRO-0001', subject: 'pseudonym', body };
    const bare = { ...entry(), kind: 'start', requestId: null, body: body.subarray(3, 7) } as const;
    await createAuditStore(store.db).append([full, bare]);
    const rows = await query(database.ownerUrl, 'select * from audit.entry order by index');
    expect(rows).toEqual([
      {
        index: '0',
        id: full.id,
        at,
        kind: 'disclosure',
        request_id: full.requestId,
        partner: 'probation-service',
        practitioner: 'PRO-0001',
        subject: 'pseudonym',
        body: Buffer.from(body),
      },
      {
        index: '1',
        id: bare.id,
        at: bare.at,
        kind: 'start',
        request_id: null,
        partner: null,
        practitioner: null,
        subject: null,
        body: Buffer.from([3, 4, 5, 6]),
      },
    ]);
  });

  it('keeps the order of the batch, and of the batches', async () => {
    const batches = [entries(3), entries(1), entries(40)];
    for (const batch of batches) await createAuditStore(store.db).append(batch);
    expect(await stored()).toEqual(batches.flat().map(({ id }, index) => ({ index: String(index), id })));
    expect(await size()).toBe('44');
  });

  it('passes over what it has: a batch sent again changes nothing, one sent in part is completed', async () => {
    const [first, second, third] = entries(3) as [StoredEntry, StoredEntry, StoredEntry];
    const log = createAuditStore(store.db);
    await log.append([first, second]);
    await log.append([first, second]);
    await log.append([second, third, third]);
    expect((await stored()).map(({ id }) => id)).toEqual([first.id, second.id, third.id]);
    expect(await size()).toBe('3');
  });

  it('refuses an id it has with other bytes, and then the whole batch', async () => {
    const first = entry();
    const log = createAuditStore(store.db);
    await log.append([first]);
    const forged = { ...first, body: Buffer.from('something else') };
    await expect(log.append([entry(), forged])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await size()).toBe('1');
    expect(await stored()).toEqual([{ index: '0', id: first.id }]);
  });

  it('takes a whole batch or none of it', async () => {
    const broken = { ...entry(), id: 'not a uuid' };
    await expect(createAuditStore(store.db).append([entry(), broken, entry()])).rejects.toThrow();
    expect(await stored()).toEqual([]);
    expect(await size()).toBe('0');
  });

  it('leaves no gap and no double when several append at once', async () => {
    const other = openStore(database.gatewayUrl, { poolSize: 2 });
    const batches = Array.from({ length: 40 }, (_, n) => entries(1 + (n % 7)));
    const shared = entries(5);
    await Promise.all([
      ...batches.map((batch, n) => createAuditStore(n % 2 ? store.db : other.db).append(batch)),
      ...[store, other, store, other].map(({ db }) => createAuditStore(db).append(shared)),
    ]);
    await other.close();

    const rows = await stored();
    const sent = [...batches.flat(), ...shared].map(({ id }) => id);
    expect(rows.map(({ index }) => index)).toEqual(sent.map((_, index) => String(index)));
    expect(rows.map(({ id }) => id).sort()).toEqual(sent.sort());
    for (const batch of [...batches, shared]) {
      const start = rows.findIndex(({ id }) => id === batch[0]?.id);
      expect(rows.slice(start, start + batch.length).map(({ id }) => id)).toEqual(batch.map(({ id }) => id));
    }
    expect(await size()).toBe(String(sent.length));
  });
});

function entries(count: number): StoredEntry[] {
  return Array.from({ length: count }, entry);
}

function entry(): StoredEntry {
  const id = randomUUID();
  return {
    id,
    at: new Date('2026-05-05T10:00:00.000Z'),
    kind: 'disclosure',
    requestId: randomUUID(),
    partner: null,
    practitioner: null,
    subject: null,
    body: Buffer.from(JSON.stringify({ id })),
  };
}

function stored(): Promise<Record<string, unknown>[]> {
  return query(database.ownerUrl, 'select index, id from audit.entry order by index');
}

async function size(): Promise<unknown> {
  return (await query(database.ownerUrl, 'select size from audit.head'))[0]?.['size'];
}
