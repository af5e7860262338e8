import type { StoredEntry } from '../audit/entry.ts';
import type { AuditStore } from '../audit/log.ts';
import { EMPTY, extend, type Frontier, leafHash, rootOf } from '../audit/tree.ts';
import type { Store } from './client.ts';
import { type Queries, readLeaves } from './tree.ts';

/** How often the log may have grown under us before we keep everybody else from appending for once. */
const RACES = 3;

const APPEND = 'select * from audit.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)';

/** Some ids of a batch may be in the log already, so that it has to be offered again without them. */
const OFFERS = 2;

/** A store that also hears of what others append: another gateway, or a command. */
export interface FollowingStore extends AuditStore {
  /** Reads what was appended since. @throws Error for a log that lost what it had, or has it otherwise */
  follow(): Promise<void>;
}

interface Answer {
  readonly appended: boolean;
  readonly size: bigint | string;
  readonly kept: readonly string[];
}

/** Offers a batch to the tree of a size: `root` is what it becomes. */
type Append = (size: number, root: Uint8Array, columns: Columns) => Promise<Answer | undefined>;

/**
 * Appends through `audit.append`, by compare-and-set: several gateways may share the log. The ids of a batch must differ.
 * The tree is computed here, from the leaves alone: whoever writes another one into the database has it refused.
 * @param start a tree that is known to be committed; what was appended to it since is read before the first batch
 * @param grew told of each tree that is known to be committed
 */
export function createAuditStore(
  { db, statement }: Pick<Store, 'db' | 'statement'>,
  start: Frontier = EMPTY,
  grew: (tree: Frontier) => void = () => {},
): FollowingStore {
  let known = start;

  /** What is found out later may be older. */
  function learn(tree: Frontier): void {
    if (tree.size < known.size) return;
    known = tree;
    grew(tree);
  }

  /** Offers until all of it is in the log or `times` is spent: the tree then, and what is left to append. */
  async function offer(
    queries: Queries,
    append: Append,
    from: Frontier,
    batch: Offer,
    times: number,
  ): Promise<[Frontier, Offer]> {
    let [tree, rest] = [from, batch];
    for (let time = 0; time < times && rest.entries.length > 0; time += 1) {
      const next = extend(tree, rest.leaves);
      const answer = await append(tree.size, rootOf(next), rest.columns);
      if (answer === undefined) throw new Error('the log answered nothing');
      if (answer.appended) return [next, offerOf([])];
      tree = await catchUp(queries, tree, Number(answer.size));
      const kept = new Set(answer.kept);
      if (kept.size > 0) {
        const [there, missing] = [true, false].map((is) => rest.entries.filter(({ id }) => kept.has(id) === is));
        await requireLeaves(queries, tree, offerOf(there ?? []).leaves);
        rest = offerOf(missing ?? []);
      }
    }
    return [tree, rest];
  }

  const direct: Append = async (size, root, columns) => {
    const [answer] = await statement<Answer>('append', APPEND, [size, root, ...columns]);
    return answer;
  };

  return {
    async append(batch) {
      let [tree, rest] = await offer(db, direct, known, offerOf(batch), RACES);
      if (rest.entries.length > 0) {
        const behind = tree;
        [tree, rest] = await db.$transaction(async (transaction) => {
          const [{ size }] = await transaction.$queryRaw<[{ size: bigint }]>`select audit.lock_head() as size`;
          const append: Append = async (expected, root, columns) => {
            const [answer] = await transaction.$queryRawUnsafe<Answer[]>(APPEND, expected, root, ...columns);
            return answer;
          };
          return offer(transaction, append, await catchUp(transaction, behind, Number(size)), rest, OFFERS);
        });
      }
      if (rest.entries.length > 0) throw new Error('the log took the batch neither whole nor in part');
      learn(tree);
    },
    async follow() {
      const tree = known;
      const [head] = await db.$queryRaw<[{ size: bigint; root: Uint8Array }]>`select size, root from audit.read_head()`;
      const size = Number(head.size);
      if (size === tree.size) return;
      const grown = await catchUp(db, tree, size);
      // Others may have appended since the head was read.
      if (grown.size === size && Buffer.compare(rootOf(grown), head.root) !== 0) {
        throw new Error('the log is not the one that it was');
      }
      learn(grown);
    },
  };
}

/** The tree with what others appended to it, up to a size at least. @throws Error for a log that lost what it had */
async function catchUp(queries: Queries, tree: Frontier, size: number): Promise<Frontier> {
  if (size === tree.size) return tree;
  let grown = tree;
  for await (const { index, hash } of readLeaves(queries, tree.size)) {
    if (index !== grown.size) break;
    grown = extend(grown, [hash]);
  }
  // A log that was put back must not be appended to: it would be signed twice over the same places.
  if (size < tree.size || grown.size < size) throw new Error('the log is shorter than it was');
  return grown;
}

/**
 * What the database says it has already must be in the tree: else it could keep any entry out of the log. Reads all of it,
 * for a batch is hardly ever sent again.
 */
async function requireLeaves(queries: Queries, tree: Frontier, leaves: readonly Uint8Array[]): Promise<void> {
  const wanted = new Set(leaves.map((leaf) => Buffer.from(leaf).toString('hex')));
  let grown = EMPTY;
  for await (const { hash } of readLeaves(queries, 0)) {
    if (grown.size === tree.size) break;
    grown = extend(grown, [hash]);
    wanted.delete(Buffer.from(hash).toString('hex'));
  }
  if (wanted.size > 0 || Buffer.compare(rootOf(grown), rootOf(tree)) !== 0) {
    throw new Error('the log does not have what it says that it has');
  }
}

type Offer = ReturnType<typeof offerOf>;

/** As `audit.append` takes them: a column each, and the bytes of all entries in one piece. */
type Columns = readonly [...(readonly (string | number | null)[])[], Uint8Array];

/** What depends on the batch alone, and is the same however often it is offered. */
function offerOf(entries: readonly StoredEntry[]) {
  const columns: Columns = [
    entries.map(({ id }) => id),
    entries.map(({ at }) => at.toISOString()),
    entries.map(({ kind }) => kind),
    entries.map(({ requestId }) => requestId),
    entries.map(({ partner }) => partner),
    entries.map(({ practitioner }) => practitioner),
    entries.map(({ subject }) => subject),
    entries.map(({ body }) => body.length),
    Buffer.concat(entries.map(({ body }) => body)),
  ];
  return { entries, columns, leaves: entries.map(({ body }) => leafHash(body)) };
}
