import type {
  BreakGlassAttempt,
  BreakGlassReview,
  ClosedReview,
  Governance,
  NewCover,
  NewWorkItem,
  Party,
  SealedText,
  WorkItem,
} from '../record/governance.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/**
 * Keeps the gateway's own work in the schema `record`. What belongs together is one statement: all of it or nothing.
 * Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be reached.
 */
export function createGovernance(db: Database): Governance {
  return {
    async openBreakGlass(attempt, text, items) {
      const { partner, practitioner, idempotencyKey } = attempt;
      // A second attempt under the key waits here for the first, and then keeps nothing.
      await db.$queryRaw`
        with opened as (
          insert into record.break_glass (id, idempotency_key, request_id, partner, practitioner, role, purpose, person,
            sent, reason, text_id, opened_at, until, due_at)
          values (${attempt.id}::uuid, ${idempotencyKey}, ${attempt.requestId}::uuid, ${partner}, ${practitioner},
            ${attempt.role}, ${attempt.purpose}, ${attempt.person}::uuid, ${attempt.sent}, ${attempt.reason},
            ${text.id}::uuid, ${attempt.openedAt.toISOString()}::timestamptz, ${attempt.until?.toISOString() ?? null}::timestamptz,
            ${reviewDue(attempt, items).toISOString()}::timestamptz)
          on conflict (partner, practitioner, idempotency_key) do nothing
          returning id
        ), made as (
          ${insertItems(items, Prisma.sql`where exists (select from opened)`)}
        )
        select ${keepText(text)} from opened`;
      const kept = await db.breakGlass.findUniqueOrThrow({
        where: { partner_practitioner_idempotencyKey: { partner, practitioner, idempotencyKey } },
        select: ATTEMPT,
      });
      return kept;
    },

    async activate(breakGlass) {
      await db.breakGlass.updateMany({ where: { id: breakGlass, until: { not: null } }, data: { active: true } });
    },

    async review(breakGlass): Promise<BreakGlassReview | null> {
      return db.breakGlass.findFirst({
        where: { id: breakGlass, closedAt: null },
        select: { ...ATTEMPT, textId: true, version: true, dueAt: true },
      });
    },

    async closeReview({ breakGlass, version, reviewer, outcome, text, closedAt }) {
      const [closed] = await db.$queryRaw<{ reviews: number }[]>`
        with review as (
          update record.break_glass
          set version = version + 1, closed_at = ${closedAt.toISOString()}::timestamptz, reviewer = ${reviewer},
            outcome = ${outcome}, review_text_id = ${text.id}::uuid
          where id = ${breakGlass}::uuid and version = ${version} and closed_at is null
          returning id
        ), kept as materialized (
          select ${keepText(text)} from review
        ), done as (
          update record.work_item set open = null
          where open and kind = 'BREAK_GLASS_REVIEW' and reference in (select id::text from review)
        )
        select count(*)::int as reviews from kept`;
      return closed?.reviews === 1;
    },

    async closedReviews(partner, since, limit, reader) {
      const closed = await db.breakGlass.findMany({
        where: {
          ...(partner !== null && { partner }),
          closedAt: { gte: since },
          NOT: { partner: reader.partner, practitioner: reader.practitioner },
        },
        orderBy: [{ closedAt: 'desc' }, { id: 'asc' }],
        take: limit,
        select: { ...ATTEMPT, dueAt: true, reviewer: true, outcome: true, closedAt: true, reviewTextId: true },
      });
      return closed as ClosedReview[];
    },

    async sameLine(partner, one, other, day) {
      const [found] = await db.$queryRaw<{ same: boolean }[]>`
        with recursive line as (
          select manager.practitioner as manager, team_member.practitioner as member
          from record.team_member join record.manager using (partner, team)
          where partner = ${partner} and ${inForce('team_member', day)} and ${inForce('manager', day)}
        ), above as (
          select manager, member from line where member in (${one}, ${other})
          union
          select line.manager, above.member from above join line on line.member = above.manager
        )
        select ${one}::text = ${other}
          or exists (select from above where (manager, member) in ((${one}, ${other}), (${other}, ${one})))
          or exists (
            select from line as this join line as that using (manager)
            where this.member = ${one} and that.member = ${other}
          ) as same`;
      return found?.same ?? false;
    },

    async manages(partner, manager, practitioners, day) {
      const [found] = await db.$queryRaw<{ manages: boolean }[]>`
        select exists (
          select from record.manager
          where partner = ${partner} and practitioner = ${manager} and ${inForce('manager', day)}
            and not exists (
              select from unnest(${practitioners}::text[]) as wanted (practitioner)
              where not exists (
                select from record.team_member
                where team_member.partner = manager.partner and team_member.team = manager.team
                  and team_member.practitioner = wanted.practitioner and ${inForce('team_member', day)}
              )
            )
        ) as manages`;
      return practitioners.length > 0 && (found?.manages ?? false);
    },

    async recordCover(cover, reason) {
      const { partner, recordedBy, idempotencyKey } = cover;
      await db.$queryRaw`
        with recorded as (
          insert into record.cover (id, partner, practitioner, covered_by, recorded_by, reference, reason_id, valid_from,
            valid_until, idempotency_key)
          values (${cover.id}::uuid, ${partner}, ${cover.practitioner}, ${cover.coveredBy}, ${recordedBy}, ${cover.id},
            ${reason.id}::uuid, ${cover.from}::date, ${cover.until}::date, ${idempotencyKey})
          on conflict (partner, recorded_by, idempotency_key) do nothing
          returning id
        )
        select ${keepText(reason)} from recorded`;
      const [kept] = await db.$queryRaw<NewCover[]>`
        select id::text, idempotency_key as "idempotencyKey", partner, practitioner, covered_by as "coveredBy",
          recorded_by as "recordedBy", valid_from::text as "from", valid_until::text as "until"
        from record.cover
        where partner = ${partner} and recorded_by = ${recordedBy} and idempotency_key = ${idempotencyKey}`;
      return kept ?? cover;
    },

    async activateCover(cover) {
      await db.cover.updateMany({ where: { id: cover }, data: { active: true } });
    },

    async workItems(partner, kinds, limit, reader): Promise<WorkItem[]> {
      const own = await db.breakGlass.findMany({
        where: { partner: reader.partner, practitioner: reader.practitioner },
        select: { id: true },
      });
      const items = await db.workItem.findMany({
        where: {
          ...(partner !== null && { partner }),
          kind: { in: [...kinds] },
          open: true,
          reference: { notIn: own.map(({ id }) => id) },
        },
        orderBy: [{ dueAt: 'asc' }, { id: 'asc' }],
        take: limit,
        omit: { open: true },
      });
      return items as WorkItem[];
    },

    async whoIsNotListed(owner, day, limit) {
      return db.$queryRaw<{ person: string; parties: Party[] }[]>`
        select restriction.person::text as person,
          jsonb_agg(distinct jsonb_build_object('partner', relationship.partner, 'relationship', relationship.type)) as parties
        from record.restriction join record.relationship using (person)
        where restriction.owner = ${owner} and restriction.type = 'RESTRICTION'
          and ${inForce('restriction', day)} and ${inForce('relationship', day)}
          and not exists (
            select from unnest(restriction.accounts || restriction.desks) as listed (account)
            where split_part(listed.account, '/', 1) = relationship.partner
          )
        group by restriction.person
        order by restriction.person
        limit ${limit}`;
    },

    async isOpen(partner, kind, reference) {
      return (await db.workItem.count({ where: { partner, kind, reference, open: true } })) > 0;
    },

    async acknowledge(partner, kind, reference) {
      await db.workItem.updateMany({ where: { partner, kind, reference, open: true }, data: { open: null } });
    },

    async addWorkItems(items) {
      if (items.length > 0) await db.$executeRaw(insertItems(items, Prisma.empty));
    },
  };
}

/** The columns of an attempt as the port gives it. */
const ATTEMPT = {
  id: true,
  idempotencyKey: true,
  requestId: true,
  partner: true,
  practitioner: true,
  role: true,
  purpose: true,
  person: true,
  sent: true,
  reason: true,
  openedAt: true,
  until: true,
} as const;

/** The review is due when its first work item is. */
function reviewDue({ openedAt }: BreakGlassAttempt, items: readonly NewWorkItem[]): Date {
  const reviews = items.filter(({ kind }) => kind === 'BREAK_GLASS_REVIEW');
  return reviews.map(({ dueAt }) => dueAt).sort((one, other) => one.getTime() - other.getTime())[0] ?? openedAt;
}

function keepText({ id, epoch, sealed }: SealedText): Prisma.Sql {
  return Prisma.sql`audit.keep_text(${id}::uuid, ${epoch}::int, ${sealed}::bytea)::text as kept`;
}

function insertItems(items: readonly NewWorkItem[], condition: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    insert into record.work_item (kind, partner, reference, person, opened_at, due_at)
    select kind, partner, reference, person, "openedAt", "dueAt"
    from jsonb_to_recordset(${JSON.stringify(items)}::jsonb) as item (
      kind text, partner text, reference text, person uuid, "openedAt" timestamptz, "dueAt" timestamptz
    )
    ${condition}
    on conflict (kind, partner, reference, open) do nothing`;
}

function inForce(table: 'manager' | 'team_member' | 'restriction' | 'relationship', day: string): Prisma.Sql {
  const from = Prisma.raw(`${table}.valid_from`);
  const until = Prisma.raw(`${table}.valid_until`);
  return Prisma.sql`${from} <= ${day}::date and (${until} is null or ${until} >= ${day}::date)`;
}
