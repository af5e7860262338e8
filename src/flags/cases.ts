import type { FlagsPolicy } from '../policy/practice.ts';
import { addDays } from '../record/day.ts';
import { nameOf } from './flags.ts';
import { nameId } from './name-id.ts';
import type { Case, Flag } from './types.ts';

/**
 * The cases that flags come to: one for each practitioner and each feed, and for each person whom several practitioners
 * looked up, of the days that follow the first flag. Oldest first. The same flags in any order give the same cases with the
 * same ids; a later flag adds to a case or begins another, and changes no id.
 * @param flags all that are kept of whoever is to have cases
 */
export function casesOf(flags: readonly Flag[], policy: Pick<FlagsPolicy, 'cases' | 'rules'>): Case[] {
  const unique = [...new Map(flags.map((flag) => [flag.id, flag])).values()].sort(byDay);
  const cases = [
    ...grouped(unique, ({ about }) => ({ key: nameOf(about), about })),
    ...grouped(unique, ({ subject }) => subject && { key: `SUBJECT\n${subject}`, about: { kind: 'SUBJECT', subject } }),
  ].flatMap(({ key, about, flags: ofKey }) => {
    return windowsOf(ofKey, policy.cases.windowDays).flatMap((together): Case[] => {
      const [first, last] = [together[0], together.at(-1)];
      const weight = weightOf(together, policy.cases.sameRule);
      if (first === undefined || last === undefined || weight < policy.cases.threshold) return [];
      if (about.kind === 'SUBJECT' && practitionersOf(together) < policy.cases.practitioners) return [];
      return [{ id: nameId(['case', key, first.day]), about, from: first.day, to: last.day, weight, flags: together }];
    });
  });
  return cases.sort((one, other) => (one.from + one.id < other.from + other.id ? -1 : 1));
}

interface Group {
  readonly key: string;
  readonly about: Case['about'];
  readonly flags: Flag[];
}

function grouped(
  flags: readonly Flag[],
  groupOf: (flag: Flag) => Pick<Group, 'key' | 'about'> | null | '',
): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const flag of flags) {
    const group = groupOf(flag);
    if (!group) continue;
    const known = groups.get(group.key);
    if (known) known.flags.push(flag);
    else groups.set(group.key, { ...group, flags: [flag] });
  }
  return [...groups.values()];
}

/** Each window begins with the first flag that no earlier one has. */
function windowsOf(flags: readonly Flag[], days: number): Flag[][] {
  const windows: Flag[][] = [];
  let end = '';
  for (const flag of flags) {
    const current = windows.at(-1);
    if (current && flag.day < end) current.push(flag);
    else {
      windows.push([flag]);
      end = addDays(flag.day, days);
    }
  }
  return windows;
}

/** Of each rule the heaviest few count. */
function weightOf(flags: readonly Flag[], sameRule: number): number {
  return [...Map.groupBy(flags, ({ rule }) => rule).values()]
    .flatMap((same) =>
      same
        .map(({ weight }) => weight)
        .sort((one, other) => other - one)
        .slice(0, sameRule),
    )
    .reduce((sum, weight) => sum + weight, 0);
}

function practitionersOf(flags: readonly Flag[]): number {
  return new Set(flags.flatMap(({ about }) => (about.kind === 'PRACTITIONER' ? [nameOf(about)] : []))).size;
}

function byDay(one: Flag, other: Flag): number {
  const [first, second] = [one, other].map(({ day, rule, id }) => [day, rule, id].join('\n'));
  return (first ?? '') < (second ?? '') ? -1 : 1;
}
