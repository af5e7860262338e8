import pg from 'pg';
import { extend, type Frontier } from '../audit/tree.ts';

/** Which entries to read; what is absent is not asked. */
export interface ExportFilter {
  readonly requestId?: string;
  readonly practitioner?: string;
  /** From an instant up to, and without, another. */
  readonly from?: Date;
  readonly to?: Date;
  /** The newest so many of them. */
  readonly last?: number;
}

/** Where the entries lie that a filter lets through: from one place up to, and without, another. */
export interface Selection {
  readonly first: number;
  readonly past: number;
  readonly count: number;
}

/** The log as it was signed at one size, with the lines of those who signed after us. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly note: string;
}

/** The log as it lies there at one moment: what is appended while it is read is not seen. */
export interface ExportReader extends AsyncDisposable {
  /** Null where no entry is let through. */
  select(filter: ExportFilter): Promise<Selection | null>;
  /** Exactly as they were committed, oldest first. */
  entries(
    filter: ExportFilter,
    places: Pick<Selection, 'first' | 'past'>,
  ): AsyncGenerator<{ readonly index: number; readonly body: Buffer }>;
  /** From one size up to another, both included; smallest first. */
  checkpoints(from: number, until: number): AsyncGenerator<StoredCheckpoint>;
  /** The size of the first checkpoint that covers so many entries, or of the newest; null where there is none. */
  sizeSigned(atLeast: number): Promise<number | null>;
  /** The place after that of the last entry before this one: the log has no gap, so it is this very one. */
  placeAfterTheLastBefore(index: number): Promise<number>;
  /** The tree of the first so many entries, as it was kept. */
  treeAt(size: number): Promise<Frontier>;
}

const PAGE = 1_000;
const HASH_BYTES = 32;

/** @param readerUrl a login that may read the log and nothing else */
export async function openExport(readerUrl: string): Promise<ExportReader> {
  const client = new pg.Client({ connectionString: readerUrl, connectionTimeoutMillis: 5_000 });
  await client.connect();
  // The lock first: no month is taken out between the moment that is looked at and the end.
  await client.query('begin isolation level repeatable read read only; lock table audit.entry in access share mode');

  async function rows<Row extends pg.QueryResultRow>(sql: string, given: readonly unknown[]): Promise<Row[]> {
    return (await client.query<Row>(sql, [...given])).rows;
  }

  async function* pages<Row extends pg.QueryResultRow>(sql: string, given: readonly unknown[], first: number) {
    for (let next = first; ; ) {
      const page = await rows<Row & { readonly place: string }>(`${sql} order by place limit ${PAGE}`, [
        ...given,
        next,
      ]);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      next = Number(last.place) + 1;
    }
  }

  return {
    async select(filter) {
      const [found] = await rows<{ first: string | null; past: string; count: string }>(
        `select min(index) as first, max(index) + 1 as past, count(*)
         from (select index from audit.entry where ${MATCHES} order by index desc limit $5) newest`,
        [...given(filter), filter.last ?? null],
      );
      if (!found || found.first === null) return null;
      return { first: Number(found.first), past: Number(found.past), count: Number(found.count) };
    },
    async *entries(filter, { first, past }) {
      const sql = `select index as place, body from audit.entry where ${MATCHES} and index < $5 and index >= $6`;
      for await (const { place, body } of pages<{ body: Buffer }>(sql, [...given(filter), past], first)) {
        yield { index: Number(place), body };
      }
    },
    async *checkpoints(from, until) {
      const sql = `select size as place, note, (
          select coalesce(string_agg(rtrim(line, E'\n') || E'\n', '' order by key), '') from audit.cosignature where cosignature.size = checkpoint.size
        ) as lines from audit.checkpoint where size <= $1 and size >= $2`;
      for await (const { place, note, lines } of pages<{ note: string; lines: string }>(sql, [until], from)) {
        yield { size: Number(place), note: note + lines };
      }
    },
    async sizeSigned(atLeast) {
      const [found] = await rows<{ size: string | null }>(
        `select coalesce(min(size) filter (where size >= $1), max(size)) as size from audit.checkpoint`,
        [atLeast],
      );
      return found === undefined || found.size === null ? null : Number(found.size);
    },
    async placeAfterTheLastBefore(index) {
      const [found] = await rows<{ place: string }>(
        `select greatest(
          (select max(index) + 1 from audit.entry where index < $1), (select max(past) from audit.retired), 0) as place`,
        [index],
      );
      return Number(found?.place);
    },
    async treeAt(size) {
      const [kept] = await rows<{ size: string; frontier: Buffer }>(
        'select size, frontier from audit.checkpoint where size <= $1 order by size desc limit 1',
        [size],
      );
      let tree: Frontier = { size: Number(kept?.size ?? 0), hashes: hashesOf(kept?.frontier ?? Buffer.alloc(0)) };
      const sql = 'select index as place, hash from audit.leaf where index < $1 and index >= $2';
      for await (const { hash } of pages<{ hash: Buffer }>(sql, [size], tree.size)) tree = extend(tree, [hash]);
      return tree;
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}

const MATCHES = `($1::uuid is null or request_id = $1) and ($2::text is null or practitioner = $2)
  and ($3::timestamptz is null or at >= $3) and ($4::timestamptz is null or at < $4)`;

function given({ requestId, practitioner, from, to }: ExportFilter): unknown[] {
  return [requestId ?? null, practitioner ?? null, from ?? null, to ?? null];
}

function hashesOf(frontier: Buffer): Buffer[] {
  const count = Math.ceil(frontier.length / HASH_BYTES);
  return Array.from({ length: count }, (_, n) => frontier.subarray(HASH_BYTES * n, HASH_BYTES * (n + 1)));
}
