import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openNote, parseVkey } from '../../src/audit/note.ts';
import { removeCluster } from '../../src/demo/postgres/start.ts';
import {
  type Demonstration,
  type DemonstrationPorts,
  ENVIRONMENT,
  freePorts,
  processesOf,
  startDemonstration,
  survivors,
} from './demonstration.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'throughgate.js');

const POPULATION = ['--people', '200', '--seed', '7', '--activity', '300'];
const DAY = '2026-12-01';

/** What most tests share, for a start takes seconds: whoever finds none running, starts it on the same data again. */
let kept: { readonly dataDir: string; readonly ports: DemonstrationPorts };
let running: { readonly demonstration: Demonstration; readonly output: string; readonly pids: number[] } | undefined;

beforeAll(async () => {
  kept = { dataDir: newDataDir(), ports: await freePorts() };
});

afterAll(async () => {
  if (running) await end(running.demonstration);
  await removeData(kept.dataDir);
});

function newDataDir(): string {
  return join(mkdtempSync(join(tmpdir(), 'throughgate-start-')), 'data');
}

async function removeData(dataDir: string): Promise<void> {
  // As root it may lie elsewhere, where PostgreSQL's account can reach it.
  await removeCluster(dataDir);
  rmSync(join(dataDir, '..'), { recursive: true, force: true });
}

async function end(demonstration: Demonstration): Promise<void> {
  demonstration.kill('SIGKILL');
  await demonstration.exited;
  await survivors(Object.values(processesOf(demonstration.output())));
}

async function up(...argv: string[]): Promise<NonNullable<typeof running>> {
  if (running) return running;
  const demonstration = startDemonstration(kept.ports, kept.dataDir, ...argv, '--now', `${DAY}T12:00:00Z`);
  const output = await demonstration.up.catch(async (error: unknown) => {
    await end(demonstration);
    throw error;
  });
  const processes = processesOf(output);
  expect(Object.keys(processes)).toEqual(['supervisor', 'gateway', 'provider', 'partners', 'PostgreSQL']);
  running = { demonstration, output, pids: Object.values(processes) };
  return running;
}

/** The exit code, once it has ended and nothing of it is left. */
async function ended({ demonstration, pids }: NonNullable<typeof running>): Promise<number | null> {
  running = undefined;
  const exitCode = await demonstration.exited;
  expect(await survivors(pids)).toEqual([]);
  return exitCode;
}

interface Answer {
  readonly data?: {
    readonly person: { readonly identity: unknown; readonly sections: readonly { readonly asOf: string }[] };
  };
  readonly errors?: unknown;
}

/** Does what the printed line does, without needing curl and npx to be there. */
async function ask(line: string): Promise<Answer> {
  const env = { ...ENVIRONMENT, IDP_PORT: kept.ports.IDP_PORT };
  const argv = [BIN, ...(line.match(/npx throughgate ([\w -]+)/)?.[1] ?? '').split(' ')];
  const { stdout: token } = await promisify(execFile)(process.execPath, argv, { env });
  const answer = await fetch(line.match(/http:\S+/)?.[0] ?? '', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token.trim()}`,
      'purpose-of-use': line.match(/Purpose-Of-Use: (\w+)/)?.[1] ?? '',
      'content-type': line.match(/Content-Type: ([\w/]+)/)?.[1] ?? '',
    },
    body: line.match(/-d '([^']*)'/)?.[1] ?? '',
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
}

const gatewayUrl = (path: string): string => `http://127.0.0.1:${kept.ports.PORT}${path}`;
const curlLine = (output: string): string => output.match(/^curl .*$/m)?.[0] ?? '';

describe('a start', { timeout: 120_000 }, () => {
  test('is ready when it says so, what it prints to try works, and its secrets are its own', async () => {
    const { dataDir, ports } = kept;
    const { output } = await up(...POPULATION);
    const ready = await fetch(gatewayUrl('/health/ready'));
    expect({ status: ready.status, body: await ready.json() }).toEqual({
      status: 200,
      body: { ready: true, reasons: [] },
    });

    const line = curlLine(output);
    expect(line).toContain(`$(IDP_PORT=${ports.IDP_PORT} npx throughgate token probation-practitioner)`);
    const { data, errors } = await ask(line);
    expect(errors).toBeUndefined();
    expect(data?.person.identity).toEqual({ name: expect.any(String) });

    expect(statSync(dataDir).mode & 0o066).toBe(0);
    const secrets = readdirSync(dataDir).filter((name) => /\.key$|password/.test(name));
    expect(secrets).toHaveLength(5);
    expect(secrets.filter((name) => (statSync(join(dataDir, name)).mode & 0o077) !== 0)).toEqual([]);

    const vkey = readFileSync(join(dataDir, 'log.vkey'), 'utf8').trim();
    expect(output).toContain(vkey);
    const checkpoint = await (await fetch(gatewayUrl('/log/checkpoint'))).text();
    // Its log begins with a year of made-up activity, signed to its end.
    expect(openNote(checkpoint, [parseVkey(vkey)]).text).toMatch(/^throughgate\.development\n[1-9]\d{2,}\n/);
  });

  test('has one clock, which POST /clock on the admin port moves', async () => {
    const { output } = await up(...POPULATION);
    const line = curlLine(output);
    // A partner says when it last updated its answer: within ten hours of what it takes for now.
    const updatedOn = async (): Promise<string | undefined> => {
      const { data } = await ask(line.replace('status }', 'status asOf }'));
      return data?.person.sections[0]?.asOf.slice(0, 10);
    };
    expect(await updatedOn()).toBe(DAY);

    const moved = await fetch(`http://127.0.0.1:${kept.ports.ADMIN_PORT}/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ now: '2026-12-03T12:00:00Z' }),
    });
    expect(moved.ok).toBe(true);
    await expect.poll(updatedOn, { timeout: 15_000 }).toBe('2026-12-03');
  });

  test('keeps its data from a second one', async () => {
    await up(...POPULATION);
    const second = startDemonstration(await freePorts(), kept.dataDir);
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain('in use');
    expect((await fetch(gatewayUrl('/health/live'))).ok).toBe(true);
  });

  test('after another uses its data again, and refuses to make others of them', async () => {
    const first = await up(...POPULATION);
    const made = statSync(join(kept.dataDir, 'audit-hmac.key')).mtimeMs;
    first.demonstration.kill('SIGTERM');
    expect(await ended(first)).toBe(0);

    const other = startDemonstration(kept.ports, kept.dataDir, '--people', '300');
    expect(await other.exited).toBe(1);
    expect(other.output()).toContain('--people 200 --seed 7');
    expect(other.output()).toContain('--fresh');

    const second = await up();
    expect(second.output).toContain('--people 200 --seed 7');
    expect(curlLine(second.output)).toBe(curlLine(first.output));
    expect(statSync(join(kept.dataDir, 'audit-hmac.key')).mtimeMs).toBe(made);
  });
});

describe('everything stops, and nothing is left running,', { timeout: 120_000 }, () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('on %s, also when it comes twice', async (signal) => {
    const started = await up(...POPULATION);
    started.demonstration.kill(signal);
    await sleep(20);
    started.demonstration.kill(signal);
    expect(await ended(started)).toBe(0);
  });

  test('when the supervisor is killed; and the next start is none the worse', async () => {
    const started = await up(...POPULATION);
    started.demonstration.kill('SIGKILL');
    expect(await ended(started)).toBeNull();
    await up();
  });

  test.each(['gateway', 'PostgreSQL'])('when %s is killed', async (name) => {
    const started = await up(...POPULATION);
    process.kill(processesOf(started.output)[name] ?? 0, 'SIGKILL');
    expect(await ended(started)).toBe(70);
    expect(started.demonstration.output()).toContain(`${name} stopped by itself`);
  });
});

describe('on data of its own', { timeout: 120_000 }, () => {
  let dataDir: string;
  let ports: DemonstrationPorts;

  beforeEach(async () => {
    dataDir = newDataDir();
    ports = await freePorts();
  });

  afterEach(() => removeData(dataDir));

  test('a signal in the middle of a first start stops everything', async () => {
    const starting = startDemonstration(ports, dataDir, '--people', '200');
    try {
      await expect.poll(() => existsSync(join(dataDir, 'logs', 'gateway.log')), { timeout: 20_000 }).toBe(true);
      starting.kill('SIGINT');
      expect(await starting.exited).toBe(0);
      expect(await openPorts(ports)).toEqual([]);
    } finally {
      await end(starting);
    }
  });

  test('a start refuses when a port is taken: it names the port and the variable', async () => {
    const squatter = createServer().listen(Number(ports.PARTNERS_PORT) + 3, '127.0.0.1');
    const refused = startDemonstration(ports, dataDir, '--people', '200');
    expect(await refused.exited).toBe(1);
    squatter.close();
    expect(refused.output()).toMatch(
      new RegExp(`Port ${Number(ports.PARTNERS_PORT) + 3} for partner southdale-police is taken: set PARTNERS_PORT`),
    );
    expect(await openPorts(ports)).toEqual([]);
  });

  test('a start refuses when two parts are given one port', async () => {
    const refused = startDemonstration({ ...ports, ADMIN_PORT: ports.PORT }, dataDir);
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toContain(`ADMIN_PORT and PORT both need port ${ports.PORT}`);
  });

  test('a start refuses when the folder cannot be written', async () => {
    const refused = startDemonstration(ports, '/dev/null/data', '--people', '200');
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toContain('The folder /dev/null/data cannot be written (ENOTDIR): set DATA_DIR');
  });

  test('a start refuses when the folder holds what looks like its own data and is not', async () => {
    mkdirSync(join(dataDir, 'cluster'), { recursive: true });
    const refused = startDemonstration(ports, dataDir, '--fresh');
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toContain('has a folder "cluster" that no demonstration made');
    expect(existsSync(join(dataDir, 'cluster'))).toBe(true);
  });
});

/** Which of the demonstration's ports something answers on. */
async function openPorts(ports: DemonstrationPorts): Promise<string[]> {
  const tried = Object.values(ports).map(async (port) => {
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    return answered ? [port] : [];
  });
  return (await Promise.all(tried)).flat();
}
