import process from 'node:process';
import { stopSignal } from '../../cli/signals.ts';
import { banner } from './banner.ts';
import { bringUp, type Demonstration, type StartOptions } from './bring-up.ts';
import type { Environment } from './place.ts';
import { RunningParts } from './running.ts';

/**
 * Runs the demonstration until a signal or a crash, and stops everything it started.
 *
 * Whatever happens to this process, its parts go too: PostgreSQL and the children watch a pipe that closes with it.
 * @returns the exit code that `throughgate start --help` documents
 */
export async function start(options: StartOptions, env: Environment): Promise<number> {
  const parts = new RunningParts();
  const stopped = stopSignal().then((): Outcome => ({ exitCode: 0, message: 'Stopping.' }));
  const crashed = parts.crashed.then((end): Outcome => ({ exitCode: 70, message: `${end}\nStopping everything.` }));
  const started = bringUp(options, env, parts).then(announce, whyNot);
  const { exitCode, message } = await Promise.race([stopped, crashed, started]);
  (exitCode === 0 ? process.stdout : process.stderr).write(`${message}\n`);
  await parts.stopAll();
  return exitCode;
}

interface Outcome {
  readonly exitCode: number;
  readonly message: string;
}

function whyNot(error: unknown): Outcome {
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: 1, message: `The demonstration cannot start.\n${message}` };
}

/** Once everything runs there is nothing more to come of starting. */
function announce(running: Demonstration): Promise<never> {
  process.stdout.write(banner(running));
  return new Promise(() => {});
}
