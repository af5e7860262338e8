import { type OperationDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { checkLimits, LIMITS } from '../../../src/gateway/limits.ts';
import { readOperation } from '../../../src/gateway/operation.ts';
import { SMALL } from './small.ts';

function check(query: string, variables: Record<string, unknown> = {}): void {
  const document = parse(query);
  const definition = document.definitions[0] as OperationDefinitionNode;
  checkLimits(document, definition, readOperation(SMALL.shared, document, definition, variables).roots);
}

/** `{ person { f0 ... } }` in which each of many fragments spreads the next one twice. */
function doubling(levels: number, name: (level: number) => string = (level) => `f${level}`): string {
  const fragments = Array.from({ length: levels }, (_, level) =>
    level + 1 < levels
      ? `fragment ${name(level)} on Person { ...${name(level + 1)} ...${name(level + 1)} id }`
      : `fragment ${name(level)} on Person { id }`,
  );
  return `{ person(id: "x") { ...${name(0)} } } ${fragments.join(' ')}`;
}

const nested = (depth: number) => `${'... { '.repeat(3)}${'custody { '.repeat(depth)}days${' }'.repeat(depth + 3)}`;
const aliases = (count: number) => Array.from({ length: count }, (_, n) => `a${n}: id`).join(' ');
const roots = (count: number) => Array.from({ length: count }, (_, n) => `r${n}: person(id: "x") { id }`).join(' ');
const ids = (count: number) => Array.from({ length: count }, () => 'x');

describe('an operation that asks for too much is refused by the name of the limit', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['depth', `{ person(id: "x") { ${nested(LIMITS.depth - 2)} } }`, {}],
    ['fields', `{ person(id: "x") { ${'id '.repeat(LIMITS.fields - 1)} } }`, {}],
    ['aliases', `{ person(id: "x") { ${aliases(LIMITS.aliases)} } }`, {}],
    ['root fields', `{ ${roots(LIMITS.rootFields)} }`, {}],
    ['people', 'query ($ids: [ID!]!) { people(ids: $ids) { id } }', { ids: ids(LIMITS.people) }],
    [
      'people of a page',
      `{ releases(from: "2026-11-22", to: "2026-11-22", first: ${LIMITS.people}) { edges { cursor } } }`,
      {},
    ],
    [
      'a page by default',
      `{ ${Array.from({ length: 10 }, (_, n) => `r${n}: releases(from: "2026-11-22", to: "2026-11-22") { edges { cursor } }`).join(' ')} }`,
      {},
    ],
  ])('%s: as much as is allowed', (_what, query, variables) => {
    expect(() => check(query, variables)).not.toThrow();
  });

  test.each<[string, string, Record<string, unknown>, string]>([
    ['depth', `{ person(id: "x") { ${nested(LIMITS.depth - 1)} } }`, {}, 'nests 12 levels deep at most'],
    [
      'depth through a fragment',
      `{ person(id: "x") { ...F } } fragment F on Person { ${nested(LIMITS.depth - 1)} }`,
      {},
      'nests 12 levels deep at most',
    ],
    [
      'depth beside introspection',
      `{ __schema { description } person(id: "x") { ${nested(500)} } }`,
      {},
      'nests 12 levels deep at most',
    ],
    [
      'depth beside __typename',
      `{ __typename person(id: "x") { ${nested(LIMITS.depth)} } }`,
      {},
      'nests 12 levels deep at most',
    ],
    ['fields', `{ person(id: "x") { ${'id '.repeat(LIMITS.fields)} } }`, {}, 'has 1000 fields at most'],
    [
      'fields by spreads',
      `{ person(id: "x") { ${'...F '.repeat(100)} } } fragment F on Person { ${'id '.repeat(10)} }`,
      {},
      'has 1000 fields at most',
    ],
    [
      'skipped fields',
      `{ person(id: "x") { ${'id @skip(if: true) '.repeat(LIMITS.fields)} } }`,
      {},
      'has 1000 fields at most',
    ],
    ['aliases', `{ person(id: "x") { ${aliases(LIMITS.aliases + 1)} } }`, {}, 'has 60 aliases at most'],
    [
      'aliases of __typename',
      `{ person(id: "x") { ${aliases(LIMITS.aliases + 1).replaceAll('id', '__typename')} } }`,
      {},
      'has 60 aliases at most',
    ],
    [
      'aliases of __typename at the root',
      `{ ${aliases(LIMITS.aliases + 1).replaceAll('id', '__typename')} }`,
      {},
      'has 60 aliases at most',
    ],
    ['root fields', `{ ${roots(LIMITS.rootFields + 1)} }`, {}, 'has 10 root fields at most'],
    [
      'people',
      'query ($ids: [ID!]!) { people(ids: $ids) { id } }',
      { ids: ids(LIMITS.people + 1) },
      'asks about 500 people at most',
    ],
    [
      'people over several root fields',
      'query ($ids: [ID!]!) { people(ids: $ids) { id } person(id: "x") { id } }',
      { ids: ids(LIMITS.people) },
      'asks about 500 people at most',
    ],
    [
      'people of two pages',
      `{ a: releases(from: "2026-11-22", to: "2026-11-22", first: 251) { edges { cursor } } b: releases(from: "2026-11-22", to: "2026-11-22", first: 250) { edges { cursor } } }`,
      {},
      'asks about 500 people at most',
    ],
    [
      'a negative page that would make room',
      `query ($ids: [ID!]!) { releases(from: "2026-11-22", to: "2026-11-22", first: -99) { edges { cursor } } people(ids: $ids) { id } }`,
      { ids: ids(LIMITS.people + 1) },
      'asks about 500 people at most',
    ],
  ])('%s: one more', (_what, query, variables, expected) => {
    const act = () => check(query, variables);
    expect(act).toThrow(expected);
    expect(act).toThrow(expect.objectContaining({ code: 'TOO_COMPLEX', status: 400 }));
  });
});

describe('fragments', () => {
  test.each([28, 40, 1_000])('%i levels that double are refused at once', (levels) => {
    const query = doubling(levels);
    const began = performance.now();
    expect(() => check(query)).toThrow('has 1000 fields at most');
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test.each(['__schema', '__type', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'one named %s is measured like any other',
    (name) => {
      const spread = (count: number) =>
        `{ person(id: "x") { ...${name} } } fragment ${name} on Person { ${aliases(count)} }`;
      expect(() => check(spread(LIMITS.aliases))).not.toThrow();
      expect(() => check(spread(LIMITS.aliases + 1))).toThrow('has 60 aliases at most');
      const names = [name, ...Array.from({ length: 39 }, (_, n) => `f${n}`)];
      expect(() => check(doubling(40, (level) => names[level] ?? ''))).toThrow('has 1000 fields at most');
    },
  );

  test.each(['__schema', '__proto__', 'constructor'])('an operation named %s is measured like any other', (name) => {
    expect(() => check(`query ${name} { person(id: "x") { ${aliases(LIMITS.aliases + 1)} } }`)).toThrow(
      'has 60 aliases at most',
    );
  });
});

describe('introspection', () => {
  const circular = (depth: number) =>
    `{ __schema { types { ${'fields { type { '.repeat(depth)}name${' } }'.repeat(depth)} } } }`;

  test('is deeper than a record and let through', () => {
    const ofType = `${'ofType { '.repeat(14)}name${' }'.repeat(14)}`;
    expect(() => check(`{ __schema { types { fields { type { ${ofType} } } } } }`)).not.toThrow();
  });

  test('in circles is refused by validation, which runs before', () => {
    expect(validate(SMALL.shared, parse(circular(5))).map(({ message }) => message)).toEqual([
      'Maximum introspection depth exceeded',
    ]);
  });
});
