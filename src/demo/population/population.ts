/**
 * The synthetic population of the demonstration: people who do not exist, made from a seed. It is the same for the same
 * seed, size and anchor day, and reproduces the published figures of `figures.ts`. What is fixed about each person is
 * made at once; what a holder would answer about them is worked out when it is asked.
 */
import { dayNumber } from './calendar.ts';
import type { Fact } from './fact.ts';
import { facts } from './facts.ts';
import { type HolderCode, holderOf, includes } from './holders.ts';
import { createNumbering, MAXIMUM_SIZE, type Numbering } from './identifiers.ts';
import { createPeople, type Person } from './person.ts';
import { createSections, type Sections } from './sections/sections.ts';
import { type TraitPerson, traitPeople } from './traitpeople.ts';
import { MINIMUM_SIZE, type Trait } from './traits.ts';

export interface PopulationOptions {
  readonly seed: number;
  /** From 200 to 400,000. */
  readonly size: number;
  /** The day around which the people's releases lie, `YYYY-MM-DD`: normally today. */
  readonly anchor: string;
}

export interface Population extends PopulationOptions {
  readonly people: readonly Person[];
  readonly numbering: Numbering;
  /** The person whom a holder knows by its own identifier, or null when it knows nobody by it. */
  find(holder: HolderCode, value: string): Person | null;
  /**
   * What a holder answers about a person now: a function for each of its sections, so that one that is not asked for
   * costs nothing. A section is null when nothing is held.
   */
  readonly sections: Sections;
  /** What the gateway is told, in the order in which it is best imported. */
  facts(): Iterable<Fact>;
  /** The people set aside for each situation, with all their identifiers. */
  traits(): Record<Trait, TraitPerson[]>;
}

/** @throws RangeError when the size or the anchor cannot be used */
export function createPopulation({ seed, size, anchor }: PopulationOptions): Population {
  if (!Number.isInteger(size) || size < MINIMUM_SIZE || size > MAXIMUM_SIZE) {
    throw new RangeError(`A population has from ${MINIMUM_SIZE} to ${MAXIMUM_SIZE} people, not ${size}.`);
  }
  const anchorDay = dayNumber(anchor);
  const people = createPeople(seed, size, anchorDay);
  const numbering = createNumbering(seed, size);

  const find = (holder: HolderCode, value: string): Person | null => {
    const { identifier } = holderOf(holder);
    const person = people[numbering.index(identifier, holder, value) ?? -1];
    if (person === undefined || !includes(person.links.linked, holder)) return null;
    return numbering.value(identifier, holder, person) === value ? person : null;
  };

  const population: Population = {
    seed,
    size,
    anchor,
    people,
    numbering,
    find,
    sections: createSections(seed, size, anchorDay),
    facts: () => facts(population),
    traits: () => traitPeople(population),
  };
  return population;
}
