import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { parseVkey } from './audit/note.ts';
import { lifecycleEntry, policyChangeEntry } from './audit/own-entry.ts';
import { createPseudonyms } from './audit/pseudonym.ts';
import { signExport } from './audit/signed-export.ts';
import { signReport } from './audit/subject-report.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import { connectConsole, requireConsoleUrl } from './connect-console.ts';
import { createAdmin } from './gateway/admin.ts';
import { createEndpoint } from './gateway/apollo.ts';
import { keepSweeping, type Sweep } from './gateway/checks/sweep.ts';
import { createCursors } from './gateway/cursor.ts';
import { createEdge } from './gateway/edge.ts';
import type { Engine } from './gateway/engine.ts';
import { readEndpoints } from './gateway/events/endpoints.ts';
import { keepDelivering, type Outbox } from './gateway/events/outbox.ts';
import { createPrints } from './gateway/events/prints.ts';
import { keepWatching } from './gateway/events/watching.ts';
import { createExportRuns } from './gateway/exports/runs.ts';
import { keepDigesting } from './gateway/flags/digest.ts';
import { folderPrint } from './gateway/folder-print.ts';
import { createGapRules } from './gateway/gaps/view-rules.ts';
import { createMetrics } from './gateway/metrics.ts';
import { keepProposal, type ProposalSource } from './gateway/oversight/proposed.ts';
import { urgentPage } from './gateway/pages.ts';
import { policyInForce } from './gateway/policy.ts';
import { keepVerifying } from './gateway/proof/verifying.ts';
import { readRecord } from './gateway/read-record.ts';
import { createReadiness } from './gateway/readiness.ts';
import { keepPolicy, type PolicySource, type ReloadOutcome } from './gateway/reload.ts';
import { watchRestrictionLists } from './gateway/restriction-lists.ts';
import { createSchemas } from './gateway/schema.ts';
import { createVerifier } from './identity/verifier.ts';
import { logKeysOf, openLog } from './log.ts';
import { APPROVALS_FILE, type Approval, parseApprovals, requireApproval } from './policy/approvals.ts';
import type { Bundle } from './policy/bundle.ts';
import { PolicyError } from './policy/load/error.ts';
import { loadBundle } from './policy/load/load.ts';
import type { RecordModel } from './record/model.ts';
import { formatProblem, type SourceText } from './record/problem.ts';
import { connectHolders } from './sources/holder.ts';
import { type HolderAddress, parseSources } from './sources/registry.ts';
import { createChecks } from './store/checks.ts';
import { openStore } from './store/client.ts';
import { createEvents } from './store/events.ts';
import { createLogExports } from './store/exports.ts';
import { createFigures } from './store/figures.ts';
import { createFlagCases, createFlagDigest } from './store/flags.ts';
import { createFreeTexts } from './store/free-text.ts';
import { checkLog } from './store/fsck.ts';
import { createGapAcknowledgements } from './store/gap-acknowledgements.ts';
import { createGovernance } from './store/governance.ts';
import { createHeld } from './store/held.ts';
import { createLogHolds } from './store/holds.ts';
import { createInterests } from './store/interests.ts';
import { createLogPeople } from './store/log-people.ts';
import { createLogReader } from './store/log-reader.ts';
import { openLogTree } from './store/log-tree.ts';
import { assertMigrated, migrate } from './store/migrate.ts';
import { createNameRequests } from './store/name-requests.ts';
import { createNotices } from './store/notices.ts';
import { createReferrals } from './store/referrals.ts';
import { createRestrictionHealth } from './store/restriction-health.ts';
import { readRestrictionLists } from './store/restriction-lists.ts';
import { createSavedSearches } from './store/saved-searches.ts';
import { createStandings } from './store/standings.ts';
import { createSubjectRequests } from './store/subject-requests.ts';
import { createSubjects } from './store/subjects.ts';
import { createTellings } from './store/telling.ts';
import { createVerifications } from './store/verification.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /**
   * Only `throughgate start` and tests have one: what production must not offer. Without it the policy must be on the
   * list of approvals.
   */
  readonly development?: {
    readonly moveClock?: (instant: Date) => void;
    /** An explorer page for `GET /graphql`. */
    readonly explorer?: string;
  };
}

export interface Gateway {
  readonly url: string;
  readonly adminUrl: string;
  /** Looks now at what is watched on behalf of a partner, as it does by itself from time to time. */
  watch(partner: string): Promise<void>;
  /** Does now for checks what time brought, as it does by itself every few seconds. */
  sweep(): Promise<void>;
  /** Goes through the log for flags and figures now, as it does by itself every hour. */
  digest(): Promise<void>;
  /** Reads the policy files now, as it does by itself when they change. */
  reload(): Promise<ReloadOutcome>;
  close(): Promise<void>;
}

/**
 * Puts the gateway together and starts it: configuration, then wiring, then listening.
 * @throws before it listens, with every problem that its files have
 */
export async function startGateway({
  config,
  clock = systemClock,
  logger,
  development,
}: GatewayOptions): Promise<Gateway> {
  requireConsoleUrl(config, development !== undefined);
  const log = logger ?? pino({ level: config.logLevel, base: null }, pino.destination({ fd: 2, sync: false }));
  const keys = logKeysOf(config, development !== undefined);
  const record = await readRecord(config.schemaDir);
  const approve = (hash: string) => (development ? Promise.resolve() : approved(config.policiesDir, hash));
  const print = await folderPrint(config.policiesDir);
  const bundle = await loadBundle(config.policiesDir, record);
  await approve(bundle.hash).catch(notApproved);
  const addresses = parseSources(
    config.sourcesFile,
    await readFile(config.sourcesFile, 'utf8'),
    record.sources.map(({ name }) => name),
  );
  const endpoints = await readEndpoints(config.webhooksFile, bundle);

  if (config.databaseOwnerUrl) await migrate(config.databaseOwnerUrl);
  else await assertMigrated(config.databaseUrl);
  const metrics = createMetrics();
  const auditLog = await openLog({ config, keys, clock, metrics, logger: log, development: development !== undefined });
  const store = openStore(config.databaseUrl, { poolSize: 8 });
  const holders = connectHolders(addresses);

  const logReader = config.auditReaderUrl === null ? null : createLogReader(config.auditReaderUrl);
  const cursors = createCursors(config.auditHmacKeys);
  const logVkeys = [keys.signer.vkey, ...keys.older.filter((vkey) => vkey !== keys.signer.vkey)] as const;
  const proof = {
    keys: logVkeys,
    witnesses: auditLog.witnesses,
    checkpoint: auditLog.cosigned,
    tree: config.auditReaderUrl === null ? null : openLogTree(config.auditReaderUrl),
    verifications: createVerifications(store.db),
  };
  const verifying = keepVerifying({
    ...proof,
    check: (progress, signal) => checkLog(config.auditReaderUrl ?? '', logVkeys.map(parseVkey), progress, signal),
    clock,
    logger: log,
  });
  const lasting = {
    subjects: createSubjects(store.db),
    governance: createGovernance(store.db),
    events: createEvents(store.db),
    standings: createStandings(store.db),
    texts: createFreeTexts(store.db, config.auditHmacKeys),
    checks: createChecks(store.db, config.auditHmacKeys),
    referrals: createReferrals(store.db, config.auditHmacKeys),
    gapAcknowledgements: createGapAcknowledgements(store.db),
    cursors,
    logReader,
    logPeople: createLogPeople(store.db),
    held: createHeld(store.db),
    flagDigest: createFlagDigest(store.db),
    flagCases: createFlagCases(store.db),
    figures: createFigures(store.db),
    approvals: () => approvalsIn(config.policiesDir),
    proposal: keepProposal(
      config.proposedPoliciesDir === null ? null : proposalIn(config.proposedPoliciesDir, record, addresses),
    ),
    subjectRequests: createSubjectRequests(store.db),
    restrictionHealth: createRestrictionHealth(store.db),
    tellings: createTellings(store.db),
    nameRequests: createNameRequests(store.db),
    notices: createNotices(store.db),
    interests: createInterests(store.db),
    proof: { ...proof, verify: verifying.start },
    logExports: createLogExports(store.db),
    exportRuns: createExportRuns(),
    savedSearches: createSavedSearches(store.db),
    logHolds: createLogHolds(store.db),
    reports: {
      sign: (report: string) => signReport(report, keys.signer),
      signExport: (text: string) => signExport(text, keys.signer),
      checkpoint: auditLog.checkpoint,
    },
    holders: new Map(holders.holders.map((holder) => [holder.code, holder])),
    keyField: new Map(record.sources.map(({ name, keyField }) => [name, keyField])),
  };
  const engineOf = (compiled: Bundle): Engine => {
    const policy = policyInForce(compiled, record, addresses);
    const schemas = createSchemas(record, compiled, cursors);
    return { ...lasting, policy, schemas, gapRules: createGapRules(policy, schemas.shared) };
  };
  const { node } = auditLog;
  const source: PolicySource = {
    print: () => folderPrint(config.policiesDir),
    load: () => loadBundle(config.policiesDir, record),
    approve: ({ hash }) => approve(hash),
    engineOf,
    record: (change) => auditLog.append([policyChangeEntry(clock.now(), { ...change, node })]),
  };
  // Tokens are judged by the machine's time; the clock moves what policy sees.
  const verifier = createVerifier({ ...config.oidc, clockToleranceSeconds: 5, maxLifetimeSeconds: 3_600 });
  const first = engineOf(bundle);
  const endpoint = await createEndpoint(first);
  const policy = keepPolicy({ source, first: { engine: first, print }, metrics, logger: log });
  const inForce = () => policy.current().policy.bundle;
  const lists = watchRestrictionLists({
    lists: () => readRestrictionLists(store.db),
    bundle: inForce,
    clock,
    metrics,
    logger: log,
  });
  let outbox: Outbox | null = null;
  let sweep: Sweep | null = null;
  const readiness = createReadiness({
    store: () => store.ping(),
    keys: () => verifier.ready(),
    concerns: () => [
      ...(policy.behind() ? (['POLICY_NOT_RELOADED'] as const) : []),
      ...(lists.stale() ? (['RESTRICTION_LIST_STALE'] as const) : []),
      ...(sweep?.concerns() ?? []),
      ...(outbox?.hasDead() ? (['WEBHOOKS_DEAD'] as const) : []),
      ...auditLog.concerns(),
    ],
  });
  const own = {
    engine: policy.current,
    log: auditLog,
    pseudonyms: createPseudonyms(config.auditHmacKeys),
    clock,
    metrics,
    logger: log,
    node,
  };
  const access = { ...own, endpoint, verifier };
  let publicUrl = config.console?.url ?? '';
  const edge = createEdge({
    access,
    readiness,
    urgent: () => urgentPage(inForce().desks, inForce().partners),
    checkpoint: auditLog.cosigned,
    explorer: development?.explorer ?? null,
    console: connectConsole({
      config,
      access,
      policy: inForce,
      record,
      db: store.db,
      origin: () => publicUrl,
      development: development !== undefined,
    }),
  });
  const admin = createAdmin(metrics, development?.moveClock ?? null);

  const release = async () => {
    await Promise.all([edge.close(), admin.close(), policy.close(), lists.close(), verifying.close()]);
    await auditLog.close();
    await Promise.all([endpoint.close(), holders.close(), store.close(), logReader?.close(), proof.tree?.close()]);
  };
  try {
    await auditLog.begin(inForce().hash);
    await edge.listen({ host: config.host, port: config.port }).catch(taken('PORT', config.port));
    await admin.listen({ host: '127.0.0.1', port: config.adminPort }).catch(taken('ADMIN_PORT', config.adminPort));
  } catch (error) {
    await release();
    throw error;
  }
  const url = addressOf(edge.server.address() as AddressInfo);
  publicUrl ||= url;
  const adminUrl = addressOf(admin.server.address() as AddressInfo);
  auditLog.follow();
  const watching = keepWatching({ ...own, prints: createPrints(config.auditHmacKeys) });
  outbox = keepDelivering({ ...own, endpoints });
  const sweeping = keepSweeping(own);
  sweep = sweeping;
  const digesting = keepDigesting(own);
  log.info({ url, adminUrl, policy: bundle.hash, holders: addresses.length }, 'listening');

  return {
    url,
    adminUrl,
    watch: watching.look,
    sweep: sweeping.round,
    digest: digesting.round,
    reload: policy.reload,
    async close() {
      readiness.stopping();
      await Promise.all([
        watching.close(),
        outbox?.close(),
        sweeping.close(),
        digesting.close(),
        lasting.exportRuns.close(),
      ]);
      await Promise.all([edge.close(), admin.close(), policy.close(), auditLog.rest()]);
      // The log is told last: everything before it has been recorded.
      await auditLog
        .append([lifecycleEntry(clock.now(), 'stop', { policy: inForce().hash, node })])
        .catch((error: unknown) => log.error({ err: error }, 'stop could not be recorded'));
      await release();
    },
  };
}

function proposalIn(folder: string, record: RecordModel, addresses: readonly HolderAddress[]): ProposalSource {
  return {
    print: () => folderPrint(folder),
    load: async () => policyInForce(await loadBundle(folder, record), record, addresses),
  };
}

/** @throws PolicyError */
async function approved(policiesDir: string, hash: string): Promise<void> {
  requireApproval(hash, await approvalsText(policiesDir));
}

async function approvalsIn(policiesDir: string): Promise<readonly Approval[]> {
  const source = await approvalsText(policiesDir);
  return source ? parseApprovals(source).approvals : [];
}

async function approvalsText(policiesDir: string): Promise<SourceText | null> {
  const text = await readFile(join(policiesDir, APPROVALS_FILE), 'utf8').catch(() => null);
  return text === null ? null : { name: APPROVALS_FILE, text };
}

function notApproved(error: unknown): never {
  if (!(error instanceof PolicyError)) throw error;
  throw new ConfigError(error.problems.map((problem) => `POLICIES_DIR: ${formatProblem(problem)}`));
}

function taken(variable: string, port: number) {
  return (error: NodeJS.ErrnoException): never => {
    if (error.code !== 'EADDRINUSE') throw error;
    throw new ConfigError([`${variable}: port ${port} is taken by another program; stop it or choose another port`]);
  };
}

function addressOf({ address, port, family }: AddressInfo): string {
  const host = address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
