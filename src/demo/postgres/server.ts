import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from './place.ts';

/** A running `postgres` under a guard that stops it when we die. */
export interface Server {
  readonly pid: number;
  stop(): Promise<void>;
  /** Resolves when no process of it is left: null after `stop`, otherwise what it said in the end. */
  readonly exited: Promise<string | null>;
}

/** PostgreSQL ended before it was ready. `log` is what it said. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
  readonly log: string;

  constructor(log: string) {
    super(log.match(/^.*(?:FATAL|PANIC): +.*$/m)?.[0].replace(/^.*(?:FATAL|PANIC): +/, '') ?? lastLines(log));
    this.log = log;
  }
}

/**
 * Starts `postgres` on a loopback port and waits until it takes connections.
 *
 * Killed with -9 we could not stop it. So a shell between us and it holds the reading end of a pipe that closes with us,
 * and then asks it to shut down. Both have a process group of their own: a terminal's Ctrl-C reaches us alone, and
 * the gateway can drain before its store goes.
 * @throws StartFailure
 */
export async function startServer(place: Place, port: number): Promise<Server> {
  const { cluster, account } = place;
  const settings = [`listen_addresses=127.0.0.1`, `port=${port}`, 'unix_socket_directories=', 'timezone=UTC'];
  const command = [join(place.bin, 'postgres'), '-D', cluster, ...settings.flatMap((setting) => ['-c', setting])];
  const guard = spawn('/bin/sh', ['-c', GUARD, guardName(process.pid), ...command], {
    ...account,
    cwd: '/',
    env: { LC_ALL: 'C' },
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });

  let log = '';
  let stopping = false;
  let gone = false;
  guard.stderr.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-10_000);
  });
  // The guard gave up its own stderr, so the end of it means that postgres and all its children have gone.
  guard.stderr.on('end', () => guard.stdin.end());
  guard.stdin.on('error', () => {});
  const exited = new Promise<string | null>((resolve, reject) => {
    guard.on('error', reject);
    guard.on('close', () => {
      gone = true;
      resolve(stopping ? null : lastLines(log.split(READY).at(-1) ?? '') || 'killed');
    });
  });
  exited.catch(() => {});

  const deadline = Date.now() + START_MILLISECONDS;
  while (!gone && !log.includes(READY)) {
    if (Date.now() > deadline) {
      guard.stdin.end();
      await exited;
      throw new StartFailure(`not ready after ${START_MILLISECONDS / 1000} s\n${log}`);
    }
    await Promise.race([sleep(5), exited]);
  }
  if (gone) throw new StartFailure(log);

  const pid = Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10);
  // Somebody killed the guard: nobody is left to stop postgres when we die.
  guard.on('exit', () => interrupt(pid, cluster));
  const stop = async (): Promise<void> => {
    stopping = true;
    guard.stdin.end();
    await exited;
  };
  return { pid, stop, exited };
}

/** The name under which the guard of process `pid` runs, so that a leftover is told from a cluster in use. */
export function guardName(pid: number): string {
  return `throughgate-postgres-of-${pid}`;
}

/** The command line of a live process; null when there is none, or it is one that has died and not been reaped. */
export function commandOf(pid: number): readonly string[] | null {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    return words.length === 0 ? null : words;
  } catch {
    return null;
  }
}

/** Asks a postmaster to shut down, if `pid` still is that of this cluster. */
export function interrupt(pid: number, cluster: string): void {
  if (!serves(pid, cluster)) return;
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether process `pid` is a PostgreSQL that runs on this cluster. */
export function serves(pid: number, cluster: string): boolean {
  const command = commandOf(pid);
  return command?.[command.indexOf('-D') + 1] === cluster;
}

/** `read` ends when our end of the pipe closes: nothing is ever written to it. */
const GUARD = '"$@" </dev/null & p=$!; exec 2>/dev/null; read _; kill -INT $p; wait $p';
const READY = 'database system is ready to accept connections';
const START_MILLISECONDS = 60_000;

function lastLines(log: string): string {
  return log.trim().split('\n').slice(-5).join('\n');
}
