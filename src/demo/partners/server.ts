import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Subgraph, SubgraphRequest } from './subgraph.ts';

/** A batch of 500 representations is some 40 kB. */
const MAXIMUM_BODY_BYTES = 1_048_576;

/** Longer than callers keep an idle connection, so that it is they who close it. */
const KEEP_ALIVE_MILLISECONDS = 75_000;

export interface PartnerServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves one subgraph: `POST /graphql`, and `GET /health` for whoever waits for it to be up.
 * @throws Error when the port is taken
 */
export async function serveSubgraph(subgraph: Subgraph, host: string, port: number): Promise<PartnerServer> {
  const server = createServer((request, response) => {
    answer(subgraph, request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = KEEP_ALIVE_MILLISECONDS;
  await listen(server, host, port);
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}/graphql`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(subgraph: Subgraph, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = request.url?.split('?')[0];
  if (path === '/health') return send(response, 200, { status: 'up' });
  if (path !== '/graphql') return refuse(response, 404, 'Ask at /graphql.');
  if (request.method !== 'POST') return refuse(response, 405, 'Ask with POST.');
  const body = await readBody(request);
  if (body === null) return refuse(response, 413, `The body is larger than ${MAXIMUM_BODY_BYTES} bytes.`);
  const graphql = parseRequest(body);
  if (graphql === null) {
    return refuse(
      response,
      400,
      'The body is not JSON with a `query` that is text and `variables` that are an object.',
    );
  }
  const result = subgraph.execute(graphql);
  send(response, 'data' in result ? 200 : 400, result);
}

/** Null when it is too large. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The rest is read and dropped, so that the caller gets the answer and not a broken connection.
    if (bytes <= MAXIMUM_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > MAXIMUM_BODY_BYTES ? null : Buffer.concat(chunks).toString('utf8');
}

function parseRequest(body: string): SubgraphRequest | null {
  try {
    const request = JSON.parse(body) as SubgraphRequest | null;
    const { query, variables = null, operationName = null } = request ?? {};
    const isRequest =
      typeof query === 'string' &&
      typeof variables === 'object' &&
      !Array.isArray(variables) &&
      (operationName === null || typeof operationName === 'string');
    return isRequest ? { query, variables, operationName } : null;
  } catch {
    return null;
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, { errors: [{ message }] });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE';
      reject(
        isTaken ? new Error(`Port ${port} is taken. Free it, or set PARTNERS_PORT to another.`, { cause }) : cause,
      );
    });
    server.listen(port, host, resolve);
  });
}
