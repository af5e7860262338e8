import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/**
 * Brings the database to the schema of this version, and says which migrations that took.
 *
 * Several may start at once: one applies, the others wait and find nothing to do.
 * @throws Error that names the migration that failed, was edited since, or failed on an earlier start
 */
export async function migrate(ownerUrl: string): Promise<{ applied: string[] }> {
  const known = readMigrations();
  // One session for all, so that it can hold a lock, and ours to end: the engine's own lock outlives its `free()`.
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 1, idleTimeoutMillis: 0 });
  pool.on('error', () => {}); // A lost session also fails the query that needs it.
  try {
    await pool.query('select pg_advisory_lock($1)', [LOCK]);
    await forgetFailed(pool);
    const applied = await apply(pool, known);
    await refuseEdited(pool, known);
    return { applied };
  } catch (error) {
    throw new Error(`The database could not be migrated: ${(error as Error).message}`, { cause: error });
  } finally {
    await pool.end();
  }
}

/**
 * Makes sure that the schema is at least that of this version. Needs no more than the gateway's own rights.
 * @throws Error that names what is missing
 */
export async function assertMigrated(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const applied = await appliedChecksums(client);
    const missing = readMigrations().filter(({ name }) => !applied.has(name));
    if (missing.length > 0) {
      const names = missing.map(({ name }) => name).join(', ');
      throw new Error(`The database lacks ${names}: migrate it with DATABASE_OWNER_URL first`);
    }
    await refuseEdited(client, readMigrations());
  } finally {
    await client.end();
  }
}

interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** Any number, but the same for all that migrate. */
const LOCK = 4_101_864;
const FOLDER = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

async function apply(pool: pg.Pool, migrations: readonly Migration[]): Promise<string[]> {
  // Imported here because it prints a warning about WebAssembly, which only a migration should show.
  const { SchemaEngine } = await import('@prisma/schema-engine-wasm');
  const prisma = new PrismaPg(pool);
  let refused: Error | undefined;
  const connect = async () => {
    const adapter = await prisma.connect();
    // Its own version splits at every `;`, also inside function bodies. One simple query is one transaction, and the
    // engine would report no more of the error than a number.
    adapter.executeScript = async (script) => {
      try {
        await pool.query(script);
      } catch (cause) {
        const name = migrations.find(({ sql }) => sql === script)?.name;
        refused = new Error(`${name}: ${(cause as Error).message}`, { cause });
        throw cause;
      }
    };
    return adapter;
  };
  const { provider, adapterName } = prisma;
  const factory = bindMigrationAwareSqlAdapterFactory({ provider, adapterName, connect, connectToShadowDb: connect });
  const engine = await SchemaEngine.new({ datamodels: undefined }, () => {}, factory);
  try {
    const filters = { externalTables: [], externalEnums: [] };
    const done = await engine.applyMigrations({ migrationsList: listForEngine(migrations), filters });
    return done.appliedMigrationNames;
  } catch (error) {
    throw refused ?? error;
  } finally {
    engine.free();
  }
}

function readMigrations(): Migration[] {
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, sql: readFileSync(`${FOLDER}/${name}/migration.sql`, 'utf8') }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function listForEngine(migrations: readonly Migration[]) {
  return {
    baseDir: FOLDER,
    lockfile: { path: 'migration_lock.toml', content: readFileSync(`${FOLDER}/migration_lock.toml`, 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value: sql } },
    })),
  };
}

/** A migration that failed left nothing behind, being one transaction, so it may be tried again. */
async function forgetFailed(pool: pg.Pool): Promise<void> {
  if (!(await hasHistory(pool))) return;
  await pool.query(
    'update _prisma_migrations set rolled_back_at = now() where finished_at is null and rolled_back_at is null',
  );
}

/** The engine does not notice that a migration was edited after it was applied. */
async function refuseEdited(database: pg.Pool | pg.Client, known: readonly Migration[]): Promise<void> {
  const applied = await appliedChecksums(database);
  const edited = known.filter(({ name, sql }) => {
    const checksum = applied.get(name);
    return checksum !== undefined && checksum !== createHash('sha256').update(sql).digest('hex');
  });
  if (edited.length > 0) {
    const names = edited.map(({ name }) => name).join(', ');
    throw new Error(`${names} changed after it was applied: put it back and write another migration`);
  }
}

async function appliedChecksums(database: pg.Pool | pg.Client): Promise<ReadonlyMap<string, string>> {
  if (!(await hasHistory(database))) return new Map();
  const { rows } = await database.query<{ migration_name: string; checksum: string }>(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  return new Map(rows.map((row) => [row.migration_name, row.checksum]));
}

async function hasHistory(database: pg.Pool | pg.Client): Promise<boolean> {
  const { rows } = await database.query(`select to_regclass('_prisma_migrations') is not null as found`);
  return rows[0].found;
}
