import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bundle } from '../../../src/policy/bundle.ts';
import { type Cell, effectiveCells, grantOn } from '../../../src/policy/report/cells.ts';
import { diffPolicies } from '../../../src/policy/report/diff.ts';
import type { Policy } from '../../../src/policy/territory.ts';
import { agreement, change, type Draft, get, real, small } from './small.ts';

type Edit = (bundle: Draft<Bundle>) => void;

function sentences(before: Policy, after: Policy, kind?: string): string[] {
  return diffPolicies(before, after)
    .changes.filter((each) => kind === undefined || each.kind === kind)
    .map(({ sentence }) => sentence);
}

const coachSeesOffence: Edit = (bundle) => {
  agreement(bundle, 'PRI-DWP-01').classes.push('custody.offence-category');
  get(get(get(bundle.roles, 'work-coach').purposes, 'BENEFITS_EMPLOYMENT').sections, 'custody').classes.push(
    'custody.offence-category',
  );
};

test('the same policy differs in nothing', () => {
  expect(diffPolicies(real, real)).toEqual({
    before: real.bundle.hash,
    after: real.bundle.hash,
    widens: false,
    changes: [],
  });
});

test('says in plain language who could not see what from whom, and now could, under what and until when', () => {
  const { until, from } = agreement(structuredClone(real.bundle) as unknown as Draft<Bundle>, 'PRI-DWP-01');
  const diff = diffPolicies(real, change(real, coachSeesOffence));
  expect(diff.widens).toBe(true);
  expect(diff.changes).toMatchObject([
    {
      kind: 'widening',
      sentence: `Work coaches at Benefits Department could not see the main offence as a category (custody.offence-category) from HM Prison Service, and now could, for Benefits and work under PRI-DWP-01 from ${from} until ${until}.`,
      role: 'work-coach',
      purposes: ['BENEFITS_EMPLOYMENT'],
      partners: ['benefits-department'],
      holders: ['hmpps-prisons'],
      classes: ['custody.offence-category'],
      agreements: ['PRI-DWP-01'],
      handling: 'OFFICIAL',
      source: 'prison',
    },
  ]);
});

test('the other way round it narrows', () => {
  const diff = diffPolicies(change(real, coachSeesOffence), real);
  expect(diff.widens).toBe(false);
  expect(diff.changes).toMatchObject([{ kind: 'narrowing' }]);
  expect(diff.changes[0]?.sentence).toContain('and now could not, for Benefits and work which PRI-DWP-01 gave');
});

test('one key that turns alone widens nothing, and is told', () => {
  const diff = diffPolicies(
    small,
    change(small, (bundle) => {
      agreement(bundle, 'PRI-DWP-01').classes.push('custody.offence');
    }),
  );
  expect(diff.widens).toBe(false);
  expect(diff.changes).toMatchObject([
    {
      kind: 'other',
      sentence: expect.stringMatching(/^agreements PRI-DWP-01 classes was .* and now is .*custody\.offence/),
    },
  ]);
});

test('partners that fare alike are said as one', () => {
  const after = change(small, (bundle) => {
    agreement(bundle, 'POL-POL-01').until = '2031-12-31';
  });
  const widened = diffPolicies(small, after).changes;
  expect(new Set(widened.map(({ kind }) => kind))).toEqual(new Set(['widening']));
  expect(widened[0]?.sentence).toMatch(
    /^Police public protection officers at all police forces could see .* from one another from .* too, for/,
  );
  expect(widened[0]).toMatchObject({ partners: ['northmere-police', 'southdale-police'], source: 'police' });
});

test('what hurts most stands first', () => {
  const after = change(small, (bundle) => {
    coachSeesOffence(bundle);
    agreement(bundle, 'POL-POL-01').until = '2031-12-31';
    get(bundle.roles, 'work-coach').lookups = [];
    get(bundle.roles, 'work-coach').owner = 'Somebody else';
    get(bundle.relationships, 'BENEFIT_CLAIM').graceDays += 1;
  });
  const order = diffPolicies(small, after).changes.map(({ kind, handling, source }) => [kind, handling, source]);
  expect(order.filter((each, index) => String(each) !== String(order[index - 1]))).toEqual([
    ['widening', null, null],
    ['widening', 'OFFICIAL-SENSITIVE', 'police'],
    ['widening', 'OFFICIAL', 'police'],
    ['widening', 'OFFICIAL', 'prison'],
    ['narrowing', null, null],
    ['other', null, null],
  ]);
});

const coach = (bundle: Draft<Bundle>) => get(bundle.roles, 'work-coach');
const coachView = (bundle: Draft<Bundle>) => get(coach(bundle).purposes, 'BENEFITS_EMPLOYMENT');

/** From the narrower to the wider: the other way round it must not widen, but where both ways do. */
const WIDER: readonly (readonly [string, Edit, Edit, RegExp])[] = [
  [
    'later until',
    () => {},
    (b) => {
      agreement(b, 'PRI-DWP-01').until = '2040-01-01';
    },
    /could from .* until 2040-01-01 too/,
  ],
  [
    'earlier from',
    () => {},
    (b) => {
      agreement(b, 'PRI-DWP-01').from = '2020-01-01';
    },
    /could from 2020-01-01 until .* too/,
  ],
  [
    'no end',
    () => {},
    (b) => {
      agreement(b, 'PRI-DWP-01').until = null;
    },
    /too, for Benefits and work/,
  ],
  [
    'a permission no longer needed',
    (b) => void agreement(b, 'PRI-DWP-01').requires.set('custody.release', ['TREATMENT_CONDITION']),
    () => {},
    /with the permission TREATMENT_CONDITION, and now could without any/,
  ],
  [
    'a permission more that will do',
    (b) => void agreement(b, 'PRI-DWP-01').requires.set('custody.release', ['TREATMENT_CONDITION']),
    (b) => void agreement(b, 'PRI-DWP-01').requires.set('custody.release', ['TREATMENT_CONDITION', 'CONFIDENTIALITY']),
    /now could with the permission CONFIDENTIALITY or TREATMENT_CONDITION/,
  ],
  ['a lookup', () => {}, (b) => void coach(b).lookups.push('CRN'), /could not look people up by CRN/],
  ['an action', () => {}, (b) => void coach(b).actions.push('madeUpAction'), /could not use madeUpAction/],
  ['a queue', () => {}, (b) => void coach(b).queues.push('MADE_UP'), /could not see work items of the kind MADE_UP/],
  [
    'more people a day',
    () => {},
    (b) => {
      coach(b).peoplePerDay += 1;
    },
    /may ask about in a day was \d+, and now is/,
  ],
  [
    'a purpose declared',
    (b) => void coach(b).purposes.delete('BENEFITS_EMPLOYMENT'),
    () => {},
    /could not declare the purpose BENEFITS_EMPLOYMENT/,
  ],
  [
    'a kind of partner',
    () => {},
    (b) => void coach(b).partnerTypes.push('oversight-board'),
    /of the type oversight-board/,
  ],
  [
    'a shorter hold',
    (b) => {
      coachView(b).holdMilliseconds = 500;
    },
    (b) => {
      coachView(b).holdMilliseconds = 100;
    },
    /was 500, and now is 100/,
  ],
  [
    'an open section',
    (b) => {
      get(coachView(b).sections, 'custody').existence = 'hidden';
    },
    (b) => {
      get(coachView(b).sections, 'custody').existence = 'open';
    },
    /could not know whether the section custody/,
  ],
  [
    'a relationship that carries',
    () => {},
    (b) => void get(b.purposes, 'BENEFITS_EMPLOYMENT').relationships.push('OPEN_CHECK'),
    /OPEN_CHECK .* did not carry the purpose/,
  ],
  [
    'a longer grace',
    () => {},
    (b) => {
      get(b.relationships, 'BENEFIT_CLAIM').graceDays += 3;
    },
    /still carries a purpose after its end/,
  ],
  [
    'a lower threshold',
    () => {},
    (b) => {
      get(b.sections, 'policing').matchThreshold -= 0.1;
    },
    /How sure the crosswalk must be/,
  ],
  [
    'a permission that must name less',
    (b) => {
      get(b.permissions, 'CONFIDENTIALITY').names = ['recipient'];
    },
    (b) => {
      get(b.permissions, 'CONFIDENTIALITY').names = [];
    },
    /had to name one recipient/,
  ],
  [
    'a client',
    () => {},
    (b) => void get(b.partners, 'benefits-department').clients.push('another'),
    /come through the client another/,
  ],
  [
    'a recipient',
    (b) => {
      agreement(b, 'POL-POL-01').recipients = ['northmere-police'];
    },
    () => {},
    /at Southdale Police could not see .* from Northmere Police/,
  ],
  [
    'a holder',
    (b) => {
      agreement(b, 'OWN-POL').holders = ['northmere-police'];
    },
    () => {},
    /at Southdale Police could not see .* from their own service/,
  ],
  [
    'a longer break-glass',
    () => {},
    (b) => {
      b.breakGlass.minutes += 1;
    },
    /minutes for which break-glass lasts/,
  ],
  [
    'a longer wait for review',
    () => {},
    (b) => {
      b.breakGlass.reviewHours += 1;
    },
    /must be reviewed/,
  ],
  [
    'a role marked for break-glass',
    (b) => {
      b.breakGlass.roles = [];
    },
    (b) => {
      b.breakGlass.roles = ['work-coach'];
    },
    /break the glass: work-coach/,
  ],
  [
    'a reviewer',
    () => {},
    (b) => void b.breakGlass.reviewers.push('work-coach'),
    /close a review of break-glass: work-coach/,
  ],
  [
    'a reason for break-glass',
    () => {},
    (b) => void b.breakGlass.reasons.set('BOREDOM', 'Nothing else to do'),
    /for the reason BOREDOM/,
  ],
  [
    'a class that waits no longer',
    (b) => {
      b.telling.waits.classes = ['custody.offence'];
    },
    (b) => {
      b.telling.waits.classes = [];
    },
    /could not be told without a decision of use of the class custody.offence/,
  ],
  [
    'a partner that is told by name',
    (b) => {
      b.telling.named = [];
    },
    (b) => {
      b.telling.named = ['northmere-police'];
    },
    /be told by name of the partner northmere-police/,
  ],
  [
    'a shorter hold on reports',
    () => {},
    (b) => {
      b.telling.holdMilliseconds -= 1;
    },
    /hold on reports/,
  ],
  [
    'a field in the envelope',
    () => {},
    (b) => void b.envelope.add('Custody.offence'),
    /Custody.offence is now in the envelope/,
  ],
  ["a field of the gateway's own work", () => {}, (b) => void b.governance.add('Custody.offence'), /own work/],
];

describe.each(WIDER)('%s', (_name, narrower, wider, said) => {
  const [before, after] = [change(small, narrower), change(small, wider)];

  test('widens', () => {
    expect(sentences(before, after, 'widening')).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
  });

  test('narrows the other way round', () => {
    expect(sentences(after, before, 'widening')).toEqual([]);
    expect(sentences(after, before, 'narrowing')).not.toEqual([]);
  });
});

test('emergency classes widen for roles that are marked', () => {
  const marked = change(small, (b) => {
    b.breakGlass.roles = ['work-coach'];
  });
  const after = change(marked, (b) => void agreement(b, 'PRI-DWP-01').emergency.set('work-coach', ['custody.release']));
  expect(sentences(marked, after, 'widening')).toEqual([
    expect.stringMatching(/could not see when and how .* under break-glass, and now could/),
  ]);
  expect(sentences(after, marked)).toEqual([expect.stringMatching(/under break-glass, and now could not/)]);
});

test('a class that gains or loses its protection is signed for, both ways', () => {
  const one = change(small, (b) => {
    get(b.classes, 'risk.to-staff').protective = true;
  });
  const other = change(small, (b) => {
    get(b.classes, 'risk.to-staff').protective = false;
  });
  expect(diffPolicies(one, other).widens).toBe(true);
  expect(diffPolicies(other, one).widens).toBe(true);
});

test('restrictions: told to its own staff, or paged about later, is wider', () => {
  const desk = { name: 'Desk', telephone: '01632 960000', hours: 'always' };
  const before = change(small, (b) => {
    b.restrictions = new Map([
      ['probation-service', { freshnessHours: 24, page: desk, signpost: null, needToKnowDays: 30 }],
    ]);
  });
  const after = change(before, (b) => {
    b.restrictions = new Map([
      [
        'probation-service',
        { freshnessHours: 48, page: desk, signpost: { message: 'Ring', desk }, needToKnowDays: 20 },
      ],
    ]);
  });
  expect(sentences(before, after, 'widening')).toHaveLength(3);
  expect(sentences(after, before, 'widening')).toEqual([]);
  const none = change(before, (b) => {
    b.restrictions = new Map();
  });
  expect(sentences(before, none, 'widening')).toHaveLength(1);
});

test('who is told, who signs and how long things are kept widen and narrow', () => {
  const wider = change(small, (b) => {
    b.checks.managers.push('probation-practitioner');
    b.checks.retentionDays = 91;
    get(b.checks.types, 'DOMESTIC_ABUSE').validityDays = 85;
    get(b.events, 'RELEASED').audience.push({ role: 'housing-officer', purpose: 'HOUSING_REFERRAL' });
    b.referrals.roles.set('treatment-service', 'treatment-keyworker');
    b.referrals.openDays = 2;
  });
  const told = [
    'Practitioners in the role could not accept and countersign checks: probation-practitioner, and now could.',
    'Practitioners in the role could not be asked to take somebody: treatment-keyworker of treatment-service, and now could.',
    'Practitioners in the role could not be told of the event RELEASED: housing-officer for HOUSING_REFERRAL, and now could.',
    'The days after the arrival for which a referral pack stays open was 1, and now is 2.',
    'The days for which a check is kept after it closed was 90, and now is 91.',
    'The days for which an answer to the domestic-abuse check counts was 84, and now is 85.',
  ];
  expect(sentences(small, wider, 'widening')).toEqual(told);
  expect(sentences(wider, small, 'narrowing')).toHaveLength(told.length);
});

test('a field that changes class with the same audience opens to nobody', () => {
  const after = change(small, (b) => {
    const [from, to] = [get(b.classes, 'custody.location'), get(b.classes, 'custody.release')];
    to.fields.push(...from.fields.splice(0, 1));
  });
  const access = diffPolicies(small, after).changes.filter(({ role }) => role === 'work-coach');
  expect(access).toEqual([]);
  expect(sentences(small, after, 'other')).toEqual(
    expect.arrayContaining([expect.stringMatching(/^classOf Custody\.\w+ was "custody\.location"/)]),
  );
});

describe('whatever changes', () => {
  test('is told: no leaf of a bundle can change in silence', () => {
    const silent = leafKinds(small.bundle).filter((path) => {
      const after = change(small, (bundle) => twist(bundle, path));
      return sentences(small, after).every((sentence) => sentence.startsWith('The schema differs'));
    });
    // A name that only repeats its key.
    expect(silent.map((path) => path.join('/'))).toEqual([]);
  });

  test('access widens exactly where some cell opens more on some day', () => {
    const cells = new Map(effectiveCells(small).map((cell) => [keyOf(cell), cell]));
    fc.assert(
      fc.property(fc.array(EDIT, { minLength: 1, maxLength: 3 }), (edits) => {
        const after = change(small, (bundle) => {
          for (const edit of edits) edit(bundle);
        });
        const more = effectiveCells(after).some((cell) => opensMore(cells.get(keyOf(cell)), cell));
        const access = diffPolicies(small, after).changes.filter(
          ({ kind, classes }) => kind === 'widening' && classes.length > 0,
        );
        expect(access.length > 0).toBe(more);
      }),
      { numRuns: 30, seed: 4 },
    );
  });
});

const keyOf = ({ role, purpose, partner, holder, item }: Cell) => [role, purpose, partner, holder, item].join();

function opensMore(before: Cell | undefined, after: Cell): boolean {
  const days = [...(before?.grants ?? []), ...after.grants].flatMap(({ from, until }) => [from, until ?? '9999-12-31']);
  return days.some((day) => {
    const [was, is] = [before && grantOn(before, day), grantOn(after, day)];
    if (!is) return false;
    if (!was) return true;
    const suffices = (requires: readonly string[], type: string) => requires.length === 0 || requires.includes(type);
    const types = [...small.bundle.permissions.keys(), 'none'];
    return types.some((type) => suffices(is.requires, type) && !suffices(was.requires, type));
  });
}

const reference = fc.constantFrom(...small.bundle.agreements.map((each) => each.reference));
const day = fc.constantFrom('2025-01-01', '2026-01-01', '2027-06-30', '2028-12-31', '2030-01-01');
const dataClass = fc.constantFrom(...small.bundle.classes.keys());

/** A change to either key. */
const EDIT: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(reference, day).map(
    ([name, from]): Edit =>
      (b) => {
        agreement(b, name).from = from;
      },
  ),
  fc.tuple(reference, day).map(
    ([name, until]): Edit =>
      (b) => {
        agreement(b, name).until = until;
      },
  ),
  fc.tuple(reference, fc.nat()).map(
    ([name, index]): Edit =>
      (b) => {
        const { classes } = agreement(b, name);
        classes.splice(index % classes.length, 1);
      },
  ),
  fc.tuple(reference, fc.nat(), fc.subarray([...small.bundle.permissions.keys()])).map(
    ([name, index, requires]): Edit =>
      (b) => {
        const { classes, requires: all } = agreement(b, name);
        const picked = classes[index % classes.length];
        if (picked) all.set(picked, requires);
      },
  ),
  fc.tuple(fc.nat(), dataClass).map(
    ([index, name]): Edit =>
      (b) => {
        const sections = [...b.roles.values()].flatMap((role) =>
          [...role.purposes.values()].flatMap((view) => [...view.sections.values()]),
        );
        const section = sections[index % sections.length];
        if (section && !section.classes.includes(name)) section.classes.push(name);
        else section?.classes.splice(0, 1);
      },
  ),
);

type Path = readonly (string | number)[];

/** One path for each kind of leaf: those that differ only in a name are one. */
function leafKinds(bundle: Bundle): Path[] {
  const kinds = new Map<string, Path>();
  const walk = (value: unknown, path: Path, kind: string) => {
    if (value instanceof Map) for (const [key, each] of value) walk(each, [...path, key], `${kind}/*`);
    else if (value instanceof Set || value instanceof RegExp || Array.isArray(value)) {
      if (Array.isArray(value) && typeof value[0] === 'object')
        value.forEach((each, index) => void walk(each, [...path, index], `${kind}/*`));
      else kinds.set(kind, path);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) walk(each, [...path, key], `${kind}/${key}`);
    } else if (!kinds.has(kind)) kinds.set(kind, path);
  };
  const { hash: _, classOf: __, messages: ___, ...rest } = bundle;
  walk(rest, [], '');
  // A name that only repeats the key under which it stands.
  const repeats = /\/\*\/(name|code|type|reference)$/;
  return [...kinds]
    .filter(([kind]) => !repeats.test(kind) || /^\/(partners|breakGlass|restrictions|desks)/.test(kind))
    .map(([, path]) => path);
}

/** Changes one leaf of the draft. */
function twist(bundle: Draft<Bundle>, path: Path): void {
  const last = path.at(-1) ?? '';
  const parent = path.slice(0, -1).reduce<unknown>(child, bundle);
  const value = child(parent, last);
  const set = (next: unknown) => {
    if (parent instanceof Map) parent.set(last, next);
    else Object.assign(parent as object, { [last]: next });
  };
  if (Array.isArray(value)) value.length > 0 ? value.pop() : value.push('benefits-department');
  else if (value instanceof Set) value.size > 0 ? value.delete([...value][0]) : value.add('Custody.offence');
  else if (value instanceof RegExp) set(/^another$/);
  // Half and one more, which only 2 is already.
  else if (typeof value === 'number') set(value === 2 ? 3 : value / 2 + 1);
  else if (typeof value === 'boolean') set(!value);
  else set(value === null ? 'something' : `${value} otherwise`);
}

function child(value: unknown, key: string | number): unknown {
  return value instanceof Map ? value.get(key) : (value as Readonly<Record<string | number, unknown>>)[key];
}
