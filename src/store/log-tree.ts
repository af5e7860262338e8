import pg from 'pg';
import type { LogTree } from '../audit/tree-proofs.ts';
import { GatewayError } from '../errors.ts';
import { frontierOf } from './tree.ts';

const CONNECTIONS = 2;
const STATEMENT_MILLISECONDS = 5_000;

/**
 * Opens a small pool of its own. The first use of a connection connects it.
 * @param url a login of the role `throughgate_audit_reader`
 */
export function openLogTree(url: string): LogTree {
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: STATEMENT_MILLISECONDS,
    statement_timeout: STATEMENT_MILLISECONDS,
    query_timeout: STATEMENT_MILLISECONDS + 1_000,
  });
  // A connection that breaks while nobody uses it is replaced at the next use.
  pool.on('error', () => {});

  async function rows<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    try {
      return (await pool.query<Row>(text, [...values])).rows;
    } catch (cause) {
      throw new GatewayError('STORE_UNAVAILABLE', 'The log cannot be read. Try again in a moment.', { cause });
    }
  }

  return {
    async signed(least, most) {
      const [found] = await rows<{ size: bigint; frontier: Buffer }>(
        'select size, frontier from audit.checkpoint where size between $1 and $2 order by size desc limit 1',
        [least, most],
      );
      return found === undefined ? null : frontierOf(found);
    },
    async leaves(first, past) {
      const found = await rows<{ index: string; hash: Buffer }>(
        'select index, hash from audit.leaf where index >= $1 and index < $2 order by index',
        [first, past],
      );
      return found.map(({ hash }) => hash);
    },
    async madeAt(index) {
      const [found] = await rows<{ at: Date }>('select at from audit.entry where index = $1', [index]);
      return found?.at ?? null;
    },
    async cosigned(keys) {
      const found = await rows<{ key: string; size: string; note: string }>(
        `select distinct on (key) key, size, note || rtrim(line, E'\\n') || E'\\n' as note
         from audit.cosignature join audit.checkpoint using (size)
         where key = any($1::text[]) order by key, size desc`,
        [keys],
      );
      return found.map(({ size, ...rest }) => ({ ...rest, size: Number(size) }));
    },
    close: () => pool.end(),
  };
}
