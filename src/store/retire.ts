import type pg from 'pg';
import { holdOver } from './holds.ts';
import { openSession } from './session.ts';

/** A month of the log that may leave the database. */
export interface RetirableMonth {
  /** `YYYY-MM` */
  readonly month: string;
  /** Its entries: from the one place in the log up to, and without, the other. */
  readonly first: number;
  readonly past: number;
}

/** A month that has left it. */
export interface RetiredMonth extends RetirableMonth {
  /** Of the tree up to `past`. */
  readonly root: Buffer;
  /** Of the entries as they were exported, in hexadecimal. */
  readonly sha256: string;
}

/** The month cannot be retired. `problems` say why, and what would be right. */
export class RetireError extends Error {
  override readonly name = 'RetireError';
  readonly problems: readonly string[];

  constructor(problem: string, options?: { cause?: unknown }) {
    super(problem, options);
    this.problems = [problem];
  }
}

/** Null where it was not retired. */
export async function findRetired(ownerUrl: string, month: string): Promise<RetiredMonth | null> {
  await using session = await openSession(ownerUrl);
  const { rows } = await session.client.query<{ first: string; past: string; root: Buffer; sha256: string }>(
    'select first, past, root, sha256 from audit.retired where period = $1',
    [firstDay(month)],
  );
  const [row] = rows;
  return row ? { ...row, month, first: Number(row.first), past: Number(row.past) } : null;
}

/** @throws RetireError */
export async function findRetirable(ownerUrl: string, month: string): Promise<RetirableMonth> {
  await using session = await openSession(ownerUrl);
  const found = await look(session.client, month);
  await requireWhole(session.client, found);
  return found;
}

/**
 * Takes the entries of a month out of the database, for good. Their leaves and every checkpoint stay.
 * @throws RetireError where the month is not as it was exported, or may not be retired any more; nothing is taken then
 */
export async function retire(ownerUrl: string, { month, first, past, root, sha256 }: RetiredMonth): Promise<void> {
  await using session = await openSession(ownerUrl);
  const { client } = session;
  const partition = `audit.entry_${month.replace('-', '_')}`;
  try {
    // The head first, as whoever appends takes it: nobody waits for the other.
    await client.query(`begin; set local lock_timeout = '2s'; select from audit.head for update`);
    const now = await look(client, month);
    if (now.first !== first || now.past !== past) throw new RetireError(`${month} has changed since it was exported`);
    // For one whose entries lie in the default partition.
    await client.query('select audit.make_partition($1)', [firstDay(month)]);
    await client.query('insert into audit.retired (period, first, past, root, sha256) values ($1, $2, $3, $4, $5)', [
      firstDay(month),
      first,
      past,
      root,
      sha256,
    ]);
    await client.query(`alter table audit.entry detach partition ${partition}; drop table ${partition}`);
    await client.query('commit');
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw cause;
    throw new RetireError('Somebody reads the log just now, and nothing was taken out: try again when they are done', {
      cause,
    });
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const LOCK_NOT_AVAILABLE = '55P03';

/** Reads few rows only, so that it may be done while nobody can append. @throws RetireError */
async function look(client: pg.Client, month: string): Promise<RetirableMonth> {
  const day = firstDay(month);
  const { rows } = await client.query<{
    over: boolean;
    oldest: string | null;
    first: string | null;
    past: string | null;
  }>(
    `select
       $1::date < (select greatest(period, date_trunc('month', now() at time zone 'UTC')::date) from audit.head) as over,
       (select to_char(period, 'YYYY-MM') from audit.entry order by index limit 1) as oldest,
       (select index from audit.entry where period = $1::date order by index limit 1) as first,
       (select index + 1 from audit.entry where period = $1::date order by index desc limit 1) as past`,
    [day],
  );
  const [found] = rows;
  if (!found?.over) throw new RetireError(`${month} is not over: entries are still added to it`);
  const { oldest, first, past } = found;
  if (first === null || past === null) throw new RetireError(`The log has no entries of ${month}`);
  if (oldest !== month) throw new RetireError(`${month} is not the oldest month kept: begin with ${oldest}`);
  const reference = await holdOver(client, day);
  if (reference !== null) throw new RetireError(`${month} is under the hold ${reference}: release that first`);
  return { month, first: Number(first), past: Number(past) };
}

/** What will be left of the month are its leaves: they must be those of its entries. @throws RetireError */
async function requireWhole(client: pg.Client, { month, first, past }: RetirableMonth): Promise<void> {
  const { rows } = await client.query<{ alike: string; all: string }>(
    `select count(*) as all, count(*) filter (where leaf.hash = sha256('\\x00'::bytea || body)) as alike
     from audit.entry left join audit.leaf using (index) where period = $1::date`,
    [firstDay(month)],
  );
  const [found] = rows;
  if (Number(found?.all) !== past - first || found?.alike !== found?.all) {
    throw new RetireError(`The entries of ${month} are not those that were appended: see "throughgate audit fsck"`);
  }
}

function firstDay(month: string): string {
  return `${month}-01`;
}
