import { ETHNIC_SHARES, FIGURES, WOMEN_SHARE } from './figures.ts';
import { allot, deal, largestRemainder, quotas, reachableSize, type Shares, shuffled } from './quota.ts';
import type { Random } from './random.ts';

export type Sex = 'FEMALE' | 'MALE';
export type Ethnicity = (typeof ETHNIC_SHARES)[number][0];
export type Employment = 'EMPLOYED' | 'NOT_EMPLOYED' | 'UNAVAILABLE_FOR_WORK' | 'UNKNOWN';

export interface Work {
  sex: Sex;
  ethnicity: Ethnicity;
  employment: Employment;
}

/** Ours: the shares that leave the denominator of the employment measure. */
const AVAILABILITY: Shares<'KNOWN' | 'UNAVAILABLE_FOR_WORK' | 'UNKNOWN'> = [
  ['KNOWN', 0.9],
  ['UNAVAILABLE_FOR_WORK', 0.05],
  ['UNKNOWN', 0.05],
];

/**
 * Sex, ethnic group and work together, because the published shares of women, men, black, white and all people in work
 * must hold at once. Those measured already get them exactly; the others get the same shares for when their turn comes.
 */
export function assignWork<T extends Work>(measured: readonly T[], others: readonly T[], random: Random): void {
  for (const group of [measured, others]) {
    const known: T[] = [];
    const unknown: T[] = [];
    for (const [person, availability] of allot(group, AVAILABILITY, random)) {
      if (availability === 'KNOWN') known.push(person);
      else {
        person.employment = availability;
        unknown.push(person);
      }
    }
    assignGroups(known, random, reachableSize);
    assignGroups(unknown, random, (total, share) => Math.round(total * share));
    assignEmployed(known, random);
  }
}

type SizeFor = (total: number, share: number, rate: number) => number;

/** `sizeFor` may move a group's size by a person or two to one in which its published share can be met by whole people. */
function assignGroups(people: readonly Work[], random: Random, sizeFor: SizeFor): void {
  const [white, black, ...rest] = ETHNIC_SHARES;
  const women = sizeFor(people.length, WOMEN_SHARE, FIGURES.employedWomen.share);
  const whites = sizeFor(people.length, white[1], FIGURES.employedWhite.share);
  const blacks = sizeFor(people.length, black[1], FIGURES.employedBlack.share);
  const groups = [
    ...new Array<Ethnicity>(whites).fill('WHITE'),
    ...new Array<Ethnicity>(blacks).fill('BLACK_OR_BLACK_BRITISH'),
    ...quotas<Ethnicity>(Math.max(0, people.length - whites - blacks), rest),
  ];
  for (const [i, person] of shuffled(people, random).entries()) person.sex = i < women ? 'FEMALE' : 'MALE';
  for (const [person, group] of deal(shuffled(people, random), groups)) person.ethnicity = group;
}

/** A table of sex by ethnic group whose rows and columns both sum to what was published. */
function assignEmployed(people: readonly Work[], random: Random): void {
  const groups = ETHNIC_SHARES.map(([group]) => group);
  const cells = (sex: Sex) =>
    groups.map((group) => people.filter((person) => person.sex === sex && person.ethnicity === group));
  const [women, men] = [cells('FEMALE'), cells('MALE')];
  const count = (row: readonly (readonly Work[])[]) => row.reduce((sum, cell) => sum + cell.length, 0);
  const employedWomen = Math.round(count(women) * FIGURES.employedWomen.share);
  const employedMen = Math.round(count(men) * FIGURES.employedMen.share);
  const byGroup = columns(
    groups.map((_, i) => (women[i]?.length ?? 0) + (men[i]?.length ?? 0)),
    employedWomen + employedMen,
  );
  const womenByGroup = largestRemainder(
    employedWomen,
    byGroup.map(
      (employed, i) =>
        employed * ((women[i]?.length ?? 0) / Math.max(1, (women[i]?.length ?? 0) + (men[i]?.length ?? 0))),
    ),
  );
  for (const [i] of groups.entries()) {
    const ofWomen = Math.min(womenByGroup[i] ?? 0, women[i]?.length ?? 0);
    employ(women[i] ?? [], ofWomen, random);
    employ(men[i] ?? [], (byGroup[i] ?? 0) - ofWomen, random);
  }
}

/** People in work in each ethnic group: white and black as published, the others what is left, by size. */
function columns(sizes: readonly number[], total: number): number[] {
  const [white = 0, black = 0, ...rest] = sizes;
  const whites = Math.round(white * FIGURES.employedWhite.share);
  const blacks = Math.round(black * FIGURES.employedBlack.share);
  return [whites, blacks, ...largestRemainder(Math.max(0, total - whites - blacks), rest)];
}

function employ(people: readonly Work[], count: number, random: Random): void {
  for (const [i, person] of shuffled(people, random).entries()) {
    person.employment = i < count ? 'EMPLOYED' : 'NOT_EMPLOYED';
  }
}
