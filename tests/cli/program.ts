import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'throughgate.js');

/**
 * What `throughgate` prints and answers, without a process of its own, which takes half a second to begin. The
 * environment has nothing of ours in it but `variables`.
 */
export async function throughgate(argv: readonly string[], variables: Record<string, string> = {}): Promise<Outcome> {
  const { env } = process;
  const listeners = process.stdout.listeners('error');
  const [stdout, stderr] = [capture(process.stdout), capture(process.stderr)];
  process.env = { PATH: env['PATH'], ...variables };
  try {
    const exitCode = await main(argv);
    return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.env = env;
    stdout.release();
    stderr.release();
    for (const listener of process.stdout.listeners('error')) {
      if (!listeners.includes(listener)) process.stdout.off('error', listener as () => void);
    }
  }
}

/** The same by the program itself. */
export async function program(argv: readonly string[], variables: Record<string, string> = {}): Promise<Outcome> {
  const env = { PATH: process.env['PATH'], ...variables };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [BIN, ...argv], { env, timeout: 15_000 });
    return { exitCode: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, stdout, stderr };
  }
}

function capture(stream: NodeJS.WriteStream): { text: () => string; release: () => void } {
  let written = '';
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
  return { text: () => written, release: () => spy.mockRestore() };
}
