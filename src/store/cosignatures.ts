import type { SignedTree } from '../audit/checkpointer.ts';
import type { Database } from './client.ts';
import { frontierOf, type StoredFrontier } from './tree.ts';

/** What witnesses signed under the log's checkpoints, and what is needed to ask them. */
export interface CosignatureStore {
  /** Of a witness and size the first is kept. @param key the witness's, as a vkey */
  keep(size: number, key: string, line: string): Promise<void>;
  /** The newest checkpoint that a witness has signed, with their lines; null where none has. */
  witnessed(): Promise<(SignedTree & { readonly lines: readonly string[] }) | null>;
  /** Null where no checkpoint of that size was kept. */
  checkpointAt(size: number): Promise<SignedTree | null>;
  /** Leaf hashes as they were kept when their entries were appended, from an index on, in order, page by page. */
  pages(first: number): AsyncGenerator<readonly Uint8Array[]>;
}

const PAGE = 5_000;

type StoredCheckpoint = StoredFrontier & { readonly note: string };

export function createCosignatureStore(db: Database): CosignatureStore {
  return {
    async keep(size, key, line) {
      await db.$queryRaw`select audit.keep_cosignature(${size}::bigint, ${key}, ${line})::text`;
    },
    async witnessed() {
      const [row] = await db.$queryRaw<(StoredCheckpoint & { lines: string[] })[]>`
        select * from audit.read_witnessed()`;
      return row === undefined ? null : { tree: frontierOf(row), note: row.note, lines: row.lines };
    },
    async checkpointAt(size) {
      const [row] = await db.$queryRaw<StoredCheckpoint[]>`select * from audit.read_checkpoint_at(${size}::bigint)`;
      return row === undefined ? null : { tree: frontierOf(row), note: row.note };
    },
    async *pages(first) {
      for (let next = first; ; next += PAGE) {
        const rows = await db.$queryRaw<{ index: bigint; hash: Uint8Array }[]>`
          select * from audit.leaf_hashes(${next}::bigint, ${PAGE}::int)`;
        if (rows.some(({ index }, n) => Number(index) !== next + n)) throw new Error('a leaf of the log is missing');
        yield rows.map(({ hash }) => hash);
        if (rows.length < PAGE) return;
      }
    },
  };
}
