import { fileURLToPath } from 'node:url';
import { movableClock } from '../../clock.ts';
import { type Partners, startPartners } from '../partners/partners.ts';
import { createPopulation } from '../population/population.ts';
import { runChild } from './child.ts';
import type { PopulationChoice } from './population-record.ts';

export interface PartnersSettings {
  /** The first partner's port; the others have the ones after it. */
  readonly basePort: number;
  readonly population: PopulationChoice;
}

export interface PartnersResult {
  readonly holders: Partners['holders'];
  /** The CRN of somebody whose record nothing bars to the first practitioner of every persona. */
  readonly allowedCrn: string;
}

const SDL_DIR = fileURLToPath(new URL('../../../schema/sources', import.meta.url));

const clock = movableClock();

runChild<PartnersSettings, PartnersResult>(clock, async ({ basePort, population: choice }) => {
  const population = createPopulation({ ...choice, size: choice.people });
  const { holders, close } = await startPartners({ population, basePort, sdlDir: SDL_DIR, clock });
  const allowedCrn = String(population.traits().allowed[0]?.identifiers['CRN']);
  return { result: { holders, allowedCrn }, close };
});
