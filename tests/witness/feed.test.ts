import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  cosign,
  cosignaturesOf,
  generateCosigningKey,
  parseCosigner,
  parseCosigningKey,
} from '../../src/audit/cosignature.ts';
import { leafHash } from '../../src/audit/tree.ts';
import { movableClock } from '../../src/clock.ts';
import { feedWitness } from '../../src/gateway/witness-feed.ts';
import type { ListedWitness } from '../../src/gateway/witness-list.ts';
import { createWitnesses, WitnessError, type Witnesses } from '../../src/gateway/witnesses.ts';
import type { RunningWitness } from '../../src/witness/start.ts';
import { linesOf, noteAt } from '../audit/bundles.ts';
import { type MemoryLog, memoryLog, witnessIn } from './log.ts';

const lines = linesOf(60);
const leavesOf = (of: readonly string[]) => of.map((line) => leafHash(Buffer.from(line)));
const folder = mkdtempSync(join(tmpdir(), 'throughgate-feed-'));
const never = new AbortController().signal;
const listening: (RunningWitness | Server)[] = [];
let log: MemoryLog;
let witness: ListedWitness;

beforeEach(async () => {
  log = memoryLog(leavesOf(lines));
  witness = await another('witness.example/w1');
});

afterEach(async () => {
  for (const one of listening.splice(0))
    await new Promise<void>((done) => void Promise.resolve(one.close(() => done())).then(() => done()));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function another(name: string): Promise<ListedWitness> {
  const { listed, running } = await witnessIn(folder, name);
  listening.push(running);
  return listed;
}

/** At the place of the witness somebody who answers as told. */
async function answering(status: number, body: string): Promise<ListedWitness> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  listening.push(server);
  return { ...witness, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('a witness is fed', () => {
  test('the newest checkpoint with a proof from what it cosigned last, and its line is kept', async () => {
    for (const [known, size] of [
      [0, 9],
      [9, 33],
      [33, 60],
    ] as const) {
      log.sign(size);
      const outcome = await feedWitness(log, witness, known, never);
      expect(outcome).toMatchObject({ kind: 'cosigned', signed: { tree: { size } } });
      const [kept] = log.lines.slice(-1);
      expect(kept).toMatchObject({ size, key: witness.vkey });
      expect(cosignaturesOf(noteAt(lines, size) + kept?.line, [witness.verifier])).toHaveLength(1);
    }
    expect(await feedWitness(log, witness, 60, never)).toEqual({ kind: 'idle' });
  });

  test('although we do not know what it cosigned, or believe something else', async () => {
    log.sign(9);
    await feedWitness(log, witness, 0, never);
    log.sign(33);
    expect(await feedWitness(log, witness, 0, never)).toMatchObject({ kind: 'cosigned' });
    log.sign(60);
    expect(await feedWitness(log, witness, 9, never)).toMatchObject({ kind: 'cosigned' });
  });

  test('also when it cosigned a checkpoint that was never kept here', async () => {
    log.sign(9);
    await feedWitness(log, witness, 0, never);
    const other = memoryLog(leavesOf(lines));
    other.sign(33);
    expect(await feedWitness(other, witness, 9, never)).toMatchObject({ kind: 'cosigned' });
  });

  test('an empty log, of which no line is kept', async () => {
    expect(await feedWitness(log, witness, 0, never)).toMatchObject({ kind: 'cosigned' });
    expect(log.lines).toEqual([]);
  });

  test.each([
    ['cut', lines.slice(0, 20), { kind: 'forked', theirs: 33, ours: 20 }],
    ['written anew', [...lines.slice(0, 20), ...linesOf(40, 7)], { kind: 'forked', theirs: 33, ours: 60 }],
  ])('and finds that the log was %s, though the right key signed it', async (_what, entries, outcome) => {
    log.sign(33);
    await feedWitness(log, witness, 0, never);
    const anew = memoryLog(leavesOf(entries));
    anew.sign(entries.length);
    expect(await feedWitness(anew, witness, 0, never)).toEqual(outcome);
    expect(anew.lines).toEqual([]);
  });

  test.each([
    ['nobody there', 'unreachable', 0, ''],
    ['a fault of its own', 'unreachable', 503, ''],
    ['that it does not know the log', 'refused', 404, 'unknown'],
    ['that it does not know the key', 'refused', 403, 'key'],
    ['something else', 'wrong-answer', 200, 'hello\n'],
    ['the line of another', 'wrong-answer', 200, '— witness.example/w2 AAAAAAAA\n'],
    ['a line of its own that is not good', 'wrong-answer', 200, 'own'],
    ['no end of it', 'wrong-answer', 200, 'x'.repeat(100_000)],
    ['a size that is none', 'wrong-answer', 409, '-1\n'],
    ['another size each time', 'conflict', 409, '3\n'],
  ])('and says why it has not cosigned: %s', async (_what, cause, status, body) => {
    log.sign(9);
    const id = Buffer.from(witness.verifier.id, 'hex');
    const own = `— ${witness.name} ${Buffer.concat([id, Buffer.alloc(72)]).toString('base64')}\n`;
    const there = await answering(status || 200, body === 'own' ? own : body);
    const asked = status === 0 ? { ...witness, url: 'http://127.0.0.1:9' } : there;
    expect(await feedWitness(log, asked, 0, never)).toEqual({ kind: 'failed', cause });
    expect(log.lines).toEqual([]);
  });

  test('and a line under another text than that of the checkpoint is none', async () => {
    log.sign(9);
    const { privateKey, vkey } = generateCosigningKey(witness.name);
    const text = `${noteAt(lines, 9)}\nsomething else\n`;
    const there = await answering(200, `\nsomething else\n\n${cosign(text, parseCosigningKey(privateKey), 1)}`);
    const asked = { ...there, vkey, verifier: parseCosigner(vkey) };
    expect(await feedWitness(log, asked, 0, never)).toEqual({ kind: 'failed', cause: 'wrong-answer' });
    expect(log.lines).toEqual([]);
  });

  // As version 1 of the specification has it; the drafts after it say 422.
  test.each(['9\n', 'the root differs\n'])(
    'and finds that the log is another of the same size, where a witness says so by a conflict: %j',
    async (body) => {
      log.sign(9);
      const asked = await answering(409, body);
      expect(await feedWitness(log, asked, 9, never)).toEqual({ kind: 'idle' });
      const answers = ['9\n', body];
      const server = listening.at(-1) as Server;
      server.removeAllListeners('request');
      server.on('request', (request, response) => {
        request.resume().on('end', () => response.writeHead(409).end(answers.shift() ?? body));
      });
      expect(await feedWitness(log, asked, 0, never)).toEqual({ kind: 'forked', theirs: 9, ours: 9 });
    },
  );

  test('and says so when our own log cannot be read', async () => {
    const broken = { ...log, newest: () => Promise.reject(new Error('no database')) };
    expect(await feedWitness(broken, witness, 0, never)).toEqual({ kind: 'failed', cause: 'store' });
  });
});

describe('while the gateway runs', () => {
  const clock = movableClock();
  const logged: { level: number; msg: string }[] = [];
  const metrics = { size: 0, seconds: 0, failures: [] as string[] };
  let witnesses: Witnesses;

  afterEach(() => witnesses.close());

  function create(listed: readonly ListedWitness[], need: number): Witnesses {
    logged.length = 0;
    metrics.failures.length = 0;
    witnesses = createWitnesses({
      policy: { need, withinSeconds: 60, witnesses: listed },
      log,
      clock,
      logger: pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) }),
      metrics: {
        logWitnessed: (size, seconds) => void Object.assign(metrics, { size, seconds }),
        witnessFailed: (name, cause) => void metrics.failures.push(`${name} ${cause}`),
      },
      limits: { startMilliseconds: 5_000, pauseMilliseconds: 20 },
    });
    return witnesses;
  }

  const pass = (seconds: number) => clock.set(new Date(clock.now().getTime() + seconds * 1000));
  const until = async (holds: () => boolean) => {
    for (const end = performance.now() + 10_000; !holds(); ) {
      if (performance.now() > end) throw new Error('it never came to be');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  test('what is new is cosigned by all, and shown with their lines', async () => {
    const both = [witness, await another('witness.example/w2')];
    log.sign(9);
    await create(both, 2).consult();
    expect(metrics).toMatchObject({ size: 9, seconds: 0 });
    witnesses.begin();
    log.sign(33);
    await until(() => metrics.size === 33);
    const shown = witnesses.cosigned(noteAt(lines, 33));
    expect(
      cosignaturesOf(
        shown,
        both.map(({ verifier }) => verifier),
      ),
    ).toHaveLength(2);
    expect(witnesses.cosigned(noteAt(lines, 40))).toBe(noteAt(lines, 40));
    expect(witnesses.concerns()).toEqual([]);
    expect(logged).toEqual([]);
  });

  test('too few are a concern once it has lasted, and none any more once they are heard', async () => {
    const gone = { ...(await another('witness.example/w2')), url: 'http://127.0.0.1:9' };
    log.sign(9);
    await create([witness, gone], 2).consult();
    witnesses.begin();
    expect(witnesses.concerns()).toEqual([]);
    pass(61);
    expect(witnesses.concerns()).toEqual(['LOG_NOT_WITNESSED']);
    await until(() => metrics.failures.length > 2);
    expect(metrics).toMatchObject({ size: 0 });
    expect(metrics.seconds).toBeGreaterThan(60);
    expect(new Set(metrics.failures)).toEqual(new Set(['witness.example/w2 unreachable']));
    // Told when it begins, and not each time.
    expect(logged).toMatchObject([{ level: 40, witness: 'witness.example/w2', cause: 'unreachable' }]);
    await witnesses.close();
    await create([witness, gone], 1).consult();
    expect(witnesses.concerns()).toEqual([]);
  });

  test('a log that does not grow needs nobody', async () => {
    log.sign(9);
    await create([witness], 1).consult();
    witnesses.begin();
    pass(10_000);
    expect(witnesses.concerns()).toEqual([]);
  });

  test('a log that is another now is a concern, and an error in the log of the gateway', async () => {
    log.sign(33);
    await create([witness], 1).consult();
    const anew = memoryLog(leavesOf(linesOf(60, 7)));
    anew.sign(60);
    Object.assign(log, { newest: anew.newest, checkpointAt: anew.checkpointAt, pages: anew.pages });
    witnesses.begin();
    await until(() => witnesses.concerns().length > 0);
    expect(witnesses.concerns()).toEqual(['LOG_FORKED']);
    expect(logged).toMatchObject([{ level: 50, witness: witness.name, theirs: 33, ours: 60 }]);
    expect(metrics.failures[0]).toBe(`${witness.name} forked`);
  });

  test('the same at a start stops it, and says what each has seen', async () => {
    log.sign(33);
    await create([witness], 1).consult();
    const anew = memoryLog(leavesOf(lines));
    anew.sign(20);
    Object.assign(log, { newest: anew.newest });
    const consulted = create([witness, { ...witness, name: 'gone', url: 'http://127.0.0.1:9' }], 1).consult();
    await expect(consulted).rejects.toThrow(WitnessError);
    await expect(consulted).rejects.toThrow(
      'witness.example/w1 has cosigned 33 entries of this log; the database has signed 20',
    );
  });
});
