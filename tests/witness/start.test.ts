import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, describe, expect, test } from 'vitest';
import { generateCosigningKey } from '../../src/audit/cosignature.ts';
import { generateKey } from '../../src/audit/note.ts';
import { readSettings } from '../../src/witness/settings.ts';
import { startWitness } from '../../src/witness/start.ts';
import { throughgate } from '../cli/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'throughgate-witness-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const log = generateKey('log.example');
const renewed = generateKey('log.example');
const other = generateKey('other.example');
const key = generateCosigningKey('witness.example/w1');
const valid = {
  WITNESS_KEY_FILE: file('witness.key', `${key.privateKey}\n`),
  WITNESS_LOGS_FILE: file('logs', `${log.vkey}\n\n${other.vkey}\n${renewed.vkey}\n`),
  WITNESS_DIR: join(folder, 'state'),
  PORT: '0',
};
const logger = pino({ level: 'silent' });

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the environment of a witness', () => {
  test('names its key, logs with all their keys, and folder', () => {
    const settings = readSettings(valid);
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 0, dir: valid.WITNESS_DIR, signer: { vkey: key.vkey } });
    expect([...settings.logs].map(([name, keys]) => [name, keys.length])).toEqual([
      ['log.example', 2],
      ['other.example', 1],
    ]);
    expect(readSettings({ ...valid, PORT: '' }).port).toBe(4300);
  });

  test('is refused with everything that is wrong at once, without its values', async () => {
    const wrong = {
      WITNESS_KEY_FILE: file('log.key', log.privateKey),
      WITNESS_LOGS_FILE: file('witness.vkey', key.vkey),
      PORT: '99999',
    };
    const { exitCode, stdout, stderr } = await throughgate(['witness'], wrong);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(
      stderr
        .split('\n')
        .slice(1, -1)
        .map((line) => line.trim().split(' ')[0]),
    ).toEqual(['WITNESS_KEY_FILE', 'WITNESS_LOGS_FILE', 'WITNESS_DIR', 'PORT']);
    expect(stderr).not.toMatch(/99999|PRIVATE\+KEY\+log|witness\.example/);
    expect((await throughgate(['witness'], { ...wrong, WITNESS_LOGS_FILE: '/nowhere' })).stderr).toContain('(ENOENT)');
  });
});

describe('a folder', () => {
  test('has one witness at a time, and is free once that one has gone', async () => {
    const settings = readSettings(valid);
    const first = await startWitness(settings, { logger });
    await expect(startWitness(settings, { logger })).rejects.toThrow('another witness is running on this folder');
    expect((await fetch(`${first.url}/health/live`)).status).toBe(200);
    await first.close();
    await (await startWitness(settings, { logger })).close();
  });

  test('is free when its witness was killed', async () => {
    const settings = { ...readSettings(valid), dir: join(folder, 'killed') };
    await (await startWitness(settings, { logger })).close();
    // What is left of a socket on which nobody listens any more.
    writeFileSync(join(settings.dir, 'lock'), '');
    await (await startWitness(settings, { logger })).close();
  });

  test('that cannot be made is told, and keeps no port', async () => {
    const settings = { ...readSettings(valid), dir: join(valid.WITNESS_LOGS_FILE, 'below-a-file') };
    await expect(startWitness(settings, { logger })).rejects.toThrow(
      'WITNESS_DIR must be a folder that can be written',
    );
  });

  test('is free again when nothing can listen', async () => {
    const settings = { ...readSettings(valid), host: '192.0.2.1' };
    await expect(startWitness(settings, { logger })).rejects.toThrow('HOST and PORT: nothing can listen there');
    await (await startWitness(readSettings(valid), { logger })).close();
  });

  test('is free again when the port was taken', async () => {
    const settings = readSettings(valid);
    const first = await startWitness({ ...settings, dir: join(folder, 'one') }, { logger });
    const taken = { ...settings, dir: join(folder, 'two'), port: Number(new URL(first.url).port) };
    await expect(startWitness(taken, { logger })).rejects.toThrow('is taken by another program');
    await (await startWitness({ ...taken, port: 0 }, { logger })).close();
    await first.close();
  });
});
