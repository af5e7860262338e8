import type { CheckChange, Checks } from '../record/checks.ts';
import { type Changes, createCommands } from './check-commands.ts';
import { CHECK_ROW, createCheckQueue } from './check-queue.ts';
import { type CheckRow, fromCheck, toCheck } from './check-rows.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';
import { createSealedContents } from './sealed-contents.ts';

/**
 * Keeps checks in the schema `record`. What belongs together is one call of a function there: all of it or nothing.
 * @param keys of the pseudonyms, oldest first: the last one seals
 */
export function createChecks(db: Database, keys: readonly Uint8Array[]): Checks {
  const { save, ...commands } = createCommands(db);
  return {
    ...commands,
    ...createCheckQueue(db),
    contents: createSealedContents(db, keys),

    async byIds(ids, command) {
      // In this order: what is put in force meanwhile is then read twice, and not missed.
      const made = command === undefined ? [] : await madeBy(command);
      const inForce = await read(Prisma.sql`c.id = any(${ids}::uuid[])`);
      const wanted = new Set(ids);
      const byVersion = [...made, ...inForce].sort((one, other) => one.version - other.version);
      const newest = new Map(byVersion.map((check) => [check.id, check]));
      return [...newest.values()].filter(({ id }) => wanted.has(id));
    },

    async byRequests(ids) {
      return read(Prisma.sql`c.id in (select check_id from record.check_request where id = any(${ids}::uuid[]))`);
    },

    async ofPeople(people, { closed }) {
      return read(Prisma.sql`c.person = any(${people}::uuid[]) and ${closed ? Prisma.sql`true` : Prisma.sql`c.open`}`);
    },

    async save(changes, command, at) {
      return save(toChanges(changes), command, at);
    },

    async due(now, limit) {
      const rows = await db.$queryRaw<{ row: CheckRow }[]>`
        with due as materialized (
          select c.id, c.look_at from record.check as c
          where c.look_at <= ${now.toISOString()}::timestamptz and c.pending is null
          order by c.look_at, c.id limit ${limit} for update skip locked
        ), taken as (
          update record.check as c set look_at = ${now.toISOString()}::timestamptz + interval '1 minute'
          where c.id in (select id from due)
        )
        select ${CHECK_ROW} as row from due join record.check as c using (id) order by due.look_at, c.id`;
      return rows.map(({ row }) => toCheck(row));
    },

    async movedPeople(limit) {
      const rows = await db.$queryRaw<{ row: CheckRow; why: 'PERSON_MERGED' | 'PERSON_SPLIT' }[]>`
        select ${CHECK_ROW} as row, c.moved as why from record.check as c
        where c.moved is not null and c.open and c.held is null and c.pending is null
        order by c.id limit ${limit}`;
      return rows.map(({ row, why }) => ({ check: toCheck(row), why }));
    },

    async watched(from, after, limit) {
      const rows = await db.$queryRaw<{ row: CheckRow }[]>`
        select ${CHECK_ROW} as row from record.check as c
        where c.version > 0 and c.state not in ('WITHDRAWN', 'HELD')
          and (c.release >= ${from}::date or (c.release is null and c.open))
          and (${after}::uuid is null or c.id > ${after}::uuid)
        order by c.id limit ${limit}`;
      return rows.map(({ row }) => toCheck(row));
    },

    async counts(now) {
      // By the teams that there are: of each, what is late is read off the index of its queue.
      const [counts] = await db.$queryRaw<{ waiting: number; late: number }[]>`
        select coalesce(sum(c.waiting), 0)::int as waiting, coalesce(sum(late.count), 0)::int as late
        from (
          select responder, team, sum(waiting) as waiting from record.check_count group by responder, team
        ) as c
        cross join lateral (
          select count(*) from record.check_request as r
          where r.responder = c.responder and r.team = c.team and r.waiting_at <= ${now.toISOString()}::timestamptz
        ) as late`;
      return counts ?? { waiting: 0, late: 0 };
    },
  };

  async function read(condition: Prisma.Sql) {
    const rows = await db.$queryRaw<{ row: CheckRow }[]>`
      select ${CHECK_ROW} as row from record.check as c
      where c.version > 0 and ${condition}
      order by c.person, c.asked_at, c.id`;
    return rows.map(({ row }) => toCheck(row));
  }

  async function madeBy(command: string) {
    const rows = await db.$queryRaw<{ row: CheckRow }[]>`
      select row from record.check_command, jsonb_array_elements(changes->'checks') as row
      where id = ${command}::uuid and waiting`;
    return rows.map(({ row }) => toCheck(row));
  }
}

function toChanges(changes: readonly CheckChange[]): Changes {
  for (const { before, after } of changes) {
    if (after.version !== (before?.version ?? 0) + 1) throw new RangeError('versions grow by one');
  }
  return {
    checks: changes.map(({ before, after }) => fromCheck(before, after)),
    packs: [],
    events: changes.flatMap(({ events }) => events),
    contents: changes.flatMap(({ after, contents }) => contents.map((content) => ({ ...content, about: after.id }))),
    texts: changes.flatMap(({ texts }) => texts),
  };
}
