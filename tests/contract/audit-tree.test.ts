import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { parseCheckpoint } from '../../src/audit/checkpoint.ts';
import { generateKey, openNote, parseSigner, parseVkey } from '../../src/audit/note.ts';
import { writeBundle } from '../../src/cli/audit-export-bundle.ts';
import type { Config } from '../../src/config.ts';
import { throughgate } from '../cli/program.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { startGatewayProcess } from './gateway-process.ts';

let stack: Stack;
let folder: string;
let vkey: string;
let query: string;
let readerUrl: string;

beforeAll(async () => {
  stack = await startStack();
  folder = mkdtempSync(join(tmpdir(), 'throughgate-tree-'));
  ({ vkey } = parseSigner(stack.config.auditSigningKey));
  readerUrl = Object.assign(new URL(inject('surroundings').readerUrl), {
    pathname: new URL(stack.ownerUrl).pathname,
  }).href;
  const crn = population().traits().allowed[0]?.identifiers['CRN'];
  query = `{ person(identifier: {type: "CRN", value: "${crn}"}) { custody { releaseDate } } }`;
});

afterAll(async () => {
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The checkpoint that a gateway shows, once its signature is found good. */
async function shown(url = stack.url) {
  const response = await fetch(`${url}/log/checkpoint`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  const checkpoint = parseCheckpoint(openNote(await response.text(), [parseVkey(vkey)]).text);
  if (checkpoint === null) throw new Error('no checkpoint');
  return checkpoint;
}

async function head(): Promise<{ size: number; root: Buffer }> {
  const [row] = await stack.sql<{ size: string; root: Buffer }>('select size, root from audit.head');
  return { size: Number(row?.size), root: row?.root ?? Buffer.alloc(0) };
}

async function signedToItsEnd(): Promise<void> {
  const { size, root } = await head();
  const look = async () => expect(await shown()).toEqual({ origin: 'log.example', size, root });
  await vi.waitFor(look, { timeout: 15_000 });
}

async function exportBundle(name: string): Promise<string> {
  const out = join(folder, name);
  const done = await throughgate(['audit', 'export', '--format', 'bundle', '--out', out], {
    AUDIT_READER_URL: readerUrl,
    DATABASE_URL: stack.config.databaseUrl,
  });
  expect(done).toMatchObject({ exitCode: 0, stderr: '' });
  return out;
}

/** A copy of a log that is not as it was: the command would record itself in it first. */
async function copyBundle(name: string): Promise<string> {
  const out = join(folder, name);
  await writeBundle(readerUrl, out);
  return out;
}

/** For a gateway that is not to come up: should it, nothing of it is left. */
async function startAndStop(config: Config): Promise<void> {
  await (await startGatewayProcess(config, {})).stop();
}

const verify = (bundle: string, ...more: string[]) =>
  throughgate(['audit', 'verify', '--bundle', bundle, '--key', vkey, ...more]);

/** What the owner of the database did, undone afterwards. */
async function meanwhile(edit: string, look: () => Promise<void>): Promise<void> {
  const session = new pg.Client({ connectionString: stack.ownerUrl });
  await session.connect();
  try {
    await session.query('create table kept as select * from audit.entry');
    await session.query(edit);
    await look();
  } finally {
    await session.query('truncate audit.entry; insert into audit.entry select * from kept; drop table kept');
    await session.end();
  }
}

describe('AUDIT-04', () => {
  // How soon is tested with the checkpointer, where no other process takes the time.
  test('the log is signed when the gateway starts, and soon to its end after any entry', async () => {
    expect((await shown()).size).toBeGreaterThan(0);
    await stack.ask(query);
    await signedToItsEnd();
  });

  test('under load it is signed on and on', async () => {
    let going = true;
    const callers = Array.from({ length: 4 }, async () => {
      while (going) expect((await stack.ask(query)).status).toBe(200);
    });
    try {
      for (let turn = 0; turn < 3; turn += 1) {
        const { size } = await head();
        const further = async () => (await shown()).size;
        await expect.poll(further, { timeout: 15_000 }).toBeGreaterThan(size);
      }
    } finally {
      going = false;
      await Promise.all(callers);
    }
  });

  test('the newest checkpoint is shown while nothing can be read from the database', async () => {
    const before = await shown();
    await stack.sql('revoke usage on schema audit from throughgate_gateway');
    try {
      expect(await shown()).toEqual(before);
    } finally {
      await stack.sql('grant usage on schema audit to throughgate_gateway');
    }
  });

  test('two gateways share one log, and each signs it to its end when it stops', { timeout: 60_000 }, async () => {
    const other = await startGatewayProcess(stack.config, {});
    const bearer = await stack.token('probation-practitioner');
    const askOther = () =>
      fetch(`${other.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${bearer}`,
          'purpose-of-use': 'RELEASE_PLANNING',
        },
        body: JSON.stringify({ query }),
      });
    try {
      const answers = await Promise.all(Array.from({ length: 60 }, (_, n) => (n % 2 ? stack.ask(query) : askOther())));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      await shown(other.url);
    } finally {
      await other.stop();
    }
    const { size } = await head();
    const [newest] = await stack.sql<{ note: string; kind: string }>(
      'select note, kind from audit.checkpoint join audit.entry on index = size - 1 order by size desc limit 1',
    );
    expect(newest?.kind).toBe('stop');
    expect(parseCheckpoint(openNote(newest?.note ?? '', [parseVkey(vkey)]).text)?.size).toBe(size);
    const verified = await verify(await exportBundle('shared'));
    expect(verified).toMatchObject({ exitCode: 0, stderr: '' });
  });

  describe('an export', () => {
    let trusted: string;

    beforeAll(async () => {
      await stack.ask(query);
      await signedToItsEnd();
      const good = await exportBundle('good');
      trusted = join(folder, 'trusted');
      writeFileSync(trusted, readFileSync(join(good, 'checkpoint')));
      // Of the export's own entry too: a checkpoint of it that came while the log is cut would be one of no such log.
      await signedToItsEnd();
    });

    test('of a log in use is found good, and holds the exact bytes of every entry', async () => {
      const bundle = await exportBundle('whole');
      const { exitCode, stdout } = await verify(bundle, '--since', trusted, '--json');
      expect(exitCode).toBe(0);
      const { size, ...verdict } = JSON.parse(stdout);
      expect(verdict).toMatchObject({ ok: true, origin: 'log.example', from: 0 });
      // The export is recorded before it is given, and signed later.
      const bodies = await stack.sql<{ body: Buffer }>(
        `select body from audit.entry where index < ${size} order by index`,
      );
      expect(readFileSync(join(bundle, 'entries.ndjson'), 'utf8')).toBe(
        bodies.map(({ body }) => `${body.toString()}\n`).join(''),
      );
    });

    test.each([
      [
        'one byte of an entry is edited',
        `update audit.entry set body = convert_to(replace(convert_from(body, 'UTF8'), '"answered"', '"answereD"'), 'UTF8')
         where index = (select min(index) from audit.entry where kind = 'request')`,
      ],
      ['an entry is deleted', 'delete from audit.entry where index = 3'],
      [
        'the last entries that were signed are deleted',
        'delete from audit.entry where index >= (select max(size) - 2 from audit.checkpoint)',
      ],
      [
        'two entries change places',
        `update audit.entry set index = -1 where index = 2; update audit.entry set index = 2 where index = 3;
         update audit.entry set index = 3 where index = -1`,
      ],
      [
        'an entry is inserted',
        `update audit.entry set index = -index - 2 where index > 3; update audit.entry set index = -index - 1 where index < -1;
         insert into audit.entry select 4, period, gen_random_uuid(), at, kind, null, null, null, null, body from audit.entry where index = 3`,
      ],
    ])('is found out when %s', async (what, edit) => {
      await meanwhile(edit, async () => {
        const verified = await verify(await copyBundle(what.replaceAll(' ', '-')));
        expect(verified).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('tampered') });
      });
    });

    test('is found truncated by anybody who kept a checkpoint, when the end was cut off with its checkpoints', async () => {
      await stack.sql('create table kept_checkpoints as select * from audit.checkpoint');
      try {
        await meanwhile(
          `delete from audit.checkpoint where size >= ${Number(readFileSync(trusted, 'utf8').split('\n')[1])};
         delete from audit.entry where index >= (select max(size) from audit.checkpoint)`,
          async () => {
            const bundle = await copyBundle('cut');
            expect(await verify(bundle)).toMatchObject({ exitCode: 0 });
            expect(await verify(bundle, '--since', trusted)).toMatchObject({ exitCode: 3 });
          },
        );
      } finally {
        await stack.sql(
          'truncate audit.checkpoint; insert into audit.checkpoint select * from kept_checkpoints; drop table kept_checkpoints',
        );
      }
    });
  });

  test('a gateway does not start with a key made for development, nor with another than signed the log', {
    timeout: 60_000,
  }, async () => {
    const start = (name: string) => startAndStop({ ...stack.config, auditSigningKey: generateKey(name).privateKey });
    await expect(start('throughgate.development')).rejects.toThrow(
      'AUDIT_SIGNING_KEY_FILE is a key made for development',
    );
    await expect(start('log.example')).rejects.toThrow('carries a signature neither of the key in use');
  });

  test('a gateway does not start on a log that is not the one that was signed', { timeout: 60_000 }, async () => {
    await stack.sql('create table kept_head as select * from audit.head');
    await stack.sql(`update audit.head set root = sha256('x')`);
    try {
      await expect(startAndStop(stack.config)).rejects.toThrow('not the one that was signed');
    } finally {
      await stack.sql('update audit.head set root = kept_head.root from kept_head; drop table kept_head');
    }
  });

  test('a gateway does not start where a commit may be lost', { timeout: 60_000 }, async () => {
    const name = new URL(stack.ownerUrl).pathname.slice(1);
    await stack.sql(`alter database ${name} set synchronous_commit = off`);
    try {
      await expect(startAndStop(stack.config)).rejects.toThrow('the server has synchronous_commit = off');
    } finally {
      await stack.sql(`alter database ${name} reset synchronous_commit`);
    }
  });
});
