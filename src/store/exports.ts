import type { ExportState, LogExport, LogExports } from '../record/exports.ts';
import type { Database } from './client.ts';

/** One that was not heard of for so long ended with the gateway that it ran in. */
const SILENT_SECONDS = 30;

/** Keeps which entries of the log an export found. */
export function createLogExports(db: Database): LogExports {
  return {
    async begin({ id, idempotencyKey, partner, practitioner, format, from, to, filters, reachedAt, startedAt }) {
      const officer = JSON.stringify(['log export', partner, practitioner]);
      const [, begun] = await db.$transaction([
        // Of two that are asked for at once, the second finds the first.
        db.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${officer}, 0))`,
        db.$executeRaw`
          insert into record.log_export (id, idempotency_key, partner, practitioner, format, from_at, to_at, filters,
            reached_at, started_at)
          select ${id}::uuid, ${idempotencyKey}, ${partner}, ${practitioner}, ${format}, ${from.toISOString()}::timestamptz,
            ${to.toISOString()}::timestamptz, ${filters}::text[], ${reachedAt.toISOString()}::timestamptz,
            ${startedAt.toISOString()}::timestamptz
          where not exists (
            select from record.log_export
            where partner = ${partner} and practitioner = ${practitioner} and state = 'RUNNING'
              and beat_at >= now() - make_interval(secs => ${SILENT_SECONDS}::int)
          )
          on conflict (partner, practitioner, idempotency_key) do nothing`,
      ]);
      return begun === 1;
    },

    async ofOfficer(partner, practitioner, since) {
      return db.$queryRaw<LogExport[]>`
        select id::text, idempotency_key as "idempotencyKey", partner, practitioner, format, from_at as "from", to_at as "to",
          filters, entries, reached_at as "reachedAt", started_at as "startedAt",
          case when state = 'RUNNING' and beat_at < now() - make_interval(secs => ${SILENT_SECONDS}::int)
            then 'INTERRUPTED' else state end as state
        from record.log_export
        where partner = ${partner} and practitioner = ${practitioner} and started_at >= ${since.toISOString()}::timestamptz
        order by started_at desc, id`;
    },

    async addPart(id, part, entries, reachedAt) {
      await db.$executeRaw`
        with added as (
          insert into record.log_export_part (export_id, part, entries)
          values (${id}::uuid, ${part}::int, ${entries}::uuid[])
        )
        update record.log_export
        set entries = entries + ${entries.length}::int, reached_at = ${reachedAt.toISOString()}::timestamptz, beat_at = now()
        where id = ${id}::uuid`;
    },

    async beat(id, reachedAt) {
      await db.$executeRaw`
        update record.log_export set reached_at = ${reachedAt.toISOString()}::timestamptz, beat_at = now()
        where id = ${id}::uuid`;
    },

    async end(id, state: ExportState) {
      await db.logExport.updateMany({ where: { id, state: 'RUNNING' }, data: { state } });
    },

    async part(id, part) {
      const found = await db.logExportPart.findUnique({ where: { exportId_part: { exportId: id, part } } });
      return found?.entries ?? null;
    },

    async keepGiven(id, part, { sha256, entries }) {
      await db.logExportPart.updateMany({
        where: { exportId: id, part },
        data: { givenSha256: sha256, givenEntries: entries },
      });
    },

    async given(id) {
      const parts = await db.logExportPart.findMany({
        where: { exportId: id },
        select: { givenSha256: true, givenEntries: true },
        orderBy: { part: 'asc' },
      });
      return parts.map(({ givenSha256, givenEntries }) =>
        givenSha256 === null || givenEntries === null ? null : { sha256: givenSha256, entries: givenEntries },
      );
    },

    async forget(before) {
      await db.logExport.deleteMany({ where: { startedAt: { lt: before } } });
    },
  };
}
