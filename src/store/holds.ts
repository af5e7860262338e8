import type pg from 'pg';
import type { LogHold, LogHolds } from '../record/log-holds.ts';
import type { Database } from './client.ts';
import { openSession } from './session.ts';

/** Months of the log of which nothing is retired or erased while it lasts. Months are `YYYY-MM`, both included. */
export interface Hold {
  readonly reference: string;
  readonly from: string;
  readonly until: string;
  readonly placedAt: Date;
  /** Null while it lasts. */
  readonly releasedAt: Date | null;
}

/** All that were ever placed, the newest first. */
export async function listHolds(ownerUrl: string): Promise<Hold[]> {
  await using session = await openSession(ownerUrl);
  const { rows } = await session.client.query<Hold>(`
    select reference, to_char(from_month, 'YYYY-MM') as "from", to_char(until_month, 'YYYY-MM') as until,
      placed_at as "placedAt", released_at as "releasedAt"
    from audit.hold order by placed_at desc, reference`);
  return rows;
}

/** @returns false where the reference was used before */
export async function placeHold(ownerUrl: string, hold: Pick<Hold, 'reference' | 'from' | 'until'>): Promise<boolean> {
  await using session = await openSession(ownerUrl);
  // Whoever retires a month meanwhile holds this lock: it is gone before the hold is there, or stays.
  await session.client.query('begin; select from audit.head for update');
  const { rowCount } = await session.client.query(
    `insert into audit.hold (reference, from_month, until_month) values ($1, $2, $3) on conflict do nothing`,
    [hold.reference, `${hold.from}-01`, `${hold.until}-01`],
  );
  await session.client.query('commit');
  return rowCount === 1;
}

/** @returns false where no hold of this reference lasts */
export async function releaseHold(ownerUrl: string, reference: string): Promise<boolean> {
  await using session = await openSession(ownerUrl);
  const { rowCount } = await session.client.query(
    'update audit.hold set released_at = now() where reference = $1 and released_at is null',
    [reference],
  );
  return rowCount === 1;
}

/** The reference of a hold over a month; null where there is none. @param day the month's first, `YYYY-MM-DD` */
export async function holdOver(client: Pick<pg.Client, 'query'>, day: string): Promise<string | null> {
  const { rows } = await client.query<{ reference: string }>(
    `select reference from audit.hold where released_at is null and $1::date between from_month and until_month
     order by placed_at limit 1`,
    [day],
  );
  return rows[0]?.reference ?? null;
}

/** What the gateway does with holds for the lead: by functions that are all it may do with them. */
export function createLogHolds(db: Database): LogHolds {
  return {
    async all() {
      return db.$queryRaw<LogHold[]>`
        select reference, to_char(from_month, 'YYYY-MM') as "from", to_char(until_month, 'YYYY-MM') as until,
          placed_at as "placedAt", placed_by as "placedBy", release_asked_by as "releaseAskedBy",
          released_at as "releasedAt", released_by as "releasedBy"
        from audit.read_holds()`;
    },

    async place({ reference, from, until }, by) {
      const [done] = await db.$queryRaw<{ placed: boolean }[]>`
        select audit.place_hold(${reference}, ${`${from}-01`}::date, ${`${until}-01`}::date, ${by}) as placed`;
      return done?.placed === true;
    },

    async release(reference, by) {
      const [done] = await db.$queryRaw<{ released: boolean }[]>`
        select audit.release_hold(${reference}, ${by}) as released`;
      return done?.released === true;
    },
  };
}
