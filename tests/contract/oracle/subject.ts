import type { PermissionFact } from '../../../src/demo/population/fact.ts';
import { personUuid } from '../../../src/demo/population/facts.ts';
import { HOLDERS, type HolderCode } from '../../../src/demo/population/holders.ts';
import type { Population } from '../../../src/demo/population/population.ts';
import type { TraitPerson } from '../../../src/demo/population/traitpeople.ts';
import type { Trait } from '../../../src/demo/population/traits.ts';
import { type Permits, partnerType, type Role } from './policy.ts';

/** A synthetic person set aside for a trait, with what each holder would answer about them. */
export interface Subject extends TraitPerson {
  /** The gateway's own key, as the facts have it. */
  readonly uuid: string;
  /** The number by which one holder knows the person; null when it does not. */
  numberAt(holder: string): { readonly type: string; readonly value: string } | null;
  /** A section as the holder has it at an instant, in the shape of its SDL; null when nothing is held. */
  held(holder: string, section: string, now: Date): Readonly<Record<string, unknown>> | null;
  /** Which permissions of the person are in force on the population's anchor day, for one recipient. */
  permits(partner: string): Permits;
}

/** The people of a trait. Made once for each population: working out everybody's facts takes a while. */
export function subjects(population: Population, trait: Trait): Subject[] {
  let all = made.get(population);
  if (!all) {
    all = makeSubjects(population);
    made.set(population, all);
  }
  return all[trait];
}

const made = new WeakMap<Population, Record<Trait, Subject[]>>();

function makeSubjects(population: Population): Record<Trait, Subject[]> {
  const permissions = [...population.facts()].filter(
    (fact) =>
      fact.kind === 'permission' &&
      fact.from <= population.anchor &&
      population.anchor <= (fact.until ?? population.anchor),
  ) as PermissionFact[];
  const byTrait = Object.entries(population.traits()) as [Trait, TraitPerson[]][];
  return Object.fromEntries(
    byTrait.map(([trait, listed]) => [trait, describeSubjects(population, trait, listed, permissions)]),
  ) as Record<Trait, Subject[]>;
}

function describeSubjects(
  population: Population,
  trait: Trait,
  traitPeople: readonly TraitPerson[],
  permissions: readonly PermissionFact[],
): Subject[] {
  const people = population.people.filter((person) => person.trait === trait);
  return traitPeople.flatMap((listed, index) => {
    const person = people[index];
    if (!person) return [];
    const uuid = personUuid(population.seed, person.index);
    return {
      ...listed,
      uuid,
      permits: (partner) => (types, holder) =>
        permissions.some(
          (fact) =>
            fact.person === uuid &&
            types.includes(fact.type) &&
            (fact.holder ?? holder) === holder &&
            (fact.recipientType ?? partnerType(partner)) === partnerType(partner),
        ),
      numberAt(code) {
        const type = HOLDERS.find((holder) => holder.code === code)?.identifier ?? '';
        const known = listed.identifiers[type];
        const value = typeof known === 'object' ? known[code] : known;
        return value === undefined || listed.holders[code] === 'NOT_LINKED' ? null : { type, value };
      },
      held: (code, section, now) => population.sections(code as HolderCode, person, now)[section]?.() ?? null,
    } satisfies Subject;
  });
}

/** Everything that any holder knows the person by, former numbers included. */
export function numbersOf({ identifiers, former }: Subject): string[] {
  const values = Object.values(identifiers).flatMap((value) =>
    typeof value === 'string' ? value : Object.values(value),
  );
  return [...values, ...Object.values(former)];
}

/** The person as an argument of `person`, by the first type of identifier that the role may look people up by. */
export function lookup({ identifiers }: Subject, { lookups }: Role, partner: string): string {
  const [type = ''] = lookups;
  const known = identifiers[type];
  return `identifier: {type: "${type}", value: "${typeof known === 'object' ? known[partner] : known}"}`;
}
