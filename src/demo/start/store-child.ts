import { movableClock } from '../../clock.ts';
import { importFacts, readFactsFile } from '../../store/facts.ts';
import { migrate } from '../../store/migrate.ts';
import { type Logins, prepareLogins } from '../../store/roles.ts';
import { createPopulation } from '../population/population.ts';
import { runChild } from './child.ts';
import type { PopulationChoice } from './population-record.ts';

export interface StoreSettings {
  readonly ownerUrl: string;
  readonly gatewayPassword: string;
  readonly readerPassword: string;
  readonly population: PopulationChoice;
  /** Whether an earlier start imported the population's facts. */
  readonly imported: boolean;
  /** A further facts file; null for none. */
  readonly factsFile: string | null;
}

export type StoreResult = Logins;

const FIRST_MIGRATION = '0001';

runChild<StoreSettings, StoreResult>(movableClock(), async (settings) => {
  const { ownerUrl, gatewayPassword, readerPassword, population, imported, factsFile } = settings;
  const { applied } = await migrate(ownerUrl);
  const logins = await prepareLogins(ownerUrl, { gatewayPassword, readerPassword });
  // A database that lay elsewhere, and was lost there, is new whatever was imported once.
  const isNew = applied.some((name) => name.startsWith(FIRST_MIGRATION));
  if (isNew || !imported) {
    await importFacts(ownerUrl, createPopulation({ ...population, size: population.people }).facts());
  }
  if (factsFile !== null) {
    await importFacts(ownerUrl, readFactsFile(factsFile));
  }
  return { result: logins, close: async () => {} };
});
