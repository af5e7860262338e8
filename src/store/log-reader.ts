import pg from 'pg';
import type { LogFilter, LogReader, LogRow } from '../audit/log-reader.ts';
import { GatewayError } from '../errors.ts';

const CONNECTIONS = 4;
const STATEMENT_MILLISECONDS = 5_000;
/** https://www.postgresql.org/docs/current/errcodes-appendix.html: the statement took longer than it may. */
const QUERY_CANCELED = '57014';

/**
 * Opens a small pool of its own, apart from the one that appends. The first use of a connection connects it.
 * @param url a login of the role `throughgate_audit_reader`
 */
export function createLogReader(url: string): LogReader {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: STATEMENT_MILLISECONDS,
    statement_timeout: STATEMENT_MILLISECONDS,
    query_timeout: STATEMENT_MILLISECONDS + 1_000,
  });
  // A connection that breaks while nobody uses it is replaced at the next use.
  pool.on('error', () => {});

  async function read(asked: Asked, tail = 'order by index'): Promise<LogRow[]> {
    const given: unknown[] = [];
    const conditions = Object.entries(asked).flatMap(([key, value]) => {
      if (value === undefined || (key === 'mentions' && asked.mentions?.length === 0)) return [];
      const values = key === 'concerns' && asked.concerns ? [asked.concerns.text, asked.concerns.subjects] : [value];
      if (key === 'before') values.push(value);
      return [
        values.reduce<string>((sql, each) => sql.replace('?', `$${given.push(each)}`), CONDITIONS[key as keyof Asked]),
      ];
    });
    // No text in PostgreSQL has such a character, so nothing is found by one.
    if (given.some((each) => typeof each === 'string' && each.includes('\0'))) return [];
    try {
      const { rows } = await pool.query<{ index: string; body: Buffer }>(
        `select index, body from audit.entry where ${conditions.join(' and ') || 'true'} ${tail}`,
        given,
      );
      return rows.map(({ index, body }) => ({ index: Number(index), body }));
    } catch (cause) {
      if ((cause as { code?: unknown }).code === QUERY_CANCELED) {
        throw new GatewayError(
          'TOO_COMPLEX',
          'It takes too long to look through so much of the log: ask about fewer days.',
        );
      }
      throw new GatewayError('STORE_UNAVAILABLE', 'The log cannot be read. Try again in a moment.', { cause });
    }
  }

  return {
    byRequests: async (requests, kind) => (requests.length === 0 ? [] : read({ requests, ...(kind && { kind }) })),
    byIds: async (ids) => (ids.length === 0 ? [] : read({ ids })),
    bySubjects: (subjects, { from, to }, limit) => read({ subjects, from, to }, `order by index limit ${limit}`),
    byPractitioner: (partner, practitioner, { from, to }, limit) =>
      read({ partner, practitioner, from, to }, `order by index limit ${limit}`),
    // By time, so that a page of long ago is found by the index of times; by place, all that came since would be read.
    page: (filter, limit) => read(filter, `order by at desc, index desc limit ${limit}`),
    close: () => pool.end(),
  };
}

interface Asked extends LogFilter {
  readonly ids?: readonly string[];
  readonly requests?: readonly string[];
}

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
  from: 'at >= ?::timestamptz',
  to: 'at < ?::timestamptz',
  before: '(at, index) < ((select at from audit.entry where index = ?::bigint), ?::bigint)',
  concerns: "(position(convert_to(?, 'UTF8') in body) > 0 or subject = any(?::text[]))",
  mentions: "not exists (select from unnest(?::text[]) as text where position(convert_to(text, 'UTF8') in body) = 0)",
};
