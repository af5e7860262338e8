import { signTree } from '../../audit/checkpointer.ts';
import type { StoredEntry } from '../../audit/entry.ts';
import { dueKeyChanges, openLogKeys } from '../../audit/keys.ts';
import { keyChangeEntry, lifecycleEntry } from '../../audit/own-entry.ts';
import { createPseudonyms } from '../../audit/pseudonym.ts';
import { resume } from '../../audit/resume.ts';
import type { Frontier } from '../../audit/tree.ts';
import { readRecord } from '../../gateway/read-record.ts';
import { loadBundle } from '../../policy/load/load.ts';
import type { Governance, NewWorkItem } from '../../record/governance.ts';
import { endOfDay } from '../../record/london.ts';
import { createAuditStore } from '../../store/audit.ts';
import { openStore } from '../../store/client.ts';
import { importFacts } from '../../store/facts.ts';
import { createFreeTexts } from '../../store/free-text.ts';
import { createGovernance } from '../../store/governance.ts';
import { readKeyChanges } from '../../store/key-changes.ts';
import { createTreeStore } from '../../store/tree.ts';
import type { Population } from '../population/population.ts';
import { type Activity, activity, type KeptGlass } from './activity.ts';

export interface SeedOptions {
  readonly ownerUrl: string;
  readonly gatewayUrl: string;
  /** Keys of the log, as the gateway will have them. */
  readonly signingKey: string;
  readonly pseudonymKeys: readonly Uint8Array[];
  readonly schemaDir: string;
  readonly policiesDir: string;
  readonly node: string;
  readonly seed: number;
  readonly accesses: number;
  readonly until: Date;
}

const BATCH = 500;

/**
 * Appends a year of made-up activity to the log of a migrated database that has the population's facts, oldest first, and
 * signs its end. Break-glass, its reviews and the few facts that the population leaves out are kept where the gateway keeps
 * them. An empty log begins with its keys and a start, as any does.
 */
export async function seedActivity(population: Population, options: SeedOptions): Promise<Activity> {
  const { ownerUrl, gatewayUrl, signingKey, pseudonymKeys, schemaDir, policiesDir, node, seed, accesses, until } =
    options;
  const keys = openLogKeys({ signing: signingKey, older: [], pseudonyms: pseudonymKeys }, true);
  const record = await readRecord(schemaDir);
  const policy = { bundle: await loadBundle(policiesDir, record), record };
  const store = openStore(gatewayUrl, { poolSize: 2 });
  try {
    const texts = createFreeTexts(store.db, pseudonymKeys);
    const pseudonyms = createPseudonyms(pseudonymKeys);
    const year = activity(population, { seed, accesses, until, policy, pseudonyms, node, seal: texts.seal });
    await importFacts(ownerUrl, year.facts);

    const trees = createTreeStore(store.db);
    await trees.makePartitions(1);
    const left = await resume(trees, [keys.signer.vkey]);
    const grown: Frontier[] = [left.tree];
    const log = createAuditStore(store, left.tree, (tree) => void grown.splice(0, 1, tree));
    const append = async (entries: readonly StoredEntry[]) => {
      if (entries.length > 0) await log.append(entries);
    };

    let batch: StoredEntry[] = [];
    for (const { deed, entries } of year.operations) {
      if (grown[0]?.size === 0 && batch.length === 0) {
        const before = new Date(deed.at.getTime() - 60_000);
        const empty = { recorded: await readKeyChanges(store.db), size: 0, signedBy: null, restoredFrom: null };
        batch.push(
          ...dueKeyChanges(empty, keys).map((change) => keyChangeEntry(before, node, change)),
          lifecycleEntry(before, 'start', { node, policy: policy.bundle.hash }),
        );
      }
      batch.push(...entries);
      if (batch.length < BATCH) continue;
      await append(batch);
      batch = [];
    }
    await append(batch);
    const [end] = grown;
    if (end && end.size > 0) await trees.keep(signTree(end, keys.signer));

    const governance = createGovernance(store.db);
    const hours = policy.bundle.breakGlass.reviewHours;
    for (const each of year.glass()) await keepGlass(governance, each, hours);
    return year;
  } finally {
    await store.close();
  }
}

async function keepGlass(governance: Governance, { attempt, text, disclosed, closed }: KeptGlass, hours: number) {
  const { id, partner, person, openedAt, until } = attempt;
  const review: NewWorkItem = {
    kind: 'BREAK_GLASS_REVIEW',
    partner,
    reference: id,
    person: until ? person : null,
    openedAt,
    dueAt: new Date(openedAt.getTime() + hours * 3_600_000),
  };
  await governance.openBreakGlass(attempt, text, [review]);
  if (until) await governance.activate(id);
  if (closed) {
    const { at: closedAt, reviewer, text: said } = closed;
    await governance.closeReview({ breakGlass: id, version: 1, reviewer, outcome: 'JUSTIFIED', text: said, closedAt });
  } else if (disclosed) {
    const { requestId, at, holders } = disclosed;
    await governance.addWorkItems(
      holders.map((holder) => ({
        kind: 'BREAK_GLASS_DISCLOSED',
        partner: holder,
        reference: requestId,
        person: null,
        openedAt: at,
        dueAt: endOfDay(at),
      })),
    );
  }
}
