import { randomBytes, randomUUID } from 'node:crypto';
import { parseLogged } from '../src/audit/logged.ts';
import { createPseudonyms, type Pseudonyms } from '../src/audit/pseudonym.ts';
import { type Activity, activity } from '../src/demo/activity/activity.ts';
import type { Operation } from '../src/demo/activity/look.ts';
import { knownSurroundings } from '../src/demo/activity/surroundings.ts';
import { createPopulation } from '../src/demo/population/population.ts';
import { accessesOf } from '../src/flags/access.ts';
import { casesOf } from '../src/flags/cases.ts';
import { flagsOf } from '../src/flags/flags.ts';
import type { Case, Flag } from '../src/flags/types.ts';
import { asTold, withoutStranger } from '../src/gateway/flags/as-told.ts';
import type { Policy } from '../src/policy/territory.ts';
import { londonDay } from '../src/record/london.ts';

/** What the rules made of one seeded year. */
export interface Measured {
  readonly accesses: number;
  readonly days: number;
  readonly flags: readonly Flag[];
  readonly cases: readonly Case[];
  /** By name; whether its rule, or any case, found it. */
  readonly plants: readonly {
    readonly name: string;
    readonly rule: string;
    readonly found: boolean;
    readonly inCase: boolean;
  }[];
  /** Ids of entries that were planted. */
  readonly planted: ReadonlySet<string>;
  /** Milliseconds in the rules, for the whole year. */
  readonly milliseconds: number;
}

export const UNTIL = new Date('2026-11-20T18:00:00Z');

/** One seeded year, day by day as a digest would have it. */
export function measure(policy: Policy, size: { seed: number; people: number; accesses: number }): Measured {
  const pseudonyms = createPseudonyms([randomBytes(32)]);
  const population = createPopulation({ seed: size.seed, size: size.people, anchor: londonDay(UNTIL) });
  const year = activity(population, {
    ...size,
    until: UNTIL,
    policy,
    pseudonyms,
    node: 'bench',
    seal: () => ({ id: randomUUID(), epoch: 1, sealed: new Uint8Array(), commitment: 'none' }),
  });
  return walk(year, policy, pseudonyms);
}

function walk(year: Activity, policy: Policy, pseudonyms: Pseudonyms): Measured {
  const { flags: rules } = policy.bundle;
  const known = knownSurroundings(year.world, pseudonyms, rules);
  const flags: Flag[] = [];
  const planted = new Map<string, string>();
  let [accesses, days, milliseconds] = [0, 0, 0];
  for (const operations of byDay(year.operations)) {
    const day = londonDay(operations[0]?.deed.at ?? UNTIL);
    for (const { deed, entries } of operations) {
      if (deed.plant !== undefined) for (const { id } of entries) planted.set(id, deed.plant);
    }
    const logged = operations.flatMap(({ entries }) => entries.flatMap(({ body }) => parseLogged(body) ?? []));
    // As the digest is given them: no more than what the practitioners' own officers may read.
    const today = accessesOf(logged.map(asTold)).map((each) =>
      withoutStranger(each, known.isKnown(each.partner, each.subject)),
    );
    const started = performance.now();
    flags.push(...flagsOf(today, known.on(day), rules));
    milliseconds += performance.now() - started;
    known.keep(today);
    accesses += today.length;
    days += 1;
  }
  const cases = casesOf(flags, rules);
  const has = (found: readonly Flag[], name: string) =>
    found.some((flag) => flag.accesses.some((id) => planted.get(id) === name));
  return {
    accesses,
    days,
    flags,
    cases,
    plants: year.plants.map(({ name, rule }) => ({
      name,
      rule,
      found: has(
        flags.filter((flag) => flag.rule === rule),
        name,
      ),
      inCase: has(
        cases.flatMap((each) => each.flags),
        name,
      ),
    })),
    planted: new Set(planted.keys()),
    milliseconds,
  };
}

function* byDay(operations: Iterable<Operation>): Generator<Operation[]> {
  let [day, today]: [string, Operation[]] = ['', []];
  for (const operation of operations) {
    const its = londonDay(operation.deed.at);
    if (its !== day && today.length > 0) yield today;
    if (its !== day) [day, today] = [its, []];
    today.push(operation);
  }
  if (today.length > 0) yield today;
}
