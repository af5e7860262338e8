import type { DeadLetter, Delivery, Events } from '../record/events.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

type Deliveries = Pick<
  Events,
  'unrouted' | 'route' | 'claimDeliveries' | 'settle' | 'deadLetters' | 'deadCount' | 'retryDead'
>;

/** The outbox: which event goes to which endpoint, when it is tried next, and what became of it. */
export function createDeliveries(db: Database): Deliveries {
  return {
    async unrouted(limit) {
      return db.$queryRaw`
        select ${EVENT} from record.event where unrouted order by sequence limit ${limit}`;
    },

    async route(events, deliveries, now) {
      await db.$executeRaw`
        with routed as (
          update record.event set unrouted = null where id = any(${events}::uuid[])
        )
        insert into record.delivery (event_id, endpoint, next_at)
        select given.event, given.endpoint, ${now.toISOString()}::timestamptz
        from jsonb_to_recordset(${JSON.stringify(deliveries)}::jsonb) as given (event uuid, endpoint text)
        on conflict do nothing`;
    },

    async claimDeliveries(endpoints, now, limit) {
      const rows = await db.$queryRaw<DeliveryRow[]>`
        with claimed as (
          select due.* from unnest(${endpoints}::text[]) as wanted (endpoint)
          cross join lateral (
            select event_id, delivery.endpoint, next_at from record.delivery
            where delivery.endpoint = wanted.endpoint and next_at <= ${now.toISOString()}::timestamptz
            order by next_at, event_id limit ${limit} for update skip locked
          ) as due
        ), leased as (
          update record.delivery set next_at = ${now.toISOString()}::timestamptz + interval '1 minute'
          from claimed where (delivery.event_id, delivery.endpoint) = (claimed.event_id, claimed.endpoint)
        )
        select ${EVENT}, delivery.endpoint, delivery.attempts
        from claimed join record.delivery using (event_id, endpoint) join record.event on event.id = event_id
        order by claimed.next_at, sequence`;
      return rows.map(toDelivery);
    },

    async settle({ event, endpoint }, outcome) {
      if (outcome === 'dropped') {
        await db.delivery.deleteMany({ where: { eventId: event, endpoint } });
        return;
      }
      await db.delivery.updateMany({
        where: { eventId: event, endpoint },
        data: {
          attempts: { increment: 1 },
          nextAt: 'retryAt' in outcome ? outcome.retryAt : null,
          deliveredAt: 'deliveredAt' in outcome ? outcome.deliveredAt : null,
          deadAt: 'deadAt' in outcome ? outcome.deadAt : null,
          lastProblem: 'problem' in outcome ? outcome.problem : null,
        },
      });
    },

    async deadLetters(limit) {
      const rows = await db.$queryRaw<(DeliveryRow & Pick<DeadLetter, 'deadAt' | 'problem'>)[]>`
        select ${EVENT}, endpoint, attempts, dead_at as "deadAt", last_problem as problem
        from record.delivery join record.event on event.id = event_id
        where dead_at is not null order by dead_at, sequence limit ${limit}`;
      return rows.map(({ deadAt, problem, ...row }) => ({ ...toDelivery(row), deadAt, problem }));
    },

    async deadCount() {
      return db.delivery.count({ where: { deadAt: { not: null } } });
    },

    async retryDead(endpoint, now) {
      const { count } = await db.delivery.updateMany({
        where: { deadAt: { not: null }, ...(endpoint !== null && { endpoint }) },
        data: { deadAt: null, nextAt: now, attempts: 0 },
      });
      return count;
    },
  };
}

/** The columns of an event as the port gives it. */
export const EVENT = Prisma.sql`
  event.sequence, event.id::text, event.kind, event.at, event.person::text, event.partner, event.reference`;

type DeliveryRow = Delivery['event'] & Omit<Delivery, 'event'>;

function toDelivery({ endpoint, attempts, ...event }: DeliveryRow): Delivery {
  return { event, endpoint, attempts };
}
