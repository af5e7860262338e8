/**
 * The synthetic population of the demonstration: people who do not exist, made from a seed. It is the same for the same
 * seed, size and anchor day, and reproduces the published figures of `figures.ts`. What is fixed about each person is
 * made at once; what a holder would answer about them is worked out when it is asked.
 */
import { dayNumber, dayOf } from './calendar.ts';
import type { Fact } from './fact.ts';
import { facts } from './facts.ts';
import { HOLDERS, type HolderCode, includes } from './holders.ts';
import { createNumbering, MAXIMUM_SIZE, type Numbering } from './identifiers.ts';
import { type Life, lifeOn } from './life.ts';
import { practitionerContact } from './names.ts';
import { createPeople, type Person } from './person.ts';
import { type Post, practitionerFor } from './practitioners.ts';
import { mix, stream } from './random.ts';
import type { SectionInput, SectionValue } from './sections/section.ts';
import { SECTIONS } from './sections/sections.ts';
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
  sections(holder: HolderCode, person: Person, now: Date): Record<string, () => SectionValue | null>;
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

  const sections = (code: HolderCode, person: Person, now: Date) => {
    const holder = holderOf(code);
    const input = sectionInput(holder, person, now);
    const isHeld = !includes(person.links.empty, code);
    return Object.fromEntries(
      Object.entries(SECTIONS[holder.source]).map(([name, section]) => [
        name,
        () => (isHeld ? { asOf: asOf(code, person, now), ...section(input()) } : null),
      ]),
    );
  };

  const sectionInput = (holder: SectionInput['holder'], person: Person, now: Date): (() => SectionInput) => {
    const today = dayOf(now);
    let life: Life | undefined;
    return () => {
      life ??= lifeOn(seed, anchorDay, person, today);
      return {
        holder,
        person,
        life,
        today,
        random: (subject) => stream(seed, person.index, `${holder.code} ${subject}`),
        contact: (post: Post) => practitionerContact(practitionerFor(post, size, person)),
      };
    };
  };

  /** Within the last ten hours; for a stale section a fixed day two to four months before the anchor. */
  const asOf = (holder: HolderCode, person: Person, now: Date): string => {
    const spread = mix(seed ^ mix(person.index) ^ holder.length);
    if (includes(person.links.stale, holder)) {
      return new Date((anchorDay - 61 - (spread % 60)) * 86_400_000 + 32_400_000).toISOString();
    }
    const quarters = Math.floor(now.getTime() / 900_000) - (spread % 40);
    return new Date(quarters * 900_000).toISOString();
  };

  const population: Population = {
    seed,
    size,
    anchor,
    people,
    numbering,
    find,
    sections,
    facts: () => facts(population),
    traits: () => traitPeople(population),
  };
  return population;
}

function holderOf(code: HolderCode): SectionInput['holder'] {
  const holder = HOLDERS.find((candidate) => candidate.code === code);
  if (holder === undefined) throw new RangeError(`"${code}" is not a demonstration holder.`);
  return holder;
}
