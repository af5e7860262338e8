import fc from 'fast-check';
import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { checkRelease, ReleaseFault } from '../../../src/gateway/release.ts';
import type { Decision } from '../../../src/policy/decide.ts';
import type { Selection } from '../../../src/record/selection.ts';
import { nonconformity } from '../../../src/sources/conform.ts';
import type { SectionAnswer, SectionRequest } from '../../../src/sources/loaders.ts';
import {
  coordinatesOf,
  decision,
  type Executed,
  HOLDERS,
  link,
  REFUSED,
  run,
  type SmallSection,
  typeOf,
  view,
} from './small.ts';

const AS_OF = '2026-11-22T09:00:00Z';
const DAY = '2026-12-01';

/** Draws one of some things. */
type Pick = <T>(...items: readonly T[]) => T;

/** A set of fields of `type` at random, as GraphQL and with aliases, fragments and duplicates. */
function draw(type: GraphQLObjectType, pick: Pick, depth = 0): string {
  const fields = Object.values(type.getFields()).filter(() => pick(true, true, false));
  const texts = (fields.length > 0 ? fields : [Object.values(type.getFields())[0]]).flatMap((field) => {
    if (!field) return [];
    const named = innermost(field.type);
    const below = isObjectType(named) ? ` { ${draw(named, pick, depth + 1)} }` : '';
    const once = `${pick('', `${field.name}Again: `)}${field.name}${below}`;
    return [pick(once, once, `... on ${type.name} { ${once} }`, `... @include(if: true) { ${once} }`)];
  });
  return `${texts.join(' ')} ${pick('', '__typename', 'kind: __typename')}`;
}

function innermost(type: GraphQLOutputType): GraphQLOutputType {
  return 'ofType' in type ? innermost(type.ofType as GraphQLOutputType) : type;
}

/** A value of a type at random: exactly what was asked for, as a holder must answer. */
function someValue(type: GraphQLOutputType, below: Selection | null, pick: Pick): unknown {
  if (isNonNullType(type)) return present(type, below, pick);
  if (pick(false, false, false, true)) return null;
  if (isListType(type)) return Array.from({ length: pick(0, 1, 2, 3) }, () => present(type.ofType, below, pick));
  return present(type, below, pick);
}

function present(type: GraphQLOutputType, below: Selection | null, pick: Pick): unknown {
  if (isNonNullType(type)) return present(type.ofType, below, pick);
  if (isListType(type)) return Array.from({ length: pick(0, 1, 2) }, () => present(type.ofType, below, pick));
  if (isObjectType(type)) {
    if (!below || below.size === 0) return { __typename: type.name };
    return Object.fromEntries(
      [...below].map(([field, next]) => [
        field,
        someValue(type.getFields()[field]?.type as GraphQLOutputType, next, pick),
      ]),
    );
  }
  if (isEnumType(type)) return pick(...type.getValues().map(({ name }) => name));
  return pick(...(SAMPLES[type.name] ?? []));
}

const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  String: ['x', 'y', ''],
  Int: [0, 7],
  Float: [0.5, 2],
  Boolean: [true, false],
  Date: [DAY, '2026-11-30'],
  DateTime: [AS_OF],
};

function say(pick: Pick) {
  return (_holder: string, { type, selection }: SectionRequest): SectionAnswer => {
    const state = pick('HELD', 'HELD', 'HELD', 'HELD', 'NOT_HELD', 'UNAVAILABLE');
    if (state === 'NOT_HELD') return { state };
    if (state === 'UNAVAILABLE') return { state, detail: '' };
    const value = { ...(present(type, selection.size > 0 ? selection : null, pick) as object), asOf: AS_OF };
    const { __typename: _, ...clean } = value as Record<string, unknown>;
    expect(nonconformity(type, selection, clean, 'asOf')).toBeNull();
    return { state: 'HELD', asOf: AS_OF, value: clean };
  };
}

/** A view and what is decided of three people in it, at random. The third may see nothing. */
function someDecisions(pick: Pick): { sections: Record<string, SmallSection>; decisions: Decision[] } {
  const sections: Record<string, SmallSection> = {};
  for (const [section, holders] of Object.entries(HOLDERS)) {
    const grants = holders.map((holder) => {
      const kinds = coordinatesOf(section).map(
        (coordinate) => [coordinate, pick('always', 'always', 'ifPermitted', 'never')] as const,
      );
      const of = (kind: string) => kinds.flatMap(([coordinate, is]) => (is === kind ? [coordinate] : []));
      return [holder, { always: of('always'), ifPermitted: of('ifPermitted') }] as const;
    });
    sections[section] = { existence: pick('open', 'hidden'), grants: Object.fromEntries(grants) };
  }
  const person = () =>
    decision(
      Object.fromEntries(
        Object.entries(sections).map(([section, { grants }]) => [
          section,
          Object.fromEntries(
            Object.entries(grants).map(([holder, { always, ifPermitted = [] }]) => [
              holder,
              {
                fields: pick(true, false) ? [...always, ...ifPermitted] : always,
                link: pick(link(holder), link(holder), null),
              },
            ]),
          ),
        ]),
      ),
      pick([], [link('hmpps-prisons')], [link('hmpps-prisons'), link('northmere-police')]),
    );
  return { sections, decisions: [person(), person(), REFUSED] };
}

const people = (pick: Pick) => `{ id ${draw(typeOf('Person'), pick)} }`;

/** An operation, a view, people and their holders' answers, at random, carried out honestly. */
async function honest(pick: Pick): Promise<Executed> {
  const { sections, decisions } = someDecisions(pick);
  const query = pick(
    () => `{ person(id: "0") ${people(pick)} }`,
    () =>
      `{ a: person(id: "0") ${people(pick)} b: person(id: "1") ${people(pick)} c: person(id: "2") { id } __typename }`,
    () => `{ people(ids: ["0", "2", "1", "0"]) ${people(pick)} }`,
    () =>
      `{ releases(from: "2026-11-22", to: "2026-12-31") { edges { cursor node ${people(pick)} } more: edges { who: node { id } } pageInfo { hasNextPage endCursor } } }`,
  )();
  return run(query, view(sections), decisions, say(pick));
}

const picker = (gen: fc.GeneratorValue): Pick =>
  ((...items: unknown[]) => items[gen(fc.nat, { max: items.length - 1 })]) as Pick;

test('an honest answer passes, whatever was asked and decided', async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (gen) => {
      const { operation, roots, data, errors } = await honest(picker(gen));
      expect(errors).toEqual([]);
      expect(() => checkRelease(operation, roots, data)).not.toThrow();
    }),
    { numRuns: 120 },
  );
});

describe('an answer that differs in one place is a fault', () => {
  /** All that is told but ids and cursors: the check knows what form they have, and not whose they are. */
  const told = (value: unknown) =>
    JSON.stringify(value, (key, item: unknown) => (/^(id|idAgain|cursor)$/.test(key) ? null : item));
  /** Every answer that differs from this one in one place, with the place. */
  function* mutants(value: unknown, path: string, replace: (value: unknown) => unknown): Generator<[string, unknown]> {
    for (const other of [null, 'CANARY', 7, true, [], {}]) {
      if (JSON.stringify(other) !== JSON.stringify(value)) yield [`${path} = ${JSON.stringify(other)}`, replace(other)];
    }
    if (Array.isArray(value)) {
      yield [`${path} with one more`, replace([...value, value[0] ?? null])];
      if (value.length > 0) yield [`${path} with one fewer`, replace(value.slice(1))];
      const [first, second] = value;
      if (value.length > 1 && told(first) !== told(second))
        yield [`${path} swapped`, replace([second, first, ...value.slice(2)])];
      for (const [index, item] of value.entries())
        yield* mutants(item, `${path}[${index}]`, (other) => replace(value.with(index, other)));
    } else if (typeof value === 'object' && value !== null) {
      yield [`${path} with a surplus field`, replace({ ...value, surplus: 'CANARY' })];
      for (const [key, item] of Object.entries(value)) {
        const { [key]: _, ...rest } = value as Record<string, unknown>;
        yield [`${path} without ${key}`, replace(rest)];
        yield [`${path} with ${key} by another name`, replace({ ...rest, other: item })];
        yield* mutants(item, `${path}.${key}`, (other) => replace({ ...value, [key]: other }));
      }
    }
  }
  // Places in the list: no field of anybody's, and signed.
  const UNCHECKED = /\.(cursor|pageInfo\.\w+) = /;

  test('shown though not permitted, changed, nulled, dropped, added, swapped or renamed', async () => {
    let judged = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (gen) => {
        const { operation, roots, data } = await honest(picker(gen));
        // Parsed again, so that what is compared cannot be the same objects.
        const copy: Record<string, unknown> = JSON.parse(JSON.stringify(data));
        expect(() => checkRelease(operation, roots, copy)).not.toThrow();
        for (const [place, mutant] of mutants(copy, '$', (other) => other)) {
          if (UNCHECKED.test(place)) continue;
          judged += 1;
          expect(
            () => checkRelease(operation, roots, mutant as Executed['data']),
            `${place} of ${JSON.stringify(copy)}`,
          ).toThrow(ReleaseFault);
        }
      }),
      { numRuns: 25 },
    );
    expect(judged).toBeGreaterThan(1_000);
  });
});

describe('AUDIT-03 what is released is read off the answer, by coordinate', () => {
  const sections = {
    custody: {
      grants: {
        'hmpps-prisons': {
          always: [
            'Custody.releaseDate',
            'Custody.contact',
            'Contact.desk',
            'Custody.visits',
            'Visit.by',
            'Contact.team',
          ],
          ifPermitted: ['Custody.notes'],
        },
      },
    },
    policing: {
      grants: {
        'northmere-police': { always: ['Policing.marac'] },
        'southdale-police': { always: ['Policing.marac', 'Policing.markers', 'Marker.code'] },
      },
    },
  };
  const decided = decision(
    {
      custody: {
        'hmpps-prisons': { fields: sections.custody.grants['hmpps-prisons'].always, link: link('hmpps-prisons') },
      },
      policing: {
        'northmere-police': { fields: ['Policing.marac'], link: link('northmere-police') },
        'southdale-police': {
          fields: ['Policing.marac', 'Policing.markers', 'Marker.code'],
          link: link('southdale-police'),
        },
      },
    },
    [link('hmpps-prisons')],
  );
  const answers: Record<string, Record<string, unknown>> = {
    'hmpps-prisons': { releaseDate: DAY, contact: { team: null }, visits: [] },
    'northmere-police': { marac: null },
    'southdale-police': { marac: true, markers: [{ code: 'x' }] },
  };
  const told: (holder: string, request: SectionRequest) => SectionAnswer = (holder, { selection }) => ({
    state: 'HELD',
    asOf: AS_OF,
    value: {
      asOf: AS_OF,
      ...Object.fromEntries([...selection.keys()].map((field) => [field, answers[holder]?.[field]])),
    },
  });
  const released = async (query: string) => {
    const { operation, roots, data } = await run(query, view(sections), [decided, decided], told);
    return [...checkRelease(operation, roots, data)].map(([, { fields, paths }]) => ({
      fields: [...fields].sort(),
      paths,
    }));
  };

  test.each<[string, string, string[]]>([
    ['a value', '{ custody { releaseDate } }', ['hmpps-prisons|Custody.releaseDate']],
    ['under an alias', '{ c: custody { d: releaseDate } }', ['hmpps-prisons|Custody.releaseDate']],
    [
      'twice, once',
      '{ custody { releaseDate } again: custody { releaseDate } }',
      ['hmpps-prisons|Custody.releaseDate'],
    ],
    [
      'a permitted null, which tells something',
      '{ custody { contact { team } } }',
      ['hmpps-prisons|Contact.team', 'hmpps-prisons|Custody.contact'],
    ],
    [
      'an empty list, without what is below it',
      '{ custody { visits { by { team } } } }',
      ['hmpps-prisons|Custody.visits'],
    ],
    ['not what is denied beside it', '{ custody { releaseDate notes days } }', ['hmpps-prisons|Custody.releaseDate']],
    [
      'not an object of which everything is denied',
      '{ custody { releaseDate contact { desk { telephone } } } }',
      ['hmpps-prisons|Custody.releaseDate'],
    ],
    [
      'each holder by name',
      '{ policing { holder marac markers { code basis } } }',
      [
        'northmere-police|Policing.marac',
        'southdale-police|Marker.code',
        'southdale-police|Policing.marac',
        'southdale-police|Policing.markers',
      ],
    ],
    ['an identifier, by its type', '{ identifiers { type value } }', ['hmpps-prisons|Person.identifiers:CRN']],
    ['nothing but a name of a type', '{ __typename custody { __typename } }', []],
    [
      'not what is skipped',
      '{ custody { releaseDate @skip(if: true) contact @include(if: false) { team } __typename } }',
      [],
    ],
  ])('%s', async (_what, selection, expected) => {
    expect(await released(`{ person(id: "0") ${selection} }`)).toEqual([{ fields: expected, paths: [['person']] }]);
  });

  test('each place where a person stands is named', async () => {
    const fields = ['hmpps-prisons|Custody.releaseDate'];
    expect(
      await released('{ a: people(ids: ["0", "1"]) { custody { releaseDate } } b: person(id: "1") { id } }'),
    ).toEqual([
      { fields, paths: [['a', 0]] },
      { fields, paths: [['a', 1]] },
      { fields: [], paths: [['b']] },
    ]);
    expect(
      await released(
        '{ r: releases(from: "2026-11-22", to: "2026-12-31") { e: edges { n: node { custody { releaseDate } } } } }',
      ),
    ).toEqual([
      { fields, paths: [['r', 'e', 0, 'n']] },
      { fields, paths: [['r', 'e', 1, 'n']] },
    ]);
  });

  test('a guard that closed what was permitted is a fault: its null looks like an answer', async () => {
    const query = '{ person(id: "0") { custody { releaseDate } } }';
    const { operation, roots } = await run(query, view(sections), [decided], told);
    const unresolved = await run('{ person(id: "0") { id } }', view(sections), [decided], told);
    const [node] = roots.get('person')?.nodes ?? [];
    if (!node) throw new Error('no node');
    const closed = new Map(
      [...roots].map(([key, root]) => [key, { ...root, nodes: [{ ...node, outcomes: new Map() }] }]),
    );
    expect(() => checkRelease(operation, closed, { person: { custody: null } })).toThrow(ReleaseFault);
    expect(() => checkRelease(operation, roots, { person: null })).toThrow(ReleaseFault);
    expect(() =>
      checkRelease(unresolved.operation, unresolved.roots, { person: { id: '11111111-2222-4333-8444-555555555555' } }),
    ).toThrow(ReleaseFault);
  });

  test('a fault names a coordinate and never a value', async () => {
    const { operation, roots } = await run(
      '{ person(id: "0") { custody { releaseDate } } }',
      view(sections),
      [decided],
      told,
    );
    const act = () => checkRelease(operation, roots, { person: { custody: { releaseDate: 'CANARY' } } });
    expect(act).toThrow('Custody.releaseDate in the answer is not what was decided');
    expect(act).not.toThrow(/CANARY|2026/);
  });
});
