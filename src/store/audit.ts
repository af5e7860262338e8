import type { StoredEntry } from '../audit/entry.ts';
import type { AuditStore } from '../audit/log.ts';
import { EMPTY, extend, type Frontier, leafHash, rootOf } from '../audit/tree.ts';
import type { Store } from './client.ts';
import { type Queries, readLeaves } from './tree.ts';

/** How often the log may have grown under us before we keep everybody else from appending for once. */
const RACES = 3;

const APPEND = 'select * from audit.append($1::bigint, $2::jsonb, $3::bytea)';

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
type Append = (size: number, rows: string, root: Uint8Array) => Promise<Answer | undefined>;

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
      const answer = await append(tree.size, rest.rows, rootOf(next));
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

  const direct: Append = async (size, rows, root) => {
    const [answer] = await statement<Answer>('append', APPEND, [size, rows, root]);
    return answer;
  };

  return {
    async append(batch) {
      let [tree, rest] = await offer(db, direct, known, offerOf(batch), RACES);
      if (rest.entries.length > 0) {
        const behind = tree;
        [tree, rest] = await db.$transaction(async (transaction) => {
          const [{ size }] = await transaction.$queryRaw<[{ size: bigint }]>`select audit.lock_head() as size`;
          const append: Append = async (expected, rows, root) => {
            const answers = await transaction.$queryRaw<Answer[]>`
              select * from audit.append(${expected}::bigint, ${rows}::jsonb, ${root}::bytea)`;
            return answers[0];
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

/** What depends on the batch alone, and is the same however often it is offered. */
function offerOf(entries: readonly StoredEntry[]) {
  const rows = entries.map(({ requestId, body, ...entry }) => ({
    ...entry,
    request_id: requestId,
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64'),
  }));
  return { entries, rows: JSON.stringify(rows), leaves: entries.map(({ body }) => leafHash(body)) };
}
