import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateCosigningKey } from '../../src/audit/cosignature.ts';
import { startWire, type Wire } from './proxy.ts';

/** A witness of the log, reached through a wire, that goes on from what it remembers whatever happens to it. */
export interface Bystander {
  readonly vkey: string;
  /** What a gateway is told of it. */
  readonly listFile: string;
  readonly wire: Wire;
  /** None while it is gone. */
  processes(): number[];
  start(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

const START_MILLISECONDS = 120_000;
const BIN = join(import.meta.dirname, '..', '..', 'bin', 'throughgate.js');

/** @param logVkey of the log that it witnesses */
export async function openBystander(folder: string, logVkey: string): Promise<Bystander> {
  const { privateKey, vkey } = generateCosigningKey('witness.example');
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const env = {
    PATH: process.env['PATH'],
    WITNESS_KEY_FILE: write('witness.key', privateKey),
    WITNESS_LOGS_FILE: write('witness.logs', logVkey),
    WITNESS_DIR: join(folder, 'witness'),
    PORT: '0',
  };
  let running: ChildProcess | null = null;
  let port = 1;
  const wire = await startWire({ target: () => port, marks: (piece) => piece.includes('POST ') });
  const list = { need: 1, within: 3_600, witnesses: [{ url: `http://127.0.0.1:${wire.port}/log`, vkey }] };

  const alive = () => running !== null && running.exitCode === null && running.signalCode === null;
  async function kill(): Promise<void> {
    if (running === null || !alive()) return;
    const exited = once(running, 'exit');
    running.kill('SIGKILL');
    await exited;
  }
  return {
    vkey,
    listFile: write('witnesses.yaml', JSON.stringify(list)),
    wire,
    processes: () => (alive() && running?.pid !== undefined ? [running.pid] : []),
    async start() {
      if (alive()) return;
      running = spawn(process.execPath, [BIN, 'witness'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      for (const stream of [running.stdout, running.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          output += text;
        });
      }
      for (const deadline = Date.now() + START_MILLISECONDS; ; await sleep(20)) {
        const url = /^(http\S+) witnesses/m.exec(output)?.[1];
        if (url !== undefined) {
          port = Number(new URL(url).port);
          return;
        }
        if (alive() && Date.now() < deadline) continue;
        await kill();
        throw new Error(`the witness did not come up:\n${output}`);
      }
    },
    kill,
    pause: () => void running?.kill('SIGSTOP'),
    resume: () => void running?.kill('SIGCONT'),
    async close() {
      await kill();
      await wire.close();
    },
  };
}
