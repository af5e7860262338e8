import fc from 'fast-check';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Selection } from '../../src/record/selection.ts';
import { nonconformity } from '../../src/sources/conform.ts';

const schema = buildSchema(`
  scalar Date
  scalar DateTime
  type Query { section: Section }
  type Section {
    text: String count: Int share: Float flag: Boolean id: ID sure: String!
    day: Date at: DateTime level: Level
    texts: [String!] loose: [String] grid: [[Int!]!] levels: [Level!]
    one: Item many: [Item!] matrix: [[Item!]!]
  }
  type Item { name: String level: Level part: Part }
  type Part { size: Int }
  enum Level { LOW HIGH }
`);
const type = schema.getType('Section') as GraphQLObjectType;
const AS_OF = '2026-11-22T09:00:00Z';

/** `'text one(name part(size))'` */
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

const judge = (selection: string, value: unknown) => nonconformity(type, select(selection), value, 'asOf');
const field = (name: string, value: unknown, selection = name) => judge(selection, { asOf: AS_OF, [name]: value });

describe('a value that is exactly what was asked for conforms', () => {
  test.each<[string, string, unknown]>([
    ['text', 'text', 'x'],
    ['null where null may stand', 'text', null],
    ['an id is text', 'id', '0012'],
    ['the largest Int', 'count', 2_147_483_647],
    ['the smallest Int', 'count', -2_147_483_647],
    ['a fraction', 'share', 0.25],
    ['false', 'flag', false],
    ['a leap day', 'day', '2028-02-29'],
    ['an instant with an offset and a fraction', 'at', '2026-11-22T09:00:00.123456+01:00'],
    ['a value of the enum', 'level', 'HIGH'],
    ['an empty list', 'texts', []],
    ['a hole where holes may be', 'loose', ['x', null]],
    ['a list of lists', 'grid', [[1, 2], []]],
    ['a list of enums', 'levels', ['LOW', 'LOW']],
  ])('%s', (_what, name, value) => {
    expect(field(name, value)).toBeNull();
  });

  test('objects in lists in lists', () => {
    expect(field('matrix', [[{ name: 'x', part: null }], []], 'matrix(name part(size))')).toBeNull();
  });

  test('an object of which nothing but its type was selected', () => {
    expect(field('one', { __typename: 'Item' }, 'one()')).toBeNull();
    expect(field('many', [{ __typename: 'Item' }, { __typename: 'Item' }], 'many()')).toBeNull();
  });

  test('the order of its fields is its own affair', () => {
    expect(judge('text count', { count: 1, text: null, asOf: AS_OF })).toBeNull();
  });
});

describe('SHARE-09 every other value is refused by coordinate, and never repeated', () => {
  test.each<[string, string, unknown, string]>([
    ['no object', 'text', 'CANARY', 'Section is not an object'],
    ['null', 'text', null, 'Section is not an object'],
    ['a list', 'text', [{ asOf: AS_OF, text: 'CANARY' }], 'Section is not an object'],
    ['a surplus field', 'text', { asOf: AS_OF, text: 'x', count: 7 }, 'Section has a field that was not asked for'],
    [
      'a surplus field that no type has',
      'text',
      { asOf: AS_OF, text: 'x', CANARY: 1 },
      'Section has a field that was not asked for',
    ],
    [
      'a surplus __proto__',
      'text',
      JSON.parse(`{"asOf":"${AS_OF}","text":"x","__proto__":{"text":"CANARY"}}`),
      'Section has a field that was not asked for',
    ],
    [
      'a surplus constructor',
      'text',
      { asOf: AS_OF, text: 'x', constructor: 1 },
      'Section has a field that was not asked for',
    ],
    [
      'a __typename that was not asked for',
      'text',
      { asOf: AS_OF, text: 'x', __typename: 'Section' },
      'Section has a field that was not asked for',
    ],
    [
      'a field that is only inherited',
      'text',
      Object.assign(Object.create({ text: 'CANARY' }), { asOf: AS_OF }),
      'Section.text is missing',
    ],
    ['a missing field', 'text count', { asOf: AS_OF, text: 'x' }, 'Section.count is missing'],
    [
      'a selected field that the type does not have',
      'nothing',
      { asOf: AS_OF, nothing: 'CANARY' },
      'Section.nothing is unknown',
    ],
    ['no asOf', 'text', { text: 'x' }, 'Section.asOf is not a date and time'],
    ['asOf without a zone', 'text', { asOf: '2026-11-22T09:00:00', text: 'x' }, 'Section.asOf is not a date and time'],
    ['asOf null', 'text', { asOf: null, text: 'x' }, 'Section.asOf is not a date and time'],
    [
      'a surplus field deep below',
      'many(part(size))',
      { asOf: AS_OF, many: [{ part: { size: 1, CANARY: 2 } }] },
      'Part has a field that was not asked for',
    ],
    [
      'asOf below a section',
      'one(name)',
      { asOf: AS_OF, one: { name: 'x', asOf: AS_OF } },
      'Item has a field that was not asked for',
    ],
    [
      'a missing field deep below',
      'matrix(name)',
      { asOf: AS_OF, matrix: [[{ name: 'x' }, {}]] },
      'Item.name is missing',
    ],
    ['an object for a list', 'many(name)', { asOf: AS_OF, many: { name: 'CANARY' } }, 'Section.many is not a list'],
    ['a list for an object', 'one(name)', { asOf: AS_OF, one: [{ name: 'CANARY' }] }, 'Item is not an object'],
    ['text for an object', 'one(name)', { asOf: AS_OF, one: 'CANARY' }, 'Item is not an object'],
    [
      'an object of a list of which nothing was selected, with a value',
      'many()',
      { asOf: AS_OF, many: [{ name: 'CANARY' }] },
      'Item has a field that was not asked for',
    ],
    [
      'another type than the one that was asked for',
      'one()',
      { asOf: AS_OF, one: { __typename: 'CANARY' } },
      'Item is something else',
    ],
  ])('%s', (_what, selection, value, expected) => {
    expect(judge(selection, value)).toBe(expected);
  });

  test.each<[string, unknown, string]>([
    ['text', 7, 'String'],
    ['text', ['CANARY'], 'String'],
    ['text', { a: 'CANARY' }, 'String'],
    ['text', 'CANARY \ud800', 'String'],
    ['id', 7, 'ID'],
    ['count', 1.5, 'Int'],
    ['count', '7', 'Int'],
    ['count', 2_147_483_648, 'Int'],
    ['count', true, 'Int'],
    ['share', '0.5', 'Float'],
    ['share', Number.POSITIVE_INFINITY, 'Float'],
    ['flag', 'true', 'Boolean'],
    ['flag', 1, 'Boolean'],
    ['day', '2026-02-30', 'Date'],
    ['day', '2026-02-29', 'Date'],
    ['day', '2026-13-01', 'Date'],
    ['day', '2026-00-10', 'Date'],
    ['day', '2026-1-1', 'Date'],
    ['day', '20260101', 'Date'],
    ['day', '2026-01-01T00:00:00Z', 'Date'],
    ['day', '2026-01-01\n', 'Date'],
    ['day', 20260101, 'Date'],
    ['at', '2026-02-30T00:00:00Z', 'DateTime'],
    ['at', '2026-02-30T23:00:00-01:00', 'DateTime'],
    ['at', '2026-01-01', 'DateTime'],
    ['at', '2026-01-01 00:00:00Z', 'DateTime'],
    ['at', '2026-01-01T00:00Z', 'DateTime'],
    ['at', '2026-01-01T24:00:00Z', 'DateTime'],
    ['at', '2026-01-01T25:00:00Z', 'DateTime'],
    ['at', '2026-01-01T00:60:00Z', 'DateTime'],
    ['at', '2026-01-01T00:00:00+25:00', 'DateTime'],
    ['at', `2026-01-01T00:00:00.${'1'.repeat(40)}Z`, 'DateTime'],
    ['at', 1_767_225_600_000, 'DateTime'],
  ])('%s %j is not a %s', (name, value, scalar) => {
    expect(field(name, value)).toBe(`Section.${name} is not a ${scalar}`);
  });

  test.each<[string, unknown, string]>([
    ['sure', null, 'Section.sure is null'],
    ['texts', 'CANARY', 'Section.texts is not a list'],
    ['texts', ['x', null], 'Section.texts is null'],
    ['loose', [['x']], 'Section.loose is not a String'],
    ['grid', [1], 'Section.grid is not a list'],
    ['grid', [[1], null], 'Section.grid is null'],
    ['grid', [[1, null]], 'Section.grid is null'],
    ['grid', [[[1]]], 'Section.grid is not a Int'],
    ['level', 'CANARY', 'Section.level is not one of Level'],
    ['level', 'low', 'Section.level is not one of Level'],
    ['level', 0, 'Section.level is not one of Level'],
    ['level', 'toString', 'Section.level is not one of Level'],
    ['level', '__proto__', 'Section.level is not one of Level'],
    ['levels', ['LOW', 'CANARY'], 'Section.levels is not one of Level'],
  ])('%s %j', (name, value, expected) => {
    expect(field(name, value)).toBe(expected);
  });
});

/** A type at random, as SDL, and how to make a value of it. `Spec` for a field: its name, its marks and what it is of. */
interface Spec {
  readonly of: 'String' | 'Int' | 'Float' | 'Boolean' | 'Date' | 'DateTime' | 'Level' | readonly Spec[];
  readonly lists: number;
  readonly nonNull: boolean;
  readonly selected: boolean;
}

const spec: fc.Arbitrary<Spec> = fc.letrec<{ spec: Spec; of: Spec['of'] }>((tie) => ({
  spec: fc.record({ of: tie('of'), lists: fc.nat(2), nonNull: fc.boolean(), selected: fc.boolean() }),
  of: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('String', 'Int', 'Float', 'Boolean', 'Date', 'DateTime', 'Level'),
    fc.array(tie('spec'), { minLength: 1, maxLength: 3 }).map(([first, ...rest]) =>
      // Something is selected of every object: the test of `__typename` is above.
      first && !rest.some(({ selected }) => selected) ? [{ ...first, selected: true }, ...rest] : [first, ...rest],
    ) as fc.Arbitrary<readonly Spec[]>,
  ),
})).spec;

const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  String: ['', 'x', 'é'],
  Int: [0, -1, 2_147_483_647],
  Float: [0.5, 7],
  Boolean: [true, false],
  Date: ['2026-11-22', '2028-02-29'],
  DateTime: ['2026-11-22T09:00:00Z', '2026-11-22T09:00:00.5+01:00'],
  Level: ['LOW', 'HIGH'],
};
const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  String: [7, ['x'], {}, '\udc00'],
  Int: ['1', 1.5, 2 ** 31, true],
  Float: ['1', {}, true],
  Boolean: ['true', 0],
  Date: ['2026-02-30', '2026-11-22T09:00:00Z', 7],
  DateTime: ['2026-11-22', '2026-02-30T00:00:00Z', 7],
  Level: ['MIDDLE', 1, ['LOW']],
};

function build(fields: readonly Spec[]) {
  const definitions: string[] = [];
  const define = (specs: readonly Spec[]): string => {
    const name = `T${definitions.length}`;
    const at = definitions.push('') - 1;
    const lines = specs.map(({ of, lists, nonNull }, index) => {
      const bare = typeof of === 'string' ? of : define(of);
      const listed = Array.from({ length: lists }).reduce<string>((inner) => `[${inner}!]`, bare);
      return `f${index}: ${listed}${nonNull ? '!' : ''}`;
    });
    definitions[at] = `type ${name} { ${lines.join(' ')} }`;
    return name;
  };
  const root = define(fields);
  const built = buildSchema(
    `scalar Date scalar DateTime enum Level { LOW HIGH } type Query { root: ${root} } ${definitions.join(' ')}`,
  );
  return built.getType(root) as GraphQLObjectType;
}

function selectionOf(fields: readonly Spec[]): Selection {
  return new Map(
    fields.flatMap(({ of, selected }, index) =>
      selected ? [[`f${index}`, typeof of === 'string' ? null : selectionOf(of)] as const] : [],
    ),
  );
}

type Random = <T>(items: readonly T[]) => T;

function someValue(fields: readonly Spec[], pick: Random): Record<string, unknown> {
  const selected = fields.flatMap((each, index) => (each.selected ? [[`f${index}`, each] as const] : []));
  const inner = ({ of, lists }: Spec, depth: number): unknown => {
    if (depth < lists) return Array.from({ length: pick([0, 1, 2]) }, () => inner({ of, lists } as Spec, depth + 1));
    return typeof of === 'string' ? pick(SAMPLES[of] ?? []) : someValue(of, pick);
  };
  return Object.fromEntries(
    selected.map(([name, each]) => [name, !each.nonNull && pick([true, false, false]) ? null : inner(each, 0)]),
  );
}

/** Every value that differs from a conforming one in one place and no longer conforms. */
function* mutants(fields: readonly Spec[], value: Record<string, unknown>): Generator<unknown> {
  yield [value];
  yield 'x';
  yield { ...value, surplus: null };
  for (const [index, each] of fields.entries()) {
    const name = `f${index}`;
    if (!each.selected) {
      yield { ...value, [name]: null };
      continue;
    }
    const { [name]: present, ...without } = value;
    yield without;
    if (each.nonNull) yield { ...value, [name]: null };
    for (const wrong of wrongs(each, present, 0)) yield { ...value, [name]: wrong };
  }
}

function* wrongs(each: Spec, value: unknown, depth: number): Generator<unknown> {
  if (value === null) return;
  if (depth < each.lists) {
    const list = value as unknown[];
    yield 'x';
    yield {};
    yield [...list, null];
    for (const [index, item] of list.entries()) {
      for (const wrong of wrongs(each, item, depth + 1)) yield list.with(index, wrong);
    }
  } else if (typeof each.of === 'string') yield* WRONG[each.of] ?? [];
  else yield* mutants(each.of, value as Record<string, unknown>);
}

test('for any type: a value made from it conforms, and no value that differs from it in one place does', () => {
  let judged = 0;
  fc.assert(
    fc.property(
      fc.array(
        spec.map((each) => ({ ...each, selected: true })),
        { minLength: 1, maxLength: 4 },
      ),
      fc.gen(),
      (fields, gen) => {
        const generated = build(fields);
        const selection = selectionOf(fields);
        const pick: Random = (items) => items[gen(fc.nat, { max: items.length - 1 })] as (typeof items)[number];
        const value = someValue(fields, pick);
        expect(nonconformity(generated, selection, value, null)).toBeNull();
        for (const mutant of mutants(fields, value)) {
          judged += 1;
          expect(nonconformity(generated, selection, mutant, null), JSON.stringify(mutant)).not.toBeNull();
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(judged).toBeGreaterThan(500);
});
