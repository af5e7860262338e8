import type { Held, HeldReason, KnownNumber } from '../record/held.ts';
import type { Database } from './client.ts';
import { Prisma } from './generated/client.ts';

/** Reads who held a reason to look at whom out of the schema `record`. Whether it explains anything is decided elsewhere. */
export function createHeld(db: Database): Held {
  return {
    async ofPractitioners(accounts, days) {
      if (accounts.length === 0) return [];
      return db.$queryRaw<HeldReason[]>`
        with wanted as (
          select distinct partner, practitioner
          from jsonb_to_recordset(${JSON.stringify(accounts)}::jsonb) as account (partner text, practitioner text)
        ), name as materialized (${namesOf})
        ${reasons(days)}
        from name join record.relationship using (partner, held_by, held_by_team)
        where ${isTheirs(days)}`;
    },

    async ofPeople(people, days) {
      if (people.length === 0) return [];
      return db.$queryRaw<HeldReason[]>`
        with kept as materialized (
          select * from record.relationship where person = any(${people}::uuid[])
        ), holder as (
          select distinct partner, held_by, held_by_team from kept
        ), name as materialized (
          select partner, held_by as practitioner, held_by, false as held_by_team, 'SELF' as standing,
            '-infinity'::date as since, 'infinity'::date as till
          from holder where not held_by_team
          union all
          select partner, practitioner, held_by, held_by_team, standing, since, till
          from holder join (${namesBesides('', '')}) as other using (partner, held_by, held_by_team)
        )
        ${reasons(days)}
        from name join kept as relationship using (partner, held_by, held_by_team)
        where ${isTheirs(days)}`;
    },

    async ofPairs(pairs, days) {
      if (pairs.length === 0) return [];
      return db.$queryRaw<HeldReason[]>`
        with pair as materialized (
          select * from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) as pair (partner text, practitioner text, person uuid)
        ), wanted as (
          select distinct partner, practitioner from pair
        ), name as materialized (${namesOf})
        ${reasons(days)}
        from pair join name using (partner, practitioner)
        join record.relationship using (person, partner, held_by, held_by_team)
        where ${isTheirs(days)}`;
    },

    knownTo: (people) => db.$queryRaw<{ person: string; partner: string }[]>`
      select person::text, partner from record.relationship where person = any(${people}::uuid[])
      union select person::text, holder from record.link where person = any(${people}::uuid[])`,

    onDuty: ({ from, until }) => db.$queryRaw`
      select partner, practitioner, valid_from::text as "from", valid_until::text as until from record.duty
      where valid_from <= ${until}::date and coalesce(valid_until, 'infinity') >= ${from}::date`,

    numbersOf: (people) => db.$queryRaw<KnownNumber[]>`
      select distinct person::text, type, value from record.link
      where person = any(${people}::uuid[]) and confidence >= ${SURE} order by type, value, person`,

    peopleOf: (numbers) => db.$queryRaw<KnownNumber[]>`
      select min(person::text) as person, type, value
      from record.link
      join jsonb_to_recordset(${JSON.stringify(numbers)}::jsonb) as number (type text, value text) using (type, value)
      where confidence >= ${SURE}
      group by type, value having count(distinct person) = 1`,

    tied: () => db.$queryRaw<{ person: string; identifiers: Omit<KnownNumber, 'person'>[] }[]>`
      select person::text, (
        select coalesce(jsonb_agg(distinct jsonb_build_object('type', type, 'value', value)), '[]')
        from record.link where link.person = tie.person
      ) as identifiers
      from (select distinct person from record.interest) as tie`,
  };
}

/** A link with less confidence may be somebody else's number. */
const SURE = 0.9;

/** In whose name the practitioners in `wanted` acted. */
const namesOf = Prisma.sql`
  select partner, practitioner, practitioner as held_by, false as held_by_team, 'SELF' as standing,
    '-infinity'::date as since, 'infinity'::date as till
  from wanted
  union all
  ${namesBesides(
    'join wanted using (partner, practitioner)',
    'join wanted on (wanted.partner, wanted.practitioner) = (cover.partner, covered_by)',
  )}`;

/** In whose name practitioners acted besides their own: a team's by membership or by duty, a colleague's by cover. */
function namesBesides(ofTeams: string, ofCover: string): Prisma.Sql {
  return Prisma.sql`
    select partner, practitioner, team as held_by, true as held_by_team, 'TEAM' as standing, valid_from as since,
      coalesce(valid_until, 'infinity') as till
    from record.team_member ${Prisma.raw(ofTeams)}
    union all
    select partner, practitioner, team, true, 'DUTY', valid_from, coalesce(valid_until, 'infinity')
    from record.duty ${Prisma.raw(ofTeams)}
    union all
    select cover.partner, cover.covered_by, cover.practitioner, false, 'COVER', cover.valid_from, cover.valid_until
    from record.cover ${Prisma.raw(ofCover)}
    where active and exists (
      select from record.manager join record.team_member using (partner, team)
      where manager.partner = cover.partner and manager.practitioner = cover.recorded_by
        and team_member.practitioner = cover.practitioner
        and cover.valid_from between manager.valid_from and coalesce(manager.valid_until, 'infinity')
        and cover.valid_from between team_member.valid_from and coalesce(team_member.valid_until, 'infinity')
    )`;
}

/** The columns of the port, out of `name` and `relationship`. */
function reasons({ from, until }: { from: string; until: string }): Prisma.Sql {
  return Prisma.sql`
    select relationship.person::text as person, name.partner, name.practitioner, relationship.type, name.standing,
      relationship.evidence, relationship.asserted_by as "assertedBy",
      greatest(name.since, relationship.valid_from)::text as "from",
      nullif(least(name.till, coalesce(relationship.valid_until, 'infinity')), 'infinity')::text as until,
      case when name.held_by_team then (
        select coalesce(jsonb_agg(jsonb_build_object('from', alone.valid_from, 'until', alone.valid_until)
          order by alone.valid_from, alone.held_by), '[]')
        from record.relationship as alone
        where alone.person = relationship.person and alone.partner = relationship.partner
          and alone.type = relationship.type and not alone.held_by_team
          and alone.valid_from <= ${until}::date and coalesce(alone.valid_until, 'infinity') >= ${from}::date
      ) else '[]'::jsonb end as "heldAlone"`;
}

function isTheirs({ from, until }: { from: string; until: string }): Prisma.Sql {
  return Prisma.sql`
    greatest(name.since, relationship.valid_from) <= least(name.till, coalesce(relationship.valid_until, 'infinity'),
      ${until}::date)
    and least(name.till, coalesce(relationship.valid_until, 'infinity')) >= ${from}::date
    and relationship.asserted_by not in (name.practitioner, name.partner || '/' || name.practitioner)`;
}
