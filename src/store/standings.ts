import type { Standing, Standings } from '../record/standings.ts';
import type { Database } from './client.ts';

/** Reads who works with whom out of the schema `record`. Whether they may see anything is decided elsewhere. */
export function createStandings(db: Database): Standings {
  return {
    atPartner(partner, types, { day, endedSince }, people) {
      return db.$queryRaw<Standing[]>`
        select distinct relationship.person::text as person, holder.practitioner
        from record.relationship
        cross join lateral (
          select held_by as practitioner, 1 as place where not held_by_team
          union all
          select practitioner, row_number() over (order by practitioner) from (
            select practitioner from record.team_member
            where held_by_team and team_member.partner = ${partner} and team = held_by
              and ${day}::date between valid_from and coalesce(valid_until, 'infinity')
            union
            select practitioner from record.duty
            where held_by_team and duty.partner = ${partner} and team = held_by
              and ${day}::date between valid_from and coalesce(valid_until, 'infinity')
          ) as member
          where asserted_by not in (practitioner, ${`${partner}/`} || practitioner)
        ) as holder
        where relationship.partner = ${partner} and relationship.type = any(${types})
          and relationship.valid_from <= ${day}::date
          and (relationship.valid_until is null or relationship.valid_until >= ${endedSince}::date)
          and (${people}::uuid[] is null or relationship.person = any(${people}::uuid[]))
          and (
            holder.place = 1
            or exists (select from record.restriction where restriction.person = relationship.person)
            or exists (
              select from record.interest where interest.person = relationship.person and interest.partner = ${partner}
            )
          )
        order by holder.practitioner, person`;
    },
  };
}
