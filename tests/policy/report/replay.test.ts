import { describe, expect, test } from 'vitest';
import { type Replay, replay } from '../../../src/policy/report/replay.ts';
import { type Recorded, type Replayable, UNKNOWN } from '../../../src/policy/report/replay-entry.ts';
import { type Policy, territoryOf } from '../../../src/policy/territory.ts';
import { compileView } from '../../../src/policy/view.ts';
import { agreement, change, get, real } from './small.ts';

const DAY = '2026-11-22';

/** A work coach was shown a release date, and asked in vain for the offence. */
const COACH: Recorded = {
  id: 'entry-1',
  day: DAY,
  role: 'work-coach',
  purpose: 'BENEFITS_EMPLOYMENT',
  partner: 'benefits-department',
  policy: real.bundle.hash,
  isAboutSomebody: true,
  shown: true,
  isMessage: false,
  relationship: get(real.bundle.purposes, 'BENEFITS_EMPLOYMENT').relationships[0] ?? '',
  isBreakGlass: false,
  released: ['hmpps-prisons|Custody.releaseDate', 'Person.id'],
  withheld: [
    { field: 'Custody.offenceCategory', holder: null, reason: { gate: 'view', code: 'NOT_IN_VIEW', ref: null } },
  ],
  reasons: [],
};
/** A probation practitioner was not shown what waits for a permission. */
const WAITING: Recorded = {
  ...COACH,
  id: 'entry-2',
  role: 'probation-practitioner',
  purpose: 'RELEASE_PLANNING',
  partner: 'probation-service',
  relationship: get(real.bundle.purposes, 'RELEASE_PLANNING').relationships[0] ?? '',
  released: [],
  withheld: [
    {
      field: 'Health.medication',
      holder: 'health-service',
      reason: { gate: 'permission', code: 'NO_PERMISSION', ref: waitsFor().join(' or ') },
    },
  ],
};
const refusedBy = (gate: string, code: string): Recorded => ({
  ...COACH,
  shown: false,
  released: [],
  withheld: [],
  reasons: [
    { gate: 'view', code: 'IN_VIEW', ref: null, outcome: 'pass' },
    { gate, code, ref: null, outcome: 'refuse' },
  ],
});

function waitsFor(): readonly string[] {
  const found = real.bundle.agreements.find(({ requires }) => requires.has('health.continuity'));
  return found?.requires.get('health.continuity') ?? [];
}

function sideOf(policy: Policy): Replayable {
  const territory = territoryOf(policy);
  return {
    bundle: policy.bundle,
    viewOf: ({ role, partner }, purpose, day) => compileView(policy.bundle, territory, { role, purpose, partner, day }),
  };
}

const IN_FORCE = sideOf(real);
const under = (proposed: Policy, ...entries: Recorded[]): Replay => replay(IN_FORCE, sideOf(proposed), entries);

const morePeople = (more: number) =>
  change(real, (bundle) => {
    get(bundle.roles, 'work-coach').peoplePerDay += more;
  });

/** The coach gets the offence, and loses the release date. */
const swapped = change(real, (bundle) => {
  const given = agreement(bundle, 'PRI-DWP-01').classes;
  given.splice(given.indexOf('custody.release'), 1, 'custody.offence-category');
  const custody = get(get(get(bundle.roles, 'work-coach').purposes, 'BENEFITS_EMPLOYMENT').sections, 'custody');
  custody.classes.push('custody.offence-category');
});

test('the same policy changes nothing, and leaves nothing unknown but what could not be decided at all', () => {
  const entries = [COACH, WAITING, refusedBy('restriction', 'RESTRICTED'), refusedBy('relationship', 'NONE')];
  expect(under(real, ...entries)).toEqual({ same: 4, changes: [], unknown: [] });
});

test('what would be newly shown and newly refused is told by field, with how often and where', () => {
  const { same, changes } = under(swapped, COACH, { ...COACH, id: 'entry-9' });
  expect(same).toBe(0);
  expect(changes).toMatchObject([
    {
      effect: 'NEWLY_REFUSED',
      role: 'work-coach',
      purpose: 'BENEFITS_EMPLOYMENT',
      partner: 'benefits-department',
      field: 'Custody.releaseDate',
      holder: 'hmpps-prisons',
      count: 2,
      examples: ['entry-1', 'entry-9'],
    },
    { effect: 'NEWLY_ALLOWED', field: 'Custody.offenceCategory', dataClass: 'custody.offence-category', count: 2 },
  ]);
  expect(changes.map(({ sentence }) => sentence)).toEqual([
    expect.stringMatching(
      /^Work coaches at Benefits Department can see Custody\.releaseDate, .* now, and could not\.$/,
    ),
    expect.stringMatching(/^Work coaches at Benefits Department cannot see Custody\.offenceCategory, .* and could\.$/),
  ]);
});

test('three examples are enough, the most frequent change is first', () => {
  const often = Array.from({ length: 5 }, (_, n) => ({ ...COACH, id: `often-${n}`, withheld: [] }));
  const { changes } = under(swapped, { ...COACH, released: [] }, ...often);
  expect(changes.map(({ count, examples }) => [count, examples.length])).toEqual([
    [5, 3],
    [1, 1],
  ]);
});

describe('a permission', () => {
  const requiring = (types: readonly string[]) =>
    change(real, (bundle) => {
      for (const each of bundle.agreements)
        if (each.requires.has('health.continuity')) each.requires.set('health.continuity', [...types]);
    });

  test('that is no longer asked for lets see; one that the log does not speak of leaves it open', () => {
    expect(under(requiring([]), WAITING).changes).toMatchObject([
      { effect: 'NEWLY_ALLOWED', field: 'Health.medication' },
    ]);
    expect(under(requiring(['SOME_OTHER']), WAITING)).toMatchObject({
      changes: [],
      unknown: [{ text: UNKNOWN.permission, count: 1 }],
    });
  });

  test('that was in force is in force for a wider choice too', () => {
    const shown = { ...WAITING, released: ['health-service|Health.medication'], withheld: [] };
    expect(under(requiring([...waitsFor(), 'SOME_OTHER']), shown).same).toBe(1);
    expect(under(requiring(['SOME_OTHER']), shown).unknown).toHaveLength(1);
    // Under another policy than the one in force nobody knows which it was.
    const older = { ...shown, policy: 'older' };
    expect(under(requiring([...waitsFor(), 'SOME_OTHER']), older).changes).toEqual([]);
  });

  test('an objection that stood in the way is not told as something newly refused', () => {
    const objected = {
      field: 'Custody.releaseDate',
      holder: 'hmpps-prisons',
      reason: { gate: 'permission', code: 'NOT_SHARED', ref: null },
    };
    expect(under(swapped, { ...COACH, released: [], withheld: [objected] }).same).toBe(1);
  });
});

describe('a request as a whole', () => {
  const without = (type: string | null) =>
    change(real, (bundle) => {
      const purpose = get(bundle.purposes, 'BENEFITS_EMPLOYMENT');
      purpose.relationships = purpose.relationships.filter((each) => each !== type);
    });

  test('is refused once its relationship carries the purpose no more', () => {
    const { changes } = under(without(COACH.relationship), COACH);
    expect(changes).toMatchObject([{ effect: 'NEWLY_REFUSED', field: null }]);
    expect(changes[0]?.sentence).toContain('see anything of the person');
  });

  test('stays refused for a restriction or for nobody, whatever else changes', () => {
    expect(under(swapped, refusedBy('restriction', 'RESTRICTED'), refusedBy('relationship', 'UNKNOWN')).same).toBe(2);
  });

  test.each([
    [
      'why is not the reader’s to know',
      { ...refusedBy('volume', 'OVER_LIMIT'), reasons: [] },
      swapped,
      UNKNOWN.reasons,
    ],
    [
      'another relationship would carry it',
      refusedBy('relationship', 'NONE_CARRIES_PURPOSE'),
      change(real, (bundle) => void get(bundle.purposes, 'BENEFITS_EMPLOYMENT').relationships.push('APPOINTMENT')),
      UNKNOWN.relationships,
    ],
    ['more people a day may be asked about', refusedBy('volume', 'OVER_LIMIT'), morePeople(1), UNKNOWN.volume],
    ['fewer people a day may be asked about', COACH, morePeople(-1), UNKNOWN.volume],
    ['it was a message', { ...COACH, isMessage: true }, swapped, UNKNOWN.message],
  ])('is told as unknown where %s', (_, entry, proposed, text) => {
    expect(under(proposed, entry)).toEqual({ same: 0, changes: [], unknown: [{ text, count: 1 }] });
  });

  test('that was refused for its purpose could be made once the role may declare it', () => {
    const refused = {
      ...COACH,
      isAboutSomebody: false,
      shown: false,
      purpose: 'RELEASE_PLANNING',
      released: [],
      withheld: [],
    };
    const declaring = change(real, (bundle) => {
      const { purposes } = get(bundle.roles, 'work-coach');
      purposes.set('RELEASE_PLANNING', get(purposes, 'BENEFITS_EMPLOYMENT'));
    });
    expect(under(declaring, refused).changes).toMatchObject([{ effect: 'NEWLY_ALLOWED', field: null }]);
    expect(under(real, refused).same).toBe(1);
  });
});
