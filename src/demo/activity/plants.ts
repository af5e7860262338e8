import type { WrittenText } from '../../audit/entry.ts';
import type { FlagRule } from '../../policy/practice.ts';
import { addDays } from '../../record/day.ts';
import type { Day } from '../../record/facts.ts';
import { londonDay } from '../../record/london.ts';
import type { Fact } from '../population/fact.ts';
import { personUuid } from '../population/facts.ts';
import type { Population } from '../population/population.ts';
import { stream } from '../population/random.ts';
import { weekday } from './acts.ts';
import type { Deed } from './look.ts';
import { KINDS } from './plant-kinds.ts';
import type { Staff, World } from './world.ts';

/** Snooping that was put into the year, or a feed that failed: what somebody who looks must find. */
export interface Plant {
  readonly name: string;
  /** The rule that must find it. */
  readonly rule: FlagRule;
  readonly partner: string;
  /** Null where a feed failed. */
  readonly practitioner: string | null;
  /** Null where it is about no one person. */
  readonly person: string | null;
  /** Oldest first. */
  readonly days: readonly Day[];
}

export interface Planted {
  readonly plants: readonly Plant[];
  readonly deeds: readonly Deed[];
}

export interface PlantOptions {
  readonly world: World;
  readonly seed: number;
  readonly until: Date;
  /** Those who may be given something to do that is not their work. */
  readonly staff: readonly Staff[];
  /** How often each kind is planted, in different months. */
  readonly rounds: number;
  write(text: string): WrittenText;
}

/** A person of whom a team has the record open although a colleague holds them: what only policy allows. */
export function plantFacts(population: Population, until: Day): Fact[] {
  const { people, seed } = population;
  const taken: Fact[] = [];
  for (const fact of population.facts()) {
    if (taken.length === COLLEAGUES) break;
    if (fact.kind !== 'relationship' || fact.type !== 'SUPERVISION_ALLOCATION' || fact.practitioner === null) continue;
    const isLong = fact.from <= addDays(until, -300) && (fact.until === null || fact.until >= until);
    const isOrdinary = people.some(({ index, trait }) => trait === null && personUuid(seed, index) === fact.person);
    if (!isLong || !isOrdinary || ['PRO-0002', 'PRO-0003'].includes(fact.practitioner)) continue;
    const evidence = fact.evidence.replace('ALLOC', 'UNIT');
    taken.push({ ...fact, practitioner: null, team: 'PRO-DUTY', evidence });
  }
  return taken;
}

const COLLEAGUES = 4;

/** Each kind of snooping, every one by somebody else and in a month of its own as far as there are. */
export function plant(options: PlantOptions): Planted {
  const plants: Plant[] = [];
  const deeds: Deed[] = [];
  const taken = new Set<string>();
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [place, [rule, make]] of KINDS.entries()) {
      const random = stream(options.seed, round * 100 + place, 'plant');
      // The last of them two weeks ago, and each round further back.
      const day = weekday(addDays(londonDay(options.until), -(14 + ((place * 17 + round * 29) % 300))));
      const made = make({ ...options, random, day, taken });
      if (made === null) continue;
      const name = `${rule} ${round + 1}`;
      const days = [...new Set(made.deeds.map(({ at }) => londonDay(at)))].sort();
      plants.push({ name, rule, partner: made.partner, practitioner: made.practitioner, person: made.person, days });
      deeds.push(...made.deeds.map((deed) => ({ ...deed, plant: name })));
    }
  }
  return { plants, deeds };
}
