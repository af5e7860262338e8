import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findPlace } from '../../src/demo/postgres/place.ts';
import { type Server, StartFailure, startServer } from '../../src/demo/postgres/server.ts';
import { removeCluster, startPostgres } from '../../src/demo/postgres/start.ts';

/** A PostgreSQL to which anything may happen, and which comes back on the same port. */
export interface Database {
  readonly ownerUrl: string;
  readonly port: number;
  /** Of the postmaster first, then of all that work for it. */
  processes(): number[];
  /** No process of it has time to do anything more. Resolves when none is left. */
  kill(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** No file may grow past so many bytes from now on, as on a disk that is full. Restarts it. */
  fill(bytes: number): Promise<void>;
  /** As it should be, however it is now. */
  mend(): Promise<void>;
  remove(): Promise<void>;
}

const RECOVERY_MILLISECONDS = 60_000;

export async function startDatabase(): Promise<Database> {
  const dataDir = mkdtempSync(join(tmpdir(), 'throughgate-chaos-'));
  const { ownerUrl, port, ...first } = await startPostgres({ dataDir });
  let server: Server = first;
  let gone = false;
  let full: string | null = null;
  const watch = () => {
    const watched = server;
    gone = false;
    void watched.exited.then(() => {
      if (server === watched) gone = true;
    });
  };
  watch();

  const processes = () => (gone ? [] : [server.pid, ...childrenOf(server.pid)]);
  const signal = (name: NodeJS.Signals) => {
    for (const pid of processes()) send(pid, name);
  };
  async function kill(): Promise<void> {
    signal('SIGKILL');
    await server.exited;
  }
  return {
    ownerUrl,
    port,
    processes,
    kill,
    freeze: () => signal('SIGSTOP'),
    thaw: () => signal('SIGCONT'),
    async fill(bytes) {
      await server.stop();
      const place = await findPlace(dataDir);
      full = mkdtempSync(join(tmpdir(), 'throughgate-full-'));
      chmodSync(full, 0o755);
      const limited = `#!/bin/sh\nulimit -f ${Math.ceil(bytes / 512)}\nexec '${place.bin}/postgres' "$@"\n`;
      writeFileSync(join(full, 'postgres'), limited, { mode: 0o755 });
      try {
        server = await startServer({ ...place, bin: full }, port);
        watch();
      } catch (error) {
        // So full that it does not even start.
        if (!(error instanceof StartFailure)) throw error;
      }
    },
    async mend() {
      signal('SIGCONT');
      // Asked to stop, one that cannot write tries for ever.
      if (full !== null) await kill();
      if (gone || full !== null) {
        server = await startPostgres({ dataDir, port });
        watch();
      }
      if (full !== null) rmSync(full, { recursive: true, force: true });
      full = null;
      await answers(ownerUrl);
    },
    async remove() {
      signal('SIGCONT');
      // At once, without a checkpoint of what is thrown away; killed, it would leave its shared memory behind.
      if (!gone) send(server.pid, 'SIGQUIT');
      await server.exited;
      await removeCluster(dataDir);
      for (const folder of [dataDir, full]) if (folder !== null) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A postmaster whose workers were killed recovers by itself, and meanwhile takes nobody. */
async function answers(ownerUrl: string): Promise<void> {
  for (const deadline = Date.now() + RECOVERY_MILLISECONDS; ; await sleep(100)) {
    const session = new pg.Client({ connectionString: ownerUrl, connectionTimeoutMillis: 5_000 });
    // Whatever ends it while it is open also fails what is asked.
    session.on('error', () => {});
    try {
      await session.connect();
      await session.query('select 1');
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    } finally {
      await session.end().catch(() => {});
    }
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

function parentOf(pid: number): number | null {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return null;
  }
}

/** To a process that may have ended meanwhile. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
