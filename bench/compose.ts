import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { type AuditLog, createAuditLog } from '../src/audit/log.ts';
import { createPseudonyms } from '../src/audit/pseudonym.ts';
import { systemClock } from '../src/clock.ts';
import { type AccessReply, handleAccess } from '../src/gateway/access.ts';
import { createEndpoint } from '../src/gateway/apollo.ts';
import type { SweepDependencies } from '../src/gateway/checks/sweep-round.ts';
import { createCursors } from '../src/gateway/cursor.ts';
import type { Engine } from '../src/gateway/engine.ts';
import { createExportRuns } from '../src/gateway/exports/runs.ts';
import { createGapRules } from '../src/gateway/gaps/view-rules.ts';
import { createMetrics } from '../src/gateway/metrics.ts';
import { policyInForce } from '../src/gateway/policy.ts';
import { readRecord } from '../src/gateway/read-record.ts';
import { createSchemas, type Schemas } from '../src/gateway/schema.ts';
import { createVerifier } from '../src/identity/verifier.ts';
import type { Agreement, Bundle, RoleView } from '../src/policy/bundle.ts';
import { loadBundle } from '../src/policy/load/load.ts';
import type { RecordModel } from '../src/record/model.ts';
import { connectHolders } from '../src/sources/holder.ts';
import { parseSources } from '../src/sources/registry.ts';
import { createAuditStore } from '../src/store/audit.ts';
import { createChecks } from '../src/store/checks.ts';
import { openStore } from '../src/store/client.ts';
import { createEvents } from '../src/store/events.ts';
import { createLogExports } from '../src/store/exports.ts';
import { createFigures } from '../src/store/figures.ts';
import { createFlagCases, createFlagDigest } from '../src/store/flags.ts';
import { createFreeTexts } from '../src/store/free-text.ts';
import { createGapAcknowledgements } from '../src/store/gap-acknowledgements.ts';
import { createGovernance } from '../src/store/governance.ts';
import { createHeld } from '../src/store/held.ts';
import { createLogHolds } from '../src/store/holds.ts';
import { createInterests } from '../src/store/interests.ts';
import { createLogPeople } from '../src/store/log-people.ts';
import { createNameRequests } from '../src/store/name-requests.ts';
import { createNotices } from '../src/store/notices.ts';
import { createReferrals } from '../src/store/referrals.ts';
import { createRestrictionHealth } from '../src/store/restriction-health.ts';
import { createSavedSearches } from '../src/store/saved-searches.ts';
import { createStandings } from '../src/store/standings.ts';
import { createSubjectRequests } from '../src/store/subject-requests.ts';
import { createSubjects } from '../src/store/subjects.ts';
import { createTellings } from '../src/store/telling.ts';
import { createVerifications } from '../src/store/verification.ts';
import type { Surroundings } from './surroundings.ts';

/** How a gateway under measurement differs from the one that is served. Only parts of this folder can differ. */
export interface Variant {
  readonly name: string;
  bundle(bundle: Bundle, record: RecordModel): Bundle;
  schemas(schemas: Schemas): Schemas;
  /** Where entries go; absent: into the log. */
  readonly log?: AuditLog;
}

export interface Composed {
  readonly name: string;
  ask(token: string, purpose: string, query: string, variables: object): Promise<AccessReply>;
  /** What the gateway's own work goes by. */
  readonly own: SweepDependencies;
  close(): Promise<void>;
}

/** A whole gateway but for its HTTP server: tokens, policy, shield, holders over HTTP, audit. */
export async function compose({ config }: Surroundings, variant: Variant): Promise<Composed> {
  const record = await readRecord(config.schemaDir);
  const bundle = variant.bundle(await loadBundle(config.policiesDir, record), record);
  const addresses = parseSources(
    config.sourcesFile,
    await readFile(config.sourcesFile, 'utf8'),
    record.sources.map(({ name }) => name),
  );
  const store = openStore(config.databaseUrl, { poolSize: 8 });
  const auditStore = openStore(config.databaseUrl, { poolSize: 2 });
  const holders = connectHolders(addresses);
  const policy = policyInForce(bundle, record, addresses);
  const cursors = createCursors(config.auditHmacKeys);
  const schemas = variant.schemas(createSchemas(record, bundle, cursors));
  const engine: Engine = {
    policy,
    schemas,
    gapRules: createGapRules(policy, schemas.shared),
    gapAcknowledgements: createGapAcknowledgements(store.db),
    subjects: createSubjects(store.db),
    governance: createGovernance(store.db),
    events: createEvents(store.db),
    standings: createStandings(store.db),
    texts: createFreeTexts(store.db, config.auditHmacKeys),
    checks: createChecks(store.db, config.auditHmacKeys),
    referrals: createReferrals(store.db, config.auditHmacKeys),
    cursors,
    logReader: null,
    logPeople: createLogPeople(store.db),
    held: createHeld(store.db),
    flagDigest: createFlagDigest(store.db),
    flagCases: createFlagCases(store.db),
    figures: createFigures(store.db),
    approvals: async () => [],
    tellings: createTellings(store.db),
    nameRequests: createNameRequests(store.db),
    notices: createNotices(store.db),
    interests: createInterests(store.db),
    proof: {
      keys: [''],
      witnesses: null,
      checkpoint: () => null,
      tree: null,
      verifications: createVerifications(store.db),
      verify: () => {},
    },
    subjectRequests: createSubjectRequests(store.db),
    restrictionHealth: createRestrictionHealth(store.db),
    proposal: async () => null,
    reports: { sign: (report) => report, signExport: (text) => text, checkpoint: () => null },
    logExports: createLogExports(store.db),
    exportRuns: createExportRuns(),
    savedSearches: createSavedSearches(store.db),
    logHolds: createLogHolds(store.db),
    holders: new Map(holders.holders.map((holder) => [holder.code, holder])),
    keyField: new Map(record.sources.map(({ name, keyField }) => [name, keyField])),
  };
  const endpoint = await createEndpoint(engine);
  const access = {
    engine: () => engine,
    endpoint,
    verifier: createVerifier({ ...config.oidc, clockToleranceSeconds: 5, maxLifetimeSeconds: 3_600 }),
    log: variant.log ?? createAuditLog(createAuditStore(auditStore)),
    pseudonyms: createPseudonyms(config.auditHmacKeys),
    clock: systemClock,
    metrics: createMetrics(),
    logger: pino({ level: 'silent' }),
    node: 'bench',
  };
  return {
    name: variant.name,
    own: access,
    ask: (token, purpose, query, variables) =>
      handleAccess(access, {
        requestId: randomUUID(),
        headers: { 'content-type': 'application/json', 'purpose-of-use': purpose },
        authorization: [`Bearer ${token}`],
        network: null,
        body: { query, variables },
        bodyProblem: null,
      }),
    async close() {
      await access.log.drained();
      await Promise.all([endpoint.close(), holders.close(), store.close(), auditStore.close()]);
    },
  };
}

/** Every class of every section open, from everybody to everybody, without a permission and without a hold. */
export function allowEverything(bundle: Bundle, record: RecordModel): Bundle {
  const classes = [...bundle.classes.keys()];
  const sections: RoleView['sections'] = new Map(
    record.sections.map(({ field, coordinates }) => {
      const inside = new Set(coordinates.map((coordinate) => bundle.classOf.get(coordinate) ?? ''));
      return [field, { existence: 'open', why: '', classes: classes.filter((name) => inside.has(name)) }];
    }),
  );
  const codes = [...bundle.partners.keys()];
  const agreement: Agreement = {
    reference: 'EVERYTHING',
    holders: codes,
    recipients: codes,
    purposes: [...bundle.purposes.keys()],
    classes,
    requires: new Map(),
    emergency: new Map(),
    powers: [],
    necessity: '',
    from: '2000-01-01',
    until: '2099-12-31',
    review: '2099-12-31',
  };
  return {
    ...bundle,
    roles: new Map(
      [...bundle.roles].map(([name, role]) => [
        name,
        {
          ...role,
          peoplePerDay: Number.MAX_SAFE_INTEGER,
          purposes: new Map(
            [...role.purposes].map(([code, view]) => [code, { ...view, holdMilliseconds: 0, sections }] as const),
          ),
        },
      ]),
    ),
    agreements: [agreement, { ...agreement, reference: 'OWN', recipients: 'own' }],
  };
}
