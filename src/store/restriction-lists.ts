import { createHash } from 'node:crypto';
import pg from 'pg';
import type { FactNames } from '../record/fact-names.ts';
import {
  type ListProblem,
  parseRestrictionList,
  type RestrictionList,
  RestrictionListError,
  restrictedOn,
} from '../record/restriction-list.ts';
import type { Database } from './client.ts';
import { FACT_TABLES } from './fact-tables.ts';
import { keepRestrictionWork } from './restriction-work.ts';
import { createSieve, type Sealing } from './sealed.ts';

/** The state of one owner's list. */
export interface RestrictionListState {
  readonly owner: string;
  /** When the owner drew up the list in force; null where no list was ever good. */
  readonly asOf: Date | null;
  readonly receivedAt: Date | null;
  readonly entries: number;
  /** Why a list that came later was not taken; null where the last one was. */
  readonly problem: ListProblem | null;
}

/** Every owner that ever sent a list. */
export async function readRestrictionLists(db: Database): Promise<RestrictionListState[]> {
  const lists = await db.restrictionList.findMany({
    select: { owner: true, asOf: true, receivedAt: true, entries: true, problem: true },
    orderBy: { owner: 'asc' },
  });
  return lists as RestrictionListState[];
}

/** What an import did. */
export interface ListImport {
  readonly entries: number;
  /** People who were restricted by the former list and are not by this one. */
  readonly released: number;
  /** Records of which only the person could be read. */
  readonly unreadable: number;
  /** Restrictions that name somebody who is not known by an account. */
  readonly unresolved: number;
}

export interface ListOptions {
  readonly owner: string;
  readonly now: Date;
  /** Take a list that releases more than half of the people. */
  readonly acceptShrink: boolean;
  /** Needed as soon as anybody is sealed. */
  readonly sealing?: Sealing | undefined;
  /** Those of policy; without them no name is judged. */
  readonly names?: FactNames;
}

/**
 * Puts an owner's whole list in the place of the former one, in one transaction.
 * @throws RestrictionListError where it cannot be taken: the former one stays in force, and the failure is kept
 * @throws SealedError as `importFacts`
 */
export async function importRestrictionList(
  ownerUrl: string,
  file: Uint8Array,
  options: ListOptions,
): Promise<ListImport> {
  const client = new pg.Client({ connectionString: ownerUrl });
  client.on('error', () => {}); // A lost session also fails the query that needs it.
  await client.connect();
  try {
    return await take(client, file, options);
  } catch (error) {
    await client.query('rollback').catch(() => {});
    if (error instanceof RestrictionListError) await keepProblem(client, error.code, options);
    throw error;
  } finally {
    await client.end();
  }
}

async function take(client: pg.Client, file: Uint8Array, options: ListOptions): Promise<ListImport> {
  const { owner, now, sealing, names = null } = options;
  const list = parseRestrictionList(owner, decode(file), names);
  await client.query('begin');
  await client.query('insert into record.restriction_list (owner) values ($1) on conflict do nothing', [owner]);
  const { rows: states } = await client.query<{ as_of: Date | null }>(
    'select as_of from record.restriction_list where owner = $1 for update',
    [owner],
  );
  checkTime(list, states[0]?.as_of ?? null, now);
  const released = await countReleased(client, list, options);

  const sieve = await createSieve(client, sealing);
  const kept = list.restrictions.filter((restriction) => !sieve?.holdsBack({ ...restriction, kind: 'restriction' }));
  const people = [...new Set(kept.map(({ person }) => person))];
  await client.query('insert into record.person (id) select unnest($1::uuid[]) on conflict do nothing', [people]);
  await client.query('delete from record.restriction where owner = $1', [owner]);
  await client.query(FACT_TABLES.restriction.upsert, [JSON.stringify(kept)]);
  await keepRestrictionWork(client, now);
  await client.query(
    `update record.restriction_list
    set received_at = $2, as_of = $3, entries = $4, sha256 = $5, problem = null, problem_at = null where owner = $1`,
    [owner, now, list.asOf, list.restrictions.length, createHash('sha256').update(file).digest('hex')],
  );
  await client.query('commit');
  return {
    entries: list.restrictions.length,
    released,
    unreadable: list.restrictions.filter(({ accounts }) => accounts === null).length,
    unresolved: list.restrictions.filter(({ unresolved }) => unresolved && unresolved.length > 0).length,
  };
}

/** Clocks of two houses differ by so much. A list from further ahead would make every later one too old. */
const AHEAD_MILLISECONDS = 5 * 60_000;

function checkTime({ asOf }: RestrictionList, inForce: Date | null, now: Date): void {
  if (asOf.getTime() > now.getTime() + AHEAD_MILLISECONDS) {
    throw new RestrictionListError('FROM_THE_FUTURE', [
      'line 1: asOf is still to come: say when the list was drawn up',
    ]);
  }
  if (inForce && asOf < inForce) {
    const problem = `line 1: asOf is before ${inForce.toISOString()}, that of the list in force: send a newer list`;
    throw new RestrictionListError('OLDER_THAN_LAST', [problem]);
  }
}

async function countReleased(client: pg.Client, list: RestrictionList, options: ListOptions): Promise<number> {
  const { owner, now, acceptShrink } = options;
  const { rows } = await client.query<{ person: string }>(
    `select distinct person from record.restriction
    where owner = $1 and valid_from <= $2::date and (valid_until is null or valid_until >= $2::date)`,
    [owner, day(now)],
  );
  const restricted = restrictedOn(list, day(now));
  const released = rows.filter(({ person }) => !restricted.has(person)).length;
  if (released * 2 > rows.length && !acceptShrink) {
    throw new RestrictionListError('SHRUNK', [
      `it would release ${released} of the ${rows.length} people whom the list in force restricts, which is more than half: if that is meant, repeat it with --accept-shrink`,
    ]);
  }
  return released;
}

function day(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

function decode(file: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    throw new RestrictionListError('NOT_A_LIST', ['the file is not text in UTF-8']);
  }
}

/** Whoever never sent a good list is noted only for a file that says to be theirs: `--owner` may be mistyped. */
async function keepProblem(client: pg.Client, code: ListProblem, { owner, now }: ListOptions): Promise<void> {
  await client.query(
    `insert into record.restriction_list (owner, problem, problem_at)
    select $1, $2, $3 where exists (select from record.restriction_list where owner = $1)
      or exists (select from record.restriction where owner = $1) or $2 not in ('NOT_A_LIST', 'WRONG_OWNER')
    on conflict (owner) do update set problem = excluded.problem, problem_at = excluded.problem_at`,
    [owner, code, now],
  );
}
