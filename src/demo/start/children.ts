import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Notice, Order } from './messages.ts';
import type { Running } from './running.ts';
import { StartError } from './start-error.ts';

/** A child process, from the supervisor's side. */
export interface Child<Settings, Result> extends Running {
  /** Rejects with a StartError when the child says that it cannot. */
  start(settings: Settings): Promise<Result>;
  setClock(offsetMilliseconds: number): void;
}

/** Each has an entry file, `<name>-child.ts`. */
export type ChildName = 'store' | 'provider' | 'partners' | 'gateway';

const STOP_MILLISECONDS = 10_000;

/**
 * Starts the process, which loads its modules and waits for its settings. Its output goes to `<name>.log`.
 * `onClock` hears of it when somebody moves the clock through the child.
 */
export function launch<Settings, Result>(
  name: ChildName,
  logFolder: string,
  onClock: (offsetMilliseconds: number) => void,
): Child<Settings, Result> {
  const logFile = join(logFolder, `${name}.log`);
  const child = forkWithLog(name, logFile);
  let stopping = false;
  const exited = new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) =>
      resolve(stopping ? null : `The ${name} stopped by itself (${signal ?? `exit code ${code}`}).${tail(logFile)}`),
    );
  });
  const order = (text: Order<Settings>): void => {
    // A child that has gone does not hear it; `exited` tells of that.
    child.send(text, () => {});
  };
  const ready = readiness<Result>(name, child, onClock);
  return {
    name,
    pid: child.pid ?? 0,
    exited,
    start: (settings) => {
      order({ type: 'start', settings });
      return ready;
    },
    setClock: (offsetMilliseconds) => order({ type: 'clock', offsetMilliseconds }),
    stop: async () => {
      stopping = true;
      order({ type: 'stop' });
      const overdue = setTimeout(() => child.kill('SIGKILL'), STOP_MILLISECONDS);
      await exited;
      clearTimeout(overdue);
    },
  };
}

function forkWithLog(name: ChildName, logFile: string): ChildProcess {
  rmSync(logFile, { force: true });
  const log = openSync(logFile, 'a', 0o600);
  const child = fork(fileURLToPath(new URL(`./${name}-child.ts`, import.meta.url)), [], {
    // A process group of its own: a terminal's Ctrl-C reaches the supervisor alone, which stops the parts in order.
    detached: true,
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return child;
}

function readiness<Result>(
  name: ChildName,
  child: ChildProcess,
  onClock: (offsetMilliseconds: number) => void,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  // It may fail before anybody waits for it.
  promise.catch(() => {});
  child.on('message', (notice: Notice<Result>) => {
    switch (notice.type) {
      case 'ready':
        return resolve(notice.result);
      case 'failed':
        return reject(new StartError(`The ${name} cannot start: ${notice.message}`));
      case 'clock':
        return onClock(notice.offsetMilliseconds);
    }
  });
  return promise;
}

function tail(logFile: string): string {
  const text = readFileSync(logFile, 'utf8').trimEnd();
  const lines = text === '' ? [] : text.split('\n').slice(-10);
  return [`\nThe end of ${logFile}:`, ...lines].join('\n  ');
}
