import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Random } from '../../src/demo/population/random.ts';

/** Whether system calls can be made to fail here: that takes `strace`, and the right to trace. */
export async function canFailSyscalls(): Promise<boolean> {
  const tried = promisify(execFile)('strace', ['-o', '/dev/null', '-e', 'trace=none', 'true'], { timeout: 10_000 });
  return tried.then(
    () => true,
    () => false,
  );
}

/** Where a database makes sure of what it wrote, and where a witness does. */
export const CALLS_OF_DATABASE = ['fdatasync', 'fdatasync', 'pwrite64', 'pwritev', 'fsync'] as const;
export const CALLS_OF_WITNESS = ['fsync', 'rename'] as const;

const FAILURES = ['error=EIO', 'error=ENOSPC', 'signal=SIGKILL'] as const;
const ATTACH_MILLISECONDS = 10_000;

/** One kind of call, of these processes and those that they start, fails once or from some time on, while `last` takes. */
export async function failSyscalls(
  processes: readonly number[],
  calls: readonly [string, ...string[]],
  random: Random,
  last: () => Promise<void>,
): Promise<void> {
  const [call, failure] = [random.pick(calls), random.pick(FAILURES)];
  const when = random.pick([`${random.int(1, 20)}`, `${random.int(1, 20)}+`]);
  const options = ['-f', '-o', '/dev/null', '-e', `trace=${call}`, '-e', `inject=${call}:${failure}:when=${when}`];
  const targets = processes.flatMap((pid) => ['-p', String(pid)]);
  const strace = spawn('strace', [...options, ...targets], { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    await attached(strace);
    await last();
  } finally {
    const gone = new Promise((resolve) => strace.once('exit', resolve));
    if (strace.exitCode === null && strace.kill('SIGTERM')) await Promise.race([gone, sleep(ATTACH_MILLISECONDS)]);
    if (strace.exitCode === null && strace.signalCode === null) strace.kill('SIGKILL');
  }
}

async function attached(strace: ChildProcess): Promise<void> {
  let said = '';
  strace.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  for (const deadline = Date.now() + ATTACH_MILLISECONDS; !said.includes('attached'); await sleep(20)) {
    if (strace.exitCode !== null || Date.now() > deadline) throw new Error(`strace cannot trace: ${said}`);
  }
}
