import { HOLDERS, ISSUED_BY_HOLDER, includes } from './holders.ts';
import type { Person } from './person.ts';
import type { Population } from './population.ts';
import { TRAITS, type Trait } from './traits.ts';

/** A person set aside for a trait, as `demo --json` lists them. */
export interface TraitPerson {
  /** By type; by type and holder where each holder issues its own. A type by which nobody knows the person is absent. */
  readonly identifiers: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** Identifiers of former records since merged into this one, by type. */
  readonly former: Readonly<Record<string, string>>;
  /** What to expect of each holder. */
  readonly holders: Readonly<Record<string, HolderState>>;
}

export type HolderState = 'HELD' | 'NOT_HELD' | 'NOT_LINKED' | 'BELOW_THRESHOLD' | 'STALE';

export function traitPeople(population: Population): Record<Trait, TraitPerson[]> {
  const groups = Object.fromEntries(Object.keys(TRAITS).map((trait) => [trait, []])) as unknown as Record<
    Trait,
    TraitPerson[]
  >;
  for (const person of population.people) {
    if (person.trait !== null) groups[person.trait].push(describe(population, person));
  }
  return groups;
}

function describe({ numbering }: Population, person: Person): TraitPerson {
  const identifiers: Record<string, string | Record<string, string>> = {};
  for (const { code, identifier } of HOLDERS) {
    if (!includes(person.links.linked, code)) continue;
    const value = numbering.value(identifier, code, person);
    const known = identifiers[identifier];
    identifiers[identifier] = !ISSUED_BY_HOLDER.has(identifier)
      ? value
      : { ...(typeof known === 'object' ? known : {}), [code]: value };
  }
  return {
    identifiers,
    former: person.links.merged ? { PRISON_NUMBER: numbering.formerPrisonNumber(person.index) } : {},
    holders: Object.fromEntries(HOLDERS.map(({ code }) => [code, stateAt(person, code)])),
  };
}

function stateAt({ links }: Person, code: (typeof HOLDERS)[number]['code']): HolderState {
  if (!includes(links.linked, code)) return 'NOT_LINKED';
  if (includes(links.weak, code)) return 'BELOW_THRESHOLD';
  if (includes(links.empty, code)) return 'NOT_HELD';
  return includes(links.stale, code) ? 'STALE' : 'HELD';
}
