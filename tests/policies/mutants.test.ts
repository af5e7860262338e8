import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Person } from '../../src/policy/cases/case.ts';
import { differ } from '../../src/policy/cases/effect.ts';
import { everywhere } from '../../src/policy/cases/mutants/mutant.ts';
import { mutantsOf } from '../../src/policy/cases/mutate.ts';
import { observe, trialOf } from '../../src/policy/cases/observe.ts';
import { runsOf } from '../../src/policy/cases/runs.ts';
import { bundle, territory } from './real.ts';
import { sample } from './sample.ts';

const all = mutantsOf(bundle, territory);
const seed = Date.now() % 1_000_000;

const some = <T>(list: Iterable<T>) => fc.constantFrom(...list);
const day = some(['2025-12-31', '2026-01-01', '2026-06-15', '2028-12-31', '2029-01-01']);
const holder = some(territory.holders.map(({ code }) => code));
const partnerType = some([...bundle.partners.values()].map(({ type }) => type));
const days = fc.record({ from: day }, { requiredKeys: [] });

/** Somebody with some facts, looked at by somebody. */
const person: fc.Arbitrary<Person> = fc.record({
  permissions: fc.array(
    fc
      .tuple(some(bundle.permissions.keys()), fc.option(holder), fc.option(partnerType), days)
      .map(([type, at, recipient, span]) => ({
        type,
        ...(at && { holder: at }),
        ...(recipient && { recipient }),
        ...span,
      })),
  ),
  objections: fc.array(
    fc.tuple(some(bundle.classes.keys()), days).map(([name, span]) => ({ class: name, ...span })),
    { maxLength: 3 },
  ),
  match: some([0.85, 0.9, 0.92, 0.95, 1]),
  notLinked: fc.uniqueArray(holder, { maxLength: 2 }),
});

const run = some([...bundle.roles.values()].filter(({ purposes }) => purposes.size > 0)).chain((role) =>
  fc
    .record({
      purpose: some(role.purposes.keys()),
      partner: some([...bundle.partners.values()].filter(({ type }) => role.partnerTypes.includes(type))),
      day,
      relationship: some(bundle.relationships.keys()),
      person,
    })
    .map(({ purpose, partner, day: on, relationship, person: subject }) => {
      const content = {
        case: 'somebody',
        purpose,
        at: [partner.code],
        on,
        person: { ...subject, relationship },
        sees: {},
      };
      const [made] = runsOf(bundle, territory, [
        { name: '', content: { role: role.name, may: NOTHING, cases: [content] }, problemAt: unplaced },
      ]);
      if (made?.kind !== 'record') throw new Error('a case of a record has a run');
      return made;
    }),
);

const NOTHING = { partnerTypes: [], lookups: [], actions: [], queues: [], peoplePerDay: 0, purposes: [] };
const unplaced = (_: unknown, message: string) => ({ file: '', line: 1, col: 1, message });

describe('the changes that are tried', () => {
  test('are each another one', () => {
    expect(new Set(all.map(({ where, what }) => `${where}: ${what}`)).size).toBe(all.length);
  });

  test('cover every file that a decision reads', () => {
    const kinds = new Set(all.map(({ where }) => where.split(/[/ ]/)[0]));
    expect([...kinds].sort()).toEqual([
      'agreements',
      'break-glass.yaml',
      'data-classes.yaml',
      'gate',
      'identifiers.yaml',
      'partners.yaml',
      'permissions.yaml',
      'purposes.yaml',
      'relationships.yaml',
      'restrictions.yaml',
      'roles',
    ]);
  });

  test(`change the policy that they stand for, and leave the original as it was (seed ${seed})`, () => {
    const before = structuredClone(bundle);
    for (const mutant of sample(all, 200, seed)) {
      expect(mutant.gates !== undefined || !isDeepStrictEqual(mutant.bundle(), bundle), mutant.what).toBe(true);
    }
    expect(isDeepStrictEqual(bundle, before)).toBe(true);
  });

  // A change is compared with the original only where it says that it can matter. That must leave nothing out.
  test(`change no decision elsewhere than they say (seed ${seed})`, { timeout: 60_000 }, () => {
    const base = trialOf(bundle, territory);
    for (const { what, bundle: make, gates, touches } of sample(all, 25, seed)) {
      if (gates) continue;
      const trial = trialOf(make(), territory);
      const said = differ(base, trial, touches);
      expect(differ(base, trial, everywhere), what).toBe(said);
    }
  });

  test(`decide as the original does about anybody when they are said to have no effect (seed ${seed})`, {
    timeout: 60_000,
  }, () => {
    const base = trialOf(bundle, territory);
    const looks = fc.sample(run, { numRuns: 300, seed });
    let compared = 0;
    for (const { what, bundle: make, gates, touches } of sample(all, 120, seed)) {
      const trial = trialOf(make(), territory);
      if (gates || differ(base, trial, touches)) continue;
      for (const look of looks) {
        if (!touches(look)) continue;
        expect(observe(trial, look), what).toEqual(observe(base, look));
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });
});

describe('a sample', () => {
  test('is the same for the same seed, and holds nothing twice', () => {
    const numbers = Array.from({ length: 100 }, (_, index) => index);
    const taken = sample(numbers, 30, 7);
    expect(taken).toEqual(sample(numbers, 30, 7));
    expect(taken).not.toEqual(sample(numbers, 30, 8));
    expect(new Set(taken).size).toBe(30);
    expect(sample(numbers, 200, 7).sort((a, b) => a - b)).toEqual(numbers);
  });
});
