import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { graphql } from 'graphql';
import { describe, expect, test } from 'vitest';
import * as door from '../../src/shield/shield.ts';

// What is known of graphql-shield, and why the room keeps to so little of it. A version that behaves otherwise fails here.
const library = createRequire(import.meta.url)('graphql-shield') as typeof import('graphql-shield');
const middleware = createRequire(import.meta.url)('graphql-middleware') as typeof import('graphql-middleware');
const { allow, deny, rule, shield } = library;
const { applyMiddleware } = middleware;

const yes = rule('yes')(() => true);
const throws = rule('throws')(() => {
  throw new Error('no database');
});

async function ask(
  tree: Parameters<typeof shield>[0],
  options: Parameters<typeof shield>[1] = {},
  query = '{ a b }',
  typeDefs = 'type Query { a: String b: String }',
) {
  const schema = makeExecutableSchema({ typeDefs });
  const guarded = applyMiddleware(schema, shield(tree, options));
  const rootValue = {
    a: 'a',
    b: 'b',
    rows: [
      { open: true, x: 1 },
      { open: false, x: 2 },
    ],
    thing: { __typename: 'Thing', x: 1 },
  };
  const { data, errors = [] } = await graphql({ schema: guarded, source: query, rootValue, contextValue: {} });
  return { data: JSON.parse(JSON.stringify(data)), errors: errors.map(({ message }) => message) };
}

describe('what graphql-shield does', () => {
  test('a field that the tree does not name is served, unless the fallback is to deny', async () => {
    expect((await ask({ Query: { a: yes } })).data).toEqual({ a: 'a', b: 'b' });
    expect((await ask({ Query: { a: yes } }, { fallbackRule: deny })).data).toEqual({ a: 'a', b: null });
  });

  test('a denial is an error, unless fallbackError is a function that returns null', async () => {
    expect((await ask({ Query: { a: deny } })).errors).toEqual(['Not Authorised!']);
    const quiet = { fallbackError: () => null as never };
    expect(await ask({ Query: { a: deny } }, quiet)).toEqual({ data: { a: null, b: 'b' }, errors: [] });
  });

  test('and then a rule that throws looks like a denial', async () => {
    const quiet = { fallbackError: () => null as never, allowExternalErrors: true };
    expect(await ask({ Query: { a: throws } }, quiet)).toEqual({ data: { a: null, b: 'b' }, errors: [] });
  });

  test('not() turns a rule that throws into a grant', async () => {
    expect((await ask({ Query: { a: library.not(throws) } })).data).toEqual({ a: 'a', b: 'b' });
  });

  test('and() of nothing grants', async () => {
    expect((await ask({ Query: { a: library.and() } })).data).toEqual({ a: 'a', b: 'b' });
  });

  test('chain() denies what it should grant', async () => {
    expect((await ask({ Query: { a: library.chain(yes) } })).data).toEqual({ a: null, b: 'b' });
  });

  test('a contextual cache lets the first row of a list decide for all', async () => {
    const typeDefs = 'type Query { rows: [Row] } type Row { x: Int }';
    const byRow = (cache: 'contextual' | 'no_cache') =>
      rule(`row ${cache}`, { cache })(async (row: { open: boolean }) => row.open);
    const rows = async (cache: 'contextual' | 'no_cache') =>
      (await ask({ Row: { x: byRow(cache) } }, { fallbackError: () => null as never }, '{ rows { x } }', typeDefs)).data
        .rows;
    expect(await rows('contextual')).toEqual([{ x: 1 }, { x: 2 }]);
    expect(await rows('no_cache')).toEqual([{ x: 1 }, { x: null }]);
  });

  test('a rule on an interface is taken and ignored', async () => {
    const typeDefs = 'interface Any { x: Int } type Thing implements Any { x: Int } type Query { thing: Any }';
    expect((await ask({ Any: { x: deny } }, {}, '{ thing { x } }', typeDefs)).data).toEqual({ thing: { x: 1 } });
  });

  test('applyMiddlewareToDeclaredResolvers leaves leaves open', async () => {
    const schema = makeExecutableSchema({ typeDefs: 'type Query { a: String }' });
    const guarded = middleware.applyMiddlewareToDeclaredResolvers(schema, shield({ Query: { a: deny } }));
    expect((await graphql({ schema: guarded, source: '{ a }', rootValue: { a: 'a' }, contextValue: {} })).data).toEqual(
      { a: 'a' },
    );
  });

  test('only true grants', async () => {
    for (const word of [1, 'yes', {}, undefined, null]) {
      const odd = rule(`odd ${typeof word}`)(() => word as never);
      expect(
        (await ask({ Query: { a: odd } }, { fallbackRule: allow, fallbackError: () => null as never })).data.a,
        String(word),
      ).toBeNull();
    }
  });
});

describe('what the room takes of it', () => {
  test('its door offers five things', () => {
    expect(Object.keys(door).sort()).toEqual(['allow', 'applyMiddleware', 'deny', 'rule', 'shield']);
  });

  test('it uses none of what can grant what it should deny', () => {
    const code = readFileSync(new URL('../../src/shield/guard.ts', import.meta.url), 'utf8').replace(
      /\/\*[\s\S]*?\*\/|\/\/.*$/gm,
      '',
    );
    expect(code).not.toMatch(/\b(chain|race|not|and|or)\(|contextual|strict|applyMiddlewareToDeclaredResolvers/);
    expect(code).toContain('fallbackRule: deny');
    expect(code).toContain("cache: 'no_cache'");
  });
});
