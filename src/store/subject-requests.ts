import type { SubjectRequest, SubjectRequests } from '../record/subject-requests.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/** Keeps the register of requests that people made about their own information. */
export function createSubjectRequests(db: Database): SubjectRequests {
  return {
    async open({ id, idempotencyKey, partner, kind, subject, receivedOn, dueOn, openedBy }) {
      // A second one under the key waits here for the first, and then keeps nothing.
      await db.$executeRaw`
        insert into record.subject_request (id, idempotency_key, partner, kind, subject, received_on, due_on, opened_by)
        values (${id}::uuid, ${idempotencyKey}, ${partner}, ${kind}, ${subject}, ${receivedOn}::date, ${dueOn}::date,
          ${openedBy})
        on conflict (partner, opened_by, idempotency_key) do nothing`;
      const [kept] = await db.$queryRaw<SubjectRequest[]>`
        select ${COLUMNS} from record.subject_request
        where partner = ${partner} and opened_by = ${openedBy} and idempotency_key = ${idempotencyKey}`;
      if (!kept) throw new Error('a request that was kept is gone');
      return kept;
    },

    async activate(id) {
      await db.subjectRequest.updateMany({ where: { id, version: 0 }, data: { version: 1 } });
    },

    async find(id) {
      const [found] = await db.$queryRaw<SubjectRequest[]>`
        select ${COLUMNS} from record.subject_request where id = ${id}::uuid and version > 0`;
      return found ?? null;
    },

    async list(partner, which, limit) {
      const order = which === 'OPEN' ? Prisma.sql`due_on, id` : Prisma.sql`closed_on desc, id`;
      return db.$queryRaw<SubjectRequest[]>`
        select ${COLUMNS} from record.subject_request
        where version > 0 and (${partner}::text is null or partner = ${partner})
          and (outcome is null) = ${which === 'OPEN'}
        order by ${order} limit ${limit}`;
    },

    async change({ id, dueOn, extended, outcome, closedBy, closedOn }, version) {
      // One statement: of two at once, the second finds another version and changes nothing.
      const changed = await db.$executeRaw`
        update record.subject_request
        set due_on = ${dueOn}::date, extended = ${extended}, outcome = ${outcome}, closed_by = ${closedBy},
          closed_on = ${closedOn}::date, version = ${version + 1}
        where id = ${id}::uuid and version = ${version}`;
      return changed === 1;
    },
  };
}

const COLUMNS = Prisma.sql`
  id::text, idempotency_key as "idempotencyKey", partner, kind, subject, received_on::text as "receivedOn",
  due_on::text as "dueOn", extended, opened_by as "openedBy", outcome, closed_by as "closedBy",
  closed_on::text as "closedOn", version`;
