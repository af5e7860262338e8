import pg from 'pg';

/** Which entries to read. */
export interface EntryFilter {
  readonly requestId?: string;
  readonly practitioner?: string;
  /** The newest so many. */
  readonly last?: number;
}

const PAGE = 1_000;

/**
 * The stored bytes of audit entries, oldest first, exactly as they were committed.
 * @param readerUrl a login that may read the log and nothing else
 */
export async function* readEntries(readerUrl: string, filter: EntryFilter = {}): AsyncGenerator<Buffer> {
  const client = new pg.Client({ connectionString: readerUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const where = `($1::uuid is null or request_id = $1) and ($2::text is null or practitioner = $2)`;
    const given = [filter.requestId ?? null, filter.practitioner ?? null];
    const first = await client.query<{ index: string }>(
      `select coalesce(min(index), 0) - 1 as index from (select index from audit.entry where ${where} order by index desc limit $3) newest`,
      [...given, filter.last ?? null],
    );
    for (let after = first.rows[0]?.index ?? '-1'; ; ) {
      const { rows } = await client.query<{ index: string; body: Buffer }>(
        `select index, body from audit.entry where ${where} and index > $3 order by index limit ${PAGE}`,
        [...given, after],
      );
      for (const { body } of rows) yield body;
      const newest = rows.at(-1)?.index;
      if (newest === undefined || rows.length < PAGE) return;
      after = newest;
    }
  } finally {
    await client.end();
  }
}
