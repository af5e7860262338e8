import { HOLDERS, type HolderCode } from '../../../src/demo/population/holders.ts';
import type { Person } from '../../../src/demo/population/person.ts';
import type { Population } from '../../../src/demo/population/population.ts';
import type { SectionValue } from '../../../src/demo/population/sections/section.ts';

/** What every holder that knows a person answers about them, asked by its own identifier. */
export interface Answers {
  readonly person: Person;
  /** Section values by section name, one for each holder that holds something. */
  readonly held: Readonly<Record<string, readonly SectionValue[]>>;
}

export function noon(population: Population): Date {
  return new Date(`${population.anchor}T12:00:00Z`);
}

export function allAnswers(population: Population, now = noon(population)): Answers[] {
  return population.people.map((person) => {
    const held: Record<string, SectionValue[]> = {};
    for (const { code, identifier } of HOLDERS) {
      const found = population.find(code, population.numbering.value(identifier, code, person));
      for (const [name, value] of Object.entries(found ? sectionsOf(population, code, found, now) : {})) {
        if (value !== null) held[name] = [...(held[name] ?? []), value];
      }
    }
    return { person, held };
  });
}

export function sectionsOf(population: Population, code: HolderCode, person: Person, now = noon(population)) {
  const sections = population.sections(code, person, now);
  return Object.fromEntries(Object.entries(sections).map(([name, section]) => [name, section()]));
}

/** The first holder's answer, since the holders of one type agree on what happened to a person. */
export function only(answers: Answers, section: string): SectionValue | null {
  return answers.held[section]?.[0] ?? null;
}
