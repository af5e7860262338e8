import type { Guarded, LogPeople, PlainIdentifier } from '../record/log-people.ts';
import type { Database } from './client.ts';

/** Reads out of the schema `record` whom a look into the log is about, and whom it must leave out. */
export function createLogPeople(db: Database): LogPeople {
  return {
    identifiersOf: (person) => db.$queryRaw<(PlainIdentifier & { confidence: number })[]>`
      select type, value, max(confidence) as confidence from record.link where person = ${person}::uuid
      group by type, value order by type, value`,

    guarded: ({ partner, practitioner }) => db.$queryRaw<Guarded[]>`
      with mine as (
        select person, jsonb_agg(jsonb_build_object('type', type, 'from', valid_from, 'until', valid_until)) as interests
        from record.interest where interest.partner = ${partner} and interest.practitioner = ${practitioner}
        group by person
      ), restricted as (
        select person, jsonb_agg(jsonb_build_object(
            'type', type, 'owner', owner, 'accounts', accounts, 'desks', desks, 'unresolved', unresolved,
            'from', valid_from, 'until', valid_until
          )) as restrictions
        from record.restriction group by person
      )
      select person::text, coalesce(restrictions, '[]') as restrictions, coalesce(interests, '[]') as interests,
        (select coalesce(jsonb_agg(distinct jsonb_build_object('type', type, 'value', value)), '[]')
          from record.link where link.person = guarded.person) as identifiers
      from (select * from mine full join restricted using (person)) as guarded`,

    async sealed() {
      const rows = await db.$queryRaw<{ pseudonym: string }[]>`select pseudonym from record.sealed_subject`;
      return rows.map(({ pseudonym }) => pseudonym);
    },
  };
}
