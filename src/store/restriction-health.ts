import type { RestrictionHealth } from '../record/restriction-health.ts';
import type { Database } from './client.ts';
import { readRestrictionLists } from './restriction-lists.ts';

export function createRestrictionHealth(db: Database): RestrictionHealth {
  return {
    lists: () => readRestrictionLists(db),
    async faults(owner, day) {
      const [counted] = await db.$queryRaw<{ unreadable: number; unresolved: number }[]>`
        select (count(*) filter (where accounts is null))::int as unreadable,
          (count(*) filter (where accounts is not null and unresolved <> '{}'))::int as unresolved
        from record.restriction
        where owner = ${owner} and valid_from <= ${day}::date and (valid_until is null or valid_until >= ${day}::date)`;
      return counted ?? { unreadable: 0, unresolved: 0 };
    },
  };
}
