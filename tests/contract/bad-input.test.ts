import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { type Bad, BODIES, CANARY, FLOODS, HEADERS, VALUES } from './bad-inputs.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';
import { leaks } from './inside.ts';

let stack: Stack;
let bearer: string;
let crn: string;

beforeAll(async () => {
  stack = await startStack();
  bearer = await stack.token('probation-practitioner');
  crn = String(population().traits().allowed[0]?.identifiers['CRN']);
});

afterAll(() => stack.close());

async function send(gateway: string, { query, variables, body, headers }: Bad) {
  const response = await fetch(`${gateway}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${bearer}`,
      'purpose-of-use': 'RELEASE_PLANNING',
      // Headers that a proxy or another server might believe.
      'x-user': CANARY,
      'x-forwarded-for': CANARY,
      'apollographql-client-name': CANARY,
      'user-agent': CANARY,
      ...headers,
    },
    body:
      body instanceof Uint8Array
        ? new Uint8Array(body)
        : (body ?? JSON.stringify({ query: query ?? '{ __typename }', variables })),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe.each([undefined, 'development', 'test', 'production'])('with NODE_ENV %s', (nodeEnv) => {
  let gateway: GatewayProcess;

  beforeAll(async () => {
    gateway = await startGatewayProcess(stack.config, { NODE_ENV: nodeEnv });
  });

  afterAll(() => gateway?.stop());

  test.each([...FLOODS, ...BODIES, ...VALUES, ...HEADERS])('%s is %s', async (_, code, bad) => {
    const started = performance.now();
    const { status, headers, text } = await send(gateway.url, bad);
    const { errors, extensions, ...rest } = JSON.parse(text);
    expect(rest).toEqual({});
    const codes = new Set(errors.map((error: { extensions: { code: string } }) => error.extensions.code));
    expect(codes.size).toBe(1);
    expect(code.split(' or ')).toContain([...codes][0]);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(extensions).toEqual({ requestId: headers.get('x-request-id') });
    expect(leaks(text, stack)).toEqual([]);
    expect(text.length).toBeLessThan(64 * 1024);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test('a holder that is dead, or answers with garbage, tells the caller nothing of itself', async () => {
    const query = `{ person(identifier: {type: "CRN", value: "${crn}"}) { custody { releaseDate } sections { status } } }`;
    const ways = [
      () => 'dead' as const,
      () => ({ status: 500, body: `Error: ${CANARY}\n    at holder.ts:1:1` }),
      () => ({ status: 200, body: `{"errors":[{"message":"connect ECONNREFUSED ${CANARY}"}],"data":null}` }),
      () => ({ status: 200, body: `{"data":{"_entities":[{"__typename":"Person","${CANARY}":"${CANARY}"}]}}` }),
      () => ({ status: 200, body: CANARY }),
    ];
    for (const way of ways) {
      stack.recorder.interfere('hmpps-prisons', way);
      const { status, text } = await send(gateway.url, { query });
      stack.recorder.interfere('hmpps-prisons', null);
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({
        data: { person: { custody: null, sections: [{ status: 'UNAVAILABLE' }] } },
        extensions: { unavailable: [{ holder: 'hmpps-prisons' }] },
      });
      expect(leaks(text, stack)).toEqual([]);
    }
  });

  test('it goes on serving, and its log holds nothing that a caller sent', async () => {
    const query = `{ person(identifier: {type: "CRN", value: "${crn}"}) { custody { releaseDate } } }`;
    const { status, text } = await send(gateway.url, { query });
    expect(status).toBe(200);
    expect(JSON.parse(text).data.person.custody.releaseDate).toMatch(/^\d{4}-/);
    expect(gateway.alive()).toBe(true);
    const output = gateway.output();
    expect(output).toContain('holder not heard');
    expect([CANARY, 'QZX_CANARY', crn, bearer].filter((word) => output.includes(word))).toEqual([]);
  });
});

describe('names that JavaScript knows', () => {
  test('are names like any other', async () => {
    const { body } = await stack.ask(
      `query constructor { __proto__: person(identifier: {type: "CRN", value: "${crn}"}) { constructor: custody { toString: releaseDate ...__proto__ } } } fragment __proto__ on Custody { hasOwnProperty: status }`,
    );
    const plain = await stack.ask(
      `{ person(identifier: {type: "CRN", value: "${crn}"}) { custody { releaseDate status } } }`,
    );
    const { releaseDate, status } = plain.body.data.person.custody;
    expect(Object.keys(body.data)).toEqual(['__proto__']);
    const { constructor: custody } = Object.getOwnPropertyDescriptor(body.data, '__proto__')?.value ?? {};
    expect(Object.entries(custody)).toEqual([
      ['toString', releaseDate],
      ['hasOwnProperty', status],
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
