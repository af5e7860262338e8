import { type FastifyInstance, fastify } from 'fastify';
import type { Metrics } from './metrics.ts';

/** The operator's port: metrics and, in a demonstration, the clock. */
export function createAdmin(metrics: Metrics, moveClock: ((instant: Date) => void) | null): FastifyInstance {
  const app = fastify({ logger: false, bodyLimit: 1024, forceCloseConnections: 'idle' });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  if (moveClock) {
    app.post('/clock', async (request, reply) => {
      const { now } = Object(request.body) as { now?: unknown };
      const instant = typeof now === 'string' ? new Date(now) : new Date(Number.NaN);
      if (Number.isNaN(instant.getTime())) {
        return reply
          .code(400)
          .send({ error: 'Send {"now": "<instant>"}, for example {"now": "2026-12-01T09:00:00Z"}.' });
      }
      moveClock(instant);
      return { now: instant.toISOString() };
    });
  }
  return app;
}
