import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayProcess, startGatewayProcess } from '../contract/gateway-process.ts';
import type { Door } from './load.ts';
import { CALM, startWire, type Wire } from './proxy.ts';

/** Where one gateway runs, and runs again: its callers, its database and one holder are reached through wires. */
export interface Post {
  readonly name: string;
  readonly door: Door;
  readonly front: Wire;
  readonly store: Wire;
  readonly holder: Wire;
  alive(): boolean;
  /** @throws Error with what it said, when it does not come up */
  start(): Promise<void>;
  /** Resolves when it is gone. */
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Asked to stop, as by an operator. @throws Error when that takes ten seconds, or fails */
  stop(): Promise<void>;
  /** How many milliseconds its machine's clock is off from now on. */
  shiftClock(milliseconds: number): void;
  /** What it said before it ended though nobody ended it. */
  deaths(): readonly string[];
  close(): Promise<void>;
}

export interface PostOptions {
  readonly name: string;
  readonly folder: string;
  /** As `startGatewayProcess` takes it; the database's URL and the holders' are put behind wires. */
  readonly config: Parameters<typeof startGatewayProcess>[0];
  readonly witnessesFile: string;
  readonly holders: readonly { readonly code: string; readonly source: string; readonly url: string }[];
  /** The largest checkpoint that anybody has seen. */
  readonly floor: () => number;
}

const STOP_MILLISECONDS = 10_000;
/** The holder that nearly every question is about. */
const WIRED = 'hmpps-prisons';

export async function openPost({ name, folder, config, witnessesFile, holders, floor }: PostOptions): Promise<Post> {
  let running: { readonly name: string; readonly floor: number; readonly process: GatewayProcess } | null = null;
  let [starts, doomed] = [0, false];
  const deaths: string[] = [];
  const isPost = (piece: Buffer) => piece.includes('POST ');
  const front = await startWire({ target: () => portOf(running?.process.url ?? CLOSED), marks: isPost });
  const store = await startWire({ target: () => portOf(config.databaseUrl), marks: carriesEntries });
  const wired = holders.find(({ code }) => code === WIRED)?.url ?? '';
  const holder = await startWire({ target: () => portOf(wired), marks: isPost });

  const sourcesFile = join(folder, `${name}.yaml`);
  const urlOf = ({ code, url }: { code: string; url: string }) => (code === WIRED ? moved(url, holder.port) : url);
  writeFileSync(
    sourcesFile,
    holders.map((one) => `- { holder: ${one.code}, source: ${one.source}, url: "${urlOf(one)}" }\n`).join(''),
  );
  const clockFile = join(folder, `${name}.clock`);
  const environment = {
    LOG_LEVEL: 'error',
    WITNESSES_FILE: witnessesFile,
    CHAOS_CLOCK_FILE: clockFile,
    NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import ${new URL('./shifted-clock.ts', import.meta.url).href}`,
  };

  async function ended(): Promise<void> {
    const last = running;
    doomed = true;
    running = null;
    await last?.process.stop();
  }

  return {
    name,
    front,
    store,
    holder,
    door: { url: `http://127.0.0.1:${front.port}`, process: () => running },
    alive: () => running?.process.alive() ?? false,
    async start() {
      const seen = floor();
      const wires = { ...config, databaseUrl: moved(config.databaseUrl, store.port), sourcesFile };
      const process = await startGatewayProcess(wires, environment);
      starts += 1;
      doomed = false;
      running = { name: `${name} (${starts})`, floor: seen, process };
      void process.exited.then((code) => {
        if (!doomed) deaths.push(`${name} (${starts}) ended with ${code}:\n${process.output()}`);
      });
    },
    async kill() {
      doomed = true;
      running?.process.signal('SIGKILL');
      await ended();
    },
    pause: () => running?.process.signal('SIGSTOP'),
    resume: () => running?.process.signal('SIGCONT'),
    async stop() {
      const { process, name: which } = running ?? { process: null, name };
      if (process === null) return;
      doomed = true;
      process.signal('SIGTERM');
      const code = await Promise.race([process.exited, sleep(STOP_MILLISECONDS, 'late' as const)]);
      await ended();
      if (code !== 0) throw new Error(`${which} was asked to stop: ${code}\n${process.output()}`);
    },
    shiftClock(milliseconds) {
      writeFileSync(clockFile, String(milliseconds));
      running?.process.signal('SIGUSR2');
    },
    deaths: () => deaths,
    async close() {
      if (running !== null) {
        doomed = true;
        running.process.signal('SIGKILL');
      }
      await ended();
      await Promise.all([front, store, holder].map((wire) => wire.close()));
    },
  };
}

/** Every wire of it as good as ever. */
export function calm({ front, store, holder }: Post): void {
  for (const wire of [front, store, holder]) wire.weather(CALM);
}

/** What is sent to `audit.append`: the bytes of entries, which are JSON with a kind. */
function carriesEntries(piece: Buffer): boolean {
  return piece.includes('"kind":"');
}

/** A port at which nobody listens. */
const CLOSED = 'http://127.0.0.1:1';

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function moved(url: string, port: number): string {
  return Object.assign(new URL(url), { port: String(port) }).href;
}
