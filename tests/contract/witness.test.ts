import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parseCheckpoint } from '../../src/audit/checkpoint.ts';
import { signTree } from '../../src/audit/checkpointer.ts';
import { cosignaturesOf } from '../../src/audit/cosignature.ts';
import { parseSigner, splitNote } from '../../src/audit/note.ts';
import { EMPTY, extend, leafHash, rootOf } from '../../src/audit/tree.ts';
import { writeBundle } from '../../src/cli/audit-export-bundle.ts';
import type { ListedWitness } from '../../src/gateway/witness-list.ts';
import { type Gateway, startGateway } from '../../src/main.ts';
import type { RunningWitness } from '../../src/witness/start.ts';
import { throughgate } from '../cli/program.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { witnessIn } from '../witness/log.ts';

let stack: Stack;
let folder: string;
let readerUrl: string;
let query: string;
const running: RunningWitness[] = [];
const listed: ListedWitness[] = [];

beforeAll(async () => {
  stack = await startStack();
  folder = mkdtempSync(join(tmpdir(), 'throughgate-witnessed-'));
  readerUrl = Object.assign(new URL(inject('surroundings').readerUrl), {
    pathname: new URL(stack.ownerUrl).pathname,
  }).href;
  for (const name of ['witness.example/w1', 'witness.example/w2']) {
    const witness = await witnessIn(folder, name, [parseSigner(stack.config.auditSigningKey).vkey]);
    running.push(witness.running);
    listed.push(witness.listed);
  }
  const crn = population().traits().allowed[0]?.identifiers['CRN'];
  query = `{ person(identifier: {type: "CRN", value: "${crn}"}) { custody { releaseDate } } }`;
});

afterAll(async () => {
  for (const witness of running) await witness.close();
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Another gateway on the log of the stack, for as long as it is used. */
async function withGateway(
  policy: { need: number; within: number; urls?: readonly string[] },
  use: (gateway: Gateway) => Promise<void> = async () => {},
): Promise<void> {
  const witnessesFile = join(folder, 'witnesses.yaml');
  const witnesses = listed.map(({ name, url, vkey }, n) => ({ name, url: policy.urls?.[n] ?? url, vkey }));
  writeFileSync(witnessesFile, JSON.stringify({ need: policy.need, within: policy.within, witnesses }));
  const gateway = await startGateway({
    config: { ...stack.config, witnessesFile },
    logger: pino({ level: 'silent' }),
    development: {},
  });
  try {
    await use(gateway);
  } finally {
    await gateway.close();
  }
}

async function until<T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (const end = performance.now() + 20_000; ; await sleep(50)) {
    const value = await read();
    if (holds(value)) return value;
    if (performance.now() > end) throw new Error(`it never came to be: ${JSON.stringify(value)}`);
  }
}

const shown = async (gateway: Gateway) => (await fetch(`${gateway.url}/log/checkpoint`)).text();
const sizeOf = (note: string) => parseCheckpoint(splitNote(note).text)?.size ?? 0;
const ready = async (gateway: Gateway) => (await fetch(`${gateway.url}/health/ready`)).json();
const head = async () => Number((await stack.sql<{ size: string }>('select size from audit.head'))[0]?.size);

describe('a gateway with witnesses', () => {
  test('signs what others append, has it cosigned, and shows it', { timeout: 60_000 }, async () => {
    await withGateway({ need: 2, within: 60 }, async (gateway) => {
      const verifiers = listed.map(({ verifier }) => verifier);
      const note = await until(
        () => shown(gateway),
        (text) => cosignaturesOf(text, verifiers).length === 2,
      );
      expect(await ready(gateway)).toEqual({ ready: true, reasons: [] });
      const metrics = await until(
        async () => (await fetch(`${gateway.adminUrl}/metrics`)).text(),
        (text) => text.includes(`throughgate_log_witnessed_entries ${sizeOf(note)}\n`),
      );
      expect(metrics).toContain('throughgate_log_unwitnessed_seconds 0\n');
      expect((await stack.ask(query)).status).toBe(200);
      const size = await head();
      await until(
        () => shown(gateway),
        (note) => sizeOf(note) >= size,
      );
    });
  });

  test('starts and answers while too few can be heard, and says so', async () => {
    const urls = [listed[0]?.url ?? '', 'http://127.0.0.1:9/log'];
    await withGateway({ need: 2, within: 1, urls }, async (gateway) => {
      const state = await until(
        () => ready(gateway),
        ({ reasons }) => reasons.length > 0,
      );
      expect(state).toEqual({ ready: true, reasons: ['LOG_NOT_WITNESSED'] });
      const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
      expect(metrics).toMatch(
        /throughgate_witness_failures_total\{witness="witness.example\/w2",cause="unreachable"\} \d/,
      );
    });
  });

  test('does not start with a list that is wrong, and says everything that is', async () => {
    const start = withGateway({ need: 3, within: 0 });
    await expect(start).rejects.toThrow(/:1:\d+ need: expected .*\n.*:1:\d+ within: expected/);
  });
});

const TABLES = ['entry', 'leaf', 'head', 'checkpoint', 'cosignature'];

/** What who has the database and the key did to the log, undone afterwards. */
async function meanwhile(attack: () => Promise<unknown>, look: () => Promise<void>): Promise<void> {
  await stack.sql(TABLES.map((table) => `create table kept_${table} as select * from audit.${table};`).join('\n'));
  try {
    await attack();
    await look();
  } finally {
    const back = TABLES.map(
      (table) => `insert into audit.${table} select * from kept_${table}; drop table kept_${table};`,
    );
    await stack.sql(`truncate ${TABLES.map((table) => `audit.${table}`).join(', ')};\n${back.join('\n')}`);
  }
}

/** As a backup from before the last few checkpoints has it. */
const rollBack = () =>
  stack.sql(`
    delete from audit.checkpoint where size > (select size from audit.checkpoint order by size desc offset 3 limit 1);
    delete from audit.cosignature where size > (select max(size) from audit.checkpoint);
    delete from audit.entry where index >= (select max(size) from audit.checkpoint);
    delete from audit.leaf where index >= (select max(size) from audit.checkpoint);
    update audit.head set size = newest.size, frontier = newest.frontier, root = audit.root_of(newest.frontier)
    from (select size, frontier from audit.checkpoint order by size desc limit 1) newest;`);

/** One entry says something else, the tree is that of the entries, and one checkpoint is signed with the log's own key. */
async function writeAnew(): Promise<void> {
  await stack.sql(`
    update audit.entry set body = convert_to(replace(convert_from(body, 'UTF8'), '"answered"', '"answereD"'), 'UTF8')
    where index = (select min(index) from audit.entry where kind = 'request')`);
  const bodies = await stack.sql<{ body: Buffer }>('select body from audit.entry order by index');
  const tree = extend(
    EMPTY,
    bodies.map(({ body }) => leafHash(body)),
  );
  const { note } = signTree(tree, parseSigner(stack.config.auditSigningKey));
  const frontier = Buffer.concat(tree.hashes);
  await stack.sql(`truncate audit.checkpoint, audit.cosignature`);
  await stack.sql(
    `update audit.leaf set hash = sha256('\\x00'::bytea || body) from audit.entry where entry.index = leaf.index`,
  );
  await stack.sql('update audit.head set root = $1, frontier = $2', [Buffer.from(rootOf(tree)), frontier]);
  await stack.sql('insert into audit.checkpoint (size, frontier, note) values ($1, $2, $3)', [
    tree.size,
    frontier,
    note,
  ]);
}

describe('AUDIT-04', () => {
  /** A start that is refused, and appends nothing. */
  async function refused(why: RegExp): Promise<void> {
    const size = await head();
    await expect(withGateway({ need: 1, within: 60 })).rejects.toThrow(why);
    expect(await head()).toBe(size);
  }

  const vkey = () => parseSigner(stack.config.auditSigningKey).vkey;
  const witnesses = () => listed.map((witness) => witness.vkey).join(',');

  async function verify(name: string, ...more: string[]) {
    const bundle = join(folder, name);
    if (!readdirSync(folder).includes(name)) await writeBundle(readerUrl, bundle);
    return throughgate(['audit', 'verify', '--bundle', bundle, '--key', vkey(), ...more]);
  }

  test('an export says how far it is witnessed', async () => {
    const { exitCode, stdout } = await verify('good', '--witness', witnesses(), '--json');
    const verdict = JSON.parse(stdout);
    expect({ exitCode, verdict }).toMatchObject({ exitCode: 0, verdict: { ok: true, witnessed: expect.any(Number) } });
    expect(verdict.witnessed).toBeGreaterThan(1);
    expect(await verify('good', '--witness', witnesses(), '--need', '1')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/, witnessed \d+\n$/),
    });
    const { listed: stranger, running: other } = await witnessIn(folder, 'stranger.example/w');
    await other.close();
    const file = join(folder, 'witness.vkeys');
    writeFileSync(file, `${stranger.vkey}\n${witnesses().replace(',', '\n')}\n`);
    expect(await verify('good', '--witness', file)).toMatchObject({
      exitCode: 5,
      stderr: expect.stringMatching(/^witness: /),
    });
    expect(await verify('good', '--witness', file, '--need', '2')).toMatchObject({ exitCode: 0 });
    expect(await verify('good', '--witness', vkey())).toMatchObject({ exitCode: 4 });
    for (const wrong of [
      ['--need', '1'],
      ['--witness', file, '--need', '4'],
      ['--witness', `${stranger.vkey},${stranger.vkey}`],
    ]) {
      expect(await verify('good', ...wrong)).toMatchObject({ exitCode: 1, stdout: '' });
    }
  });

  test('a log that was rolled back looks whole; a witness keeps the gateway from going on with it', async () => {
    await meanwhile(rollBack, async () => {
      expect(await verify('rolled-back')).toMatchObject({ exitCode: 0 });
      await refused(/witness\.example\/w1 has cosigned \d+ entries of this log; the database has signed \d+\n/);
    });
  });

  test('a log written anew by who has its key looks whole; witnesses tell, at a start and in an export', async () => {
    const [cosigned] = await stack.sql<{ line: string }>(
      'select line from audit.cosignature order by size desc limit 1',
    );
    await meanwhile(writeAnew, async () => {
      expect(await verify('anew')).toMatchObject({ exitCode: 0 });
      expect(await verify('anew', '--witness', witnesses(), '--need', '1')).toMatchObject({ exitCode: 5 });
      await refused(/that are not the first \d+ of the \d+ in the database/);
      const newest = join(folder, 'anew', 'checkpoint');
      writeFileSync(newest, `${readFileSync(newest, 'utf8')}${cosigned?.line}`);
      expect(await verify('anew', '--witness', witnesses())).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('the cosignature of witness.example/w'),
      });
    });
  });
});
