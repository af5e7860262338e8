import { randomBytes } from 'node:crypto';
import type { SubjectFacts } from '../record/facts.ts';
import type { Principal } from '../record/principal.ts';
import type { Subjects } from '../record/subjects.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/** Reads what the gateway knows of people out of the schema `record`. Every read is one statement. */
export function createSubjects(db: Database): Subjects {
  return {
    async read(principal, references, day) {
      const rows = await db.$queryRaw<Row[]>`
        with mine as (${namesOf(principal, day)})
        select named.person::text as person, facts.*
        from rows from (
          jsonb_to_recordset(${JSON.stringify(references)}::jsonb) as ("by" text, type text, value text, holder text, confidence float8)
        ) with ordinality as reference ("by", type, value, holder, confidence, place)
        cross join lateral (
          select case count(*) when 1 then min(found.person::text)::uuid end as person
          from (
            select opaque_id.person from record.opaque_id
            where reference.by = 'id' and opaque_id.id = reference.value and opaque_id.partner = ${principal.partner}
            union
            select link.person from record.link
            where reference.by = 'identifier' and link.type = reference.type and link.value = reference.value
              and (reference.holder is null or link.holder = reference.holder)
              and link.confidence >= reference.confidence
          ) as found
        ) as named
        cross join lateral (${factsOf(Prisma.sql`coalesce(named.person, ${NOBODY}::uuid)`, principal)}) as facts
        order by reference.place`;
      return rows.map((row) => (row.person === null ? null : toFacts(row, row.person)));
    },

    async caseload(principal, types, { day, endedSince }, limit) {
      const rows = await db.$queryRaw<Row[]>`
        with mine as (${namesOf(principal, day)}),
        caseload as (
          select distinct relationship.person from record.relationship
          where ${isHeld(principal)} and relationship.type = any(${types}) and relationship.valid_from <= ${day}::date
            and (relationship.valid_until is null or relationship.valid_until >= ${endedSince}::date)
          order by relationship.person
          limit ${limit}
        )
        select caseload.person::text as person, facts.*
        from caseload
        cross join lateral (${factsOf(Prisma.sql`caseload.person`, principal)}) as facts
        order by caseload.person`;
      return rows.flatMap((row) => (row.person === null ? [] : [toFacts(row, row.person)]));
    },

    async opaqueIds(partner, people) {
      const known = await readOpaqueIds(db, partner, people);
      // In one order everywhere: two first look-ups in opposite orders would wait for each other.
      const unknown = people.filter((person) => !known.has(person)).sort();
      if (unknown.length === 0) return known;
      const made = unknown.map(() => randomBytes(16).toString('base64url'));
      // Another gateway may make one for the same person at the same time: whichever comes first stays.
      await db.$executeRaw`
        insert into record.opaque_id (person, partner, id)
        select person, ${partner}, id from unnest(${unknown}::uuid[], ${made}::text[]) as made (person, id)
        on conflict do nothing`;
      return readOpaqueIds(db, partner, people);
    },
  };
}

type Row = { readonly person: string | null } & Omit<SubjectFacts, 'person'>;

/** No person's key. Reading its facts is the work that a reference to nobody costs, as much as one to somebody. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** In whose name the principal may act on the day: their own, and that of a team by membership or by duty. */
function namesOf({ partner, practitioner }: Principal, day: string): Prisma.Sql {
  return Prisma.sql`
    select ${practitioner} as held_by, false as held_by_team
    union
    select team, true from (
      select team, partner, practitioner, valid_from, valid_until from record.team_member
      union all
      select team, partner, practitioner, valid_from, valid_until from record.duty
    ) as acting
    where partner = ${partner} and practitioner = ${practitioner}
      and valid_from <= ${day}::date and (valid_until is null or valid_until >= ${day}::date)`;
}

/**
 * Whether a relationship is the principal's. One that the principal asserted, for a team of theirs, is not (SHARE-10).
 * Expects the relation `mine` of `namesOf`.
 */
function isHeld({ partner, practitioner }: Principal): Prisma.Sql {
  return Prisma.sql`
    relationship.partner = ${partner} and relationship.asserted_by <> ${practitioner}
    and (relationship.held_by, relationship.held_by_team) in (select held_by, held_by_team from mine)`;
}

/** All facts about one person, each kind as a JSON list in a stable order. Expects the relation `mine`. */
function factsOf(person: Prisma.Sql, principal: Principal): Prisma.Sql {
  return Prisma.sql`
    select
      (select coalesce(jsonb_agg(jsonb_build_object(
          'holder', holder, 'type', type, 'value', value, 'confidence', confidence
        ) order by type, holder, value), '[]')
        from record.link where link.person = ${person} and current) as links,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'type', type, 'partner', partner,
          'practitioner', case when not held_by_team then held_by end, 'team', case when held_by_team then held_by end,
          'assertedBy', asserted_by, 'evidence', evidence, 'from', valid_from, 'until', valid_until
        ) order by type, valid_from, held_by), '[]')
        from record.relationship where relationship.person = ${person} and ${isHeld(principal)}) as relationships,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'type', type, 'holder', nullif(holder, '*'), 'recipientType', nullif(recipient_type, '*'),
          'from', valid_from, 'until', valid_until
        ) order by type, holder, recipient_type, valid_from), '[]')
        from record.permission where permission.person = ${person}) as permissions,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'type', type, 'owner', owner, 'accounts', accounts, 'from', valid_from, 'until', valid_until
        ) order by type, owner, valid_from), '[]')
        from record.restriction where restriction.person = ${person}) as restrictions`;
}

function toFacts({ links, relationships, permissions, restrictions }: Row, person: string): SubjectFacts {
  return { person, links, relationships, permissions, restrictions };
}

async function readOpaqueIds(
  db: Database,
  partner: string,
  people: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.$queryRaw<{ person: string; id: string }[]>`
    select person::text, id from record.opaque_id where partner = ${partner} and person = any(${people}::uuid[])`;
  return new Map(rows.map(({ person, id }) => [person, id]));
}
