import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONFIG_KEYS } from '../../src/config.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { openConnection, rawRequest } from './connection.ts';
import { startGatewayProcess } from './gateway-process.ts';

let stack: Stack;
let bearer: string;
let query: string;

beforeAll(async () => {
  stack = await startStack();
  bearer = await stack.token('probation-practitioner');
  const crn = population().traits().allowed[0]?.identifiers['CRN'];
  query = `{ person(identifier: {type: "CRN", value: "${crn}"}) { custody { releaseDate } } }`;
});

afterAll(() => stack.close());

function asBytes(): Buffer {
  const headers = ['content-type: application/json', `authorization: Bearer ${bearer}`];
  return rawRequest('POST', '/graphql', [...headers, 'purpose-of-use: RELEASE_PLANNING'], JSON.stringify({ query }));
}

/** Another session that holds the head of the log, so that nothing can be appended until it lets go. */
async function holdLog(): Promise<{ letGo(): Promise<void>; [Symbol.asyncDispose](): Promise<void> }> {
  const session = new pg.Client({ connectionString: stack.ownerUrl });
  await session.connect();
  await session.query('begin');
  await session.query('select size from audit.head for update');
  const letGo = async () => void (await session.query('rollback'));
  return { letGo, [Symbol.asyncDispose]: () => session.end() };
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 5_000; !(await what()); ) {
    if (Date.now() > deadline) throw new Error('it did not come about within five seconds');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function isAppendWaiting(): Promise<boolean> {
  const rows = await stack.sql(
    `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.length > 0;
}

async function entriesSince(index: number): Promise<{ index: string; kind: string; request_id: string }[]> {
  return stack.sql('select index, kind, request_id from audit.entry where index >= $1 order by index', [index]);
}

async function size(): Promise<number> {
  const [row] = await stack.sql<{ size: string }>('select count(*) as size from audit.entry');
  return Number(row?.size);
}

const NO_DATA = {
  errors: [
    {
      message: expect.stringContaining('could not be recorded'),
      extensions: { code: 'AUDIT_UNAVAILABLE', requestId: expect.any(String) },
    },
  ],
  extensions: { requestId: expect.any(String) },
};

describe('AUDIT-01', () => {
  test('not a byte of the answer leaves before its entries are committed', async () => {
    const before = await size();
    await using log = await holdLog();
    const connection = await openConnection(stack.url);
    let committedAtFirstByte: Promise<number> | undefined;
    connection.onFirstByte(() => {
      committedAtFirstByte = size();
    });
    const calls = stack.recorder.calls.length;
    connection.write(asBytes());
    await until(isAppendWaiting);
    // All that is left to do is to record it.
    expect(stack.recorder.calls.slice(calls).map(({ holder }) => holder)).toEqual(['hmpps-prisons']);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(connection.received()).toBe('');
    expect(await size()).toBe(before);

    await log.letGo();
    const answer = await connection.closed;
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toMatch(/"releaseDate":"\d{4}-/);
    expect(await committedAtFirstByte).toBe(before + 2);
    const requestId = /x-request-id: (\S+)/.exec(answer)?.[1];
    expect(await entriesSince(before)).toMatchObject([
      { kind: 'request', request_id: requestId },
      { kind: 'disclosure', request_id: requestId },
    ]);
  });

  test('an entry that cannot be committed in time is an answer without data', async () => {
    await using log = await holdLog();
    const { status, headers, body } = await stack.ask(query);
    expect(status).toBe(503);
    expect(body).toEqual(NO_DATA);
    expect(headers.get('retry-after')).toBe('5');
    expect(headers.get('link')).toBe('</urgent>; rel="help"');
    expect(headers.get('x-request-id')).toBe(body.extensions.requestId);
    await log.letGo();
    expect((await stack.ask(query)).status).toBe(200);
  });

  test('a refusal is recorded first as well', async () => {
    await using log = await holdLog();
    const connection = await openConnection(stack.url);
    connection.write(rawRequest('POST', '/graphql', [], '{'));
    await until(isAppendWaiting);
    expect(connection.received()).toBe('');
    await log.letGo();
    expect(await connection.closed).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('without the right to append nothing is shown, and with it everything works again', async () => {
    const before = await size();
    const [row] = await stack.sql<{ append: string }>(
      `select oid::regprocedure::text as append from pg_proc where proname = 'append' and pronamespace = 'audit'::regnamespace`,
    );
    const append = String(row?.append);
    await stack.sql(`revoke execute on function ${append} from throughgate_gateway`);
    try {
      const { status, headers, text, body } = await stack.ask(query);
      expect(status).toBe(503);
      expect(body).toEqual(NO_DATA);
      expect(text).not.toMatch(/permission|append|function|postgres/i);
      expect(headers.get('link')).toBe('</urgent>; rel="help"');
      expect((await stack.ask(query, { token: 'none' })).status).toBe(503);
      expect(await size()).toBe(before);
    } finally {
      await stack.sql(`grant execute on function ${append} to throughgate_gateway`);
    }
    const { status, body } = await stack.ask(query);
    expect(status).toBe(200);
    expect(await stack.entries(body.extensions.requestId)).toHaveLength(2);
  });

  test('a caller who hangs up once holders were asked has been recorded, and afterwards that nothing reached them', async () => {
    const before = await size();
    const connection = await openConnection(stack.url);
    stack.recorder.interfere('hmpps-prisons', async (_, honest) => {
      connection.destroy();
      await connection.closed;
      return honest;
    });
    try {
      connection.write(asBytes());
      await until(async () => (await size()) > before + 2);
    } finally {
      stack.recorder.interfere('hmpps-prisons', null);
    }
    const [request] = await entriesSince(before);
    const entries = await stack.entries(String(request?.request_id));
    expect(entries).toMatchObject([
      { kind: 'request', outcome: 'answered', sources: ['hmpps-prisons'] },
      { kind: 'disclosure', released: ['hmpps-prisons|Custody.releaseDate'] },
      {
        kind: 'request',
        processing: null,
        outcome: 'not-delivered',
        status: 200,
        actor: entries[0]?.['actor'],
        counts: { subjects: 0, shown: 0, considered: 0 },
      },
    ]);
    expect(entries).toHaveLength(3);
  });

  test('a caller who goes once the answer is there was answered, refused or not', async () => {
    const before = await size();
    for (const bytes of [asBytes(), rawRequest('POST', '/graphql', [], '{')]) {
      const connection = await openConnection(stack.url);
      connection.write(bytes);
      expect(await connection.closed).toMatch(/^HTTP\/1\.1 (200|401) /);
    }
    // Whatever those left comes before these.
    const { body } = await stack.ask(query);
    const rows = await entriesSince(before);
    expect(rows.map(({ kind }) => kind)).toEqual(['request', 'disclosure', 'refusal', 'request', 'disclosure']);
    expect(rows.at(-1)?.request_id).toBe(body.extensions.requestId);
  });

  test('requests at the same time have their own entries each, whole and in one row of numbers', async () => {
    const before = await size();
    const answers = await Promise.all(Array.from({ length: 30 }, () => stack.ask(query)));
    const rows = await entriesSince(before);
    expect(rows.map(({ index }) => Number(index))).toEqual(rows.map((_, place) => before + place));
    const kinds = Map.groupBy(rows, ({ request_id }) => request_id);
    for (const { body } of answers) {
      expect(kinds.get(body.extensions.requestId)?.map(({ kind }) => kind)).toEqual(['request', 'disclosure']);
    }
    expect(kinds.size).toBe(30);
  });

  test('there is no switch to turn it off', { timeout: 40_000 }, async () => {
    expect(CONFIG_KEYS.filter((key) => /AUDIT|RECORD|SKIP|DISABLE|LOG/.test(key))).toEqual([
      'AUDIT_READER_URL',
      'AUDIT_HMAC_KEY_FILE',
      'AUDIT_SIGNING_KEY_FILE',
      'AUDIT_VERIFY_KEYS_FILE',
      'AUDIT_RESTORED_FROM',
      'LOG_LEVEL',
    ]);
    const gateway = await startGatewayProcess(stack.config, {
      LOG_LEVEL: 'silent',
      NODE_ENV: 'test',
      AUDIT: 'off',
      AUDIT_ENABLED: 'false',
      AUDIT_DISABLED: '1',
      DISABLE_AUDIT: '1',
      DEBUG: '*',
    });
    try {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${bearer}`,
          'purpose-of-use': 'RELEASE_PLANNING',
          'x-audit': 'off',
          prefer: 'audit=off',
        },
        body: JSON.stringify({ query }),
      });
      const body = (await response.json()) as { extensions: { requestId: string } };
      expect(await stack.entries(body.extensions.requestId)).toMatchObject([
        { kind: 'request' },
        { kind: 'disclosure' },
      ]);
    } finally {
      await gateway.stop();
    }
  });

  test('beginning and ceasing to serve are in the log too', async () => {
    const rows = await stack.sql<{ kind: string }>(
      `select kind from audit.entry where kind in ('start', 'stop') order by index`,
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['start', 'start', 'stop']);
  });
});
