import { hostname } from 'node:os';
import { movableClock } from '../../clock.ts';
import { loadConfig } from '../../config.ts';
import { startGateway } from '../../main.ts';
import { seedActivity } from '../activity/seed.ts';
import { explorerPage } from '../explorer.ts';
import { createPopulation } from '../population/population.ts';
import { runChild, tell } from './child.ts';
import type { Environment } from './place.ts';
import type { PopulationChoice } from './population-record.ts';

export interface GatewaySettings {
  /** What `throughgate gateway` would read from the environment. */
  readonly environment: Environment;
  /** The year that its log is to begin with; null where it has begun. */
  readonly activity: {
    readonly ownerUrl: string;
    readonly population: PopulationChoice;
    readonly accesses: number;
  } | null;
}

export interface GatewayResult {
  readonly url: string;
  readonly adminUrl: string;
}

const clock = movableClock();

runChild<GatewaySettings, GatewayResult>(clock, async ({ environment, activity }) => {
  const config = loadConfig(environment);
  if (activity !== null) {
    const { ownerUrl, population, accesses } = activity;
    await seedActivity(createPopulation({ ...population, size: population.people }), {
      ownerUrl,
      gatewayUrl: config.databaseUrl,
      signingKey: config.auditSigningKey,
      pseudonymKeys: config.auditHmacKeys,
      schemaDir: config.schemaDir,
      policiesDir: config.policiesDir,
      node: hostname(),
      seed: population.seed,
      accesses,
      until: clock.now(),
    });
  }
  const gateway = await startGateway({
    config,
    clock,
    development: {
      moveClock: (instant) => {
        const offsetMilliseconds = instant.getTime() - Date.now();
        clock.set(instant);
        tell({ type: 'clock', offsetMilliseconds });
      },
      explorer: explorerPage(),
    },
  });
  return { result: { url: gateway.url, adminUrl: gateway.adminUrl }, close: () => gateway.close() };
});
