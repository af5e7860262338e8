import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import { type Clock, systemClock } from '../clock.ts';
import { ConfigError } from '../config.ts';
import { lockFolder } from './lock.ts';
import { createWitnessServer } from './server.ts';
import type { WitnessSettings } from './settings.ts';
import { createStates } from './states.ts';
import { createWitness } from './witness.ts';

export interface RunningWitness {
  readonly url: string;
  close(): Promise<void>;
}

/** @throws ConfigError for a folder that cannot be used, or that another witness uses; StateError */
export async function startWitness(
  { host, port, signer, logs, dir }: WitnessSettings,
  { clock = systemClock, logger = pino({ base: null }, pino.destination(2)) }: { clock?: Clock; logger?: Logger } = {},
): Promise<RunningWitness> {
  const lock = await takeFolder(dir);
  try {
    const app = createWitnessServer(createWitness({ signer, logs, states: createStates(dir), clock }), logger);
    await app.listen({ host, port }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE')
        throw new ConfigError([`HOST and PORT: nothing can listen there (${error.code})`]);
      throw new ConfigError([`PORT: port ${port} is taken by another program; stop it or choose another port`]);
    });
    const address = app.server.address() as AddressInfo;
    return {
      url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
      async close() {
        await app.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function takeFolder(dir: string) {
  const taken = await makeAndLock(dir).catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError([`WITNESS_DIR must be a folder that can be written, with a short path (${error.code})`]);
  });
  if (taken === null) throw new ConfigError(['WITNESS_DIR: another witness is running on this folder']);
  return taken;
}

async function makeAndLock(dir: string) {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return lockFolder(dir);
}
