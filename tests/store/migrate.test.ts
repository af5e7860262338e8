import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertMigrated, migrate } from '../../src/store/migrate.ts';
import { emptyDatabase, query, type TestDatabase } from './database.ts';

const NAMES = readdirSync(new URL('../../prisma/migrations', import.meta.url))
  .filter((name) => name !== 'migration_lock.toml')
  .sort();

let database: TestDatabase;

beforeEach(async () => {
  database = await emptyDatabase();
});

afterEach(() => database.drop());

describe('migrate', () => {
  it('applies every migration once, in order', async () => {
    expect(await migrate(database.ownerUrl)).toEqual({ applied: NAMES });
    expect(await migrate(database.ownerUrl)).toEqual({ applied: [] });
  });

  it('may be started twice at once: one applies, the other finds nothing to do', async () => {
    const both = await Promise.all([migrate(database.ownerUrl), migrate(database.ownerUrl)]);
    expect(both.map(({ applied }) => applied.length).sort()).toEqual([0, NAMES.length]);
  });

  it('says which migration failed and why, leaves nothing of it, and can be tried again', async () => {
    await query(database.ownerUrl, 'create schema audit');
    await expect(migrate(database.ownerUrl)).rejects.toThrow('0002_audit: schema "audit" already exists');
    expect(await query(database.ownerUrl, `select to_regclass('audit.entry') as found`)).toEqual([{ found: null }]);
    await query(database.ownerUrl, 'drop schema audit');
    expect(await migrate(database.ownerUrl)).toEqual({ applied: NAMES.slice(1) });
  });

  it('refuses a migration that was edited after it was applied', async () => {
    await migrate(database.ownerUrl);
    await query(database.ownerUrl, `update _prisma_migrations set checksum = 'x' where migration_name = '0001_record'`);
    await expect(migrate(database.ownerUrl)).rejects.toThrow('0001_record changed after it was applied');
  });
});

describe('assertMigrated', () => {
  it('is content with a gateway that has no rights of the owner', async () => {
    await migrate(database.ownerUrl);
    await expect(assertMigrated(database.gatewayUrl)).resolves.toBeUndefined();
  });

  it('names everything that an empty database lacks', async () => {
    await expect(assertMigrated(database.gatewayUrl)).rejects.toThrow(`lacks ${NAMES.join(', ')}`);
  });

  it('names what a schema that is behind lacks', async () => {
    await migrate(database.ownerUrl);
    await query(database.ownerUrl, `delete from _prisma_migrations where migration_name = '0002_audit'`);
    await expect(assertMigrated(database.gatewayUrl)).rejects.toThrow(
      'lacks 0002_audit: migrate it with DATABASE_OWNER_URL',
    );
  });
});
