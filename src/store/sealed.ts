import { createHmac } from 'node:crypto';
import pg from 'pg';
import { createPseudonyms } from '../audit/pseudonym.ts';
import type { Fact } from '../record/fact-file.ts';

/** What it takes to make and to know tombstones. */
export interface Sealing {
  /**
   * The keys of the audit log's pseudonyms, oldest first, at least 32 bytes each. Tombstones are made with one derived
   * from the oldest, so that they are known whatever key has come since.
   */
  readonly keys: readonly Uint8Array[];
  /** Types of identifier that each holder issues for itself: another holder's same value is another person's. */
  readonly issuedByHolder: ReadonlySet<string>;
}

/** Whom to seal: by the crosswalk's UUID, or by an identifier. `holder` is null for a type that is issued for all. */
export type Whom =
  | { readonly by: 'person'; readonly person: string }
  | { readonly by: 'identifier'; readonly type: string; readonly value: string; readonly holder: string | null };

/** Sealing, or an import where people are sealed, cannot go on. `problems` say what would be right. */
export class SealedError extends Error {
  override readonly name = 'SealedError';
  readonly problems: readonly string[];

  constructor(problem: string) {
    super(problem);
    this.problems = [problem];
  }
}

/**
 * Takes a person out of the crosswalk for good: whatever is known of them goes, and keyed tombstones of their key and
 * identifiers stay, which make every import pass over them. Whoever is not known yet never will be.
 * @throws SealedError where the identifier names more than one person, or the key is not that of earlier tombstones
 */
export async function sealPerson(ownerUrl: string, whom: Whom, sealing: Sealing): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  client.on('error', () => {}); // A lost session also fails the query that needs it.
  await client.connect();
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const make = tombstones(sealing);
    await readTombstones(client, make);
    const people = whom.by === 'person' ? [whom.person] : await peopleOf(client, whom);
    if (people.length > 1) throw new SealedError('The identifier names more than one person: seal each by --person');
    const links = await client.query<Identifier>('select type, value, holder from record.link where person = any($1)', [
      people,
    ]);
    const given = whom.by === 'identifier' ? [make.ofIdentifier(whom)] : [];
    await keep(client, [make.check, ...given, ...people.map(make.ofPerson), ...links.rows.map(make.ofIdentifier)]);
    await client.query(
      'insert into record.sealed_subject (pseudonym) select distinct unnest($1::text[]) on conflict do nothing',
      [pseudonymsOf(sealing, people, [...(whom.by === 'identifier' ? [whom] : []), ...links.rows])],
    );
    await purge(client, people);
    await client.query('commit');
  } finally {
    // Without a commit this rolls back.
    await client.end();
  }
}

/** What an import asks of each record, and does at its end. */
export interface Sieve {
  /** Whether the record is of a sealed person, or links somebody to a sealed identifier. */
  holdsBack(fact: Fact): boolean;
  /** Takes out whom the import brought in anew under a sealed identifier: it is a sealed person with another key. */
  finish(): Promise<void>;
}

/**
 * The sieve for an import in the transaction that the client is in; null where nobody is sealed. Nobody is sealed
 * before the transaction ends.
 * @throws SealedError where somebody is, and `sealing` is missing or of another key
 */
export async function createSieve(client: pg.Client, sealing: Sealing | undefined): Promise<Sieve | null> {
  await client.query('select pg_advisory_xact_lock_shared($1)', [LOCK]);
  const { rows } = await client.query('select from record.sealed limit 1');
  if (rows.length === 0) return null;
  if (!sealing) throw new SealedError('People are sealed: set AUDIT_HMAC_KEY_FILE, so that they are passed over');
  const make = tombstones(sealing);
  const known = await readTombstones(client, make);
  const sealedPeople = new Map<string, boolean>();
  const underSealed = new Set<string>();

  const isSealed = (person: string) => {
    const sealed = sealedPeople.get(person) ?? known.has(hex(make.ofPerson(person)));
    sealedPeople.set(person, sealed);
    return sealed;
  };
  return {
    holdsBack(fact) {
      if (!('person' in fact)) return false;
      if (isSealed(fact.person)) return true;
      if (fact.kind !== 'link' || !known.has(hex(make.ofIdentifier(fact)))) return false;
      underSealed.add(fact.person);
      return true;
    },
    async finish() {
      const { rows: made } = await client.query<{ id: string }>(
        'select id from record.person where id = any($1) and xmin = pg_current_xact_id()::xid',
        [[...underSealed]],
      );
      const people = made.map(({ id }) => id);
      await keep(client, people.map(make.ofPerson));
      await purge(client, people);
    },
  };
}

/** Any number, but the same for all that seal or import. */
const LOCK = 4_101_865;

interface Identifier {
  readonly type: string;
  readonly value: string;
  readonly holder: string | null;
}

function tombstones({ keys: [oldest], issuedByHolder }: Sealing) {
  if (!oldest) throw new RangeError('there is no key to seal with');
  const derived = createHmac('sha256', oldest).update('sealed people').digest();
  const hash = (...parts: string[]) => createHmac('sha256', derived).update(parts.join('\0')).digest();
  return {
    /** Tells whether the key is the one that earlier tombstones were made with. */
    check: hash('check'),
    ofPerson: (person: string) => hash('person', person),
    ofIdentifier: ({ type, value, holder }: Identifier) =>
      hash('identifier', type, value, issuedByHolder.has(type) ? (holder ?? '') : ''),
  };
}

/** What the log may call them, by every key: its readers learn nothing of somebody who is sealed. */
function pseudonymsOf({ keys }: Sealing, people: readonly string[], identifiers: readonly Identifier[]): string[] {
  const { everyOfPerson, everyOfIdentifier } = createPseudonyms(keys);
  const byNumber = identifiers.flatMap(({ type, value }) => everyOfIdentifier(type, value));
  return [...people.flatMap(everyOfPerson), ...byNumber].map(({ ref }) => ref);
}

async function readTombstones(client: pg.Client, { check }: { check: Buffer }): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ tombstone: Buffer }>('select tombstone from record.sealed');
  const known = new Set(rows.map(({ tombstone }) => hex(tombstone)));
  if (known.size > 0 && !known.has(hex(check))) {
    throw new SealedError(
      'The first key of AUDIT_HMAC_KEY_FILE is not the one with which people were sealed: use that file',
    );
  }
  return known;
}

async function peopleOf(client: pg.Client, { type, value, holder }: Identifier): Promise<string[]> {
  const { rows } = await client.query<{ person: string }>(
    'select distinct person from record.link where type = $1 and value = $2 and ($3::text is null or holder = $3)',
    [type, value, holder],
  );
  return rows.map(({ person }) => person);
}

async function keep(client: pg.Client, made: readonly Buffer[]): Promise<void> {
  await client.query('insert into record.sealed select distinct unnest($1::bytea[]) on conflict do nothing', [made]);
}

async function purge(client: pg.Client, people: readonly string[]): Promise<void> {
  for (const table of ['link', 'relationship', 'permission', 'objection', 'interest', 'restriction']) {
    await client.query(`delete from record.${table} where person = any($1)`, [people]);
  }
  await client.query('select record.forget_people($1)', [people]);
  // Opaque ids go with the person. What was done about them stays, and says no longer whom it was about.
  await client.query('delete from record.person where id = any($1)', [people]);
  await client.query(`update record.break_glass set person = null, sent = '', active = false where person = any($1)`, [
    people,
  ]);
  await client.query('update record.work_item set person = null where person = any($1)', [people]);
  await client.query(`update record.declared_interest set person = null, sent = '' where person = any($1)`, [people]);
}

function hex(bytes: Buffer): string {
  return bytes.toString('hex');
}
