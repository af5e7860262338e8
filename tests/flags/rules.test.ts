import fc from 'fast-check';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { flagsOf } from '../../src/flags/flags.ts';
import type { Access, Flag, Surroundings, Tally } from '../../src/flags/types.ts';
import type { FlagsPolicy } from '../../src/policy/practice.ts';
import { DAY, flagsPolicy, held, look, refused, surroundings } from './samples.ts';

let policy: FlagsPolicy;
beforeAll(async () => {
  policy = await flagsPolicy();
});

const flagged = (accesses: readonly Access[], more: Partial<Surroundings> = {}) =>
  flagsOf(accesses, surroundings(more), policy);
const rulesOf = (flags: readonly Flag[]) => flags.map(({ rule }) => rule);
const the = (rule: string, flags: readonly Flag[]) => flags.filter((flag) => flag.rule === rule);
const people = (count: number, of: (n: number) => Access) => Array.from({ length: count }, (_, n) => of(n));
const mine = { held: () => [held()] };
const reason = (code: string) => [{ gate: 'restriction', outcome: 'refuse', code, ref: null }];
const unknown = [{ gate: 'relationship', outcome: 'refuse', code: 'UNKNOWN', ref: null }];

function tallies(counts: readonly number[], more: Partial<Tally> = {}): Tally[] {
  return counts.map((count, day) => ({
    partner: 'probation-service',
    practitioner: 'PRO-0004',
    role: 'probation-practitioner',
    day: `2026-10-${String(day + 13).padStart(2, '0')}`,
    accesses: count,
    people: count,
    refused: 0,
    breakGlass: 0,
    ...more,
  }));
}

describe('no explanation', () => {
  it('is said of what was answered, and weighs less where nothing was', () => {
    const [answered] = flagged([look('09:10'), look('09:12')]);
    expect(answered).toMatchObject({ rule: 'NO_EXPLANATION', weight: 4, subject: 'somebody' });
    expect(answered?.sentence).toBe(
      '2 look-ups of one person (answered) at 09:10 and 09:12, with no open reason on that day.',
    );
    expect(flagged([refused('09:10')])[0]).toMatchObject({ rule: 'NO_EXPLANATION', weight: 2 });
  });

  it('is never said of what is explained, of a number that names nobody, or of break-glass', () => {
    expect(flagged([look('09:10'), refused('09:20')], mine)).toEqual([]);
    expect(flagged([refused('09:10', { reasons: unknown })])).toEqual([]);
    expect(flagged([look('09:10', { breakGlass: 'glass' })])).toEqual([]);
  });
});

test.each<[string, string, Partial<Access>]>([
  ['an own record', 'OWN_RECORD', { reasons: reason('OWN_RECORD') }],
  ['a declared interest', 'DECLARED_INTEREST', { reasons: reason('DECLARED_INTEREST') }],
])('%s is flagged, whatever relationship there is, and opens a case alone', (_, rule, more) => {
  const [flag] = flagged([refused('12:01', more)], mine);
  expect(flag).toMatchObject({ rule, weight: policy.cases.threshold, accesses: [expect.any(String)] });
});

describe('after the relationship ended', () => {
  const ended = (until: string) => ({ held: () => [held({ until })] });

  it('is said with its days and its evidence, for some months', () => {
    const [flag] = the('AFTER_END', flagged([refused('09:10')], ended('2026-10-31')));
    expect(flag?.sentence).toBe(
      '1 look-up of one person at 09:10, 10 days after an allocation for supervision had ended (ALLOC-000012).',
    );
    expect(the('AFTER_END', flagged([refused('09:10')], ended('2026-08-11')))).toEqual([]);
  });
});

describe('a purpose that changes', () => {
  const asked = (time: string, purpose: string, more: Partial<Access> = {}) => look(time, { purpose, ...more });
  const found = (accesses: readonly Access[]) => the('PURPOSE_CHANGED', flagged(accesses, mine));

  it('is flagged within the hour, where something had been withheld', () => {
    const first = asked('10:00', 'RELEASE_PLANNING', { withheldBy: ['view'] });
    const [flag] = found([first, asked('10:40', 'DA_CHECK')]);
    expect(flag?.sentence).toContain('2 purposes declared for one person within 40 minutes');
    expect(flag?.evidence).toContain('Declared one after another: RELEASE_PLANNING, DA_CHECK.');
    expect(found([first, asked('11:01', 'DA_CHECK')])).toEqual([]);
    expect(found([first, asked('10:40', 'RELEASE_PLANNING')])).toEqual([]);
    expect(found([first, asked('10:40', 'DA_CHECK', { subject: 'another' })])).toEqual([]);
    expect(found([asked('10:00', 'RELEASE_PLANNING'), asked('10:40', 'DA_CHECK')])).toEqual([]);
  });
});

describe('refused look-ups', () => {
  const tries = (count: number, more: Partial<Access> = {}) =>
    people(count, (n) => refused('10:00', { subject: `person ${n}`, reasons: unknown, ...more }));

  it('are flagged from a number on', () => {
    expect(rulesOf(flagged(tries(4)))).toEqual([]);
    expect(rulesOf(flagged(tries(5)))).toEqual(['REFUSED_LOOKUPS']);
    expect(rulesOf(flagged(tries(5, { alone: false })))).toEqual([]);
    expect(rulesOf(flagged(tries(5), mine))).toEqual([]);
  });
});

describe('numbers in order', () => {
  const next = new Map([['b', ['a', 'c']]]);
  const tried = (...subjects: string[]) => subjects.map((subject) => refused('10:00', { subject, reasons: unknown }));
  const neighbours = (subject: string) => next.get(subject) ?? [];

  it('are flagged in whatever order they are tried', () => {
    expect(rulesOf(flagged(tried('a', 'b', 'c'), { neighbours }))).toEqual(['SEQUENTIAL']);
    expect(rulesOf(flagged(tried('c', 'x', 'a', 'b'), { neighbours }))).toContain('SEQUENTIAL');
    expect(rulesOf(flagged(tried('a', 'b', 'x'), { neighbours }))).toEqual([]);
  });

  it('are not where most of them are one’s own', () => {
    expect(flagged(tried('a', 'b', 'c'), { neighbours, ...mine })).toEqual([]);
  });
});

describe('hours', () => {
  const late = (times: readonly string[], more: Partial<Access> = {}, around: Partial<Surroundings> = {}) =>
    the(
      'OUT_OF_HOURS',
      flagged(
        times.map((time) => look(time, more)),
        around,
      ),
    ).length;

  it('are those of the role, on its days, in the United Kingdom', () => {
    const saturday = '2026-11-14';
    expect(late(['06:59'])).toBe(1);
    expect(late(['07:00', '19:59'])).toBe(0);
    expect(late(['20:00'])).toBe(1);
    expect(late(['12:00'], { day: saturday }, { day: saturday })).toBe(1);
    expect(late(['23:00'], { role: 'police-public-protection' })).toBe(0);
  });

  it('are none for whoever is on duty, and one look at somebody of one’s own is nothing', () => {
    expect(late(['23:00'], {}, { onDuty: () => true })).toBe(0);
    expect(late(['20:00', '20:30', '21:00'], {}, mine)).toBe(0);
    expect(late(['20:00', '20:30', '21:00', '21:30'], {}, mine)).toBe(1);
  });
});

describe('volume and breadth', () => {
  const busy = (count: number) =>
    people(count, (n) => look('10:00', { subject: `person ${n}`, requestId: `request ${n}` }));
  const found = (count: number, more: Partial<Surroundings>) => rulesOf(flagged(busy(count), { ...mine, ...more }));
  const usual = tallies([4, 5, 5, 6, 4, 5, 40]);

  it('are flagged against one’s own usual day and that of peers, and one wild day changes nothing', () => {
    expect(found(40, { past: () => usual, peers: () => usual })).toEqual(['BREADTH', 'VOLUME']);
    expect(found(12, { past: () => usual, peers: () => usual })).toEqual([]);
    expect(found(40, { past: () => usual, peers: () => tallies([38, 40, 41, 44, 39, 42]) })).toEqual([]);
    expect(found(40, { past: () => tallies([38, 40, 41, 44, 39, 42]), peers: () => usual })).toEqual([]);
  });

  it('say nothing where nothing is known', () => {
    expect(found(40, { past: () => usual.slice(0, 3) })).toEqual([]);
    expect(found(40, { past: () => usual.slice(0, 3), peers: () => usual })).toEqual(['BREADTH', 'VOLUME']);
  });

  it('take a list for one look-up of nobody in particular', () => {
    const list = people(40, (n) => look('10:00', { subject: `person ${n}`, requestId: 'one', alone: false }));
    expect(flagged(list, { ...mine, past: () => usual, peers: () => usual })).toEqual([]);
  });
});

describe('break-glass', () => {
  const glass = (practitioner = 'PRO-0004') =>
    look('10:00', { kind: 'break-glass', breakGlass: 'glass', practitioner });

  it('is flagged when it comes again', () => {
    expect(flagged([glass(), glass()])).toEqual([]);
    expect(rulesOf(flagged([glass(), glass(), glass()]))).toEqual(['REPEATED_BREAK_GLASS']);
    const [flag] = flagged([glass()], { past: () => tallies([1, 1], { breakGlass: 1, day: '2026-10-20' }) });
    expect(flag?.sentence).toBe('Break-glass was used or tried 3 times within 28 days, the last time at 10:00.');
    expect(flagged([look('10:00')], { ...mine, past: () => tallies([1, 1, 1], { breakGlass: 1 }) })).toEqual([]);
  });

  it('is the feed’s matter where a whole team needs it', () => {
    const team = ['PRO-1', 'PRO-2', 'PRO-3'].flatMap((each) =>
      people(3, (n) => ({ ...glass(each), subject: `${each} ${n}` })),
    );
    const flags = flagged(team);
    expect(rulesOf(flags)).toEqual(['FEED_BREAK_GLASS']);
    expect(flags[0]?.about).toEqual({
      kind: 'FEED',
      partner: 'probation-service',
      relationship: 'SUPERVISION_ALLOCATION',
    });
  });
});

describe('many staff', () => {
  const crowd = (count: number, more: (n: number) => Partial<Access> = () => ({})) =>
    people(count, (n) => refused('10:00', { practitioner: `PRO-2${n}`, ...more(n) }));

  it('on one person are flagged, each of them, by partner', () => {
    expect(the('MANY_STAFF', flagged(crowd(2)))).toEqual([]);
    expect(the('MANY_STAFF', flagged(crowd(3)))).toHaveLength(3);
    const others = crowd(4, (n) => ({ partner: n % 2 === 0 ? 'northmere-police' : 'southdale-police' }));
    expect(the('MANY_STAFF', flagged(others))).toEqual([]);
    expect(flagged(crowd(5), { held: ({ practitioner }) => [held({ practitioner })] })).toEqual([]);
  });

  it('each for somebody else are the feed’s matter, and not theirs', () => {
    const lost = crowd(4, (n) => ({ subject: `person ${n}` }));
    const flags = flagged(lost);
    expect(rulesOf(flags)).toEqual(['FEED_UNEXPLAINED']);
    expect(flags[0]?.accesses).toEqual(lost.map(({ id }) => id));
    const working = people(7, (n) => look('11:00', { practitioner: `PRO-3${n}`, subject: 'theirs' }));
    const most = flagged([...lost, ...working], {
      held: ({ subject, practitioner }) => (subject === 'theirs' ? [held({ practitioner })] : []),
    });
    expect(new Set(rulesOf(most))).toEqual(new Set(['NO_EXPLANATION']));
  });

  it('leave own records what they are', () => {
    const lost = crowd(4, (n) => ({ subject: `person ${n}`, ...(n === 0 && { reasons: reason('OWN_RECORD') }) }));
    expect(rulesOf(flagged(lost)).sort()).toEqual(['FEED_UNEXPLAINED', 'OWN_RECORD']);
  });
});

describe('in general', () => {
  const someAccess = fc
    .record({
      hour: fc.integer({ min: 0, max: 23 }),
      minute: fc.integer({ min: 0, max: 59 }),
      practitioner: fc.constantFrom('PRO-1', 'PRO-2', 'PRO-3', 'PRO-4', 'PRO-5'),
      subject: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      purpose: fc.constantFrom('RELEASE_PLANNING', 'DA_CHECK'),
      kind: fc.constantFrom<Access['kind']>('disclosure', 'refusal', 'break-glass'),
      withheldBy: fc.constantFrom<string[]>([], ['view']),
      alone: fc.boolean(),
    })
    .map(({ hour, minute, ...more }) => {
      const time = [hour, minute].map((part) => String(part).padStart(2, '0')).join(':');
      return look(time, { ...more, shown: more.kind === 'disclosure' });
    });
  const day = fc.array(someAccess, { maxLength: 25 });
  const reasons = fc.uniqueArray(
    fc.tuple(fc.constantFrom(1, 2, 3, 4, 5), fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')),
    {
      selector: ([who, whom]) => `${who} ${whom}`,
    },
  );
  const holding = (pairs: readonly (readonly [number, string])[]): Partial<Surroundings> => ({
    held: ({ practitioner, subject }) =>
      pairs.some(([who, whom]) => practitioner === `PRO-${who}` && subject === whom) ? [held({ practitioner })] : [],
  });
  const key = ({ rule, about, subject }: Flag) => JSON.stringify([rule, about, subject]);

  it('the order of accesses does not matter, and ids are of one flag each', () => {
    fc.assert(
      fc.property(day, reasons, (accesses, pairs) => {
        const flags = flagged(accesses, holding(pairs));
        expect(flagged(accesses.toReversed(), holding(pairs))).toEqual(flags);
        expect(new Set(flags.map(({ id }) => id)).size).toBe(flags.length);
      }),
      { numRuns: 150 },
    );
  });

  it('a further reason adds no flag, but for those that a feed’s flag stood for', () => {
    fc.assert(
      fc.property(day, reasons, fc.nat(), (accesses, pairs, place) => {
        const more = flagged(accesses, holding(pairs));
        const less = flagged(accesses, holding(pairs.toSpliced(place % (pairs.length + 1), 1)));
        const stoodFor = ['NO_EXPLANATION', 'AFTER_END', 'MANY_STAFF'];
        const feed = less.some(({ rule }) => rule === 'FEED_UNEXPLAINED');
        const added = more.filter((flag) => !less.some((other) => key(other) === key(flag)));
        expect(added.filter(({ rule }) => !(feed && stoodFor.includes(rule)))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('a rule that policy leaves out flags nothing', () => {
    const without = { ...policy, rules: new Map() };
    const accesses = [...people(5, (n) => refused('23:00', { subject: `person ${n}` })), look('10:00')];
    expect(flagged(accesses).length).toBeGreaterThan(2);
    expect(flagsOf(accesses, surroundings(), without)).toEqual([]);
  });

  it('is of one day', () => {
    expect(flagged([look('09:10')])[0]).toMatchObject({ day: DAY });
  });
});
