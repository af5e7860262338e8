import { type DayNumber, dayOf } from '../calendar.ts';
import { type HolderCode, holderOf, includes, type SourceType } from '../holders.ts';
import { lifeOn } from '../life.ts';
import { practitionerContact } from '../names.ts';
import type { Person } from '../person.ts';
import { type Post, practitionerFor } from '../practitioners.ts';
import { mix, stream } from '../random.ts';
import { employment } from './benefits.ts';
import { childrens } from './childrens.ts';
import { health } from './health.ts';
import { accommodation } from './housing.ts';
import { policing } from './police.ts';
import { custody, identity } from './prison.ts';
import { risk, supervision } from './probation.ts';
import type { Section, SectionInput, SectionValue } from './section.ts';
import { treatment } from './treatment.ts';

/** The sections that each type of source serves, by the name of their field on `Person`. */
const SECTIONS: Readonly<Record<SourceType, Readonly<Record<string, Section>>>> = {
  prison: { identity, custody },
  probation: { supervision, risk },
  police: { policing },
  childrens: { childrens },
  benefits: { employment },
  health: { health },
  treatment: { treatment },
  housing: { accommodation },
};

/** A function for each section of a holder, so that one that is not asked for costs nothing. Null: nothing is held. */
export type Sections = (holder: HolderCode, person: Person, now: Date) => Record<string, () => SectionValue | null>;

export function createSections(seed: number, size: number, anchor: DayNumber): Sections {
  const inputFor = (code: HolderCode, person: Person, today: DayNumber): SectionInput => ({
    holder: holderOf(code),
    person,
    life: lifeOn(seed, anchor, person, today),
    today,
    random: (subject) => stream(seed, person.index, `${code} ${subject}`),
    contact: (post: Post) => practitionerContact(practitionerFor(post, size, person)),
  });

  return (code, person, now) => {
    const isHeld = !includes(person.links.empty, code);
    const age = mix(seed ^ mix(person.index) ^ code.length);
    const asOf = includes(person.links.stale, code) ? longAgo(anchor, age) : lately(now, age);
    let input: SectionInput | undefined;
    const answer = (section: Section) => {
      if (!isHeld) return null;
      input ??= inputFor(code, person, dayOf(now));
      return { asOf, ...section(input) };
    };
    return Object.fromEntries(
      Object.entries(SECTIONS[holderOf(code).source]).map(([name, section]) => [name, () => answer(section)]),
    );
  };
}

/** A fixed time two to four months before the anchor. */
function longAgo(anchor: DayNumber, age: number): string {
  return new Date((anchor - 61 - (age % 60)) * 86_400_000 + 32_400_000).toISOString();
}

/** Within the last ten hours, at a quarter of an hour. */
function lately(now: Date, age: number): string {
  const quarters = Math.floor(now.getTime() / 900_000) - (age % 40);
  return new Date(quarters * 900_000).toISOString();
}
