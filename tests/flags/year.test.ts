import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseLogged } from '../../src/audit/logged.ts';
import { createPseudonyms } from '../../src/audit/pseudonym.ts';
import { type Activity, activity } from '../../src/demo/activity/activity.ts';
import { knownSurroundings } from '../../src/demo/activity/surroundings.ts';
import { createPopulation } from '../../src/demo/population/population.ts';
import { accessesOf } from '../../src/flags/access.ts';
import { casesOf } from '../../src/flags/cases.ts';
import { explain } from '../../src/flags/explain.ts';
import { flagsOf } from '../../src/flags/flags.ts';
import type { Access, Case, Flag } from '../../src/flags/types.ts';
import { asTold, withoutStranger } from '../../src/gateway/flags/as-told.ts';
import { readRecord } from '../../src/gateway/read-record.ts';
import type { Bundle } from '../../src/policy/bundle.ts';
import { loadBundle } from '../../src/policy/load/load.ts';

const UNTIL = new Date('2026-11-20T18:00:00Z');
const pseudonyms = createPseudonyms([Buffer.alloc(32, 7)]);

let bundle: Bundle;
let year: Activity;
let accesses: Access[];
let planted: Map<string, string>;
let flags: Flag[];
let cases: Case[];

/** A year of 4,000 accesses, always the same, day by day. */
beforeAll(async () => {
  const record = await readRecord('schema');
  bundle = await loadBundle('policies', record);
  year = activity(createPopulation({ seed: 3, size: 600, anchor: '2026-11-20' }), {
    seed: 3,
    accesses: 4_000,
    until: UNTIL,
    policy: { bundle, record },
    pseudonyms,
    node: 'test',
    seal: () => ({ id: randomUUID(), epoch: 1, sealed: new Uint8Array(), commitment: 'none' }),
  });
  const operations = [...year.operations];
  planted = new Map(
    operations.flatMap(({ deed, entries }) =>
      entries.flatMap(({ id }) => (deed.plant ? [[id, deed.plant] as const] : [])),
    ),
  );
  // As the digest is given them: no more than what the practitioners' own officers may read.
  const { isKnown } = knownSurroundings(year.world, pseudonyms, bundle.flags);
  const logged = operations.flatMap(({ entries }) => entries.flatMap(({ body }) => parseLogged(body) ?? []));
  accesses = accessesOf(logged.map(asTold)).map((each) => withoutStranger(each, isKnown(each.partner, each.subject)));
  flags = flagsOfYear(accesses);
  cases = casesOf(flags, bundle.flags);
});

function flagsOfYear(all: readonly Access[]): Flag[] {
  const known = knownSurroundings(year.world, pseudonyms, bundle.flags);
  return [...Map.groupBy(all, ({ day }) => day)].sort().flatMap(([day, today]) => {
    const found = flagsOf(today, known.on(day), bundle.flags);
    known.keep(today);
    return found;
  });
}

describe('a year with planted snooping', () => {
  it('has every kind of it found by the rule that is for it', () => {
    const found = year.plants.filter(({ name, rule }) =>
      flags.some((flag) => flag.rule === rule && flag.accesses.some((id) => planted.get(id) === name)),
    );
    expect(year.plants.map(({ rule }) => rule).sort()).toEqual([...bundle.flags.rules.keys()].sort());
    expect(found).toEqual(year.plants);
  });

  it('has few cases, and most of them for something planted', () => {
    const isPlanted = ({ flags: its }: Case) => its.some((flag) => flag.accesses.some((id) => planted.has(id)));
    expect(cases.filter(isPlanted).length / cases.length).toBeGreaterThan(0.7);
    expect(cases.length).toBeLessThan(accesses.length / 100);
  });

  it('explains almost everything, and never flags what it explains for want of an explanation', () => {
    const on = knownSurroundings(year.world, pseudonyms, bundle.flags);
    const explained = new Set(
      accesses.filter((each) => explain(each, on.on(each.day).held(each), bundle.flags).explained).map(({ id }) => id),
    );
    expect(explained.size / accesses.length).toBeGreaterThan(0.9);
    const without = flags.filter(({ rule }) =>
      ['NO_EXPLANATION', 'AFTER_END', 'MANY_STAFF', 'FEED_UNEXPLAINED'].includes(rule),
    );
    expect(without.flatMap((flag) => flag.accesses).filter((id) => explained.has(id))).toEqual([]);
    expect(without.length).toBeGreaterThan(0);
  });

  it('gives the same flags and cases in whatever order it is read', () => {
    expect(flagsOfYear([...accesses].reverse())).toEqual(flags);
    expect(casesOf([...flags].reverse(), bundle.flags)).toEqual(cases);
    expect(casesOf([...flags, ...flags], bundle.flags)).toEqual(cases);
    expect(new Set(flags.map(({ id }) => id)).size).toBe(flags.length);
  });

  it('says everything in sentences, and no value of anybody', () => {
    const values = new Set([...year.world.people.values()].flatMap(({ links }) => links.map(({ value }) => value)));
    for (const { sentence, evidence, accesses: its } of flags) {
      expect(its.length).toBeGreaterThan(0);
      expect(evidence.length).toBeGreaterThan(0);
      for (const text of [sentence, ...evidence]) {
        expect(text).toMatch(/^[A-Z0-9].*\.$/);
        expect(text).not.toMatch(/[{}]|undefined|NaN|Infinity/);
        expect(text.split(/[\s,.()]+/).filter((word) => values.has(word))).toEqual([]);
      }
    }
  });
});
