import type { AuditDatabase } from './audit-database.ts';

/**
 * Lets entries by the million be written straight into the table of the log, without its tree: indexes are built once the
 * rows are there, in a tenth of the time.
 * @param span of their times: it has its months
 */
export async function fillLog(
  sql: AuditDatabase['sql'],
  span: { readonly first: Date; readonly last: Date },
  write: () => Promise<void>,
): Promise<void> {
  await sql('set synchronous_commit = off');
  await sql(`set maintenance_work_mem = '512MB'`);
  await sql(
    `select audit.make_partition(month::date)
     from generate_series(date_trunc('month', $1::timestamptz at time zone 'UTC'), $2::timestamptz at time zone 'UTC',
       interval '1 month') as month`,
    [span.first.toISOString(), span.last.toISOString()],
  );
  const indexes = await sql<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') as definition
     from pg_index where indrelid = 'audit.entry'::regclass and not indisprimary`,
  );
  for (const { name } of indexes) await sql(`drop index ${name}`);
  await write();
  for (const { definition } of indexes) await sql(definition);
  await sql('vacuum analyze audit.entry');
  await sql('checkpoint');
}
