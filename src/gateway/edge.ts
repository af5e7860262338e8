import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify';
import { type AccessDependencies, type AccessReply, handleAccess, refusalHeaders } from './access.ts';
import type { Readiness } from './readiness.ts';

const LARGEST_BODY_BYTES = 256 * 1024;

export interface EdgeOptions {
  readonly access: AccessDependencies;
  readonly readiness: Readiness;
  /** The page of duty desks of the policy in force. */
  readonly urgent: () => string;
  /** The newest checkpoint of the audit log, as a signed note. */
  readonly checkpoint: () => string | null;
  /** An explorer page for `GET /graphql`. Development only. */
  readonly explorer: string | null;
  /** What answers below `/console`; null where the gateway has none. */
  readonly console: FastifyPluginAsync | null;
}

/** The gateway's public HTTP server: one door to the record, and what must work without it. */
export function createEdge({ access, readiness, urgent, checkpoint, explorer, console }: EdgeOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: LARGEST_BODY_BYTES,
    requestTimeout: 15_000,
    forceCloseConnections: 'idle',
    // What arrives on an open connection while we stop is answered and recorded like anything else.
    return503OnClosing: false,
    genReqId: () => randomUUID(),
    // Node looks for connections past their time every 30 s unless told otherwise.
    http: { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
    clientErrorHandler: refuseUnreadable,
    // Fastify's own answer repeats the path, and passes no hook.
    frameworkErrors: (_error, _request, reply) => problem(addHeaders(reply), 400, 'The path cannot be read.'),
  });
  app.removeAllContentTypeParsers();
  // Read, never judged here: a body that cannot be understood is refused, and recorded, like any other request.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onSend', async (_request, reply) => void addHeaders(reply));
  app.addHook('preClose', async () => letGo(app));

  app.post('/graphql', async (request, reply) => send(reply, await handleAccess(access, readRequest(request))));
  app.get('/graphql', async (request, reply) => {
    if (explorer !== null && String(request.headers.accept ?? '').includes('text/html'))
      return reply.type('text/html; charset=utf-8').send(explorer);
    return onlyPost(request, reply);
  });
  app.route({ method: ['PUT', 'PATCH', 'DELETE', 'OPTIONS'], url: '/graphql', handler: onlyPost });
  app.get('/urgent', async (_request, reply) => reply.type('text/html; charset=utf-8').send(urgent()));
  app.get('/log/checkpoint', async (_request, reply) => {
    const note = checkpoint();
    if (note === null) return problem(reply, 404, 'The log has no checkpoint yet.');
    return reply.type('text/plain; charset=utf-8').send(note);
  });
  app.get('/health/live', async () => ({ live: true }));
  app.get('/health/ready', async (_request, reply) => {
    const state = await readiness.check();
    if (!state.ready)
      for (const [name, value] of Object.entries(refusalHeaders({ status: 503 }))) reply.header(name, value);
    return reply.code(state.ready ? 200 : 503).send(state);
  });

  if (console) app.register(console, { prefix: '/console' });

  app.setNotFoundHandler((request, reply) =>
    problem(reply, 404, isConsole(request) ? NO_CONSOLE : 'There is nothing here. The record is at POST /graphql.'),
  );
  app.setErrorHandler(async (error: { statusCode?: number; code?: string }, request, reply) => {
    const status = error.statusCode ?? 500;
    if (request.routeOptions.url === '/graphql' && request.method === 'POST') {
      const message =
        status === 413
          ? `The body is too large: at most ${LARGEST_BODY_BYTES} bytes are read.`
          : 'The body could not be read.';
      return send(
        reply,
        await handleAccess(access, {
          ...readRequest(request),
          bodyProblem: { message, status: status < 500 ? status : 400 },
        }),
      );
    }
    return problem(reply, status < 500 ? status : 500, 'The request could not be read.');
  });
  return app;
}

function readRequest(request: FastifyRequest): Parameters<typeof handleAccess>[1] {
  const authorization = request.raw.rawHeaders.filter(
    (_value, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === 'authorization',
  );
  const base = { requestId: request.id, headers: request.headers, authorization, network: request.ip ?? null };
  const [mediaType = '', ...parameters] = String(request.headers['content-type'] ?? '')
    .toLowerCase()
    .split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (mediaType.trim() !== 'application/json' || (charset && !/^charset="?utf-?8"?$/.test(charset))) {
    return {
      ...base,
      body: null,
      bodyProblem: { message: 'Send the body as application/json in UTF-8.', status: 415 },
    };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(request.body as Buffer);
    return { ...base, body: JSON.parse(text) as unknown, bodyProblem: null };
  } catch {
    return { ...base, body: null, bodyProblem: { message: 'The body is not JSON.', status: 400 } };
  }
}

function send(reply: FastifyReply, { status, headers, body, notDelivered }: AccessReply): FastifyReply {
  const { raw } = reply;
  const closed = () => void (raw.writableFinished || notDelivered());
  if (raw.destroyed) closed();
  else raw.once('close', closed);
  return reply.code(status).headers(headers).send(body);
}

/** So long does whoever reads slowly keep us from stopping: longer than anything takes to be answered. */
const LAST_MILLISECONDS = 9_000;

/** A connection that is kept alive, and on which we were answering when we were to stop, goes when that is done. */
function letGo({ server }: FastifyInstance): void {
  if (!server.listening) return;
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const last = setTimeout(() => server.closeAllConnections(), LAST_MILLISECONDS);
  server.once('close', () => {
    clearInterval(sweep);
    clearTimeout(last);
  });
}

const NO_CONSOLE = 'This gateway has no console: its operator sets that up.';

function isConsole({ url }: FastifyRequest): boolean {
  return /^\/console(?:[/?]|$)/.test(url);
}

function addHeaders(reply: FastifyReply): FastifyReply {
  return reply
    .header('x-request-id', reply.request.id)
    .header('cache-control', 'no-store')
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer');
}

async function onlyPost(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return problem(reply.header('allow', 'POST'), 405, 'Send POST: an identifier in a URL would end up in logs.');
}

/** For what is no page, should a browser show it as one. */
const NOTHING_FROM_ANYWHERE = "default-src 'none'; frame-ancestors 'none'";

function problem(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply
    .header('content-security-policy', NOTHING_FROM_ANYWHERE)
    .code(status)
    .type('application/json; charset=utf-8')
    .send(problemBody(message, reply.request.id));
}

function problemBody(message: string, requestId: string) {
  return { errors: [{ message, extensions: { code: 'BAD_USER_INPUT', requestId } }], extensions: { requestId } };
}

/** What cannot be read as HTTP, or not in time, never becomes a request: it is answered on the bare connection. */
function refuseUnreadable(error: { code?: string }, socket: Socket): void {
  const [status, message] = UNREADABLE[error.code ?? ''] ?? ['400 Bad Request', 'The request is not HTTP/1.1.'];
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const requestId = randomUUID();
  const body = JSON.stringify(problemBody(message, requestId));
  socket.end(
    [
      `HTTP/1.1 ${status}`,
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      'referrer-policy: no-referrer',
      `content-security-policy: ${NOTHING_FROM_ANYWHERE}`,
      `x-request-id: ${requestId}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

const UNREADABLE: Readonly<Record<string, readonly [string, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request took too long to arrive.'],
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The headers are too large: at most 16384 bytes are read.',
  ],
};
