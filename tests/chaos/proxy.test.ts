import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CALM, startWire, type Wire } from './proxy.ts';

let server: Server;
let proxy: Wire;
/** All that ever reached the server. */
let heard = '';

/** Says back what it hears, in capitals. */
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      heard += piece;
      socket.write(piece.toString().toUpperCase());
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  proxy = await startWire({ target: () => port, marks: (piece) => piece.includes('!') });
});

afterEach(() => {
  proxy.weather(CALM);
  heard = '';
});

afterAll(async () => {
  await proxy.close();
  server.close();
});

async function open(): Promise<{ socket: Socket; said: () => string; until: (text: string) => Promise<void> }> {
  const socket = connect({ host: '127.0.0.1', port: proxy.port });
  let text = '';
  socket.on('data', (piece) => {
    text += piece;
  });
  await once(socket, 'connect');
  return {
    socket,
    said: () => text,
    async until(wanted) {
      while (!text.includes(wanted)) await once(socket, 'data');
    },
  };
}

test('passes on what is said, whole and in order, also in slices', async () => {
  const { socket, said, until } = await open();
  socket.write('one');
  await until('ONE');
  proxy.weather({ ...CALM, slice: 3, milliseconds: 1, bytesPerSecond: 100_000 });
  socket.write('the quick brown fox');
  await until('THE QUICK BROWN FOX');
  expect([said(), heard]).toEqual(['ONETHE QUICK BROWN FOX', 'onethe quick brown fox']);
  socket.destroy();
});

test('passes nothing on while it is frozen, and all of it afterwards', async () => {
  const { socket, said, until } = await open();
  proxy.weather({ ...CALM, frozen: true });
  socket.write('held');
  await proxy.next('asked', () => {}, AbortSignal.timeout(5_000));
  await new Promise(setImmediate);
  expect([said(), heard]).toEqual(['', '']);
  proxy.weather(CALM);
  await until('HELD');
  socket.destroy();
});

test('everything waits at a moment until what is done there is done', async () => {
  const { socket, said, until } = await open();
  const moments: [string, string, string][] = [];
  const note = (moment: 'marked' | 'passed' | 'answered') =>
    proxy.next(moment, () => moments.push([moment, heard, said()]), AbortSignal.timeout(5_000));
  const all = Promise.all([note('marked'), note('answered')]);
  socket.write('now!');
  await all;
  await until('NOW!');
  expect(moments).toEqual([
    ['marked', '', ''],
    ['answered', 'now!', ''],
  ]);
  socket.destroy();
});

test('an answer that is lost was nevertheless given', async () => {
  const { socket, said } = await open();
  const lost = proxy.next('answered', (link) => link.reset(), AbortSignal.timeout(5_000));
  const closed = once(socket, 'error');
  socket.write('mark!');
  await lost;
  expect(await closed).toMatchObject([{ code: 'ECONNRESET' }]);
  expect([said(), heard]).toEqual(['', 'mark!']);
});

test('connections are reset, refused, or silent, and a later one is as good as ever', async () => {
  const [one, other] = [await open(), await open()];
  one.socket.write('a');
  other.socket.write('b');
  await Promise.all([one.until('A'), other.until('B')]);
  const closed = Promise.all([once(one.socket, 'error'), once(other.socket, 'error')]);
  proxy.reset();
  expect(await closed).toMatchObject([[{ code: 'ECONNRESET' }], [{ code: 'ECONNRESET' }]]);

  proxy.weather({ ...CALM, refuses: true });
  const refused = connect({ host: '127.0.0.1', port: proxy.port });
  expect(await once(refused, 'error')).toMatchObject([{ code: 'ECONNRESET' }]);
  proxy.weather(CALM);

  const silent = await open();
  silent.socket.write('c');
  await silent.until('C');
  proxy.silence();
  silent.socket.write('d');
  const later = await open();
  later.socket.write('e');
  await later.until('E');
  expect([silent.said(), silent.socket.destroyed, heard.includes('d')]).toEqual(['C', false, false]);
  silent.socket.destroy();
  later.socket.destroy();
});

test('what is waited for and never comes is given up', async () => {
  await expect(proxy.next('marked', () => {}, AbortSignal.timeout(20))).rejects.toThrow('it never came to "marked"');
});
