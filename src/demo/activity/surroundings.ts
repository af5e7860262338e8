import type { Pseudonyms } from '../../audit/pseudonym.ts';
import { talliesOf } from '../../flags/tally.ts';
import type { Access, Surroundings, Tally } from '../../flags/types.ts';
import type { FlagsPolicy } from '../../policy/practice.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import { nextTo } from './acts.ts';
import { nameOf, type World } from './world.ts';

/** What surrounds a day of the made-up year, from the population's own facts and not from a store. */
export interface KnownSurroundings {
  on(day: Day): Surroundings;
  /** Whether a partner ever had a number or a reason of its own for the person of a pseudonym. */
  isKnown(partner: string, subject: string): boolean;
  /** Once its flags are made: what a day adds to the baselines of later ones. */
  keep(accesses: readonly Access[]): void;
}

export function knownSurroundings(
  world: World,
  pseudonyms: Pseudonyms,
  { baselineDays }: Pick<FlagsPolicy, 'baselineDays'>,
): KnownSurroundings {
  const people = new Map([...world.people.keys()].map((person) => [pseudonyms.ofPerson(person).ref, person] as const));
  const numbers = new Map<string, string>();
  for (const { person, links } of world.people.values()) {
    for (const { type, value } of links) numbers.set(`${type}\n${value}`, person);
  }
  let tallies: Tally[] = [];

  function neighbours(subject: string): readonly string[] {
    const links = world.people.get(people.get(subject) ?? '')?.links ?? [];
    return links.flatMap(({ type, value }) =>
      [-1, 1].map((step) => {
        const next = nextTo(value, step);
        const person = numbers.get(`${type}\n${next}`);
        return (person ? pseudonyms.ofPerson(person) : pseudonyms.ofIdentifier(type, next)).ref;
      }),
    );
  }

  return {
    on(day) {
      const first = addDays(day, -baselineDays);
      tallies = tallies.filter((tally) => tally.day >= first);
      const ofAccount = Map.groupBy(tallies, nameOf);
      const ofRole = Map.groupBy(tallies, ({ partner, role }) => `${partner}\n${role}`);
      return {
        day,
        held: (access) => world.held(access, people.get(access.subject) ?? ''),
        onDuty: (account) => world.onDuty(account, day),
        past: (account) => ofAccount.get(nameOf(account)) ?? [],
        peers: (partner, role) => ofRole.get(`${partner}\n${role}`) ?? [],
        neighbours,
      };
    },
    isKnown(partner, subject) {
      const { links = [], relationships = [] } = world.people.get(people.get(subject) ?? '') ?? {};
      return links.some(({ holder }) => holder === partner) || relationships.some((each) => each.partner === partner);
    },
    keep(accesses) {
      tallies.push(...talliesOf(accesses));
    },
  };
}
