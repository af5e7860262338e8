import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';

export interface TestDatabase {
  readonly ownerUrl: string;
  readonly gatewayUrl: string;
  readonly readerUrl: string;
  drop(): Promise<void>;
}

/** A database without a table, in the PostgreSQL that all tests share. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const { seededUrl, gatewayUrl, readerUrl } = inject('surroundings');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await query(seededUrl, `create database ${name} template template0`);
  const inside = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  return {
    ownerUrl: inside(seededUrl),
    gatewayUrl: inside(gatewayUrl),
    readerUrl: inside(readerUrl),
    drop: async () => void (await query(seededUrl, `drop database ${name} with (force)`)),
  };
}

export async function migratedDatabase(): Promise<TestDatabase> {
  const database = await emptyDatabase();
  await migrate(database.ownerUrl);
  return database;
}

/** As if nothing had ever been appended. */
export async function clearLog({ ownerUrl }: TestDatabase): Promise<void> {
  await query(
    ownerUrl,
    `truncate audit.entry, audit.leaf, audit.checkpoint, audit.cosignature, audit.key_change, audit.retired, audit.hold;
     update audit.head set size = 0, root = sha256(''), frontier = '', period = '0001-01-01'`,
  );
}

export async function query(url: string, sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}
