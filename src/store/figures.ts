import type { FigureRow, Figures, Turnaround } from '../record/figures.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/** Reads what the digest of the log counted. It is kept with the flags, day by day. */
export function createFigures(db: Database): Figures {
  return {
    rows({ from, until }, by, readBy) {
      const format = by === 'DAY' ? 'YYYY-MM-DD' : 'YYYY-MM';
      return db.$queryRaw<FigureRow[]>`
        select to_char(day, ${format}) as period, read_as.measure, partner, key, nullif(data_class, '') as "dataClass",
          sum(count)::int as count
        from record.figure
        cross join lateral (select replace(measure, 'AGREEMENT_GIVEN', 'AGREEMENT_USES') as measure) as read_as
        where day between ${from}::date and ${until}::date and ${mayRead(readBy)}
        group by period, read_as.measure, partner, key, data_class
        order by period, read_as.measure, partner, key, data_class`;
    },

    async answered(from, to) {
      const rows = await db.$queryRaw<(Turnaround & { answeredAt: string })[]>`
        select responder, person::text, requested_at as "requestedAt", answer->>'at' as "answeredAt"
        from record.check_request join record.check on "check".id = check_id
        where answer is not null and (answer->>'at')::timestamptz >= ${from.toISOString()}::timestamptz
          and (answer->>'at')::timestamptz < ${to.toISOString()}::timestamptz`;
      return rows.map((row) => ({ ...row, answeredAt: new Date(row.answeredAt) }));
    },
  };
}

/**
 * Why somebody could not be shown is not told where it was asked: that would tell what the answer did not (SHARE-04). What
 * others had of whose data is counted in what they used, for everybody at once.
 */
function mayRead(readBy: Parameters<Figures['rows']>[2]): Prisma.Sql {
  return readBy === null
    ? Prisma.sql`figure.measure <> 'AGREEMENT_GIVEN'`
    : Prisma.sql`figure.measure <> 'REFUSED_BECAUSE' and partner = ${readBy}`;
}
