import type { DeclaredInterest, Interests } from '../record/interests.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/** Keeps the register of declared interests, and through the database's own functions what it closes. */
export function createInterests(db: Database): Interests {
  return {
    async declare(declared) {
      const { id, idempotencyKey, partner, practitioner, person, sent, type, from, until, declaredAt } = declared;
      // A second one under the key waits here for the first, and then keeps nothing.
      await db.$executeRaw`
        insert into record.declared_interest (id, idempotency_key, partner, practitioner, person, sent, type, valid_from,
          valid_until, declared_at)
        values (${id}::uuid, ${idempotencyKey}, ${partner}, ${practitioner}, ${person}::uuid, ${sent}, ${type},
          ${from}::date, ${until}::date, ${declaredAt.toISOString()}::timestamptz)
        on conflict (partner, practitioner, idempotency_key) do nothing`;
      const [kept] = await db.$queryRaw<DeclaredInterest[]>`
        select ${COLUMNS} from record.declared_interest
        where partner = ${partner} and practitioner = ${practitioner} and idempotency_key = ${idempotencyKey}`;
      return kept ?? declared;
    },

    async activate(id) {
      await db.$executeRaw`select record.put_interest_in_force(${id}::uuid)`;
    },

    async find(id) {
      const [found] = await db.$queryRaw<DeclaredInterest[]>`
        select ${COLUMNS} from record.declared_interest where id = ${id}::uuid and active`;
      return found ?? null;
    },

    of: (partner, list, limit) => db.$queryRaw<DeclaredInterest[]>`
      select ${COLUMNS} from record.declared_interest
      where partner = ${partner} and active ${list === 'WAITING' ? Prisma.sql`and confirmed is null` : Prisma.empty}
      order by declared_at ${list === 'WAITING' ? Prisma.empty : Prisma.sql`desc`}, id limit ${limit}`,

    async decide({ id, version, confirmed, by, at }) {
      const [decided] = await db.$queryRaw<{ done: boolean }[]>`
        select record.decide_interest(${id}::uuid, ${version}::int, ${confirmed}::boolean, ${by},
          ${at.toISOString()}::timestamptz) as done`;
      return decided?.done ?? false;
    },
  };
}

const COLUMNS = Prisma.sql`
  id::text, idempotency_key as "idempotencyKey", partner, practitioner, person::text, sent, type,
  valid_from::text as "from", valid_until::text as "until", declared_at as "declaredAt", confirmed,
  decided_by as "decidedBy", decided_at as "decidedAt", version`;
