import pg from 'pg';

/** Which entries to read. */
export interface EntryFilter {
  readonly requestId?: string;
  readonly practitioner?: string;
  /** The newest so many. */
  readonly last?: number;
  /** Only those before this place in the log. */
  readonly before?: number;
}

/** The log as it was signed at one size. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly note: string;
}

const PAGE = 1_000;

/**
 * The stored bytes of audit entries, oldest first, exactly as they were committed.
 * @param readerUrl a login that may read the log and nothing else
 */
export async function* readEntries(readerUrl: string, filter: EntryFilter = {}): AsyncGenerator<Buffer> {
  await using reader = await connect(readerUrl);
  const where = `($1::uuid is null or request_id = $1) and ($2::text is null or practitioner = $2)
    and ($3::bigint is null or index < $3)`;
  const given = [filter.requestId ?? null, filter.practitioner ?? null, filter.before ?? null];
  const first = await reader.client.query<{ index: string }>(
    `select coalesce(min(index), 0) - 1 as index from (select index from audit.entry where ${where} order by index desc limit $4) newest`,
    [...given, filter.last ?? null],
  );
  for (let after = first.rows[0]?.index ?? '-1'; ; ) {
    const { rows } = await reader.client.query<{ index: string; body: Buffer }>(
      `select index, body from audit.entry where ${where} and index > $4 order by index limit ${PAGE}`,
      [...given, after],
    );
    for (const { body } of rows) yield body;
    const newest = rows.at(-1)?.index;
    if (newest === undefined || rows.length < PAGE) return;
    after = newest;
  }
}

/** Every checkpoint, smallest first. */
export async function* readCheckpoints(readerUrl: string): AsyncGenerator<StoredCheckpoint> {
  await using reader = await connect(readerUrl);
  for (let after = '-1'; ; ) {
    const { rows } = await reader.client.query<{ size: string; note: string }>(
      `select size, note from audit.checkpoint where size > $1 order by size limit ${PAGE}`,
      [after],
    );
    for (const { size, note } of rows) yield { size: Number(size), note };
    const newest = rows.at(-1)?.size;
    if (newest === undefined || rows.length < PAGE) return;
    after = newest;
  }
}

async function connect(readerUrl: string): Promise<AsyncDisposable & { readonly client: pg.Client }> {
  const client = new pg.Client({ connectionString: readerUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}
