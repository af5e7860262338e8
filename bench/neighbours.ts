/**
 * Everything that is not the gateway, in a process of its own: PostgreSQL, the development OpenID provider and the twelve
 * demonstration holders. What is measured is then the gateway's CPU and nobody else's. Ends when its parent does.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { startPartners } from '../src/demo/partners/partners.ts';
import { createPopulation } from '../src/demo/population/population.ts';
import { removeCluster, startPostgres } from '../src/demo/postgres/start.ts';
import { startProvider } from '../src/demo/provider/provider.ts';
import { londonDay } from '../src/record/london.ts';
import { importFacts } from '../src/store/facts.ts';
import { migrate } from '../src/store/migrate.ts';
import { prepareLogins } from '../src/store/roles.ts';
import { caseload } from './people.ts';

export interface Neighbours {
  readonly gatewayUrl: string;
  readonly ownerUrl: string;
  readonly readerUrl: string;
  readonly issuer: string;
  readonly holders: readonly { readonly code: string; readonly source: string; readonly url: string }[];
  readonly population: { readonly seed: number; readonly size: number; readonly anchor: string };
}

const dataDir = mkdtempSync(join(tmpdir(), 'throughgate-bench-'));
const clock = { now: () => new Date() };
const choice = { seed: 20_261_122, size: 1_000, anchor: londonDay(clock.now()) };
const population = createPopulation(choice);

const postgres = await startPostgres({ dataDir });
await migrate(postgres.ownerUrl);
const logins = await prepareLogins(postgres.ownerUrl, { gatewayPassword: 'gateway', readerPassword: 'reader' });
await importFacts(postgres.ownerUrl, population.facts());
await importFacts(postgres.ownerUrl, caseload(population));
const provider = await startProvider({ port: 0, host: '127.0.0.1' });
const partners = await startPartners({
  population,
  basePort: 0,
  sdlDir: fileURLToPath(new URL('../schema/sources', import.meta.url)),
  clock,
});
const neighbours: Neighbours = {
  gatewayUrl: logins.gatewayUrl,
  ownerUrl: postgres.ownerUrl,
  readerUrl: logins.readerUrl,
  issuer: provider.issuer,
  holders: partners.holders,
  population: choice,
};
process.send?.(neighbours);

process.once('disconnect', async () => {
  await Promise.all([partners.close(), provider.close()]);
  await postgres.stop();
  await removeCluster(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
  process.exit(0);
});
process.on('SIGINT', () => {}); // The parent ends first, and tells by disconnecting.
