import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rawRequest } from '../contract/connection.ts';
import { type Stack, startStack } from '../stack/stack.ts';

let stack: Stack;
let session: pg.Client;

beforeAll(async () => {
  stack = await startStack();
  session = new pg.Client({ connectionString: stack.ownerUrl });
  await session.connect();
});

afterAll(() => session?.end().catch(() => {}));

test('a client that keeps its connection open does not keep the gateway from stopping', async () => {
  await session.query('begin');
  await session.query('select from audit.head for update');
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(stack.url).port) });
  let heard = '';
  socket.on('data', (piece) => {
    heard += piece;
  });
  const request = rawRequest('POST', '/graphql', ['content-type: application/json'], '{}').toString();
  socket.write(request.replace(/connection: close/i, 'connection: keep-alive'));
  while ((await stack.sql(`select 1 from pg_stat_activity where wait_event_type = 'Lock'`)).length === 0)
    await sleep(20);

  const ended = once(socket, 'close');
  const stopped = stack.close();
  await session.query('rollback');
  await session.end();
  await Promise.race([stopped, sleep(10_000)]);
  expect(heard).toMatch(/^HTTP\/1\.1 401 /);
  expect(socket.destroyed).toBe(true);
  await Promise.all([stopped, ended]);
});
