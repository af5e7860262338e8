import { readFileSync } from 'node:fs';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { SchemaEngine } from '@prisma/schema-engine-wasm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyDatabase, migratedDatabase, query, type TestDatabase } from './database.ts';

const SCHEMA = readFileSync(new URL('../../prisma/schema.prisma', import.meta.url), 'utf8');

/** Columns, keys and indexes of our schemas, in words. */
const CATALOGUE = {
  columns: `
    select format('%s.%s %s%s%s', attrelid::regclass, attname, format_type(atttypid, atttypmod),
      case when attnotnull then ' not null' end, ' default ' || pg_get_expr(adbin, adrelid)) as words
    from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where attrelid in (select oid from pg_class where relkind in ('r', 'p') and not relispartition
      and relnamespace in ('record'::regnamespace, 'audit'::regnamespace, 'console'::regnamespace))
      and attnum > 0 and not attisdropped`,
  keys: `
    select format('%s %s', conname, pg_get_constraintdef(oid)) as words from pg_constraint
    where contype in ('p', 'f', 'u') and connamespace in ('record'::regnamespace, 'audit'::regnamespace, 'console'::regnamespace)
      and not exists (select from pg_class where pg_class.oid = conrelid and relispartition)`,
  // The schema does not say that a table is partitioned.
  indexes: `
    select replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') as words
    from pg_index join pg_class on pg_class.oid = indexrelid
    where relnamespace in ('record'::regnamespace, 'audit'::regnamespace, 'console'::regnamespace) and not relispartition`,
};

let drawn: TestDatabase;
let migrated: TestDatabase;

beforeAll(async () => {
  [drawn, migrated] = await Promise.all([emptyDatabase(), migratedDatabase()]);
  await query(drawn.ownerUrl, await sqlOfSchema(drawn.ownerUrl));
});

afterAll(() => Promise.all([drawn.drop(), migrated.drop()]));

it.each(Object.entries(CATALOGUE))('the migrations make the %s that the schema draws', async (_, sql) => {
  const found = await words(migrated, sql);
  expect(found).toEqual(await words(drawn, sql));
  expect(found.length).toBeGreaterThan(5);
});

it('the comparison notices a column, a key and an index that differ', async () => {
  await query(drawn.ownerUrl, 'alter table record.link alter column confidence drop not null');
  await query(drawn.ownerUrl, 'alter table record.opaque_id drop constraint opaque_id_person_fkey');
  await query(drawn.ownerUrl, 'drop index record.link_person_idx');
  for (const sql of Object.values(CATALOGUE)) expect(await words(migrated, sql)).not.toEqual(await words(drawn, sql));
});

async function sqlOfSchema(url: string): Promise<string> {
  const factory = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: url }));
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', SCHEMA]] }, () => {}, factory);
  try {
    const { stdout } = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: SCHEMA }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout ?? '';
  } finally {
    engine.free();
  }
}

async function words(database: TestDatabase, sql: string): Promise<unknown[]> {
  return (await query(database.ownerUrl, sql)).map((row) => row['words']).sort();
}
