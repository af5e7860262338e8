import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import type { StoredEntry } from '../audit/entry.ts';
import { GatewayError } from '../errors.ts';
import { UsageError } from './command.ts';

/**
 * Records what a command is about to give away or to take out: it does so only after this resolves.
 * @param databaseUrl a login that may append to the log
 * @throws UsageError where the log cannot be reached, or does not take the entry
 */
export async function recordOnce(databaseUrl: string, entry: StoredEntry): Promise<void> {
  const [{ createAuditStore }, { openStore }, { createTreeStore }] = await Promise.all([
    import('../store/audit.ts'),
    import('../store/client.ts'),
    import('../store/tree.ts'),
  ]);
  const store = openStore(databaseUrl, { poolSize: 1 });
  try {
    const { tree } = await createTreeStore(store.db).head();
    await createAuditStore(store, tree).append([entry]);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new UsageError(
      'This could not be recorded in the log, so nothing is done: see that the URL of the database is right (DATABASE_URL, ' +
        'or DATABASE_OWNER_URL for what its owner does) and that it runs; if so, what `throughgate audit fsck` says',
    );
  } finally {
    await store.close();
  }
}

/** DATABASE_URL, or that of the demonstration in DATA_DIR while it runs. @throws UsageError where there is neither */
export function databaseUrlFromEnvironment(): string {
  return urlFromEnvironment('DATABASE_URL', 'gateway.url');
}

/** AUDIT_READER_URL, or that of the demonstration in DATA_DIR. @throws UsageError where there is neither */
export function readerUrlFromEnvironment(): string {
  return urlFromEnvironment('AUDIT_READER_URL', 'audit-reader.url');
}

function urlFromEnvironment(variable: string, file: string): string {
  const given = process.env[variable];
  if (given) return given;
  try {
    return readFileSync(join(process.env['DATA_DIR'] || '.data', file), 'utf8').trim();
  } catch {
    throw new UsageError(`${variable} is missing, and no demonstration runs here: set it, or run \`npm start\` first`);
  }
}
