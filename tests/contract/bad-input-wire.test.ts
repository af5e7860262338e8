import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from '../stack/stack.ts';
import { CANARY } from './bad-inputs.ts';
import { openConnection, rawRequest } from './connection.ts';
import { leaks } from './inside.ts';

let stack: Stack;
let bearer: string;

beforeAll(async () => {
  stack = await startStack();
  bearer = await stack.token('probation-practitioner');
});

afterAll(() => stack.close());

describe('on the wire', () => {
  /** Begun first and looked at last: they run into limits of 10 and 15 seconds. */
  let slow: { readonly headers: Promise<string>; readonly body: Promise<string>; stop(): void };

  beforeAll(async () => {
    const headers = await openConnection(stack.url);
    const body = await openConnection(stack.url);
    headers.write('POST /graphql HTTP/1.1\r\nhost: gateway\r\n');
    body.write(
      `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\nauthorization: Bearer ${bearer}\r\npurpose-of-use: RELEASE_PLANNING\r\ntransfer-encoding: chunked\r\n\r\n`,
    );
    const drip = setInterval(() => {
      headers.write(`x-${CANARY}: ${CANARY}\r\n`);
      body.write('1\r\n \r\n');
    }, 500);
    slow = {
      headers: headers.closed,
      body: body.closed,
      stop() {
        clearInterval(drip);
        headers.destroy();
        body.destroy();
      },
    };
  });

  afterAll(() => slow.stop());

  async function exchange(bytes: string | Uint8Array): Promise<string> {
    const connection = await openConnection(stack.url);
    connection.write(bytes);
    const timer = setTimeout(() => connection.destroy(), 10_000);
    const answer = await connection.closed;
    clearTimeout(timer);
    return answer;
  }

  function refusal(answer: string): { status: number; code: string } {
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    const { errors, extensions } = JSON.parse(body);
    expect(head).toContain(`x-request-id: ${extensions.requestId}`);
    expect(leaks(answer, stack)).toEqual([]);
    return { status: Number(head.split(' ')[1]), code: errors[0].extensions.code };
  }

  test('what is not HTTP is answered, and closed', async () => {
    expect(refusal(await exchange(`${CANARY}\r\n\r\n`))).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
  });

  test('headers of more than 16 kB are not read', async () => {
    const answer = await exchange(rawRequest('POST', '/graphql', [`x-long: ${CANARY.repeat(2_000)}`], '{}'));
    expect(refusal(answer)).toEqual({ status: 431, code: 'BAD_USER_INPUT' });
  });

  test('a length and a transfer encoding at once are not read', async () => {
    const answer = await exchange(rawRequest('POST', '/graphql', ['transfer-encoding: chunked'], `0\r\n\r\n${CANARY}`));
    expect(refusal(answer)).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
  });

  test('two Authorization headers are refused, whichever is good', async () => {
    const headers = [`authorization: Bearer ${bearer}`, `authorization: Bearer ${CANARY}`];
    const body = '{"query":"{ __typename }"}';
    for (const both of [headers, headers.toReversed()]) {
      const answer = await exchange(
        rawRequest(
          'POST',
          '/graphql',
          [...both, 'content-type: application/json', 'purpose-of-use: RELEASE_PLANNING'],
          body,
        ),
      );
      expect(refusal(answer)).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    }
  });

  test('a body that goes on past the limit is cut off', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const head = `POST /graphql HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${bearer}\r\npurpose-of-use: RELEASE_PLANNING\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n`;
    expect(refusal(await exchange(`${head}${chunk.repeat(6)}`))).toEqual({ status: 413, code: 'BAD_USER_INPUT' });
  });

  test('a request that never ends does not hold its connection for ever', async () => {
    expect(refusal(await slow.headers)).toEqual({ status: 408, code: 'BAD_USER_INPUT' });
    expect(refusal(await slow.body)).toEqual({ status: 408, code: 'BAD_USER_INPUT' });
  });

  test('nothing of all this is in the log', () => {
    expect(stack.logged.filter((line) => line.includes(CANARY))).toEqual([]);
  });
});
