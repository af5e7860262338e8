import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { connectHolders, type EntitiesCall, type Holder } from '../../src/sources/holder.ts';

/** One request as it came over the wire. */
export interface Heard {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly query: string;
    readonly variables: { readonly representations: readonly Record<string, string>[] };
  };
}

export interface Listener {
  readonly holder: Holder;
  readonly heard: readonly Heard[];
  readonly port: number;
  /** What the listener answers from now on. */
  answer: (heard: Heard, response: ServerResponse, request: IncomingMessage) => void;
}

/** A real HTTP server that stands for one holder, and the gateway's side of it. Both end with the test. */
export async function listen(
  answer: Listener['answer'],
  { code = 'hmpps-prisons', source = 'prison' } = {},
): Promise<Listener> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const one: Heard = { method, url, headers, body: JSON.parse(Buffer.concat(chunks).toString()) };
      heard.push(one);
      listener.answer(one, response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { holders, close } = connectHolders([{ holder: code, source, url: `http://127.0.0.1:${port}/graphql` }]);
  onTestFinished(async () => {
    await close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const listener: Listener = { holder: holders[0] as Holder, heard, port, answer };
  return listener;
}

export const json =
  (body: unknown, status = 200): Listener['answer'] =>
  (_heard, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

export function call(overrides: Partial<EntitiesCall> = {}): EntitiesCall {
  return {
    query: 'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }',
    representations: [{ __typename: 'Person', prisonNumber: 'A0001AA' }],
    requestId: '5b8f6a52-6f5a-4f0e-9d0f-1b6f3f3a7c11',
    signal: AbortSignal.timeout(5_000),
    ...overrides,
  };
}
