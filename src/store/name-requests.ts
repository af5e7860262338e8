import type { KnownAs, NameRequests } from '../record/telling.ts';
import type { Database } from './client.ts';

/** Keeps who asked to learn names, and who agreed. There is no table of pseudonyms and people. */
export function createNameRequests(db: Database): NameRequests {
  return {
    async ask({ id, idempotencyKey, partner, askedBy, subjects, reason, askedAt }) {
      // A second one under the key waits here for the first, and then keeps nothing.
      await db.$executeRaw`
        insert into record.name_request (id, idempotency_key, partner, asked_by, subjects, reason, asked_at)
        values (${id}::uuid, ${idempotencyKey}, ${partner}, ${askedBy}, ${subjects}::text[], ${reason},
          ${askedAt.toISOString()}::timestamptz)
        on conflict (partner, asked_by, idempotency_key) do nothing`;
      return db.nameRequest.findUniqueOrThrow({
        where: { partner_askedBy_idempotencyKey: { partner, askedBy, idempotencyKey } },
        omit: { scope: true },
      });
    },

    find: (id) => db.nameRequest.findUnique({ where: { id }, omit: { scope: true } }),

    open: (partner, now, limit) =>
      db.nameRequest.findMany({
        where: { partner, OR: [{ until: null }, { until: { gt: now } }] },
        orderBy: [{ askedAt: 'asc' }, { id: 'asc' }],
        take: limit,
        omit: { scope: true },
      }),

    async agree(id, { by, at, until }) {
      const { count } = await db.nameRequest.updateMany({
        where: { id, agreedBy: null, askedBy: { not: by } },
        data: { agreedBy: by, agreedAt: at, until },
      });
      return count === 1;
    },

    async peopleAfter(person, limit) {
      const found = await db.person.findMany({
        ...(person !== null && { where: { id: { gt: person } } }),
        select: { id: true },
        orderBy: { id: 'asc' },
        take: limit,
      });
      return found.map(({ id }) => id);
    },

    async identifiersOf(people) {
      return db.$queryRaw<KnownAs[]>`
        select person::text, holder, type, value, confidence from record.link
        where person = any(${people}::uuid[]) and current
        order by person, holder, type, value`;
    },
  };
}
