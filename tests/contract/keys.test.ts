import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseCheckpoint } from '../../src/audit/checkpoint.ts';
import { generateKey, openNote, parseSigner, parseVkey } from '../../src/audit/note.ts';
import { type Verdict, verifyLog } from '../../src/audit/verify.ts';
import type { Config } from '../../src/config.ts';
import { type Gateway, startGateway } from '../../src/main.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { attempt, BREAK_GLASS } from './glass.ts';

const traits = population().traits();
const crn = traits.allowed[0]?.identifiers['CRN'];
const stranger = String(traits.unrelated[0]?.identifiers['CRN']);
const query = `{ person(identifier: {type: "CRN", value: "${crn}"}) { custody { releaseDate } } }`;
const running: Gateway[] = [];
let stack: Stack;
let first: string;
let rotated: Config;

beforeAll(async () => {
  stack = await startStack();
  first = parseSigner(stack.config.auditSigningKey).vkey;
  rotated = {
    ...stack.config,
    auditSigningKey: generateKey('log.example').privateKey,
    auditVerifyKeys: [first],
    auditHmacKeys: [...stack.config.auditHmacKeys, randomBytes(32)],
  };
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.close()));
});

afterAll(() => stack?.close());

/** Another gateway on the same log. */
async function start(config: Config): Promise<Gateway> {
  const gateway = await startGateway({ config: { ...config, logLevel: 'silent' }, development: {} });
  running.push(gateway);
  return gateway;
}

async function ask(
  url: string,
  text: string,
  variables = {},
): Promise<{ data: Answer; extensions: { requestId: string } }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${await stack.token('probation-practitioner')}`,
      'purpose-of-use': 'RELEASE_PLANNING',
    },
    body: JSON.stringify({ query: text, variables }),
  });
  return (await response.json()) as { data: Answer; extensions: { requestId: string } };
}

interface Answer {
  readonly person: { readonly custody: { readonly releaseDate: string } };
  readonly breakGlass: { readonly ok: boolean; readonly code: string | null; readonly until: string };
}

/** By which key the log names the person in what is asked at a gateway now. */
async function epochAt(url: string): Promise<number> {
  const { data, extensions } = await ask(url, query);
  expect(data.person.custody.releaseDate).toMatch(/^\d{4}-/);
  const [, disclosure] = await stack.entries(extensions.requestId);
  return (disclosure as unknown as { subject: { epoch: number } }).subject.epoch;
}

async function changes(): Promise<Record<string, unknown>[]> {
  const rows = await stack.sql<{ body: Buffer }>(
    `select body from audit.entry where kind = 'key-change' order by index`,
  );
  return rows.map(({ body }) => JSON.parse(body.toString()));
}

async function headSize(): Promise<number> {
  const [row] = await stack.sql<{ size: string }>('select size from audit.head');
  return Number(row?.size);
}

/** The log as its owner would export it, against keys and perhaps a checkpoint that somebody kept. */
async function verify(vkeys: readonly string[], since?: string): Promise<Verdict> {
  const checkpoints = await stack.sql<{ size: string; note: string }>(
    'select size, note from audit.checkpoint order by size',
  );
  const newest = checkpoints.pop();
  const entries = await stack.sql<{ body: Buffer }>('select body from audit.entry where index < $1 order by index', [
    newest?.size,
  ]);
  return verifyLog({
    entries: entries.map(({ body }) => Buffer.concat([body, Buffer.from('\n')])),
    checkpoint: newest?.note ?? '',
    earlier: checkpoints.map(({ size, note }) => ({ name: size, note })),
    since,
    keys: vkeys.map((vkey) => parseVkey(vkey)),
  });
}

async function checkpointAt(url: string): Promise<{ note: string; size: number }> {
  const note = await (await fetch(`${url}/log/checkpoint`)).text();
  return { note, size: parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))?.size ?? 0 };
}

/** The newest checkpoint, once it covers everything. */
async function settled(url: string): Promise<{ note: string; size: number }> {
  for (const deadline = Date.now() + 10_000; ; ) {
    const checkpoint = await checkpointAt(url);
    if (checkpoint.size === (await headSize())) return checkpoint;
    if (Date.now() > deadline) throw new Error('the end of the log was not signed within ten seconds');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a first start records both keys, before it serves', async () => {
  const rows = await stack.sql<{ kind: string }>('select kind from audit.entry order by index limit 3');
  expect(rows.map(({ kind }) => kind)).toEqual(['key-change', 'key-change', 'start']);
  expect(await changes()).toMatchObject([
    { what: 'signing', from: null, to: first, reason: 'first', processing: null },
    { what: 'pseudonym', from: null, to: expect.stringMatching(/^epoch 1 [0-9a-f]{16}$/), reason: 'first' },
  ]);
});

describe('a rotation of both keys', () => {
  test('is recorded once, by gateways that start at once while the old one goes on', async () => {
    const askedOf = async () => stack.sql('select count(*) from record.asked');
    const glass = attempt('CRN', stranger);
    const before = await ask(stack.url, BREAK_GLASS, glass);
    expect(await epochAt(stack.url)).toBe(1);
    const asked = await askedOf();

    const [one, other] = await Promise.all([start(rotated), start(rotated)]);
    expect(await epochAt(one.url)).toBe(2);
    expect(await epochAt(stack.url)).toBe(1);
    expect(await epochAt(other.url)).toBe(2);
    const { vkey } = parseSigner(rotated.auditSigningKey);
    expect((await changes()).slice(2)).toMatchObject([
      { what: 'signing', from: first, to: vkey, reason: 'rotated' },
      { what: 'pseudonym', from: expect.stringMatching(/^epoch 1 /), to: expect.stringMatching(/^epoch 2 /) },
    ]);

    // Neither counts twice whom somebody asked about, nor forgets what was asked under an idempotency key.
    const again = await ask(one.url, BREAK_GLASS, glass);
    expect(before.data.breakGlass).toMatchObject({ ok: true, code: null });
    expect(again.data).toEqual(before.data);
    expect(await askedOf()).toEqual(asked);

    await settled(one.url);
    expect(await verify([first, vkey])).toMatchObject({ ok: true, origin: 'log.example' });
    expect(await verify([vkey])).toMatchObject({ ok: false, fault: 'key' });
  });

  test('stays: the same start again records nothing, and an old file is refused', async () => {
    const before = await changes();
    await start(rotated);
    expect(await changes()).toEqual(before);
    await expect(start(stack.config)).rejects.toThrow('AUDIT_SIGNING_KEY_FILE has an older key of the log');
    await expect(start({ ...rotated, auditHmacKeys: stack.config.auditHmacKeys })).rejects.toThrow(
      'AUDIT_HMAC_KEY_FILE must keep every key that the log has used',
    );
    await expect(start({ ...rotated, auditSigningKey: generateKey('log.example').privateKey })).rejects.toThrow(
      'carries a signature neither of the key in use nor of one in AUDIT_VERIFY_KEYS_FILE',
    );
  });
});

describe('a database that was restored from a backup', () => {
  test('goes on under a new name, once its operator says so, and verifies with the keys of both names', async () => {
    const old = [first, parseSigner(rotated.auditSigningKey).vkey];
    const remembered = await settled(stack.url);
    await stack.sql('create table backup as select * from audit.head');
    await ask(stack.url, query);
    const lost = await settled(stack.url);
    const { size } = remembered;
    expect(lost.size).toBeGreaterThan(size);
    for (const table of ['entry', 'leaf', 'key_change']) {
      await stack.sql(`delete from audit.${table} where index >= $1`, [size]);
    }
    await stack.sql('delete from audit.checkpoint where size > $1', [size]);
    await stack.sql(
      `update audit.head set (size, root, frontier, period) = (select size, root, frontier, period from backup)`,
    );
    await stack.sql('drop table backup');

    const renamed: Config = {
      ...rotated,
      auditSigningKey: generateKey('log-2.example').privateKey,
      auditVerifyKeys: old,
    };
    const { vkey } = parseSigner(renamed.auditSigningKey);
    for (const wrong of [null, lost.size]) {
      await expect(start({ ...renamed, auditRestoredFrom: wrong })).rejects.toThrow(
        `set AUDIT_RESTORED_FROM to the size of its log, ${size}`,
      );
    }
    const gateway = await start({ ...renamed, auditRestoredFrom: size });
    expect(await epochAt(gateway.url)).toBe(2);
    expect((await changes()).at(-1)).toMatchObject({ from: old[1], to: vkey, reason: 'restored', size });
    const { note } = await settled(gateway.url);
    expect(parseCheckpoint(openNote(note, [parseVkey(vkey)]).text)?.origin).toBe('log-2.example');

    expect(await verify([...old, vkey])).toMatchObject({ ok: true, origin: 'log-2.example' });
    expect(await verify([vkey])).toMatchObject({ ok: false, fault: 'key' });
    expect(await verify(old)).toMatchObject({ ok: false, fault: 'key' });
    expect(await verify([...old, vkey], remembered.note)).toMatchObject({ ok: true });
    // What was lost is not in it, which whoever has a checkpoint of it finds.
    expect(await verify([...old, vkey], lost.note)).toMatchObject({ ok: false, fault: 'tampered' });
  });
});
