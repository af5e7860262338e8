import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { checkFact, type Fact } from '../record/fact-file.ts';
import type { FactNames } from '../record/fact-names.ts';
import { FACT_TABLES } from './fact-tables.ts';
import { keepRestrictionWork } from './restriction-work.ts';
import { createSieve, type Sealing, type Sieve } from './sealed.ts';

type Facts = Iterable<Fact | string> | AsyncIterable<Fact | string>;

/** How many records of each kind were read, and how many people they are about. */
export type FactCounts = Record<Fact['kind'] | 'people', number>;

/** The facts cannot be imported as they are, and nothing of them was. */
export class FactsError extends Error {
  override readonly name = 'FactsError';
  /** `line 7: until is missing: ...`, at most twenty. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The facts cannot be imported:\n${problems.join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Imports facts in one transaction: all of them or none.
 *
 * A record replaces an earlier one about the same fact, so importing twice changes nothing. What is not listed any more
 * stays: a fact ends by its `until`, a link by being no longer current. Sealed people are passed over, and the counts do
 * not tell.
 * @param facts Records, or lines of a facts file. Empty lines are passed over.
 * @param options.names those of policy; a record with another name is a problem
 * @param options.sealing needed as soon as anybody is sealed
 * @throws FactsError that lists what is wrong, by line
 * @throws SealedError where `sealing` is needed and missing, or of another key
 */
export async function importFacts(
  ownerUrl: string,
  facts: Facts,
  options: { onProgress?: (lines: number) => void; sealing?: Sealing | undefined; names?: FactNames } = {},
): Promise<FactCounts> {
  const client = new pg.Client({ connectionString: ownerUrl });
  client.on('error', () => {}); // A lost session also fails the query that needs it.
  await client.connect();
  try {
    await client.query('begin');
    const sieve = await createSieve(client, options.sealing);
    const counts = await load(client, facts, sieve, options);
    await sieve?.finish();
    await keepRestrictionWork(client, new Date());
    if (counts.link > 0) await client.query('select record.note_moved_people()');
    await client.query('commit');
    const tables = Object.values(FACT_TABLES).map(({ table }) => table);
    await client.query(`analyze record.person, ${tables.join(', ')}`);
    return counts;
  } finally {
    // Without a commit this rolls back.
    await client.end();
  }
}

/** The lines of a facts file: JSON, one record a line. */
export async function* readFactsFile(path: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY });
}

const BATCH = 5_000;
const PROBLEMS_TOLD = 20;

async function load(
  client: pg.Client,
  facts: Facts,
  sieve: Sieve | null,
  { onProgress, names = null }: { onProgress?: (lines: number) => void; names?: FactNames | null },
): Promise<FactCounts> {
  const counts = {
    link: 0,
    relationship: 0,
    'team-member': 0,
    duty: 0,
    manager: 0,
    cover: 0,
    permission: 0,
    objection: 0,
    interest: 0,
    restriction: 0,
    people: 0,
  };
  const problems: string[] = [];
  const people = new Set<string>();
  const added = new Set<string>();
  const restrictions = new Map<string, { line: number; content: string }>();
  const batches = new Map<Fact['kind'], Map<string, Fact>>();
  let newPeople: string[] = [];
  let written: Promise<unknown> = Promise.resolve();

  // One batch is being written while the next is read and checked.
  const flush = async (kind: Fact['kind'], batch: ReadonlyMap<string, Fact>): Promise<void> => {
    batches.delete(kind);
    const records = JSON.stringify([...batch.values()]);
    await written;
    if (problems.length > 0) return;
    written = Promise.all([client.query(ADD_PEOPLE, [newPeople]), client.query(FACT_TABLES[kind].upsert, [records])]);
    written.catch(() => {});
    newPeople = [];
  };

  let line = 0;
  for await (const item of facts) {
    line += 1;
    if (line % BATCH === 0) onProgress?.(line);
    if (item === '') continue;
    const parsed = typeof item === 'string' ? parse(item) : item;
    const wrong = checkFact(parsed, names);
    problems.push(...wrong.map((problem) => `line ${line}: ${problem}`));
    if (problems.length >= PROBLEMS_TOLD) break;
    if (wrong.length > 0) continue;

    const fact = parsed as Fact;
    const key = keyOf(fact);
    if (fact.kind === 'restriction') {
      // Replaced without a word, accounts would lose an exclusion that somebody relies on.
      const content = JSON.stringify([fact.until, fact.accounts, fact.desks ?? [], fact.unresolved ?? []]);
      const earlier = restrictions.get(key) ?? { line, content };
      if (earlier.content !== content) {
        problems.push(
          `line ${line}: differs from the same restriction in line ${earlier.line}: give its accounts once`,
        );
      }
      restrictions.set(key, earlier);
    }
    counts[fact.kind] += 1;
    if ('person' in fact) people.add(fact.person);
    if (sieve?.holdsBack(fact)) continue;
    if ('person' in fact && !added.has(fact.person)) {
      added.add(fact.person);
      newPeople.push(fact.person);
    }
    const batch = batches.get(fact.kind) ?? new Map<string, Fact>();
    batches.set(fact.kind, batch.set(key, fact));
    if (batch.size === BATCH) await flush(fact.kind, batch);
  }
  if (problems.length > 0) throw new FactsError(problems.slice(0, PROBLEMS_TOLD));
  for (const [kind, batch] of batches) await flush(kind, batch);
  await written;
  onProgress?.(line);
  return { ...counts, people: people.size };
}

const ADD_PEOPLE = 'insert into record.person (id) select unnest($1::uuid[]) on conflict do nothing';

/** The record on a line; undefined, which is no record either, where it is not JSON. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function keyOf(fact: Fact): string {
  const fields = fact as unknown as Readonly<Record<string, unknown>>;
  return FACT_TABLES[fact.kind].key.map((name) => fields[name]).join('\n');
}
