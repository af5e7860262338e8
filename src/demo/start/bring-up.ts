import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { removeCluster, startPostgres } from '../postgres/start.ts';
import { CONSOLE_CLIENT } from '../provider/accounts.ts';
import { type Child, type ChildName, launch } from './children.ts';
import {
  clearDataFolder,
  FILES,
  hmacKeyFile,
  logKey,
  makeDataFolder,
  refuseForeign,
  secretFile,
} from './data-folder.ts';
import type { GatewayResult, GatewaySettings } from './gateway-child.ts';
import type { PartnersResult, PartnersSettings } from './partners-child.ts';
import { type Environment, type Place, portUses, readPlace } from './place.ts';
import {
  choosePopulation,
  type PopulationChoice,
  type PopulationWish,
  readRecord,
  writeRecord,
} from './population-record.ts';
import { checkPorts } from './ports.ts';
import type { ProviderResult, ProviderSettings } from './provider-child.ts';
import type { RunningParts } from './running.ts';
import { writeSources } from './sources-file.ts';
import { StartError } from './start-error.ts';
import type { StoreResult, StoreSettings } from './store-child.ts';

export interface StartOptions extends PopulationWish {
  /** Throw the data of earlier starts away. */
  readonly fresh: boolean;
  /** Where the clock starts; null for the real time. */
  readonly now: Date | null;
  /** A further facts file; null for none. */
  readonly factsFile: string | null;
  /** About how many accesses the log has when it is new; 0 for none. */
  readonly activity: number;
}

/** What the person at the terminal is told once everything runs. */
export interface Demonstration {
  readonly place: Place;
  readonly population: PopulationChoice;
  readonly gateway: GatewayResult;
  readonly provider: ProviderResult;
  readonly partners: PartnersResult;
  /** Verifies the audit log. */
  readonly logVkey: string;
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
}

/**
 * Starts every part of the demonstration, and says so on standard output. Each is added to `parts` as soon as it runs, so that it can be stopped at any
 * moment.
 * @throws Error whose message says what to change
 */
export async function bringUp(options: StartOptions, env: Environment, parts: RunningParts): Promise<Demonstration> {
  const place = readPlace(env);
  const { dataDir, ports } = place;
  if (options.factsFile !== null && !existsSync(options.factsFile)) {
    throw new StartError('--facts names a file that does not exist');
  }
  makeDataFolder(dataDir);
  refuseForeign(dataDir);
  await checkPorts(portUses(ports));
  const record = options.fresh ? null : readRecord(dataDir);
  const population = choosePopulation(options, record, options.now ?? new Date());
  const imported = record?.complete ?? false;
  process.stdout.write(imported ? 'Starting.\n' : `Starting, and making the data of ${population.people} people.\n`);
  if (!imported) {
    await removeCluster(dataDir);
    clearDataFolder(dataDir);
    makeDataFolder(dataDir);
    writeRecord(dataDir, { ...population, complete: false });
  }

  // First, because it refuses data that another demonstration uses: until then nothing of theirs is touched.
  const postgres = await startPostgres({ dataDir });
  parts.add(2, { ...postgres, name: 'PostgreSQL', exited: postgres.exited.then(postgresEnd) });
  const children = launchAll(join(dataDir, FILES.logs), parts);
  if (options.now !== null) {
    children.moveClocks(options.now.getTime() - Date.now());
  }

  const password = (name: string): string => readFileSync(secretFile(dataDir, name), 'utf8').trim();
  const [provider, partners, { gatewayUrl, readerUrl }] = await Promise.all([
    children.provider.start({ port: ports.provider }),
    children.partners.start({ basePort: ports.partners, population }),
    children.store.start({
      ownerUrl: postgres.ownerUrl,
      gatewayPassword: password(FILES.gatewayPassword),
      readerPassword: password(FILES.readerPassword),
      population,
      imported,
      factsFile: options.factsFile,
    }),
  ]);
  await children.store.stop();
  writeFileSync(join(dataDir, FILES.readerUrl), `${readerUrl}\n`, { mode: 0o600 });
  writeFileSync(join(dataDir, FILES.gatewayUrl), `${gatewayUrl}\n`, { mode: 0o600 });

  const signing = logKey(dataDir);
  const gateway = await children.gateway.start({
    environment: {
      // As in production, where these come from outside.
      HOST: '127.0.0.1',
      PORT: String(ports.gateway),
      ADMIN_PORT: String(ports.admin),
      DATABASE_URL: gatewayUrl,
      AUDIT_READER_URL: readerUrl,
      OIDC_ISSUER: provider.issuer,
      OIDC_AUDIENCE: provider.audience,
      SCHEMA_DIR: env['SCHEMA_DIR'],
      POLICIES_DIR: env['POLICIES_DIR'],
      PROPOSED_POLICIES_DIR: env['PROPOSED_POLICIES_DIR'],
      SOURCES_FILE: env['SOURCES_FILE'] || writeSources(dataDir, partners.holders),
      AUDIT_HMAC_KEY_FILE: hmacKeyFile(dataDir),
      AUDIT_SIGNING_KEY_FILE: signing.file,
      AUDIT_VERIFY_KEYS_FILE: signing.verifierFile,
      WITNESSES_FILE: env['WITNESSES_FILE'],
      WEBHOOKS_FILE: env['WEBHOOKS_FILE'],
      AUDIT_RESTORED_FROM: env['AUDIT_RESTORED_FROM'],
      CONSOLE_CLIENT_ID: CONSOLE_CLIENT,
      LOG_LEVEL: env['LOG_LEVEL'],
    },
    activity:
      imported || options.activity === 0
        ? null
        : { ownerUrl: postgres.ownerUrl, population, accesses: options.activity },
  });
  // A start that is interrupted while the log gets its year begins anew.
  writeRecord(dataDir, { ...population, complete: true });
  const running = [children.gateway, children.provider, children.partners, { name: 'PostgreSQL', pid: postgres.pid }];
  return {
    place,
    population,
    gateway,
    provider,
    partners,
    logVkey: signing.vkey,
    processes: [{ name: 'supervisor', pid: process.pid }, ...running.map(({ name, pid }) => ({ name, pid }))],
  };
}

function launchAll(logs: string, parts: RunningParts) {
  const launched: { setClock(offsetMilliseconds: number): void }[] = [];
  const moveClocks = (offsetMilliseconds: number): void => {
    for (const child of launched) {
      child.setClock(offsetMilliseconds);
    }
  };
  const child = <Settings, Result>(name: ChildName, tier: 0 | 1): Child<Settings, Result> => {
    const part = parts.add(tier, launch<Settings, Result>(name, logs, moveClocks));
    launched.push(part);
    return part;
  };
  return {
    moveClocks,
    store: child<StoreSettings, StoreResult>('store', 1),
    provider: child<ProviderSettings, ProviderResult>('provider', 1),
    partners: child<PartnersSettings, PartnersResult>('partners', 1),
    gateway: child<GatewaySettings, GatewayResult>('gateway', 0),
  };
}

function postgresEnd(end: string | null): string | null {
  return end === null ? null : `PostgreSQL stopped by itself.\n${end}`;
}
