import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** One run of the practitioner's tool, as somebody at a terminal has it. */
export interface ToolWindow {
  /** What stood there when it was ready. */
  readonly opened: string;
  /** Types a line, and resolves with what it printed. Rejects after 20 s, and when it ended. */
  say(line: string): Promise<string>;
  /** Types `quit`; resolves with the exit code. */
  quit(): Promise<number | null>;
}

export interface ToolRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const TOOL = join(import.meta.dirname, '..', '..', 'examples', 'practitioner-tool', 'tool.ts');
const PROMPT = '> ';
const PATIENCE_MILLISECONDS = 20_000;

export async function openTool(gateway: string, token: string, ...argv: string[]): Promise<ToolWindow> {
  const child = start([...argv, '--gateway', gateway], token);
  let printed = '';
  let heard: (() => void) | null = null;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      heard?.();
    });
  }
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  let hasEnded = false;
  void exited.then(() => {
    hasEnded = true;
    heard?.();
  });

  /** All that was printed up to the next prompt. */
  function prompted(): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`No prompt in time after: ${printed}`)), PATIENCE_MILLISECONDS);
      heard = () => {
        const isReady = printed === PROMPT || printed.endsWith(`\n${PROMPT}`);
        if (!isReady && !hasEnded) return;
        heard = null;
        clearTimeout(timer);
        const text = printed.slice(0, -PROMPT.length);
        if (isReady) resolve(text);
        else reject(new Error(`It ended: ${printed}`));
        printed = '';
      };
      heard();
    });
  }

  return {
    opened: await prompted(),
    say(line) {
      child.stdin.write(`${line}\n`);
      return prompted();
    },
    quit() {
      child.stdin.end('quit\n');
      return exited;
    },
  };
}

/** A run that is expected to end by itself. */
export async function runTool(argv: readonly string[], token = ''): Promise<ToolRun> {
  const child = start(argv, token);
  child.stdin.end();
  const [out, err, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { code, out, err };
}

function start(argv: readonly string[], token: string) {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', TOOL, ...argv], {
    env: { PATH: process.env['PATH'], ...(token && { THROUGHGATE_TOKEN: token }) },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const part of stream) text += part;
  return text;
}
