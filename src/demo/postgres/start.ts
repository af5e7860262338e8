import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { clearLeftover, isServed } from './leftover.ts';
import { findPlace, PASSWORD_FILE, type Place, removePlace } from './place.ts';
import { type Server, StartFailure, startServer } from './server.ts';

export interface Postgres extends Server {
  /** Of the role that owns the database `throughgate`. Carries its password. */
  readonly ownerUrl: string;
  readonly port: number;
}

/**
 * Starts the PostgreSQL whose data are kept for `dataDir`; the first start makes them. Port 0 is any free one.
 *
 * It listens on 127.0.0.1 only, wants a password of everybody, writes through to disk, and goes when we go. A cluster
 * that an earlier process left behind is recovered.
 * @throws Error that says what to do: port taken, folder not writable, data in use or made by another account or version
 */
export async function startPostgres(options: { dataDir: string; port?: number }): Promise<Postgres> {
  const place = await findPlace(options.dataDir);
  const password = await prepareCluster(place);
  const { server, port } = await startPatiently(place, options.port ?? 0);
  const ownerUrl = (database: string) => `postgresql://${OWNER}:${password}@127.0.0.1:${port}/${database}`;
  try {
    await ensureDatabase(ownerUrl('postgres'));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...server, port, ownerUrl: ownerUrl(DATABASE) };
}

/**
 * Removes the data kept for `dataDir`, so that the next start makes them anew.
 * @throws Error when they are in use
 */
export async function removeCluster(dataDir: string): Promise<void> {
  if (!existsSync(dataDir)) return;
  const { cluster } = await findPlace(dataDir);
  for (const deadline = Date.now() + RECOVERY_MILLISECONDS; isServed(cluster) && Date.now() < deadline; ) {
    clearLeftover(cluster);
    await sleep(50);
  }
  removePlace(dataDir);
}

const OWNER = 'throughgate_owner';
const DATABASE = 'throughgate';
const RECOVERY_MILLISECONDS = 10_000;

/** Makes the cluster if there is none. Returns its owner's password. */
async function prepareCluster(place: Place): Promise<string> {
  const { cluster, account } = place;
  const passwordFile = join(place.home, PASSWORD_FILE);
  if (existsSync(cluster)) {
    const { uid } = statSync(cluster);
    if (uid !== (account?.uid ?? process.getuid?.())) {
      throw new Error(`${cluster} was made by another account (uid ${uid}): start as that one, or afresh`);
    }
    if (existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8');
    if (dirname(cluster) === place.home) {
      throw new Error(`${passwordFile} is missing, and nobody can log in without it: put it back, or start afresh`);
    }
    // The folder asked for was emptied, and with it went the way into what nobody keeps for it elsewhere.
    if (isServed(cluster)) clearLeftover(cluster);
    rmSync(`${cluster}.old`, { recursive: true, force: true });
    renameSync(cluster, `${cluster}.old`);
  }

  const password = randomBytes(24).toString('base64url');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  // Under another name until it is whole: initdb may be killed halfway.
  const half = `${cluster}.new`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { mode: 0o700 });
  const handedOver = `${half}.password`;
  rmSync(handedOver, { force: true });
  writeFileSync(handedOver, password, { mode: 0o600, flag: 'wx' });
  if (account) for (const path of [half, handedOver]) chownSync(path, account.uid, account.gid);
  const options = ['-D', half, '-U', OWNER, '-A', 'scram-sha-256', '--pwfile', handedOver, '--no-locale', '-E', 'UTF8'];
  try {
    await promisify(execFile)(join(place.bin, 'initdb'), options, { ...account, cwd: '/', env: { LC_ALL: 'C' } });
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string };
    throw new Error(`PostgreSQL cannot make its data folder ${cluster}: ${stderr?.trim() || message}`, { cause });
  } finally {
    rmSync(handedOver, { force: true });
  }
  renameSync(half, cluster);
  return password;
}

async function startPatiently(place: Place, wanted: number): Promise<{ server: Server; port: number }> {
  for (const deadline = Date.now() + RECOVERY_MILLISECONDS; ; ) {
    const port = wanted || (await freePort());
    try {
      return { server: await startServer(place, port), port };
    } catch (error) {
      if (!(error instanceof StartFailure)) throw error;
      const portTaken = error.log.includes('could not bind');
      if (portTaken && wanted) throw new Error(`Port ${port} is taken: PostgreSQL needs another`, { cause: error });
      if (error.log.includes('lock file "postmaster.pid" already exists')) clearLeftover(place.cluster);
      // A killed postmaster's children hold its memory until they notice, and its process until it is reaped.
      else if (!portTaken && !error.log.includes('shared memory block')) throw refusal(place, error);
      if (Date.now() > deadline) throw refusal(place, error);
      await sleep(100);
    }
  }
}

function refusal(place: Place, cause: StartFailure): Error {
  return new Error(`PostgreSQL does not start on ${place.cluster}: ${cause.message}`, { cause });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const found = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`create database ${DATABASE}`);
  } finally {
    await client.end();
  }
}
