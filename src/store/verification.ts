import type { OutsideVerification, Verification, Verifications } from '../record/verification.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/** Keeps who has checked the log, and what they found. */
export function createVerifications(db: Database): Verifications {
  async function one(tail: Prisma.Sql): Promise<Verification | null> {
    const [row] = await db.$queryRaw<Verification[]>`select ${COLUMNS} from record.verification ${tail}`;
    return row ?? null;
  }
  async function oneOutside(tail: Prisma.Sql): Promise<OutsideVerification | null> {
    const [row] = await db.$queryRaw<OutsideVerification[]>`
      select ${OUTSIDE} from record.outside_verification ${tail}`;
    return row ?? null;
  }

  return {
    async start({ id, idempotencyKey, partner, startedBy, startedAt }) {
      await db.$executeRaw`
        update record.verification set state = 'INTERRUPTED', running = null where running and not ${ALIVE}`;
      const kept = await db.$executeRaw`
        insert into record.verification (id, idempotency_key, partner, started_by, state, started_at)
        values (${id}::uuid, ${idempotencyKey}, ${partner}, ${startedBy}, 'RUNNING', ${startedAt.toISOString()}::timestamptz)
        on conflict do nothing`;
      return kept === 1;
    },

    async beat(id, checked, size) {
      await db.$executeRaw`
        update record.verification
        set checked = ${checked}::bigint, size = ${size}::bigint, beat_at = current_timestamp
        where id = ${id}::uuid and running`;
    },

    async end(id, { state, checked, size, problem, entry, finishedAt }) {
      await db.$executeRaw`
        update record.verification
        set state = ${state}, running = null, checked = ${checked}::bigint, size = ${size}::bigint, problem = ${problem},
          entry = ${entry}::bigint, finished_at = ${finishedAt.toISOString()}::timestamptz
        where id = ${id}::uuid and running`;
    },

    find: (id) => one(Prisma.sql`where id = ${id}::uuid`),
    startedAs: ({ partner, startedBy, idempotencyKey }) =>
      one(Prisma.sql`where partner = ${partner} and started_by = ${startedBy} and idempotency_key = ${idempotencyKey}`),
    latest: () => one(Prisma.sql`order by started_at desc, id limit 1`),
    finished: () => one(Prisma.sql`where state in ('GOOD', 'TAMPERED', 'KEY') order by started_at desc, id limit 1`),

    async keepOutside(outside) {
      const { id, idempotencyKey, partner, recordedBy, who, checkpoint, size, agrees, recordedAt } = outside;
      await db.$executeRaw`
        insert into record.outside_verification
          (id, idempotency_key, partner, recorded_by, who, checkpoint, size, agrees, recorded_at)
        values (${id}::uuid, ${idempotencyKey}, ${partner}, ${recordedBy}, ${who}, ${checkpoint}, ${size}::bigint, ${agrees},
          ${recordedAt.toISOString()}::timestamptz)
        on conflict (partner, recorded_by, idempotency_key) do nothing`;
      return (await this.outsideAs(outside)) ?? outside;
    },
    outsideAs: ({ partner, recordedBy, idempotencyKey }) =>
      oneOutside(
        Prisma.sql`where partner = ${partner} and recorded_by = ${recordedBy} and idempotency_key = ${idempotencyKey}`,
      ),
    latestOutside: () => oneOutside(Prisma.sql`order by recorded_at desc, id limit 1`),
  };
}

/** Twenty times as long as one that runs is silent. A gateway that stopped says nothing any more. */
const ALIVE = Prisma.sql`beat_at > current_timestamp - interval '20 seconds'`;

const COLUMNS = Prisma.sql`
  id::text, idempotency_key as "idempotencyKey", partner, started_by as "startedBy",
  case when running and not ${ALIVE} then 'INTERRUPTED' else state end as state,
  checked::float8 as checked, size::float8 as size, problem, entry::float8 as entry,
  started_at as "startedAt", finished_at as "finishedAt"`;

const OUTSIDE = Prisma.sql`
  id::text, idempotency_key as "idempotencyKey", partner, recorded_by as "recordedBy", who, checkpoint,
  size::float8 as size, agrees, recorded_at as "recordedAt"`;
