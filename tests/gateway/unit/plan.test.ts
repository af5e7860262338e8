import fc from 'fast-check';
import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { createPlanner, pruneSelection, type SectionPlan, type Withheld } from '../../../src/gateway/plan.ts';
import { printSelection, type Selection } from '../../../src/record/selection.ts';
import { coordinatesOf, decision, link, type SmallSection, typeOf, view } from './small.ts';

const CUSTODY = typeOf('Custody');

/** `'days contact(desk(telephone))'` */
function select(text: string): Selection {
  const tokens = text.match(/\w+|[()]/g) ?? [];
  const read = (): Selection => {
    const selection = new Map<string, Selection | null>();
    for (let token = tokens.shift(); token !== undefined && token !== ')'; token = tokens.shift()) {
      const nested = tokens[0] === '(' && tokens.shift() !== undefined;
      selection.set(token, nested ? read() : null);
    }
    return selection;
  };
  return read();
}

/** A selection of a type at random, as execution would collect it. */
function drawSelection(type: GraphQLObjectType, gen: fc.GeneratorValue): Selection {
  return new Map(
    Object.values(type.getFields()).flatMap((field) => {
      if (gen(fc.boolean)) return [];
      const below = getNamedType(field.type);
      return [[field.name, isObjectType(below) ? drawSelection(below, gen) : null] as const];
    }),
  );
}

/** Every `path Type.field` of a selection. `holder` is the gateway's own word. */
function* paths(
  type: GraphQLObjectType,
  selection: Selection,
  path = '',
): Generator<{ path: string; coordinate: string; below: Selection | null }> {
  for (const [name, below] of selection) {
    if (name === 'holder') continue;
    yield { path: `${path}/${name}`, coordinate: `${type.name}.${name}`, below };
    const child = getNamedType(type.getFields()[name]?.type);
    if (below && isObjectType(child)) yield* paths(child, below, `${path}/${name}`);
  }
}

describe('pruning leaves what is selected and permitted, and tells of the rest', () => {
  const drawn = (check: (type: GraphQLObjectType, selection: Selection, fields: ReadonlySet<string>) => void) =>
    fc.assert(
      fc.property(fc.constantFrom('custody', 'policing'), fc.gen(), (section, gen) => {
        const type = section === 'custody' ? CUSTODY : typeOf('Policing');
        const fields = new Set(coordinatesOf(section).filter(() => gen(fc.nat, { max: 3 }) > 0));
        check(type, drawSelection(type, gen), fields);
      }),
      { numRuns: 300 },
    );

  test('what is kept was selected, and every coordinate of it is permitted', () => {
    drawn((type, selection, fields) => {
      const before = new Set([...paths(type, selection)].map(({ path }) => path));
      for (const { path, coordinate } of paths(type, pruneSelection(type, selection, fields).kept)) {
        expect(before).toContain(path);
        expect(fields).toContain(coordinate);
      }
    });
  });

  test('what is kept and what is dropped are together what was selected, and each drop is told once', () => {
    drawn((type, selection, fields) => {
      const { kept, dropped } = pruneSelection(type, selection, fields);
      const left = [...paths(type, kept)];
      const stayed = new Set(left.map(({ path }) => path));
      const gone = [...paths(type, selection)]
        .filter(({ path }) => !stayed.has(path))
        .map(({ coordinate }) => coordinate);
      expect(new Set(dropped)).toEqual(new Set(gone));
      expect(new Set(dropped).size).toBe(dropped.length);
    });
  });

  test('no object survives of which something was selected and nothing may be shown', () => {
    drawn((type, selection, fields) => {
      const { kept, empty } = pruneSelection(type, selection, fields);
      const selected = new Map([...paths(type, selection)].map(({ path, below }) => [path, below]));
      for (const { path, below } of paths(type, kept)) {
        if ((selected.get(path)?.size ?? 0) > 0) expect(below?.size).toBeGreaterThan(0);
      }
      expect(empty).toBe(kept.size === 0 && [...selection.keys()].some((name) => name !== 'holder'));
    });
  });

  test('what is left loses nothing when it is pruned again, nor when everything is permitted', () => {
    drawn((type, selection, fields) => {
      const { kept } = pruneSelection(type, selection, fields);
      expect(pruneSelection(type, kept, fields)).toEqual({ kept, dropped: [], empty: false });
      const all = new Set([...paths(type, selection)].map(({ coordinate }) => coordinate));
      if (![...paths(type, selection)].some(({ below }) => below?.size === 0)) {
        expect(pruneSelection(type, selection, all).dropped).toEqual([]);
      }
    });
  });

  test('permitting less never keeps more', () => {
    drawn((type, selection, fields) => {
      const [without, ...rest] = [...fields];
      const fewer = pruneSelection(type, selection, new Set(rest)).kept;
      const more = new Set([...paths(type, pruneSelection(type, selection, fields).kept)].map(({ path }) => path));
      for (const { path, coordinate } of paths(type, fewer)) {
        expect(more).toContain(path);
        expect(coordinate).not.toBe(without);
      }
    });
  });

  test.each<[string, string, string[], string, string[]]>([
    ['a denied leaf goes', 'days open', ['Custody.open'], 'open', ['Custody.days']],
    [
      'a denied object goes with all below it',
      'days contact(team)',
      ['Custody.days', 'Contact.team'],
      'days',
      ['Custody.contact', 'Contact.team'],
    ],
    [
      'an object whose fields are all denied goes',
      'days contact(team desk(telephone))',
      ['Custody.days', 'Custody.contact', 'Contact.desk'],
      'days',
      ['Contact.team', 'Desk.telephone', 'Contact.desk', 'Custody.contact'],
    ],
    [
      'a list of which only the number would be told goes',
      'visits(by(team))',
      ['Custody.visits', 'Visit.by', 'Contact.desk'],
      '',
      ['Contact.team', 'Visit.by', 'Custody.visits'],
    ],
    [
      'an object of which only the type is asked stays where something of it may be shown',
      'contact()',
      ['Custody.contact', 'Contact.team'],
      'contact { __typename }',
      [],
    ],
    ['and goes where nothing of it may', 'contact()', ['Custody.contact'], '', ['Custody.contact']],
    ['a section of which only the type is asked loses nothing', '', ['Custody.days'], '', []],
  ])('%s', (_what, selection, fields, kept, dropped) => {
    const pruned = pruneSelection(CUSTODY, select(selection), new Set(fields));
    expect(printSelection(pruned.kept)).toBe(kept);
    expect([...pruned.dropped].sort()).toEqual([...dropped].sort());
  });
});

describe('the plan of a section', () => {
  const policing = typeOf('Policing');
  const MARAC = 'Policing.marac';
  const MARKERS = ['Policing.markers', 'Marker.code'];
  const section: SmallSection = {
    grants: {
      'northmere-police': { always: [MARAC], ifPermitted: MARKERS },
      'southdale-police': { always: [...MARKERS] },
    },
    alsoNeeded: ['Marker.basis'],
  };
  const plan = (
    selection: string,
    holders: Record<string, { fields: readonly string[]; link: ReturnType<typeof link> | null }>,
    given: SmallSection = section,
  ): SectionPlan =>
    createPlanner(view({ policing: given }))(decision({ policing: holders }), 'policing', policing, select(selection));
  const told = (withheld: readonly Withheld[]) =>
    withheld.map(({ coordinate, reason }) => `${coordinate} ${reason.gate} ${reason.code}`).sort();
  const both = {
    'northmere-police': { fields: [MARAC], link: link('northmere-police') },
    'southdale-police': { fields: MARKERS, link: null },
  };

  test('each holder is asked for what it may show of what is selected', () => {
    const { holders, withheld } = plan('marac markers(code basis)', both);
    expect(
      holders.map(({ holder, link: linked, selection }) => [holder, linked?.value ?? null, printSelection(selection)]),
    ).toEqual([
      ['northmere-police', 'northmere-police number', 'marac'],
      ['southdale-police', null, 'markers { code }'],
    ]);
    expect(told(withheld)).toEqual(['Marker.basis agreement NO_AGREEMENT']);
    expect(told(holders[0]?.withheld ?? [])).toEqual([
      'Marker.code permission NO_PERMISSION',
      'Policing.markers permission NO_PERMISSION',
    ]);
    expect(told(holders[1]?.withheld ?? [])).toEqual(['Policing.marac agreement NO_AGREEMENT']);
  });

  test('a holder that may show nothing of what is selected is not asked', () => {
    const { holders, withheld } = plan('marac', both);
    expect(holders.map(({ holder }) => holder)).toEqual(['northmere-police']);
    expect(withheld).toEqual([]);
  });

  test('where no holder may show anything, everything selected is withheld', () => {
    const { holders, withheld } = plan(
      'marac markers(basis)',
      { 'southdale-police': { fields: MARKERS, link: null } },
      { grants: { 'southdale-police': { always: MARKERS } } },
    );
    expect(holders).toEqual([]);
    expect(told(withheld)).toEqual([
      'Marker.basis view NOT_IN_VIEW',
      'Policing.marac view NOT_IN_VIEW',
      'Policing.markers view NOT_IN_VIEW',
    ]);
  });

  test('an object that goes because of what is below it goes for that reason', () => {
    const { withheld } = plan('markers(basis)', both);
    expect(told(withheld)).toEqual(['Marker.basis agreement NO_AGREEMENT', 'Policing.markers agreement NO_AGREEMENT']);
    const beside = plan('marac markers(basis)', both);
    expect(told(beside.withheld)).toEqual([
      'Marker.basis agreement NO_AGREEMENT',
      'Policing.markers agreement NO_AGREEMENT',
    ]);
  });

  test('a section outside the view has no holders, and all of it is NOT_IN_VIEW', () => {
    const outside = createPlanner(view({}))(decision({}), 'policing', policing, select('marac markers(code)'));
    expect(outside).toMatchObject({ view: null, holders: [] });
    expect(told(outside.withheld)).toEqual([
      'Marker.code view NOT_IN_VIEW',
      'Policing.marac view NOT_IN_VIEW',
      'Policing.markers view NOT_IN_VIEW',
    ]);
  });

  test('people with equal permissions share one selection, and others never do', () => {
    const planner = createPlanner(view({ policing: section }));
    const selection = select('marac markers(code)');
    const decided = decision({ policing: both });
    const of = (each: typeof decided) => planner(each, 'policing', policing, selection).holders[0]?.selection;
    expect(of(decided)).toBe(of(decided));
    const wider = decision({ policing: { 'northmere-police': { fields: [MARAC, ...MARKERS], link: null } } });
    expect(printSelection(of(wider) as Selection)).toBe('marac markers { code }');
    expect(printSelection(of(decided) as Selection)).toBe('marac');
  });
});
