import type pg from 'pg';

/**
 * Gives owners work for restrictions in force that close more than they mean to, because a name in them is not resolved
 * or the record cannot be read, and closes the work where that is over.
 */
export async function keepRestrictionWork(client: pg.Client, now: Date): Promise<void> {
  for (const [kind, condition] of [
    ['RESTRICTION_NAME_UNRESOLVED', `accounts is not null and unresolved <> '{}'`],
    ['RESTRICTION_UNREADABLE', 'accounts is null'],
  ]) {
    const wanted = `
      select owner, reference, person from record.restriction
      where ${condition} and (valid_until is null or valid_until >= $2::timestamptz::date)`;
    await client.query(
      `update record.work_item set open = null where open and kind = $1
        and not exists (select from (${wanted}) as wanted where owner = partner and wanted.reference = work_item.reference)`,
      [kind, now],
    );
    await client.query(
      `insert into record.work_item (kind, partner, reference, person, opened_at, due_at)
      select $1, owner, reference, person, $2::timestamptz, $2::timestamptz + interval '1 day' from (${wanted}) as wanted
      on conflict (kind, partner, reference, open) do nothing`,
      [kind, now],
    );
  }
}
