import type { Telling, Tellings } from '../record/telling.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/** Keeps what controllers decided about telling people of entries of the log. */
export function createTellings(db: Database): Tellings {
  return {
    async ofEntries(entries) {
      if (entries.length === 0) return [];
      return db.$queryRaw<Telling[]>`
        select ${COLUMNS} from record.telling where entry_id = any(${entries}::uuid[]) order by entry_id, controller`;
    },

    async withheld(controller, after, limit) {
      return db.$queryRaw<Telling[]>`
        select ${COLUMNS} from record.telling
        where decision = 'WITHHOLD' and (${controller}::text is null or controller = ${controller})
          and (${after?.id ?? null}::uuid is null
            or (review_on, id) > (${after?.reviewOn ?? null}::date, ${after?.id ?? null}::uuid))
        order by review_on, id limit ${limit}`;
    },

    async decide({ id, entry, controller, decision, ground, reviewOn, decidedBy, decidedAt, version }) {
      const at = decidedAt.toISOString();
      // One statement: of two who decide at once, the second finds another version and changes nothing.
      const decided =
        version === 1
          ? await db.$executeRaw`
              insert into record.telling (id, entry_id, controller, decision, ground, review_on, decided_by, decided_at)
              values (${id}::uuid, ${entry}::uuid, ${controller}, ${decision}, ${ground}, ${reviewOn}::date, ${decidedBy},
                ${at}::timestamptz)
              on conflict (entry_id, controller) do nothing`
          : await db.$executeRaw`
              update record.telling
              set decision = ${decision}, ground = ${ground}, review_on = ${reviewOn}::date, decided_by = ${decidedBy},
                decided_at = ${at}::timestamptz, version = ${version}
              where entry_id = ${entry}::uuid and controller = ${controller} and version = ${version - 1}`;
      return decided === 1;
    },
  };
}

const COLUMNS = Prisma.sql`
  id::text, entry_id::text as entry, controller, decision, ground, review_on::text as "reviewOn",
  decided_by as "decidedBy", decided_at as "decidedAt", version`;
