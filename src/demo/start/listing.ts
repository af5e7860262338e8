import { DEMO_PARTNERS, PERSONAS, partnersOf, practitionersOf } from '../personas.ts';
import { createPopulation } from '../population/population.ts';
import type { TraitPerson } from '../population/traitpeople.ts';
import { TRAITS, type Trait } from '../population/traits.ts';
import { type Environment, readPlace } from './place.ts';
import { choosePopulation, type PopulationChoice, type PopulationWish, readRecord } from './population-record.ts';

/** Whom the demonstration lets be, and whom one can ask about. All of it is synthetic. */
export interface Listing {
  readonly population: PopulationChoice;
  readonly personas: readonly {
    readonly persona: string;
    readonly title: string;
    /** The default one first; practitioner ids for `--as`, the default one first. */
    readonly partners: readonly { readonly partner: string; readonly practitioners: readonly string[] }[];
  }[];
  /** A partner that holds nothing has no source. */
  readonly partners: readonly {
    readonly code: string;
    readonly name: string;
    readonly type: string;
    readonly source: string | null;
  }[];
  readonly traits: Readonly<Record<Trait, { readonly meaning: string; readonly people: readonly TraitPerson[] }>>;
}

/**
 * The demonstration of the data in DATA_DIR, or where there are none of the population asked for.
 * @throws StartError when another population is asked for than the data are of
 */
export function listDemonstration(wish: PopulationWish, env: Environment): Listing {
  const population = choosePopulation(wish, readRecord(readPlace(env).dataDir), new Date());
  const people = createPopulation({ ...population, size: population.people }).traits();
  const traits = Object.entries(TRAITS).map(([trait, meaning]) => [trait, { meaning, people: people[trait as Trait] }]);
  return {
    population,
    personas: PERSONAS.map((persona) => ({
      persona: persona.role,
      title: persona.title,
      partners: partnersOf(persona).map(({ code }) => ({
        partner: code,
        practitioners: practitionersOf(persona.role, code).map(({ id }) => id),
      })),
    })),
    partners: DEMO_PARTNERS,
    traits: Object.fromEntries(traits) as Listing['traits'],
  };
}
