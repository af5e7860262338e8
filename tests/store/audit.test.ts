import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StoredEntry } from '../../src/audit/entry.ts';
import { createAuditLog } from '../../src/audit/log.ts';
import { EMPTY, extend, type Frontier, leafHash, rootOf } from '../../src/audit/tree.ts';
import { createAuditStore } from '../../src/store/audit.ts';
import { openStore, type Store } from '../../src/store/client.ts';
import { clearLog, emptyDatabase, migratedDatabase, query, type TestDatabase } from './database.ts';

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await migratedDatabase();
  store = openStore(database.gatewayUrl, { poolSize: 4 });
});

afterEach(() => clearLog(database));

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
    // A month to come, so that it is the current one whatever the day.
    await query(database.ownerUrl, `update audit.head set period = '2097-01-01'`);
    await createAuditStore(store).append([full, bare]);
    const rows = await query(database.ownerUrl, 'select *, period::text from audit.entry order by index');
    expect(rows).toEqual([
      {
        period: '2097-01-01',
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
        period: '2097-01-01',
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
    for (const batch of batches) await createAuditStore(store).append(batch);
    expect(await stored()).toEqual(batches.flat().map(({ id }, index) => ({ index: String(index), id })));
    expect(await size()).toBe('44');
  });

  it('passes over what it has: a batch sent again changes nothing, one sent in part is completed', async () => {
    const [first, second, third] = entries(3) as [StoredEntry, StoredEntry, StoredEntry];
    const log = createAuditStore(store);
    await log.append([first, second]);
    await log.append([first, second]);
    await log.append([second, third]);
    await createAuditStore(store).append([first, second, third]);
    expect((await stored()).map(({ id }) => id)).toEqual([first.id, second.id, third.id]);
    expect(await size()).toBe('3');
  });

  it('refuses an id it has with other bytes, and then the whole batch', async () => {
    const first = entry();
    const log = createAuditStore(store);
    await log.append([first]);
    const forged = { ...first, body: Buffer.from('something else') };
    await expect(log.append([entry(), forged])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await size()).toBe('1');
    expect(await stored()).toEqual([{ index: '0', id: first.id }]);
  });

  it('takes a whole batch or none of it', async () => {
    const broken = { ...entry(), id: 'not a uuid' };
    await expect(createAuditStore(store).append([entry(), broken, entry()])).rejects.toThrow();
    expect(await stored()).toEqual([]);
    expect(await size()).toBe('0');
  });

  it('refuses a batch that has one id twice', async () => {
    const twice = entry();
    await expect(createAuditStore(store).append([entry(), twice, twice])).rejects.toThrow();
    expect(await stored()).toEqual([]);
    expect(await size()).toBe('0');
  });

  it('leaves no gap, no double and no fork when two gateways append at once', { timeout: 60_000 }, async () => {
    const other = openStore(database.gatewayUrl, { poolSize: 2 });
    const told: Frontier[] = [];
    const logs = [store, other].map((each) =>
      createAuditLog(
        createAuditStore(each, EMPTY, (tree) => void told.push(tree)),
        {
          deadlineMilliseconds: 20_000,
          batch: 20,
          queue: 20_000,
        },
      ),
    );
    const batches = Array.from({ length: 400 }, (_, n) => entries(1 + (n % 7)));
    const shared = entries(5);
    await Promise.all([
      ...batches.map((batch, n) => logs[n % 2]?.append(batch)),
      ...logs.map((log) => log.append(shared)),
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
    await expectTree();
    // Whatever either was told is a beginning of the one log.
    const bodies = await query(database.ownerUrl, 'select body from audit.entry order by index');
    const leaves = bodies.map(({ body }) => leafHash(body as Uint8Array));
    for (const { size: length, hashes } of told) {
      expect(extend(EMPTY, leaves.slice(0, length)).hashes.map(hex)).toEqual(hashes.map(hex));
    }
  });

  it('gives up on a log that has become shorter than it knew', async () => {
    const log = createAuditStore(store);
    await log.append(entries(3));
    await clearLog(database);
    await expect(log.append(entries(1))).rejects.toThrow('shorter');
    await expect(log.append(entries(1))).rejects.toThrow('shorter');
    expect(await size()).toBe('0');
  });

  it('takes no tree from the database: one that was written anew under it is never appended to, nor told of', async () => {
    const told: Frontier[] = [];
    const log = createAuditStore(store, EMPTY, (tree) => void told.push(tree));
    await log.append(entries(3));
    // Whoever owns the database edits an entry, computes the tree of it, and appends one of their own.
    await query(database.ownerUrl, `update audit.entry set body = '{}' where index = 1`);
    await query(database.ownerUrl, `update audit.leaf set hash = sha256('\\x00'::bytea || '{}') where index = 1`);
    await query(
      database.ownerUrl,
      `update audit.head set frontier = audit.extend(0, '', (select string_agg(hash, ''::bytea order by index) from audit.leaf))`,
    );
    await query(database.ownerUrl, 'update audit.head set root = audit.root_of(frontier)');
    await createAuditStore(store).append(entries(1));
    await expect(log.append(entries(1))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(told.map(({ size: length }) => length)).toEqual([3]);
    expect(await size()).toBe('4');
  });

  it('reads what it has missed after a commit whose answer did not arrive', async () => {
    const log = createAuditStore(store);
    const [first, second] = [entries(2), entries(3)];
    await log.append(first);
    const broken = { ...entry(), id: 'not a uuid' };
    await expect(log.append([broken])).rejects.toThrow();
    await createAuditStore(store).append(second);
    await log.append(second);
    expect((await stored()).map(({ id }) => id)).toEqual([...first, ...second].map(({ id }) => id));
    await expectTree();
  });
});

describe('the tree', () => {
  it('is that of RFC 6962 after every batch, whatever its size', async () => {
    const log = createAuditStore(store);
    for (const count of [1, 1, 2, 3, 1, 8, 5, 64, 1, 127, 300]) {
      await log.append(entries(count));
      await expectTree();
    }
  });

  it.each([
    ['a size that it has outgrown', 2, 0],
    ['a size that it has not reached', 4, 0],
  ])('does nothing for %s, and says how it stands', async (_, expected) => {
    const log = createAuditStore(store);
    await log.append(entries(3));
    const [answer] = await append(expected, [entry()], Buffer.alloc(32));
    expect(answer).toEqual({ appended: false, size: '3', kept: [] });
    expect(await size()).toBe('3');
  });

  it.each([
    ['cut elsewhere than between them', [20, 70]],
    ['of which the last is left out', [45]],
    ['with one more that nobody named', [45, 45, 0]],
  ])('takes no bytes of entries %s', async (_, lengths) => {
    const batch = entries(2);
    const root = Buffer.from(
      rootOf(
        extend(
          EMPTY,
          batch.map(({ body }) => leafHash(body)),
        ),
      ),
    );
    expect(batch.map(({ body }) => body.length)).toEqual([45, 45]);
    await expect(append(0, batch, root, lengths)).rejects.toThrow();
    expect(await stored()).toEqual([]);
    expect(await append(0, batch, root)).toEqual([{ appended: true, size: '2', kept: [] }]);
  });

  it.each([
    ['another root', Buffer.alloc(32, 1)],
    ['no root', null],
  ])('takes nothing with %s', async (_, root) => {
    await expect(append(0, entries(2), root)).rejects.toThrow('the root is not that of the tree');
    expect(await stored()).toEqual([]);
    expect(await query(database.ownerUrl, 'select from audit.leaf')).toEqual([]);
    expect(await size()).toBe('0');
  });
});

describe('a database that says it has what it does not', () => {
  it('is not believed, so that nothing is shown without its entry', async () => {
    const lying = await migratedDatabase();
    const gateway = openStore(lying.gatewayUrl, { poolSize: 1 });
    try {
      const log = createAuditStore(gateway);
      const [first, second] = [entry(), entry()];
      await log.append([first]);
      await query(
        lying.ownerUrl,
        `create or replace function audit.append(
           expected_size bigint, new_root bytea, ids uuid[], ats timestamptz[], kinds text[], request_ids uuid[],
           partners text[], practitioners text[], subjects text[], lengths int[], bodies bytea,
           out appended boolean, out size bigint, out kept uuid[]
         ) language sql security definer as $$ select false, head.size, ids from audit.head $$`,
      );
      await log.append([first]);
      await expect(log.append([first, second])).rejects.toThrow('what it says');
    } finally {
      await gateway.close();
      await lying.drop();
    }
  });
});

describe('a database with entries from before there was a tree', () => {
  it('gets the tree of them', async () => {
    const older = await emptyDatabase();
    try {
      // To which a migration grants rights; otherwise the engine makes it.
      await query(older.ownerUrl, 'create table _prisma_migrations ()');
      for (const name of ['0001_record', '0002_audit', '0003_governance']) {
        await query(older.ownerUrl, migration(name));
      }
      for (const count of [1, 300, 77]) {
        const rows = entries(count).map(({ requestId, body, ...rest }) => ({
          ...rest,
          request_id: requestId,
          body: Buffer.from(body).toString('base64'),
        }));
        await query(older.ownerUrl, 'select audit.append($1::jsonb)', [JSON.stringify(rows)]);
      }
      await query(older.ownerUrl, migration('0004_tree'));
      await expectTree(older.ownerUrl, 378);
    } finally {
      await older.drop();
    }
  });
});

/** Recomputes the tree from the entries and compares leaves, frontier and root with it. */
async function expectTree(url = database.ownerUrl, count?: number): Promise<void> {
  const rows = await query(
    url,
    'select entry.body, leaf.hash from audit.entry left join audit.leaf using (index) order by index',
  );
  const leaves = rows.map(({ body }) => leafHash(body as Uint8Array));
  expect(rows.map(({ hash }) => hex(hash as Uint8Array))).toEqual(leaves.map(hex));
  const tree = extend(EMPTY, leaves);
  expect(await query(url, 'select size, root, frontier from audit.head')).toEqual([
    {
      size: String(count ?? rows.length),
      root: Buffer.from(rootOf(tree)),
      frontier: Buffer.concat(tree.hashes),
    },
  ]);
}

function append(expected: number, batch: readonly StoredEntry[], root: Buffer | null, lengths?: readonly number[]) {
  const column = (name: keyof StoredEntry) => batch.map((each) => each[name]);
  return query(database.gatewayUrl, 'select * from audit.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)', [
    expected,
    root,
    ...(['id', 'at', 'kind', 'requestId', 'partner', 'practitioner', 'subject'] as const).map(column),
    lengths ?? batch.map(({ body }) => body.length),
    Buffer.concat(batch.map(({ body }) => body)),
  ]);
}

const migration = (name: string) =>
  readFileSync(new URL(`../../prisma/migrations/${name}/migration.sql`, import.meta.url), 'utf8');

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

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
