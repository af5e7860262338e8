import type { DayNumber } from '../calendar.ts';
import type { Holder } from '../holders.ts';
import type { Life } from '../life.ts';
import type { Person } from '../person.ts';
import type { Post } from '../practitioners.ts';
import type { Random } from '../random.ts';

/** What a section is made from: one person, as one holder knows them, on one day. */
export interface SectionInput {
  readonly holder: Holder;
  readonly person: Person;
  readonly life: Life;
  readonly today: DayNumber;
  /** A stream of the person's own for this subject at this holder. */
  random(subject: string): Random;
  /** Name and telephone number of the practitioner of this post who has the person. */
  contact(post: Post): { name: string; telephone: string };
}

/** Field values in the shape of the section's type in `schema/sources/`, but for `asOf`, which is added to every one. */
export type SectionValue = Record<string, unknown>;

export type Section = (input: SectionInput) => SectionValue;
