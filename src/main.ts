import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { type Logger, pino } from 'pino';
import { lifecycleEntry } from './audit/entry.ts';
import { createAuditLog } from './audit/log.ts';
import { createPseudonyms } from './audit/pseudonym.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Config, ConfigError } from './config.ts';
import { createAdmin } from './gateway/admin.ts';
import { createEndpoint } from './gateway/apollo.ts';
import { createCursors } from './gateway/cursor.ts';
import { createEdge } from './gateway/edge.ts';
import type { Engine } from './gateway/engine.ts';
import { createMetrics } from './gateway/metrics.ts';
import { urgentPage } from './gateway/pages.ts';
import { policyInForce } from './gateway/policy.ts';
import { readRecord } from './gateway/read-record.ts';
import { createReadiness } from './gateway/readiness.ts';
import { createSchemas } from './gateway/schema.ts';
import { createVerifier } from './identity/verifier.ts';
import { loadBundle } from './policy/load/load.ts';
import { connectHolders } from './sources/holder.ts';
import { parseSources } from './sources/registry.ts';
import { createAuditStore } from './store/audit.ts';
import { openStore } from './store/client.ts';
import { assertMigrated, migrate } from './store/migrate.ts';
import { createSubjects } from './store/subjects.ts';

export interface GatewayOptions {
  readonly config: Config;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Only `throughgate start` and tests have one: what production must not offer. */
  readonly development?: {
    readonly moveClock?: (instant: Date) => void;
    /** An explorer page for `GET /graphql`. */
    readonly explorer?: string;
  };
}

export interface Gateway {
  readonly url: string;
  readonly adminUrl: string;
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
  development = {},
}: GatewayOptions): Promise<Gateway> {
  const log = logger ?? pino({ level: config.logLevel, base: null }, pino.destination({ fd: 2, sync: false }));
  const record = await readRecord(config.schemaDir);
  const bundle = await loadBundle(config.policiesDir, record);
  const addresses = parseSources(
    config.sourcesFile,
    await readFile(config.sourcesFile, 'utf8'),
    record.sources.map(({ name }) => name),
  );

  if (config.databaseOwnerUrl) await migrate(config.databaseOwnerUrl);
  else await assertMigrated(config.databaseUrl);
  const store = openStore(config.databaseUrl, { poolSize: 8 });
  const auditStore = openStore(config.databaseUrl, { poolSize: 2 });
  const auditLog = createAuditLog(createAuditStore(auditStore.db));
  const holders = connectHolders(addresses);

  const engine: Engine = {
    policy: policyInForce(bundle, record, addresses),
    schemas: createSchemas(record, bundle.envelope, createCursors(config.auditHmacKey)),
    subjects: createSubjects(store.db),
    holders: new Map(holders.holders.map((holder) => [holder.code, holder])),
    keyField: new Map(record.sources.map(({ name, keyField }) => [name, keyField])),
  };
  // Tokens are judged by the machine's time; the clock moves what policy sees.
  const verifier = createVerifier({ ...config.oidc, clockToleranceSeconds: 5, maxLifetimeSeconds: 3_600 });
  const metrics = createMetrics();
  const endpoint = await createEndpoint(engine);
  const readiness = createReadiness({ store: () => store.ping(), keys: () => verifier.ready() });
  const edge = createEdge({
    access: {
      engine,
      endpoint,
      verifier,
      log: auditLog,
      pseudonyms: createPseudonyms(config.auditHmacKey),
      clock,
      metrics,
      logger: log,
    },
    readiness,
    urgent: urgentPage(bundle.desks, bundle.partners),
    explorer: development.explorer ?? null,
  });
  const admin = createAdmin(metrics, development.moveClock ?? null);

  const facts = { policy: bundle.hash, node: hostname() };
  const release = async () => {
    await Promise.all([edge.close(), admin.close()]);
    await auditLog.drained();
    await Promise.all([endpoint.close(), holders.close(), store.close(), auditStore.close()]);
  };
  try {
    await auditLog.append([lifecycleEntry(clock.now(), 'start', facts)]);
    await edge.listen({ host: config.host, port: config.port }).catch(taken('PORT', config.port));
    await admin.listen({ host: '127.0.0.1', port: config.adminPort }).catch(taken('ADMIN_PORT', config.adminPort));
  } catch (error) {
    await release();
    throw error;
  }
  const url = addressOf(edge.server.address() as AddressInfo);
  const adminUrl = addressOf(admin.server.address() as AddressInfo);
  log.info({ url, adminUrl, policy: bundle.hash, holders: addresses.length }, 'listening');

  return {
    url,
    adminUrl,
    async close() {
      readiness.stopping();
      await Promise.all([edge.close(), admin.close()]);
      // The log is told last: everything before it has been recorded.
      await auditLog
        .append([lifecycleEntry(clock.now(), 'stop', facts)])
        .catch((error: unknown) => log.error({ err: error }, 'stop could not be recorded'));
      await release();
    },
  };
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
