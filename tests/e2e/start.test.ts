import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Demonstration,
  type DemonstrationPorts,
  freePorts,
  processesOf,
  startDemonstration,
  survivors,
} from './demonstration.ts';

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'throughgate.js');

let dataDir: string;
let ports: DemonstrationPorts;
let running: Demonstration | undefined;

beforeEach(async () => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'throughgate-start-')), 'data');
  ports = await freePorts();
});

afterEach(async () => {
  if (running !== undefined) {
    const pids = Object.values(processesOf(running.output()));
    running.kill('SIGKILL');
    await running.exited;
    await survivors(pids);
    running = undefined;
  }
  rmSync(join(dataDir, '..'), { recursive: true, force: true });
});

/** Starts with few people and waits until everything runs. */
async function up(...argv: string[]): Promise<{ demonstration: Demonstration; output: string; pids: number[] }> {
  running = startDemonstration(ports, dataDir, ...argv);
  const output = await running.up;
  const processes = processesOf(output);
  expect(Object.keys(processes)).toEqual(['supervisor', 'gateway', 'provider', 'partners', 'PostgreSQL']);
  return { demonstration: running, output, pids: Object.values(processes) };
}

async function token(...argv: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], IDP_PORT: ports.IDP_PORT };
  const { stdout } = await promisify(execFile)(process.execPath, [BIN, 'token', ...argv], { env });
  return stdout.trim();
}

const gatewayUrl = (path: string): string => `http://127.0.0.1:${ports.PORT}${path}`;

describe('a start', { timeout: 120_000 }, () => {
  test('is ready when it says so, and what it prints to try works', async () => {
    const { output } = await up('--people', '200');
    const ready = await fetch(gatewayUrl('/health/ready'));
    expect({ status: ready.status, body: await ready.json() }).toEqual({
      status: 200,
      body: { ready: true, reasons: [] },
    });

    const line = output.match(/^curl .*$/m)?.[0] ?? '';
    expect(line).toContain(`$(IDP_PORT=${ports.IDP_PORT} npx throughgate token probation-practitioner)`);
    const answer = await fetch(line.match(/http:\S+/)?.[0] ?? '', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await token('probation-practitioner')}`,
        'purpose-of-use': line.match(/Purpose-Of-Use: (\w+)/)?.[1] ?? '',
        'content-type': 'application/json',
      },
      body: line.match(/-d '([^']*)'/)?.[1] ?? '',
    });
    expect(answer.status).toBe(200);
    const { data, errors } = (await answer.json()) as { data: { person: { identity: unknown } }; errors?: unknown };
    expect(errors).toBeUndefined();
    expect(data.person.identity).toEqual({ name: expect.any(String) });
  });

  test('after another uses its data again, and refuses to make others of them', async () => {
    const first = await up('--people', '200', '--seed', '7');
    const made = statSync(join(dataDir, 'demo.json')).ino;
    first.demonstration.kill('SIGTERM');
    expect(await first.demonstration.exited).toBe(0);
    expect(await survivors(first.pids)).toEqual([]);

    const other = startDemonstration(ports, dataDir, '--people', '300');
    expect(await other.exited).toBe(1);
    expect(other.output()).toContain('--people 200 --seed 7');
    expect(other.output()).toContain('--fresh');

    const second = await up();
    expect(second.output).toContain('--people 200 --seed 7');
    expect(second.output.match(/^curl .*$/m)).toEqual(first.output.match(/^curl .*$/m));
    expect(made).toBeGreaterThan(0);
  });

  test('keeps its secrets to itself', async () => {
    await up('--people', '200');
    expect(statSync(dataDir).mode & 0o066).toBe(0);
    const secrets = readdirSync(dataDir).filter((name) => /key|password/.test(name));
    expect(secrets).toHaveLength(4);
    expect(secrets.filter((name) => (statSync(join(dataDir, name)).mode & 0o077) !== 0)).toEqual([]);
  });

  test('has one clock, which POST /clock on the admin port moves', async () => {
    await up('--people', '200', '--now', '2031-05-05T10:00:00Z');
    const issued = async (): Promise<string> =>
      new Date((decodeJwt(await token('work-coach')).iat ?? 0) * 1000).toISOString().slice(0, 16);
    expect(await issued()).toBe('2031-05-05T10:00');

    const moved = await fetch(`http://127.0.0.1:${ports.ADMIN_PORT}/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ now: '2032-01-01T00:00:00Z' }),
    });
    expect(moved.ok).toBe(true);
    await expect.poll(issued).toBe('2032-01-01T00:00');
  });
});

describe('everything stops, and nothing is left running,', { timeout: 120_000 }, () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('on %s, also when it comes twice', async (signal) => {
    const { demonstration, pids } = await up('--people', '200');
    demonstration.kill(signal);
    await sleep(20);
    demonstration.kill(signal);
    expect(await demonstration.exited).toBe(0);
    expect(await survivors(pids)).toEqual([]);
  });

  test('when the supervisor is killed; and the next start is none the worse', async () => {
    const { demonstration, pids } = await up('--people', '200');
    demonstration.kill('SIGKILL');
    expect(await survivors(pids)).toEqual([]);
    await up();
  });

  test.each(['gateway', 'partners', 'provider', 'PostgreSQL'])('when %s is killed', async (name) => {
    const { demonstration, output, pids } = await up('--people', '200');
    process.kill(processesOf(output)[name] ?? 0, 'SIGKILL');
    expect(await demonstration.exited).toBe(70);
    expect(demonstration.output()).toContain(`${name} stopped by itself`);
    expect(await survivors(pids)).toEqual([]);
  });

  test('on a signal in the middle of starting', async () => {
    running = startDemonstration(ports, dataDir, '--people', '200');
    await expect.poll(() => existsSync(join(dataDir, 'logs', 'gateway.log')), { timeout: 20_000 }).toBe(true);
    running.kill('SIGINT');
    expect(await running.exited).toBe(0);
    expect(await openPorts()).toEqual([]);
  });
});

describe('a start refuses, and leaves nothing running,', { timeout: 60_000 }, () => {
  test('when a port is taken: it names the port and the variable', async () => {
    const squatter = createServer().listen(Number(ports.PARTNERS_PORT) + 3, '127.0.0.1');
    const refused = startDemonstration(ports, dataDir, '--people', '200');
    expect(await refused.exited).toBe(1);
    squatter.close();
    expect(refused.output()).toMatch(
      new RegExp(`Port ${Number(ports.PARTNERS_PORT) + 3} for partner southdale-police is taken: set PARTNERS_PORT`),
    );
    expect(await openPorts()).toEqual([]);
  });

  test('when two parts are given one port', async () => {
    const refused = startDemonstration({ ...ports, ADMIN_PORT: ports.PORT }, dataDir);
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toContain(`ADMIN_PORT and PORT both need port ${ports.PORT}`);
  });

  test('when the folder cannot be written', async () => {
    const refused = startDemonstration(ports, '/dev/null/data', '--people', '200');
    expect(await refused.exited).toBe(1);
    expect(refused.output()).toContain('The folder /dev/null/data cannot be written (ENOTDIR): set DATA_DIR');
  });

  test('when its data are in use', async () => {
    const { pids } = await up('--people', '200');
    const second = startDemonstration(await freePorts(), dataDir);
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain('in use');
    expect(await survivors([])).toEqual([]);
    expect((await fetch(gatewayUrl('/health/live'))).ok).toBe(true);
    expect(pids).toHaveLength(5);
  });
});

/** Which of the demonstration's ports something answers on. */
async function openPorts(): Promise<string[]> {
  const tried = Object.values(ports).map(async (port) => {
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
    return answered ? [port] : [];
  });
  return (await Promise.all(tried)).flat();
}
