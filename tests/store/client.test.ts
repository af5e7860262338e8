import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Postgres, removeCluster, startPostgres } from '../../src/demo/postgres/start.ts';
import { openStore, type Store } from '../../src/store/client.ts';

const UNAVAILABLE = { name: 'GatewayError', code: 'STORE_UNAVAILABLE' };

describe('a store', () => {
  let dataDir: string;
  let postgres: Postgres;
  let store: Store;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'throughgate-client-'));
    postgres = await startPostgres({ dataDir });
    store = openStore(postgres.ownerUrl, { poolSize: 2 });
  });

  afterAll(async () => {
    await store.close();
    await postgres.stop();
    await removeCluster(dataDir);
    rmSync(dataDir, { recursive: true });
  });

  it('answers', async () => {
    await expect(store.ping()).resolves.toBeUndefined();
  });

  it('has as many connections as it was given', async () => {
    await Promise.all(Array.from({ length: 10 }, () => store.db.$queryRaw`select pg_sleep(0.01)::text`));
    const [found] = await store.db.$queryRaw<{ count: bigint }[]>`
      select count(*) from pg_stat_activity where datname = current_database()`;
    expect(found?.count).toBe(2n);
  });

  it('gives up a statement that takes too long', async () => {
    const before = Date.now();
    await expect(store.db.$queryRaw`select pg_sleep(30)::text`).rejects.toMatchObject(UNAVAILABLE);
    expect(Date.now() - before).toBeLessThan(15_000);
    await expect(store.ping()).resolves.toBeUndefined();
  });

  it('tells the caller nothing of the database, and the log everything', async () => {
    const error = await store.db.$queryRaw`select * from no_such_table`.catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ ...UNAVAILABLE, status: 503 });
    expect((error as Error).message).not.toMatch(/table|sql|127|postgres|prisma/i);
    expect(String((error as Error).cause)).toContain('no_such_table');
  });

  it('fails while PostgreSQL is away, and works again when it is back', async () => {
    const { port } = postgres;
    await postgres.stop();
    await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE);
    postgres = await startPostgres({ dataDir, port });
    await expect(store.ping()).resolves.toBeUndefined();
  });
});

it('a store that was never there is unavailable', async () => {
  const store = openStore('postgresql://nobody:nothing@127.0.0.1:1/none', { poolSize: 1 });
  await expect(store.ping()).rejects.toMatchObject(UNAVAILABLE);
  await store.close();
});
