import type { SignedTree } from '../audit/checkpointer.ts';
import type { StoredTree } from '../audit/resume.ts';
import type { Frontier } from '../audit/tree.ts';
import type { Database } from './client.ts';

/** The log's tree and its checkpoints, through the functions that the gateway's role may execute. */
export interface TreeStore extends StoredTree {
  /** Resolves once it is durable. One that is there of that size already stays. */
  keep(signed: SignedTree): Promise<void>;
  /** For this month and so many more. Resolves to how many were missing. */
  makePartitions(months: number): Promise<number>;
}

const PAGE = 5_000;
const HASH_BYTES = 32;

export function createTreeStore(db: Database): TreeStore {
  return {
    head: () => readHead(db),
    async checkpoint() {
      const [row] = await db.$queryRaw<(StoredFrontier & { note: string })[]>`select * from audit.read_checkpoint()`;
      return row === undefined ? null : { tree: frontierOf(row), note: row.note };
    },
    leaves: (first) => readLeaves(db, first),
    async keep({ tree, note }) {
      await db.$queryRaw`select audit.keep_checkpoint(${tree.size}::bigint, ${Buffer.concat(tree.hashes)}::bytea, ${note})::text`;
    },
    async makePartitions(months) {
      const [{ made }] = await db.$queryRaw<[{ made: number }]>`select audit.make_partitions(${months}::int) as made`;
      return made;
    },
  };
}

/** The store, or one transaction of it. */
export type Queries = Pick<Database, '$queryRaw'>;

export interface StoredFrontier {
  readonly size: bigint;
  /** Its hashes, one after the other. */
  readonly frontier: Uint8Array;
}

/** In order, page by page. */
export async function* readLeaves(
  queries: Queries,
  first: number,
): AsyncGenerator<{ index: number; hash: Uint8Array }> {
  for (let next = first; ; next += PAGE) {
    const rows = await queries.$queryRaw<{ index: bigint; hash: Uint8Array }[]>`
      select * from audit.read_leaves(${next}::bigint, ${PAGE}::int)`;
    for (const { index, hash } of rows) yield { index: Number(index), hash };
    if (rows.length < PAGE) return;
  }
}

async function readHead(db: Queries): Promise<{ readonly tree: Frontier; readonly root: Uint8Array }> {
  const [row] = await db.$queryRaw<[StoredFrontier & { root: Uint8Array }]>`select * from audit.read_head()`;
  return { tree: frontierOf(row), root: row.root };
}

export function frontierOf({ size, frontier }: StoredFrontier): Frontier {
  const count = Math.ceil(frontier.length / HASH_BYTES);
  const hashes = Array.from({ length: count }, (_, n) => frontier.subarray(HASH_BYTES * n, HASH_BYTES * (n + 1)));
  return { size: Number(size), hashes };
}
