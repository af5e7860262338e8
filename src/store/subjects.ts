import { randomBytes } from 'node:crypto';
import type { BreakGlassGrant, SubjectFacts } from '../record/facts.ts';
import type { Principal } from '../record/principal.ts';
import type { Subjects } from '../record/subjects.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/** Reads what the gateway knows of people out of the schema `record`. Every read is one statement. */
export function createSubjects(db: Database): Subjects {
  return {
    async read(principal, references, day) {
      const rows = await db.$queryRaw<Row[]>`
        with mine as materialized (${namesOf(principal, day)})
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
        cross join lateral (${factsOf(Prisma.sql`coalesce(named.person, ${NOBODY}::uuid)`, principal, day)}) as facts
        order by reference.place`;
      return rows.map((row) => (row.person === null ? null : toFacts(row, row.person)));
    },

    async caseload(principal, types, { day, endedSince }, limit) {
      const rows = await db.$queryRaw<Row[]>`
        with mine as materialized (${namesOf(principal, day)}),
        caseload as (
          select distinct relationship.person from record.relationship join mine using (held_by, held_by_team)
          where ${isHeld(principal)} and relationship.type = any(${types}) and relationship.valid_from <= ${day}::date
            and (relationship.valid_until is null or relationship.valid_until >= ${endedSince}::date)
          order by relationship.person
          limit ${limit}
        )
        select caseload.person::text as person, facts.*
        from caseload
        cross join lateral (${factsOf(Prisma.sql`caseload.person`, principal, day)}) as facts
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

    async asked({ partner, practitioner }, day, references) {
      // In one order everywhere: two requests that ask about the same people would wait for each other.
      const keys = [...new Set(references.map((reference) => Buffer.from(reference).toString('hex')))].sort();
      // Both counts are of the moment before: what is added is counted where it is added.
      const [counted] = await db.$queryRaw<{ people: number }[]>`
        with added as (
          insert into record.asked (partner, practitioner, day, reference)
          select ${partner}, ${practitioner}, ${day}::date, decode(key, 'hex') from unnest(${keys}::text[]) as given (key)
          on conflict do nothing
          returning 1
        ), forgotten as (
          delete from record.asked where ctid = any(array(
            select ctid from record.asked where day < ${day}::date - 1 order by day limit 500
          ))
        )
        select (
          (select count(*) from record.asked
            where partner = ${partner} and practitioner = ${practitioner} and day = ${day}::date)
          + (select count(*) from added)
        )::int as people`;
      return counted?.people ?? 0;
    },
  };
}

type Row = { readonly person: string | null } & Omit<SubjectFacts, 'person' | 'breakGlass'> & {
    readonly breakGlass: readonly (Omit<BreakGlassGrant, 'until'> & { readonly until: string })[];
  };

/** No person's key. Reading its facts is the work that a reference to nobody costs, as much as one to somebody. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * In whose name the principal may act on the day, each once and by the nearest standing: their own, that of a team by
 * membership or by duty, and that of a colleague for whom a manager of the colleague's team made them the cover.
 */
function namesOf({ partner, practitioner }: Principal, day: string): Prisma.Sql {
  return Prisma.sql`
    select distinct on (held_by, held_by_team) held_by, held_by_team, standing, nearness, cover from (
      select ${practitioner} as held_by, false as held_by_team, 'SELF' as standing, 1 as nearness, null as cover
      union all
      select team, true, 'TEAM', 2, null from record.team_member
      where ${isActing({ partner, practitioner }, day)}
      union all
      select team, true, 'DUTY', 3, null from record.duty
      where ${isActing({ partner, practitioner }, day)}
      union all
      select practitioner, false, 'COVER', 4, reference from record.cover
      where partner = ${partner} and covered_by = ${practitioner} and active
        and ${day}::date between valid_from and valid_until
        and exists (
          select from record.manager join record.team_member using (partner, team)
          where manager.partner = cover.partner and manager.practitioner = cover.recorded_by
            and team_member.practitioner = cover.practitioner
            and cover.valid_from between manager.valid_from and coalesce(manager.valid_until, 'infinity')
            and cover.valid_from between team_member.valid_from and coalesce(team_member.valid_until, 'infinity')
        )
    ) as name
    order by held_by, held_by_team, nearness, cover`;
}

function isActing({ partner, practitioner }: Pick<Principal, 'partner' | 'practitioner'>, day: string): Prisma.Sql {
  return Prisma.sql`
    partner = ${partner} and practitioner = ${practitioner}
    and valid_from <= ${day}::date and (valid_until is null or valid_until >= ${day}::date)`;
}

/**
 * Whether a relationship, joined with `mine` of `namesOf`, is the principal's. One that the principal asserted, for a
 * team of theirs or for a colleague whom they cover, is not (SHARE-10).
 */
function isHeld({ partner, practitioner }: Principal): Prisma.Sql {
  return Prisma.sql`
    relationship.partner = ${partner} and relationship.asserted_by not in (${practitioner}, ${`${partner}/${practitioner}`})`;
}

/** All facts about one person, each kind as a JSON list in a stable order. Expects the relation `mine`. */
function factsOf(person: Prisma.Sql, principal: Principal, day: string): Prisma.Sql {
  const { partner, practitioner } = principal;
  return Prisma.sql`
    select
      (select coalesce(jsonb_agg(jsonb_build_object(
          'holder', holder, 'type', type, 'value', value, 'confidence', confidence
        ) order by type, holder, value), '[]')
        from record.link where link.person = ${person} and current) as links,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'type', type, 'partner', partner,
          'practitioner', case when not held_by_team then held_by end, 'team', case when held_by_team then held_by end,
          'assertedBy', asserted_by, 'evidence', evidence, 'from', valid_from, 'until', valid_until,
          'standing', standing, 'cover', cover
        ) order by nearness, type, valid_from, held_by), '[]')
        from record.relationship join mine using (held_by, held_by_team)
        where relationship.person = ${person} and ${isHeld(principal)}) as relationships,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'type', type, 'holder', nullif(holder, '*'), 'recipientType', nullif(recipient_type, '*'),
          'from', valid_from, 'until', valid_until
        ) order by type, holder, recipient_type, valid_from), '[]')
        from record.permission where permission.person = ${person}) as permissions,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'holder', nullif(holder, '*'), 'recipientType', nullif(recipient_type, '*'), 'dataClass', data_class,
          'decidedBy', decided_by, 'from', valid_from, 'until', valid_until
        ) order by data_class, holder, recipient_type, valid_from), '[]')
        from record.objection where objection.person = ${person}) as objections,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'type', type, 'owner', owner, 'accounts', accounts, 'desks', desks, 'unresolved', unresolved,
          'from', valid_from, 'until', valid_until
        ) order by type, owner, valid_from), '[]')
        from record.restriction where restriction.person = ${person}) as restrictions,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'type', type, 'from', valid_from, 'until', valid_until
        ) order by type, valid_from), '[]')
        from record.interest where interest.person = ${person}
          and interest.partner = ${partner} and interest.practitioner = ${practitioner}) as interests,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'id', id, 'purpose', purpose, 'role', role, 'until', until
        ) order by until, id), '[]')
        from record.break_glass where break_glass.person = ${person} and active
          and break_glass.partner = ${partner} and break_glass.practitioner = ${practitioner}
          and until >= ${day}::date - 1) as "breakGlass",
      (select coalesce(jsonb_agg(${`${partner}/`} || held_by order by held_by), '[]')
        from mine where held_by_team) as "callerTeams"`;
}

function toFacts({ breakGlass, ...facts }: Row, person: string): SubjectFacts {
  return { ...facts, person, breakGlass: breakGlass.map((each) => ({ ...each, until: new Date(each.until) })) };
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
