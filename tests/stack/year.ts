import type { Activity } from '../../src/demo/activity/activity.ts';
import { seedActivity } from '../../src/demo/activity/seed.ts';
import { population, type Stack } from './stack.ts';

/** Appends a year of made-up activity to the stack's log, while its gateway runs; resolves to it, with the known answers. */
export function seedYear({ ownerUrl, config, clock }: Stack, accesses: number): Promise<Activity> {
  return seedActivity(population(), {
    ownerUrl,
    gatewayUrl: config.databaseUrl,
    signingKey: config.auditSigningKey,
    pseudonymKeys: config.auditHmacKeys,
    schemaDir: config.schemaDir,
    policiesDir: config.policiesDir,
    node: 'seeded',
    seed: 1,
    accesses,
    until: clock.now(),
  });
}
