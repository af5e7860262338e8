import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { GatewayError } from '../errors.ts';
import { PrismaClient } from './generated/client.ts';

/** A Prisma client whose every failure is a GatewayError STORE_UNAVAILABLE with the cause behind it. */
export type Database = ReturnType<typeof connect>['db'];

export interface Store {
  readonly db: Database;
  /**
   * Runs one statement, prepared under its name, with no Prisma in between: where every answer waits for it, that is half
   * the work.
   * @throws GatewayError STORE_UNAVAILABLE
   */
  statement<Row extends pg.QueryResultRow>(name: string, text: string, values: readonly unknown[]): Promise<Row[]>;
  /** @throws GatewayError STORE_UNAVAILABLE */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a pool of at most `poolSize` connections. The first use of one connects it. */
export function openStore(url: string, options: { poolSize: number }): Store {
  const { db, prisma, pool } = connect(url, options.poolSize);
  return {
    db,
    async statement<Row extends pg.QueryResultRow>(name: string, text: string, values: readonly unknown[]) {
      const { rows } = await pool.query<Row>({ name, text, values: [...values] }).catch(unavailable);
      return rows;
    },
    ping: async () => void (await db.$queryRaw`select 1`),
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** Longer than any statement of ours takes, shorter than a caller waits. */
const STATEMENT_MILLISECONDS = 5_000;
/** For a connection, a free one of the pool included: a burst waits its turn, as long as a statement may take. */
const CONNECT_MILLISECONDS = 5_000;
const STATEMENTS_NAMED = 100;

function connect(url: string, poolSize: number) {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    statement_timeout: STATEMENT_MILLISECONDS,
    query_timeout: STATEMENT_MILLISECONDS + 1_000,
  });
  // A connection that breaks while nobody uses it is made anew by whoever needs one.
  pool.on('error', () => {});
  const adapter = new PrismaPg(pool, { statementNameGenerator: nameStatements() });
  const prisma = new PrismaClient({ adapter, log: [] });
  const db = prisma.$extends({
    query: {
      async $allOperations({ args, query }) {
        return query(args).catch(unavailable);
      },
    },
  });
  return { db, prisma, pool };
}

function unavailable(cause: unknown): never {
  throw new GatewayError('STORE_UNAVAILABLE', 'The store cannot be reached. Try again in a moment.', { cause });
}

/**
 * Names statements by their text, so that PostgreSQL parses and plans each once a connection: it more than halves a
 * look-up. A text past the limit goes unnamed; one made for every length of list would fill the server's memory.
 */
function nameStatements(): (query: { readonly sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const name = names.get(sql);
    if (name !== undefined || names.size >= STATEMENTS_NAMED) return name ?? '';
    names.set(sql, `s${names.size}`);
    return `s${names.size - 1}`;
  };
}
