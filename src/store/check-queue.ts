import type { CheckListing, CheckPage, Checks, Desk } from '../record/checks.ts';
import { NEVER_DUE } from '../record/checks.ts';
import { type CheckRow, toCheck } from './check-rows.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/**
 * Lists of work. A desk's queue is as long as the load of a police force: its page is read off an index, and its length
 * off a count that is kept (`record.check_count`).
 */
export function createCheckQueue(db: Database): Pick<Checks, 'asked' | 'awaiting' | 'guarded'> {
  return {
    async asked(listing) {
      const { partner, people, type, lateAt, limit } = listing;
      return toPage(
        await db.$queryRaw`
          with listed as materialized (
            select c.id, coalesce(due.waiting_at, ${NEVER_DUE.toISOString()}::timestamptz) as due_at
            from record.check as c
            cross join lateral (
              select min(r.waiting_at) as waiting_at from record.check_request as r where r.check_id = c.id
            ) as due
            where c.person = any(${people}::uuid[]) and c.partner = ${partner} and c.open and c.version > 0
              and ${ofType(type)} and ${lateAt ? Prisma.sql`due.waiting_at <= ${at(lateAt)}` : Prisma.sql`true`}
          ), page as (
            select * from listed where ${isAfter(listing, Prisma.sql`due_at, id`)} order by due_at, id limit ${limit}
          )
          select (select count(*) from listed)::int as total, ${PAGE}`,
      );
    },

    async awaiting(listing) {
      const { desk, except, type, lateAt, limit } = listing;
      const waits = Prisma.sql`
        r.responder = ${desk.partner} and r.team = team.team
        and ${lateAt ? Prisma.sql`r.waiting_at <= ${at(lateAt)}` : Prisma.sql`r.waiting_at is not null`}`;
      const ofRequest = Prisma.sql`record.check_request as r join record.check as c on c.id = r.check_id`;
      const counted = lateAt
        ? Prisma.sql`select count(*) from team, ${ofRequest} where ${waits} and ${ofType(type)}`
        : Prisma.sql`
            select coalesce(sum(c.waiting), 0) from team join record.check_count as c using (team)
            where c.responder = ${desk.partner} and ${ofType(type)}`;
      return toPage(
        await db.$queryRaw`
          with team as materialized (${teamsOf(desk)}),
          page as (
            select due.* from team cross join lateral (
              select r.check_id as id, r.waiting_at as due_at from ${ofRequest}
              where ${waits} and ${ofType(type)} and c.person <> all(${except}::uuid[])
                and ${isAfter(listing, Prisma.sql`r.waiting_at, r.check_id`)}
              order by r.waiting_at, r.check_id limit ${limit}
            ) as due
            order by due_at, id limit ${limit}
          )
          select ((${counted}) - (
            select count(*) from team, ${ofRequest} where c.person = any(${except}::uuid[]) and ${waits} and ${ofType(type)}
          ))::int as total, ${PAGE}`,
      );
    },

    async guarded(desk, limit) {
      const { partner, practitioner } = desk;
      const rows = await db.$queryRaw<{ person: string }[]>`
        with team as materialized (${teamsOf(desk)})
        select guarded.person::text as person
        from (
          select person from record.restriction
          union
          select person from record.interest where partner = ${partner} and practitioner = ${practitioner}
        ) as guarded
        where exists (
          select from record.check as c join record.check_request as r on r.check_id = c.id
          where c.person = guarded.person and r.responder = ${partner} and r.team in (select team from team)
            and r.waiting_at is not null
        )
        order by guarded.person limit ${limit}`;
      return rows.map(({ person }) => person);
    },
  };
}

/** A check with its requests, as `CheckRow`. Expects the check as `c`. */
export const CHECK_ROW = Prisma.sql`
  to_jsonb(c) || jsonb_build_object('requests', (
    select coalesce(jsonb_agg(to_jsonb(r) order by r.place), '[]') from record.check_request as r where r.check_id = c.id
  ))`;

/** The checks of the relation `page` (id, due_at), in its order. */
const PAGE = Prisma.sql`(
  select coalesce(jsonb_agg((${CHECK_ROW}) || jsonb_build_object('due_at', page.due_at) order by page.due_at, page.id), '[]')
  from page join record.check as c using (id)
) as checks`;

function toPage(rows: unknown): CheckPage {
  const [page] = rows as { total: number; checks: (CheckRow & { due_at: string })[] }[];
  if (!page) return { checks: [], total: 0 };
  return { total: page.total, checks: page.checks.map((row) => ({ ...toCheck(row), dueAt: new Date(row.due_at) })) };
}

function teamsOf({ partner, practitioner, day }: Desk): Prisma.Sql {
  const acting = Prisma.sql`
    partner = ${partner} and practitioner = ${practitioner}
    and valid_from <= ${day}::date and (valid_until is null or valid_until >= ${day}::date)`;
  return Prisma.sql`
    select team from record.team_member where ${acting} union select team from record.duty where ${acting}`;
}

function ofType(type: string | null): Prisma.Sql {
  return type === null ? Prisma.sql`true` : Prisma.sql`c.type = ${type}`;
}

function isAfter({ after }: CheckListing, place: Prisma.Sql): Prisma.Sql {
  return after ? Prisma.sql`(${place}) > (${at(after.dueAt)}, ${after.id}::uuid)` : Prisma.sql`true`;
}

function at(instant: Date): Prisma.Sql {
  return Prisma.sql`${instant.toISOString()}::timestamptz`;
}
