import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { createCheckpointer, type SignedTree, signTree } from './audit/checkpointer.ts';
import { dueKeyChanges, KeyError, type LogKeys, openLogKeys, refuseOlderKeys } from './audit/keys.ts';
import { type AuditLog, createAuditLog } from './audit/log.ts';
import type { Signer } from './audit/note.ts';
import { lifecycleEntry } from './audit/own-entry.ts';
import { resume } from './audit/resume.ts';
import { EMPTY } from './audit/tree.ts';
import { requireWitnessed } from './audit/witnessed.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import { followLog } from './gateway/follow.ts';
import { recordKeyChanges } from './gateway/key-changes.ts';
import type { Metrics } from './gateway/metrics.ts';
import { keepPartitions } from './gateway/partitions.ts';
import type { Concern } from './gateway/readiness.ts';
import type { Repeated } from './gateway/repeat.ts';
import { parseWitnesses, type WitnessPolicy } from './gateway/witness-list.ts';
import { createWitnesses } from './gateway/witnesses.ts';
import { createAuditStore } from './store/audit.ts';
import { type Database, openStore } from './store/client.ts';
import { createCosignatureStore } from './store/cosignatures.ts';
import { readKeyChanges } from './store/key-changes.ts';
import { durabilityProblems } from './store/settings.ts';
import { createTreeStore } from './store/tree.ts';

export interface OpenLogOptions {
  readonly config: Config;
  readonly keys: LogKeys;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** A database that does not flush is taken. */
  readonly development: boolean;
}

/** The audit log, with all that keeps it signed, witnessed and in partitions for as long as the gateway runs. */
export interface OpenLog extends Pick<AuditLog, 'append'> {
  /** The gateway's name in its entries. */
  readonly node: string;
  /** The newest signed checkpoint; null before the first. */
  checkpoint(): string | null;
  /** The same, with what witnesses have signed under it. */
  cosigned(): string | null;
  /** Who is to cosign it; null where nobody is. */
  readonly witnesses: WitnessPolicy | null;
  /** What an operator must see to. */
  concerns(): readonly Concern[];
  /**
   * Asks the witnesses, records what keys are in use and that the gateway starts, and signs that.
   * @throws WitnessError, ConfigError, or GatewayError AUDIT_UNAVAILABLE
   */
  begin(policy: string): Promise<void>;
  /** From now on what others append is signed too, and witnesses are shown what is new. */
  follow(): void;
  /** Nothing is witnessed any more: the entries that follow are the last. */
  rest(): Promise<void>;
  /** Resolves once what was appended is committed and signed. */
  close(): Promise<void>;
}

/**
 * Opens the log of a migrated database where it was left off, and appends nothing yet.
 * @throws ConfigError for keys, witnesses and settings of the database; ResumeError for a log that is not the signed one
 */
export async function openLog({ config, keys, clock, metrics, logger, development }: OpenLogOptions): Promise<OpenLog> {
  const { signer } = keys;
  const witnessPolicy =
    config.witnessesFile === null
      ? null
      : parseWitnesses(config.witnessesFile, await readFile(config.witnessesFile, 'utf8'));
  const store = openStore(config.databaseUrl, { poolSize: 2 });
  const trees = createTreeStore(store.db);
  const cosignatures = createCosignatureStore(store.db);
  const recorded = () => readKeyChanges(store.db);
  const { tree, last, signedBy } = await leftOff().catch(async (error: unknown) => {
    await store.close();
    throw error;
  });

  const checkpointer = createCheckpointer({
    signer,
    last,
    keep: trees.keep,
    failed: (error) => logger.error({ err: error }, 'the log could not be signed; it is tried again'),
  });
  const entries = createAuditStore(store, tree, checkpointer.grew);
  const log = createAuditLog(entries);
  const partitions = await keepPartitions({ make: trees.makePartitions, metrics, logger });
  const newest = async () => newestOf(signer, await trees.checkpoint());
  const witnesses =
    witnessPolicy &&
    createWitnesses({
      policy: witnessPolicy,
      log: { ...cosignatures, newest },
      clock: systemClock,
      metrics,
      logger,
    });
  const node = hostname();
  let following: Repeated | null = null;

  /** The tree, once the keys, the newest checkpoints and the database's settings bear it out. */
  async function leftOff() {
    if (!development) await requireDurable(store.db);
    // Read first, so that the log is at least as far.
    const witnessed = await cosignatures.witnessed();
    const changes = await recorded();
    orConfigError(() => refuseOlderKeys(changes, keys));
    const resumed = await resume(trees, [signer.vkey, ...keys.older]);
    if (witnessed !== null) await requireWitnessed(resumed.tree, witnessed, cosignatures.pages);
    return resumed;
  }

  const rest = async () => {
    await Promise.all([partitions.close(), witnesses?.close(), following?.close()]);
  };
  return {
    node,
    append: log.append,
    checkpoint: checkpointer.latest,
    cosigned() {
      const note = checkpointer.latest();
      return note === null || witnesses === null ? note : witnesses.cosigned(note);
    },
    witnesses: witnessPolicy,
    concerns: () => witnesses?.concerns() ?? [],
    async begin(policy) {
      await witnesses?.consult();
      const atStart = { size: tree.size, signedBy, restoredFrom: config.auditRestoredFrom };
      const due = async () => {
        const now = { recorded: await recorded(), ...atStart };
        return orConfigError(() => dueKeyChanges(now, keys));
      };
      await recordKeyChanges(due, log, clock.now(), node);
      await log.append([lifecycleEntry(clock.now(), 'start', { policy, node })]);
      await checkpointer.flush();
    },
    follow() {
      witnesses?.begin();
      following = followLog(entries, logger);
    },
    rest,
    async close() {
      await rest();
      await log.drained();
      await checkpointer
        .flush()
        .catch((error: unknown) => logger.error({ err: error }, 'the end of the log is not signed'));
      checkpointer.close();
      await store.close();
    },
  };
}

/** The newest checkpoint of the log of this name. Where it has none yet, it has said that it is empty. */
function newestOf(signer: Signer, newest: SignedTree | null): SignedTree {
  return newest?.note.startsWith(`${signer.name}\n`) ? newest : signTree(EMPTY, signer);
}

/**
 * The keys that the configuration names.
 * @throws ConfigError
 */
export function logKeysOf({ auditSigningKey, auditVerifyKeys, auditHmacKeys }: Config, development: boolean): LogKeys {
  const given = { signing: auditSigningKey, older: auditVerifyKeys, pseudonyms: auditHmacKeys };
  return orConfigError(() => openLogKeys(given, development));
}

/** @throws ConfigError instead of a KeyError */
function orConfigError<T>(judge: () => T): T {
  try {
    return judge();
  } catch (error) {
    throw error instanceof KeyError ? new ConfigError(error.problems) : error;
  }
}

/** @throws ConfigError */
async function requireDurable(db: Database): Promise<void> {
  const problems = await durabilityProblems(db);
  if (problems.length > 0) throw new ConfigError(problems);
}
