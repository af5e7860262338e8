import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { type Postgres, removeCluster, startPostgres } from '../src/demo/postgres/start.ts';
import { migrate } from '../src/store/migrate.ts';
import { type Logins, prepareLogins } from '../src/store/roles.ts';

export interface AuditDatabase extends Logins {
  /** As the owner. */
  sql<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** Runs something on an empty log, on the project's own PostgreSQL as it comes: it flushes every commit to the disk. */
export async function withAuditDatabase(work: (database: AuditDatabase) => Promise<void>): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'throughgate-bench-'));
  let postgres: Postgres | undefined;
  const clear = async () => {
    await postgres?.stop();
    await removeCluster(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  };
  // It may be many gigabytes: whoever loses patience is not left with them.
  const leave = () => void clear().then(() => process.exit(130));
  process.once('SIGINT', leave).once('SIGTERM', leave);
  try {
    postgres = await startPostgres({ dataDir });
    await migrate(postgres.ownerUrl);
    const logins = await prepareLogins(postgres.ownerUrl, { gatewayPassword: 'gateway', readerPassword: 'reader' });
    const client = new pg.Client({ connectionString: postgres.ownerUrl });
    // Ended by the server when somebody loses patience.
    client.on('error', () => {});
    await client.connect();
    try {
      await work({ ...logins, sql: async (text, values = []) => (await client.query(text, [...values])).rows });
    } finally {
      await client.end();
    }
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave);
    await clear();
  }
}
