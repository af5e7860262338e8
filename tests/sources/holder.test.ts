import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { connectHolders, HolderFailure } from '../../src/sources/holder.ts';
import { call, json, type Listener, listen } from './listener.ts';

const NOTHING = { data: { _entities: [null] } };

async function failureOf(promise: Promise<unknown>): Promise<HolderFailure> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HolderFailure);
  return error as HolderFailure;
}

test('a holder is asked by POST with a request id and nothing that names the caller', async () => {
  const listener = await listen(json(NOTHING));
  const asked = call();
  await listener.holder.entities(asked);
  const [heard] = listener.heard;
  expect(heard).toMatchObject({ method: 'POST', url: '/graphql' });
  expect(heard?.body).toEqual({ query: asked.query, variables: { representations: asked.representations } });
  const { host, connection, 'content-length': _length, ...headers } = heard?.headers ?? {};
  expect(host).toBe(`127.0.0.1:${listener.port}`);
  expect(connection).toBe('keep-alive');
  expect(headers).toEqual({
    'content-type': 'application/json',
    accept: 'application/json',
    'x-request-id': asked.requestId,
  });
});

describe('a well-formed reply is handed on, with the places of its errors', () => {
  test.each<[string, unknown, unknown]>([
    ['no errors', NOTHING, []],
    ['errors null', { ...NOTHING, errors: null }, []],
    [
      'errors with and without a path',
      { ...NOTHING, errors: [{ path: ['_entities', 0] }, { message: 'x' }, { path: 7 }] },
      [{ path: ['_entities', 0] }, { path: null }, { path: null }],
    ],
    ['errors that are no errors', { ...NOTHING, errors: ['x', null] }, [{ path: null }, { path: null }]],
  ])('%s', async (_what, body, errors) => {
    const listener = await listen(json(body));
    expect(await listener.holder.entities(call())).toEqual({ entities: [null], errors });
  });
});

const plain =
  (text: string, status = 200): Listener['answer'] =>
  (_heard, response) => {
    response.writeHead(status).end(text);
  };

describe('everything else is a HolderFailure that leaks neither address nor content', () => {
  const endless: Listener['answer'] = (_heard, response) => {
    response.writeHead(200);
    const chunk = `${'"CANARY"'.repeat(8_192)},`;
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };
  test.each<[string, Listener['answer'], string]>([
    ['a status 500', json({ errors: [{ message: 'CANARY' }] }, 500), 'answered with status 500'],
    ['a status 500 with data', json(NOTHING, 500), 'answered with status 500'],
    ['a status 204', plain('', 204), 'answered with status 204'],
    ['text', plain('<html>CANARY</html>'), 'did not answer with JSON'],
    ['nothing', plain(''), 'did not answer with JSON'],
    ['half a reply', plain('{"data":{"_entities":['), 'did not answer with JSON'],
    ['JSON null', json(null), 'answered without `_entities`'],
    ['a list', json([NOTHING]), 'answered without `_entities`'],
    ['data null', json({ data: null }), 'answered without `_entities`'],
    ['data without entities', json({ data: { CANARY: [] } }), 'answered without `_entities`'],
    [
      'entities that are no list',
      json({ data: { _entities: { 0: 'CANARY', length: 1 } } }),
      'answered without `_entities`',
    ],
    ['errors and no data', json({ errors: [{ message: 'CANARY' }], data: null }), 'answered with errors and no data'],
    [
      'errors that are no list beside nulls',
      json({ ...NOTHING, errors: { message: 'CANARY' } }),
      'answered with errors that are no list',
    ],
    [
      'errors that are text beside nulls',
      json({ ...NOTHING, errors: 'CANARY' }),
      'answered with errors that are no list',
    ],
    ['a connection that breaks', (_heard, response) => response.destroy(), 'could not be reached'],
    [
      'a connection that breaks in the middle',
      (_heard, response) =>
        void response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
      'could not be reached',
    ],
    [
      'something that is not HTTP',
      (_heard, _response, request) => void request.socket.end('CANARY\r\n\r\n'),
      'could not be reached',
    ],
    ['a reply without an end', endless, 'answered with more than can be about those asked for'],
  ])('%s', async (_what, answer, message) => {
    const listener = await listen(answer);
    const failure = await failureOf(listener.holder.entities(call()));
    expect(failure.message).toBe(message);
    expect(String(failure.cause ?? '')).not.toContain('CANARY');
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await listen(json(NOTHING));
    const listener = await listen((_heard, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/` }).end();
    });
    expect((await failureOf(listener.holder.entities(call()))).message).toBe('answered with status 307');
    expect(elsewhere.heard).toEqual([]);
  });

  test('nobody there', async () => {
    const { holders, close } = connectHolders([{ holder: 'h', source: 'prison', url: 'http://127.0.0.1:1/CANARY' }]);
    const failure = await failureOf((holders[0] as Listener['holder']).entities(call()));
    expect(failure.message).toBe('could not be reached');
    await close();
  });
});

describe('the request has one deadline', () => {
  const drip: Listener['answer'] = (_heard, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  };
  const dripped: Listener['answer'] = (_heard, response) => {
    response.writeHead(500);
    const timer = setInterval(() => response.write(' '), 10);
    response.on('close', () => clearInterval(timer));
  };
  test.each<[string, Listener['answer']]>([
    ['a holder that never answers', () => {}],
    ['a holder that answers a byte at a time', drip],
    ['a holder that fails a byte at a time', dripped],
  ])('%s does not outlast it', async (_what, answer) => {
    const listener = await listen(answer);
    const began = performance.now();
    await failureOf(listener.holder.entities(call({ signal: AbortSignal.timeout(150) })));
    expect(performance.now() - began).toBeLessThan(1_500);
  });

  test('a deadline that has passed asks nobody', async () => {
    const listener = await listen(json(NOTHING));
    await failureOf(listener.holder.entities(call({ signal: AbortSignal.abort() })));
    expect(listener.heard).toEqual([]);
  });
});

describe('a holder that fails again and again is left to rest', () => {
  test('it is not asked while it rests, and is heard again when it has recovered', { timeout: 15_000 }, async () => {
    const listener = await listen(json({}, 503));
    for (let n = 0; n < 8; n += 1) await failureOf(listener.holder.entities(call()));
    expect(listener.heard).toHaveLength(8);
    listener.answer = json(NOTHING);
    expect((await failureOf(listener.holder.entities(call()))).message).toBe('is resting after failures');
    expect(listener.heard).toHaveLength(8);
    await sleep(2_100);
    expect(await listener.holder.entities(call())).toEqual({ entities: [null], errors: [] });
    expect(await listener.holder.entities(call())).toEqual({ entities: [null], errors: [] });
  });

  test('another holder goes on being asked', async () => {
    const dead = await listen(json({}, 503));
    const alive = await listen(json(NOTHING), { code: 'other', source: 'prison' });
    for (let n = 0; n < 9; n += 1) await failureOf(dead.holder.entities(call()));
    expect(await alive.holder.entities(call())).toEqual({ entities: [null], errors: [] });
  });

  test('a failure now and then does not make it rest', async () => {
    const listener = await listen(json(NOTHING));
    for (let n = 0; n < 12; n += 1) {
      listener.answer = json({}, 500);
      await failureOf(listener.holder.entities(call()));
      listener.answer = json(NOTHING);
      await listener.holder.entities(call());
    }
    expect(listener.heard).toHaveLength(24);
  });
});

test('a holder that fails about one person goes on answering about others', async () => {
  const listener = await listen(json(NOTHING, 500));
  for (let attempt = 0; attempt < 10; attempt += 1) {
    expect((await failureOf(listener.holder.entities(call()))).message).toBe('answered with status 500');
  }
  listener.answer = json(NOTHING);
  expect((await listener.holder.entities(call())).errors).toEqual([]);
});
