import type { GapAcknowledgement, GapAcknowledgements } from '../record/gaps.ts';
import type { Database } from './client.ts';

export function createGapAcknowledgements(db: Database): GapAcknowledgements {
  return {
    async of(partner, people) {
      return db.$queryRaw<GapAcknowledgement[]>`
        select person::text, partner, rule, release::text, by, at from record.gap_acknowledgement
        where partner = ${partner} and person = any(${people}::uuid[])
        order by person, release, rule`;
    },

    async keep({ person, partner, rule, release, by, at }) {
      await db.$executeRaw`
        insert into record.gap_acknowledgement (person, partner, rule, release, by, at)
        values (${person}::uuid, ${partner}, ${rule}, ${release}::date, ${by}, ${at.toISOString()}::timestamptz)
        on conflict do nothing`;
    },
  };
}
