import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** `throughgate start` in a process of its own, as a terminal would run it. */
export interface Demonstration {
  readonly pid: number;
  /** Everything printed so far. */
  output(): string;
  /** Resolves with the output once it says that all runs; rejects when it ends before, or after 60 s. */
  readonly up: Promise<string>;
  /** The exit code; null after a kill. */
  readonly exited: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

export interface DemonstrationPorts {
  readonly PORT: string;
  readonly ADMIN_PORT: string;
  readonly IDP_PORT: string;
  readonly PARTNERS_PORT: string;
}

/** What a terminal would have set; and where Node keeps what it compiled, so that no process compiles it all again. */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: process.env['PATH'],
  NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
};

const ROOT = join(import.meta.dirname, '..', '..');
const START_MILLISECONDS = 60_000;

export function startDemonstration(ports: DemonstrationPorts, dataDir: string, ...argv: string[]): Demonstration {
  // A log begins empty where nothing else is said: it takes less time.
  const activity = argv.includes('--activity') ? [] : ['--activity', '0'];
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'throughgate.js'), 'start', ...argv, ...activity], {
    cwd: ROOT,
    env: { ...ENVIRONMENT, DATA_DIR: dataDir, ...ports },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const { promise: up, resolve, reject } = Promise.withResolvers<string>();
  up.catch(() => {});
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('Ctrl-C stops everything.')) resolve(output);
    });
  }
  const exited = new Promise<number | null>((settle) => {
    child.once('close', (code) => {
      reject(new Error(`It ended before it was up:\n${output}`));
      settle(code);
    });
  });
  setTimeout(() => reject(new Error(`Not up in time:\n${output}`)), START_MILLISECONDS).unref();
  return {
    pid: child.pid ?? 0,
    output: () => output,
    up,
    exited,
    kill: (signal) => child.kill(signal),
  };
}

/** The process ids that a demonstration printed, by name. */
export function processesOf(output: string): Record<string, number> {
  const line = output.match(/^ *Processes +(.*)$/m)?.[1] ?? '';
  return Object.fromEntries([...line.matchAll(/(\w+) (\d+)/g)].map(([, name, pid]) => [name, Number(pid)]));
}

/** Which of these processes are still there after ten seconds; those that have gone are not waited for. */
export async function survivors(pids: readonly number[]): Promise<number[]> {
  const deadline = Date.now() + 10_000;
  let alive = pids.filter(isAlive);
  while (alive.length > 0 && Date.now() < deadline) {
    await sleep(50);
    alive = alive.filter(isAlive);
  }
  return alive;
}

/** Ports that nothing listens on: twelve in a row for the partners, and three beside them. */
export async function freePorts(): Promise<DemonstrationPorts> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const row = Array.from({ length: 15 }, (_, n) => first + n);
    const free = await Promise.all(row.map(isFree));
    if (free.every((yes) => yes)) {
      const [PORT, ADMIN_PORT, IDP_PORT, PARTNERS_PORT] = row.map(String) as [string, string, string, string];
      return { PORT, ADMIN_PORT, IDP_PORT, PARTNERS_PORT };
    }
  }
}

/** A process that has died and not been reaped yet has gone. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
