import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { postWebhook } from '../../../src/gateway/events/webhook-client.ts';

const running: Server[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  running.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const never = new AbortController().signal;
const post = (url: string, closing = never) => postWebhook(new URL(url), { 'webhook-id': 'x' }, '{"a":"é"}', closing);

test('sends the body as it is, to the whole of the URL', async () => {
  let heard: { request: IncomingMessage; body: string } | undefined;
  const port = await listen(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    heard = { request, body };
    response.writeHead(204).end();
  });
  expect(await post(`http://127.0.0.1:${port}/hooks?of=a`)).toEqual({ status: 204 });
  expect(heard?.body).toBe('{"a":"é"}');
  expect(heard?.request).toMatchObject({ method: 'POST', url: '/hooks?of=a' });
  expect(heard?.request.headers['webhook-id']).toBe('x');
});

test('follows no redirect', async () => {
  let reached = 0;
  const elsewhere = await listen((_, response) => {
    reached += 1;
    response.end();
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const port = await listen((_, response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${elsewhere}/` }).end(),
    );
    expect(await post(`http://127.0.0.1:${port}/`)).toEqual({ status });
  }
  expect(reached).toBe(0);
});

test('does not connect to this machine by a name, and does by the address that is registered', async () => {
  let reached = 0;
  const port = await listen((_, response) => {
    reached += 1;
    response.end();
  });
  expect(await post(`http://localhost:${port}/`)).toEqual({ problem: 'refused-address' });
  expect(reached).toBe(0);
  expect(await post(`http://127.0.0.1:${port}/`)).toEqual({ status: 200 });
});

test('an answer that does not end is not read to its end', async () => {
  const port = await listen((request, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(8_192)));
    };
    response.on('drain', more);
    request.resume().on('end', more);
  });
  expect(await post(`http://127.0.0.1:${port}/`)).toEqual({ status: 200 });
});

test('nobody there, and a gateway that closes', async () => {
  const port = await listen(() => {});
  const closing = new AbortController();
  const answer = post(`http://127.0.0.1:${port}/`, closing.signal);
  closing.abort();
  expect(await answer).toEqual({ problem: 'unreachable' });
  const gone = await listen(() => {});
  await new Promise((resolve) => running.pop()?.close(resolve));
  expect(await post(`http://127.0.0.1:${gone}/`)).toEqual({ problem: 'unreachable' });
});
