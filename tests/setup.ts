import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startPartners } from '../src/demo/partners/partners.ts';
import { createPopulation } from '../src/demo/population/population.ts';
import { removeCluster, startPostgres } from '../src/demo/postgres/start.ts';
import { startProvider } from '../src/demo/provider/provider.ts';
import { londonDay } from '../src/record/london.ts';
import { importFacts } from '../src/store/facts.ts';
import { migrate } from '../src/store/migrate.ts';
import { prepareLogins } from '../src/store/roles.ts';

/** What every test file finds running: one PostgreSQL, one OpenID provider, the twelve partners. */
export interface Surroundings {
  /** The owner's URL of a database that holds the whole demonstration's facts. Never written to: cloned. */
  readonly seededUrl: string;
  /** The same database, as the gateway and as the log's reader sign in. */
  readonly gatewayUrl: string;
  readonly readerUrl: string;
  readonly issuer: string;
  readonly holders: readonly { readonly code: string; readonly source: string; readonly url: string }[];
  readonly population: { readonly seed: number; readonly size: number; readonly anchor: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    surroundings: Surroundings;
  }
}

let stop: () => Promise<void>;

export async function setup(project: TestProject): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'throughgate-tests-'));
  const clock = { now: () => new Date() };
  const choice = { seed: 20_261_122, size: 600, anchor: londonDay(clock.now()) };
  const population = createPopulation(choice);
  const passwords = { gatewayPassword: 'gateway-for-tests', readerPassword: 'reader-for-tests' };

  const postgres = await startPostgres({ dataDir });
  await migrate(postgres.ownerUrl);
  const logins = await prepareLogins(postgres.ownerUrl, passwords);
  await importFacts(postgres.ownerUrl, population.facts());
  const provider = await startProvider({ port: 0, host: '127.0.0.1' });
  const partners = await startPartners({
    population,
    basePort: 0,
    sdlDir: fileURLToPath(new URL('../schema/sources', import.meta.url)),
    clock,
  });
  project.provide('surroundings', {
    seededUrl: postgres.ownerUrl,
    ...logins,
    issuer: provider.issuer,
    holders: partners.holders,
    population: choice,
  });
  stop = async () => {
    await Promise.all([partners.close(), provider.close()]);
    await postgres.stop();
    await removeCluster(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  };
}

export async function teardown(): Promise<void> {
  await stop();
}
