import type { Measured } from './flags-measure.ts';

/** What of a year is reported: a year itself may not fit beside the others. */
export interface Year extends Pick<Measured, 'accesses' | 'days' | 'plants' | 'milliseconds'> {
  /** Of each flag its rule, and of each case: whether it has something planted. */
  readonly flags: readonly { readonly rule: string; readonly hit: boolean }[];
  readonly cases: readonly boolean[];
}

export function yearOf({ flags, cases, planted, accesses, days, plants, milliseconds }: Measured): Year {
  const isHit = (ids: readonly string[]) => ids.some((id) => planted.has(id));
  return {
    accesses,
    days,
    plants,
    milliseconds,
    flags: flags.map(({ rule, accesses: ids }) => ({ rule, hit: isHit(ids) })),
    cases: cases.map((each) => each.flags.some(({ accesses: ids }) => isHit(ids))),
  };
}

/** Lines: each rule's recall and precision, those of all, how much there is to look at, and how long it takes. */
export function report(years: readonly Year[]): string[] {
  const sum = (of: (year: Year) => number) => years.reduce((total, year) => total + of(year), 0);
  const [plants, flags, cases] = [
    years.flatMap((year) => year.plants),
    years.flatMap((year) => year.flags),
    years.flatMap((year) => year.cases),
  ];
  const [total, days] = [sum((year) => year.accesses), sum((year) => year.days)];
  const hits = flags.map(({ hit }) => hit);
  return [
    ...[...new Set(plants.map(({ rule }) => rule))].map((rule) => {
      const ofRule = plants.filter((plant) => plant.rule === rule);
      const precise = flags.filter((flag) => flag.rule === rule).map(({ hit }) => hit);
      return `${rule.padEnd(20)} ${recall(ofRule)}; ${share(precise)} of its flags`;
    }),
    `in all: ${recall(plants)}`,
    `precision: ${share(hits)} of flags and ${share(cases)} of cases have something planted`,
    `per 10,000 accesses: ${per(hits.length, total)} flags, ${per(cases.length, total)} cases`,
    `time: ${(sum((year) => year.milliseconds) / days).toFixed(1)} ms a day of ${Math.round(total / days)} accesses`,
  ];
}

function recall(plants: Year['plants']): string {
  const found = plants.filter((plant) => plant.found).length;
  const cased = plants.filter((plant) => plant.inCase).length;
  return `found ${found} of ${plants.length}, in a case ${cased} of ${plants.length}`;
}

function share(hits: readonly boolean[]): string {
  const found = hits.filter(Boolean).length;
  return hits.length === 0 ? 'none' : `${found} of ${hits.length} (${Math.round((found / hits.length) * 100)} %)`;
}

function per(count: number, total: number): string {
  return ((count / total) * 10_000).toFixed(1);
}
