import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { StoredEntry } from '../../src/audit/entry.ts';
import { EMPTY, type Frontier } from '../../src/audit/tree.ts';
import { createAuditStore } from '../../src/store/audit.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { clearLog, migratedDatabase, query, type TestDatabase } from './database.ts';

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 2 });
});

afterEach(() => clearLog(database));

afterAll(async () => {
  await store.close();
  await database.drop();
});

function entries(count: number): StoredEntry[] {
  return Array.from({ length: count }, () => ({
    id: randomUUID(),
    at: new Date(),
    kind: 'start',
    requestId: null,
    partner: null,
    practitioner: null,
    subject: null,
    body: Buffer.from(randomUUID()),
  }));
}

/** One that others append beside, and what it learned. */
function following() {
  const grown: Frontier[] = [];
  const audit = createAuditStore(store, EMPTY, (tree) => void grown.push(tree));
  return { audit, sizes: () => grown.map(({ size }) => size) };
}

describe('a store that follows', () => {
  test('hears of what others appended, once', async () => {
    const { audit, sizes } = following();
    await createAuditStore(store).append(entries(3));
    await audit.follow();
    await audit.follow();
    expect(sizes()).toEqual([3]);
    await audit.append(entries(2));
    expect(sizes()).toEqual([3, 5]);
  });

  test('never goes back, whatever it finds out later', async () => {
    const { audit, sizes } = following();
    const other = createAuditStore(store);
    let appending = true;
    const appended = (async () => {
      for (let count = 1; count <= 13; count += 1) await other.append(entries(count));
    })().finally(() => {
      appending = false;
    });
    while (appending) await Promise.all([audit.follow(), audit.follow()]);
    await appended;
    await audit.follow();
    expect(sizes()).toEqual(sizes().toSorted((a, b) => a - b));
    expect(sizes().at(-1)).toBe(91);
  });

  test('says so when the log is shorter than it was, or another, and goes on with neither', async () => {
    const { audit, sizes } = following();
    await audit.append(entries(5));
    await clearLog(database);
    await expect(audit.follow()).rejects.toThrow('the log is shorter than it was');
    await createAuditStore(store).append(entries(9));
    await expect(audit.follow()).rejects.toThrow('the log is not the one that it was');
    expect(sizes()).toEqual([5]);
    expect(await query(database.ownerUrl, 'select size from audit.head')).toEqual([{ size: '9' }]);
  });
});
