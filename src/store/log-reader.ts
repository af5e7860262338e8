import { hash } from 'node:crypto';
import pg from 'pg';
import type { LogFilter, LogReader, LogRow } from '../audit/log-reader.ts';
import { GatewayError } from '../errors.ts';

const CONNECTIONS = 4;
const STATEMENT_MILLISECONDS = 5_000;
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: the statement took longer than it may. */
const QUERY_CANCELED = '57014';

/**
 * Opens small pools of its own, apart from the one that appends. The first use of a connection connects it.
 * @param url a login of the role `throughgate_audit_reader`
 */
export function createLogReader(url: string): LogReader {
  // Planning over the months of years takes longer than looking into them. So what one plan is right for, whatever the
  // values, is planned once a connection; the rest each time.
  const [planned, adhoc] = [openPool(url, PLANNED), openPool(url, '')];

  async function read(asked: Asked, tail: string, pool = planned, inTail: readonly unknown[] = []): Promise<LogRow[]> {
    const given: unknown[] = [...inTail];
    const conditions = Object.entries(asked).flatMap(([key, value]) => {
      if (value === undefined || (key === 'mentions' && asked.mentions?.length === 0)) return [];
      const condition = CONDITIONS[key as keyof Asked];
      return [
        valuesOf(asked, key, value).reduce<string>((sql, each) => sql.replace('?', `$${given.push(each)}`), condition),
      ];
    });
    // No text in PostgreSQL has such a character, so nothing is found by one.
    if (given.some((each) => typeof each === 'string' && each.includes('\0'))) return [];
    const text = `select index, body from audit.entry where ${conditions.join(' and ') || 'true'} ${tail}`;
    const { rows } = await pool
      .query<{ index: string; body: Buffer }>({
        ...(pool === planned && { name: hash('sha256', text).slice(0, 32) }),
        text,
        values: given,
      })
      .catch(unreadable);
    return rows.map(({ index, body }) => ({ index: Number(index), body }));
  }

  return {
    byRequests: async (requests, kind) =>
      requests.length === 0 ? [] : read({ requests, ...(kind && { kind }) }, 'order by index'),
    byIds: async (ids) => (ids.length === 0 ? [] : read({ ids }, 'order by index', adhoc)),
    bySubjects: (subjects, within, limit) => read({ subjects, within }, `order by index limit ${limit}`),
    byPractitioner: (partner, practitioner, within, limit) =>
      read({ partner, practitioner, within }, `order by index limit ${limit}`),
    // By time, so that a page of long ago is found by the index of times; by place, all that came since would be read.
    page: (filter, limit) => {
      const tail = `order by at desc, index desc limit ${limit}`;
      const { from, to, before, ...others } = filter;
      if (others.subjects || others.requestId) return read({ ...others, within: { from, to }, before }, tail);
      // Whether many or few of a kind, or of a partner, are there decides how they are best looked for.
      return read(filter, tail, Object.values(others).some((value) => value !== undefined) ? adhoc : planned);
    },
    async daysOnward(from, limit) {
      const { rows } = await planned
        .query<{ day: string; entries: string; next: string }>({
          name: 'days onward',
          text: DAYS,
          values: [from, limit],
        })
        .catch(unreadable);
      return rows.map(({ day, entries, next }) => ({ day, entries: Number(entries), next: Number(next) }));
    },
    draw: (filter, seed, limit, skip) => {
      const tail = `order by sha256(convert_to($1::text || id::text, 'UTF8')), index limit ${limit} offset ${skip}`;
      return read(filter, tail, adhoc, [seed]);
    },
    close: async () => void (await Promise.all([planned.end(), adhoc.end()])),
  };
}

/** A month that is empty when it is planned for is not for long: nothing is read whole. */
const PLANNED = ['plan_cache_mode=force_generic_plan', 'enable_seqscan=off', 'enable_bitmapscan=off']
  .map((setting) => `-c ${setting}`)
  .join(' ');

const DAYS = `
  select (at at time zone 'Europe/London')::date::text as day, count(*) as entries, max(index) + 1 as next
  from (select at, index from audit.entry where index >= $1 order by index limit $2) as onward
  group by day order by day`;

/** @throws GatewayError */
function unreadable(cause: unknown): never {
  if ((cause as { code?: unknown }).code === QUERY_CANCELED) {
    throw new GatewayError(
      'TOO_COMPLEX',
      'It takes too long to look through so much of the log: ask about fewer days.',
    );
  }
  throw new GatewayError('STORE_UNAVAILABLE', 'The log cannot be read. Try again in a moment.', { cause });
}

function openPool(url: string, options: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    options,
    max: CONNECTIONS,
    connectionTimeoutMillis: STATEMENT_MILLISECONDS,
    statement_timeout: STATEMENT_MILLISECONDS,
    query_timeout: STATEMENT_MILLISECONDS + 1_000,
  });
  // A connection that breaks while nobody uses it is replaced at the next use.
  pool.on('error', () => {});
  return pool;
}

type Asked = { readonly [Key in keyof LogFilter]: LogFilter[Key] | undefined } & {
  readonly ids?: readonly string[];
  readonly requests?: readonly string[];
  /** As `from` and `to`, of few entries that are found by something else. */
  readonly within?: { readonly from: Date | undefined; readonly to: Date | undefined };
};

/** Written so that each can use the index of its own; the last two have none. */
const CONDITIONS: Readonly<Record<keyof Asked, string>> = {
  // The log keeps an entry's id beside its leaf, where it is unique.
  ids: 'index in (select leaf.index from audit.leaf where leaf.entry_id = any(?::uuid[]))',
  requests: 'request_id = any(?::uuid[])',
  requestId: 'request_id = ?::uuid',
  subjects: 'subject = any(?::text[])',
  partner: 'partner = ?',
  practitioner: 'practitioner = ?',
  kind: 'kind = ?',
  // As a row, so that what is planned for any two times is not taken for a narrow range, read whole and sorted.
  from: '(at, index) >= (?::timestamptz, 0)',
  to: 'at < ?::timestamptz',
  // No index can be used for it: a plan for any values would also read all that any time has.
  within: "(at >= coalesce(?::timestamptz, '-infinity') and at < coalesce(?::timestamptz, 'infinity')) is true",
  before: '(at, index) < ((select at from audit.entry where index = ?::bigint), ?::bigint)',
  concerns: "(position(convert_to(?, 'UTF8') in body) > 0 or subject = any(?::text[]))",
  mentions: "not exists (select from unnest(?::text[]) as text where position(convert_to(text, 'UTF8') in body) = 0)",
};

/** One for each mark in the condition. */
function valuesOf({ concerns, within }: Asked, key: string, value: unknown): readonly unknown[] {
  if (key === 'concerns' && concerns) return [concerns.text, concerns.subjects];
  if (key === 'within' && within) return [within.from, within.to];
  return key === 'before' ? [value, value] : [value];
}
