import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findPrograms, type Programs } from './programs.ts';

/** Where a cluster and the programs that serve it lie. */
export interface Place {
  /** The folder asked for, without links. */
  readonly home: string;
  /** PostgreSQL's data folder. It may not exist yet; its parent does. */
  readonly cluster: string;
  /** Holds `initdb` and `postgres`. */
  readonly bin: string;
  /** The account PostgreSQL runs as; undefined: our own. */
  readonly account: Account | undefined;
}

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Finds or makes the place of the cluster that belongs to `dataDir`.
 *
 * PostgreSQL refuses to run as root, so root hands it to `nobody`, who must be able to walk down to the data and to the
 * programs. What `nobody` cannot reach goes to a folder of root's under /var/tmp, and a note in `dataDir` says so.
 * @throws Error when a folder cannot be written or is not to be trusted
 */
export async function findPlace(dataDir: string): Promise<Place> {
  const home = makeHome(dataDir);
  const programs = findPrograms();
  const inside = { home, cluster: join(home, 'cluster'), bin: join(programs.folder, 'bin') };
  if (process.getuid?.() !== 0) return { ...inside, account: undefined };

  const account = nobody();
  const reachable = { data: openToAll(home), programs: openToAll(inside.bin) };
  if (reachable.data && reachable.programs) return { ...inside, account };

  const refuge = makeRefuge(home);
  return {
    home,
    cluster: reachable.data ? inside.cluster : join(refuge, 'cluster'),
    bin: reachable.programs ? inside.bin : await copyPrograms(programs, refuge),
    account,
  };
}

/** Removes everything that `startPostgres` keeps for `dataDir`, which must not be running. */
export function removePlace(dataDir: string): void {
  if (!statSync(dataDir, { throwIfNoEntry: false })) return;
  const home = realpathSync(dataDir);
  for (const name of ['cluster', 'cluster.new', PASSWORD_FILE, REFUGE_NOTE]) {
    rmSync(join(home, name), { recursive: true, force: true });
  }
  if (process.getuid?.() === 0) rmSync(refugeOf(home), { recursive: true, force: true });
}

export const PASSWORD_FILE = 'owner-password';
const REFUGE_NOTE = 'cluster-place.txt';

function makeHome(dataDir: string): string {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
    return realpathSync(dataDir);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Error(`Cannot keep data in ${dataDir} (${code}): name a folder that can be written`, { cause });
  }
}

function nobody(): Account {
  const line = readFileSync('/etc/passwd', 'utf8').match(/^nobody:[^:]*:(\d+):(\d+):/m);
  if (!line) throw new Error('PostgreSQL does not run as root, and there is no account `nobody` here to run it as');
  return { uid: Number(line[1]), gid: Number(line[2]) };
}

/** Whether every folder on the way down lets any account through. */
function openToAll(folder: string): boolean {
  const passable = (statSync(folder).mode & 0o001) !== 0;
  return passable && (dirname(folder) === folder || openToAll(dirname(folder)));
}

function refugeOf(home: string): string {
  return join('/var/tmp', `throughgate-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`);
}

function makeRefuge(home: string): string {
  const refuge = refugeOf(home);
  mkdirSync(refuge, { recursive: true });
  // Anybody may write in /var/tmp, so a folder or link of this name that another account put there is not ours.
  const found = lstatSync(refuge);
  if (!found.isDirectory() || found.uid !== 0) {
    throw new Error(`${refuge} is a link or belongs to another account: remove it and start again`);
  }
  chmodSync(refuge, 0o755);
  writeFileSync(join(home, REFUGE_NOTE), `PostgreSQL runs as nobody, who cannot reach this folder: see ${refuge}\n`);
  return refuge;
}

async function copyPrograms(programs: Programs, refuge: string): Promise<string> {
  const copy = join(refuge, `postgres-${programs.version}`);
  if (!statSync(copy, { throwIfNoEntry: false })) {
    const half = `${copy}.new`;
    await rm(half, { recursive: true, force: true });
    await cp(programs.folder, half, { recursive: true, verbatimSymlinks: true });
    chmodSync(half, 0o755);
    await rename(half, copy);
  }
  return join(copy, 'bin');
}
