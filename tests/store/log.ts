import { randomUUID } from 'node:crypto';
import { formatCheckpoint } from '../../src/audit/checkpoint.ts';
import { NOBODY, type OperationFacts, requestEntry, type StoredEntry, searchEntry } from '../../src/audit/entry.ts';
import { generateKey, parseSigner, type Signer, signNote } from '../../src/audit/note.ts';
import { exportEntry, keyChangeEntry, lifecycleEntry } from '../../src/audit/own-entry.ts';
import { EMPTY, type Frontier, rootOf } from '../../src/audit/tree.ts';
import { createAuditStore } from '../../src/store/audit.ts';
import { openStore } from '../../src/store/client.ts';
import { createTreeStore } from '../../src/store/tree.ts';
import { query, type TestDatabase } from './database.ts';

/** A log in a database, appended to and signed as by a gateway. */
export interface TestLog extends AsyncDisposable {
  readonly signer: Signer;
  append(entries: readonly StoredEntry[]): Promise<void>;
  /** Signs it to its end. */
  sign(): Promise<void>;
  /** What is appended from here on is of the month, `YYYY-MM`: one to come, so that it stays the current one. */
  begin(month: string): Promise<void>;
}

export async function openLog({ gatewayUrl, ownerUrl }: TestDatabase): Promise<TestLog> {
  const signer = parseSigner(generateKey('log.example').privateKey);
  const store = openStore(gatewayUrl, { poolSize: 2 });
  const trees = createTreeStore(store.db);
  let tree: Frontier = EMPTY;
  const log = createAuditStore(store, EMPTY, (grown) => {
    tree = grown;
  });
  return {
    signer,
    append: (entries) => log.append(entries),
    async sign() {
      await log.follow();
      const text = formatCheckpoint({ origin: signer.name, size: tree.size, root: rootOf(tree) });
      await trees.keep({ tree, note: signNote(text, signer) });
    },
    async begin(month) {
      await query(ownerUrl, 'update audit.head set period = $1', [`${month}-01`]);
      await trees.makePartitions(1);
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

const AT = new Date('2097-01-05T10:00:00.250Z');

/** One of each of several kinds, with and without an actor, an operation and a subject. */
export function someEntries(): StoredEntry[] {
  return [
    lifecycleEntry(AT, 'start', { node: 'one', policy: 'p' }),
    keyChangeEntry(AT, 'one', { what: 'signing', from: null, to: randomUUID(), reason: 'first' }),
    requestEntry(AT, OPERATION, {
      outcome: 'answered',
      status: 200,
      reasons: [],
      sources: [],
      counts: { subjects: 0, shown: 0, considered: 0 },
    }),
    searchEntry(AT, OPERATION, {
      subject: { ref: 'pseudonym', epoch: 1 },
      field: 'logEntries',
      from: null,
      to: null,
      found: 0,
      outcome: 'answered',
      reference: null,
    }),
    exportEntry(AT, 'one', { format: 'csv', from: null, to: null, entries: 3, outcome: 'answered' }),
  ];
}

const OPERATION: OperationFacts = {
  requestId: '6a1c3f39-9f1c-4f2b-8f57-3f0b4c1d2e3f',
  trace: null,
  network: null,
  node: 'one',
  actor: { ...NOBODY, partner: 'probation-service', practitioner: 'PRO-0001' },
  purpose: null,
  policy: 'p',
  operation: { name: null, hash: null },
};
