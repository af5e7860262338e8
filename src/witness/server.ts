import { type FastifyInstance, type FastifyReply, fastify } from 'fastify';
import type { Logger } from 'pino';
import type { Answer, Witness } from './witness.ts';

/** Enough for a checkpoint with a hundred signatures. */
const LARGEST_BODY_BYTES = 256 * 1024;
const MOST_LOGGED = 8 * 1024;

/** The HTTP side of a witness. Both of its prefixes, for logs and for monitors, are `/log`. */
export function createWitnessServer(witness: Witness, logger: Logger): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: LARGEST_BODY_BYTES,
    requestTimeout: 10_000,
    forceCloseConnections: 'idle',
    http: { maxHeaderSize: 16 * 1024, headersTimeout: 5_000, connectionsCheckingInterval: 1_000 },
    frameworkErrors: (_error, _request, reply) => text(reply, 400, 'The path cannot be read.'),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onSend', async (_request, reply) => void reply.header('x-content-type-options', 'nosniff'));

  app.post('/log/add-checkpoint', async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body.toString() : '';
    const answer = witness.add(body);
    // The checkpoint may be all the proof there is that the log was written anew.
    if (answer.status === 422) {
      logger.error(
        { submitted: body.slice(0, MOST_LOGGED) },
        'a log is not shown to be the one that was cosigned before',
      );
    }
    return send(reply, answer);
  });
  app.get<{ Params: { origin: string } }>('/log/:origin/checkpoint', async ({ params }, reply) => {
    const note = witness.newest(params.origin);
    return note === null
      ? text(reply, 404, 'Nothing was cosigned for a log whose name has this SHA-256.')
      : reply.type('text/plain; charset=utf-8').header('cache-control', 'no-store').send(note);
  });
  app.get('/health/live', async () => ({ live: true }));
  app.setNotFoundHandler((_request, reply) =>
    text(reply, 404, 'There is nothing here. Logs submit to POST /log/add-checkpoint.'),
  );
  app.setErrorHandler(async (error: { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) logger.error({ err: error }, 'nothing was cosigned');
    return text(reply, status, status < 500 ? 'The request could not be read.' : 'The witness could not do it.');
  });
  return app;
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  switch (answer.status) {
    case 200:
      return reply.type('text/plain; charset=utf-8').send(answer.lines);
    case 409:
      return reply.code(409).type('text/x.tlog.size').send(`${answer.size}\n`);
    default:
      return text(reply, answer.status, `${answer.why}.`);
  }
}

function text(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${message}\n`);
}
