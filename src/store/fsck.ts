import type pg from 'pg';
import { checkTables, type Finding, type LogTables, type RetiredRow } from '../audit/fsck.ts';
import type { Verifier } from '../audit/note.ts';
import { openSession } from './session.ts';

/** Told from time to time how many entries of how many were checked. What it throws ends the check. */
export type Progress = (checked: number, of: number) => Promise<void>;

/**
 * Checks the log in the database against itself, as it is at one moment: gateways may append meanwhile.
 * @param readerUrl a login that may read the log and nothing else
 * @param signal ends it where it is, be it in the middle of a query that takes long
 */
export async function checkLog(
  readerUrl: string,
  keys: readonly Verifier[],
  progress?: Progress,
  signal?: AbortSignal,
): Promise<Finding> {
  await using session = await openSession(readerUrl);
  const { client } = session;
  signal?.addEventListener('abort', () => void client.end().catch(() => {}), { once: true });
  signal?.throwIfAborted();
  // The lock first: no month is taken out between the moment that is looked at and the end.
  await client.query('begin isolation level repeatable read read only; lock table audit.entry in access share mode');
  const tables = await openTables(client);
  return await checkTables(progress ? { ...tables, leaves: counted(tables, progress) } : tables, keys);
}

/** Few enough that whoever waits meanwhile hardly notices. */
const STEP = 100;

async function* counted({ leaves, head }: LogTables, progress: Progress) {
  for (let checked = 0; ; checked += 1) {
    if (checked % STEP === 0) await progress(checked, head.size);
    const { done, value } = await leaves.next();
    if (done) return progress(checked, head.size);
    yield value;
  }
}

async function openTables(client: pg.Client): Promise<LogTables> {
  const all = async <Row extends pg.QueryResultRow>(sql: string) => (await client.query<Row>(sql)).rows;
  const [head] = await all<LogTables['head']>('select size::float8, root, frontier, period::text from audit.head');
  if (!head) throw new Error('the log has no head');
  const [doubled] = await all<{ index: number | null }>(
    `select min(index)::float8 as index
     from (select max(index) as index from audit.leaf group by entry_id having count(*) > 1) as found`,
  );
  const [cosigned] = await all<{ size: number | null }>(
    `select min(size)::float8 as size from audit.cosignature
     where not exists (select from audit.checkpoint where checkpoint.size = cosignature.size)`,
  );
  return {
    head,
    retired: await all<RetiredRow>(
      'select period::text, first::float8, past::float8, root from audit.retired order by period',
    ),
    doubled: doubled?.index ?? null,
    cosigned: cosigned?.size ?? null,
    leaves: rows(client, 'leaves', 'select index::float8, entry_id as id, hash from audit.leaf order by leaf.index'),
    entries: rows(
      client,
      'entries',
      `select index::float8, period::text, id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') as at, kind,
         request_id as "requestId", partner, practitioner, subject, body
       from audit.entry order by entry.index, entry.period`,
    ),
    checkpoints: rows(
      client,
      'checkpoints',
      'select size::float8, frontier, note from audit.checkpoint order by checkpoint.size',
    ),
    keyChanges: rows(client, 'changes', 'select index::float8, body from audit.key_change order by key_change.index'),
  };
}

const PAGE = 1_000;

/** Page by page. Places are cast to what is a number here, and exact as far as any log goes. */
async function* rows<Row>(client: pg.Client, cursor: string, sql: string): AsyncGenerator<Row> {
  await client.query(`declare ${cursor} no scroll cursor for ${sql}`);
  for (;;) {
    const page = await client.query(`fetch ${PAGE} from ${cursor}`);
    yield* page.rows as Row[];
    if (page.rows.length < PAGE) return;
  }
}
