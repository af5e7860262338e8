import type { Notice, Notices } from '../record/notices.ts';
import type { Database } from './client.ts';

/** Keeps incidents, and who was told of them or of a mistake, in the schema `record`. */
export function createNotices(db: Database): Notices {
  const inForce = async (where: object): Promise<Notice[]> =>
    db.notice.findMany({
      where: { ...where, active: true },
      orderBy: [{ toldAt: 'asc' }, { recordedAt: 'asc' }, { id: 'asc' }],
      omit: { active: true },
    });

  return {
    incidents: (partner, limit) =>
      db.incident.findMany({
        ...(partner !== null && { where: { partner } }),
        orderBy: [{ keptAt: 'desc' }, { id: 'asc' }],
        take: limit,
      }),

    incident: (id) => db.incident.findUnique({ where: { id } }),

    find: ({ partner, practitioner, from, to }) =>
      db.incident.findUnique({ where: { partner_practitioner_from_to: { partner, practitioner, from, to } } }),

    async keep({ id, partner, practitioner, from, to, awareAt, keptBy, keptAt, version }) {
      // One statement: of two who keep it at once, the second finds another version and changes nothing.
      const kept =
        version === 1
          ? await db.$executeRaw`
              insert into record.incident (id, partner, practitioner, started_at, ended_at, aware_at, kept_by, kept_at)
              values (${id}::uuid, ${partner}, ${practitioner}, ${from.toISOString()}::timestamptz,
                ${to.toISOString()}::timestamptz, ${awareAt.toISOString()}::timestamptz, ${keptBy},
                ${keptAt.toISOString()}::timestamptz)
              on conflict (partner, practitioner, started_at, ended_at) do nothing`
          : await db.$executeRaw`
              update record.incident
              set aware_at = ${awareAt.toISOString()}::timestamptz, kept_by = ${keptBy},
                kept_at = ${keptAt.toISOString()}::timestamptz, version = ${version}
              where id = ${id}::uuid and version = ${version - 1}`;
      return kept === 1;
    },

    async record(notice) {
      const { partner, recordedBy, idempotencyKey } = notice;
      // A second one under the key waits here for the first, and then keeps nothing.
      await db.$executeRaw`
        insert into record.notice (id, idempotency_key, partner, recorded_by, recorded_at, incident_id, entries, holders,
          told_to, told_at, how)
        values (${notice.id}::uuid, ${idempotencyKey}, ${partner}, ${recordedBy},
          ${notice.recordedAt.toISOString()}::timestamptz, ${notice.incidentId}::uuid, ${notice.entries}::uuid[],
          ${notice.holders}::text[], ${notice.toldTo}, ${notice.toldAt.toISOString()}::timestamptz, ${notice.how})
        on conflict (partner, recorded_by, idempotency_key) do nothing`;
      return db.notice.findUniqueOrThrow({
        where: { partner_recordedBy_idempotencyKey: { partner, recordedBy, idempotencyKey } },
        omit: { active: true },
      });
    },

    async activate(notice) {
      await db.notice.updateMany({ where: { id: notice }, data: { active: true } });
    },

    ofIncidents: async (incidents) => (incidents.length === 0 ? [] : inForce({ incidentId: { in: [...incidents] } })),

    ofEntries: async (entries) => (entries.length === 0 ? [] : inForce({ entries: { hasSome: [...entries] } })),
  };
}
