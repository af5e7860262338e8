import fc from 'fast-check';
import {
  buildSchema,
  execute,
  type FieldNode,
  type GraphQLObjectType,
  getNamedType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { collectFields, type Operation, readOperation, selectionBelow } from '../../../src/gateway/operation.ts';
import { printSelection, type Selection } from '../../../src/record/selection.ts';
import { SMALL } from './small.ts';

const schema = buildSchema(`
  type Query { a: A list: [A!] }
  type A { x: Int y: Int a: A b: B list: [[A]] }
  type B { x: Int z: Int a: A }
`);
const VARIABLES = { yes: true, no: false };

function operationOf(query: string, variables: Record<string, unknown> = {}, on = schema): Operation {
  const document = parse(query);
  const definition = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  if (!definition) throw new Error('no operation');
  return readOperation(on, document, definition, variables);
}

type Draw = <T>(...items: readonly T[]) => T;

/** A selection set on a type at random: aliases, fragments within fragments, conditions, clashes of all of them. */
function draw(type: 'Query' | 'A' | 'B', pick: Draw, depth: number): string {
  const condition = () =>
    pick(
      '',
      '',
      '',
      '@skip(if: true)',
      '@skip(if: false)',
      '@include(if: false)',
      '@skip(if: $yes)',
      '@skip(if: $no)',
      '@include(if: $yes)',
      '@include(if: $no)',
      '@include(if: $late)',
      '@skip(if: $no) @include(if: $yes)',
      '@include(if: $yes) @skip(if: $yes)',
    );
  const fields = { Query: ['a', 'list'], A: ['x', 'y', 'a', 'b', 'list'], B: ['x', 'z', 'a'] }[type];
  const types: Readonly<Record<string, 'A' | 'B'>> = { a: 'A', list: 'A', b: 'B' };
  const field = () => {
    const leaves = fields.filter((name) => !types[name]);
    const name = depth > 0 || leaves.length === 0 ? pick(...fields) : pick(...leaves);
    const below = types[name];
    // One alias for each type that may stand under it: what validation would let through, and a little more.
    return `${pick('', `q${below ?? ''}: `)}${name} ${condition()} ${below ? draw(below, pick, depth - 1) : ''}`;
  };
  const member = (): string =>
    pick(
      field,
      field,
      field,
      () => `__typename ${condition()}`,
      () => `... ${condition()} ${depth > 0 ? draw(type, pick, depth - 1) : `{ ${field()} }`}`,
      () =>
        `... on ${pick(type, type, 'A', 'B')} ${condition()} ${depth > 0 ? draw(type, pick, depth - 1) : '{ __typename }'}`,
      () => `...${pick('F0', 'F1', 'F2', 'G0', '__proto__', 'nowhere')} ${condition()}`,
    )();
  return `{ ${Array.from({ length: pick(1, 2, 3, 4) }, member).join(' ')} }`;
}

function drawDocument(pick: Draw): string {
  // A fragment spreads only those after it: no cycles.
  const after = (names: readonly string[], text: string) =>
    text.replace(/\.\.\.(F\d|G0|__proto__|nowhere)/g, (all, name) => (names.includes(name) ? all : '...nowhere'));
  const order = ['F0', 'F1', 'F2', 'G0', '__proto__'];
  const fragments = order.map((name, index) => {
    const type = name === 'G0' ? 'B' : name === '__proto__' ? pick('Query' as const, 'A' as const) : 'A';
    return `fragment ${name} on ${type} ${after(order.slice(index + 1), draw(type, pick, 1))}`;
  });
  return `query ($yes: Boolean!, $no: Boolean!, $late: Boolean! = false) ${draw('Query', pick, 3)} ${fragments.join(' ')}`;
}

/** Every (path, field) that graphql-js resolves when each object is there and each list has one item. */
async function visited(query: string): Promise<Set<string>> {
  const seen = new Set<string>();
  const walk = (path: { prev: unknown; key: string | number } | undefined): string[] =>
    path ? [...walk(path.prev as typeof path), ...(typeof path.key === 'number' ? [] : [path.key])] : [];
  await execute({
    schema,
    document: parse(query),
    variableValues: VARIABLES,
    fieldResolver: (_source, _args, _context, info) => {
      seen.add(`${walk(info.path).join('/')} ${info.parentType.name}.${info.fieldName}`);
      const type = getNamedType(info.returnType);
      if (!isObjectType(type)) return 1;
      return info.fieldName === 'list' ? (info.parentType.name === 'A' ? [[{}]] : [{}]) : {};
    },
  });
  return seen;
}

/** The same by `collectFields`. */
function collected(operation: Operation): Set<string> {
  const seen = new Set<string>();
  const walk = (type: GraphQLObjectType, fields: Map<string, FieldNode[]>, path: readonly string[]): void => {
    for (const [key, nodes] of fields) {
      const name = nodes[0]?.name.value ?? '';
      const field = type.getFields()[name];
      if (!field) continue;
      seen.add(`${[...path, key].join('/')} ${type.name}.${name}`);
      const below = getNamedType(field.type);
      if (isObjectType(below))
        walk(
          below,
          collectFields(
            operation,
            below.name,
            nodes.map((node) => node.selectionSet),
          ),
          [...path, key],
        );
    }
  };
  const query = schema.getQueryType() as GraphQLObjectType;
  walk(query, collectFields(operation, 'Query', [operation.definition.selectionSet]), []);
  return seen;
}

describe('SHARE-03 what is planned is what execution visits', () => {
  test('for any document: every path and field, whatever the aliases, fragments and conditions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (gen) => {
        const pick = ((...items: unknown[]) => items[gen(fc.nat, { max: items.length - 1 })]) as Draw;
        const query = drawDocument(pick);
        const operation = operationOf(query, VARIABLES);
        const visits = await visited(query);
        expect(collected(operation), query).toEqual(visits);
        expect(new Set(operation.roots.map(({ key }) => key).filter((key) => key !== '__typename'))).toEqual(
          new Set([...visits].map((visit) => visit.split(/[/ ]/)[0])),
        );
        // Aliases gone, the selection names the same fields.
        for (const root of operation.roots.filter(({ name }) => name !== '__typename')) {
          const below = flatten(selectionBelow(operation, schema.getType('A') as GraphQLObjectType, root.nodes), 'A');
          const own = [...visits]
            .filter((visit) => visit.startsWith(`${root.key}/`))
            .map((visit) => visit.split(' ')[1]);
          expect(below, query).toEqual(new Set(own));
        }
      }),
      { numRuns: 400 },
    );
  });

  function flatten(selection: Selection, typeName: string, into = new Set<string>()): Set<string> {
    const type = schema.getType(typeName) as GraphQLObjectType;
    for (const [field, below] of selection) {
      into.add(`${typeName}.${field}`);
      if (below) flatten(below, getNamedType(type.getFields()[field]?.type)?.name ?? '', into);
    }
    return into;
  }

  test('fragments that double at the root, before any limit is looked at, are collected at once', () => {
    const levels = Array.from({ length: 40 }, (_, n) => `fragment f${n} on Query { ...f${n + 1} ...f${n + 1} }`);
    const began = performance.now();
    expect(operationOf(`{ ...f0 } ${levels.join(' ')} fragment f40 on Query { a { x } }`).roots).toHaveLength(1);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test.each<[string, string, string]>([
    [
      'two aliases of one field are one',
      '{ p: person(id: "x") { a: custody { releaseDate } b: custody { days } } }',
      'custody { days releaseDate }',
    ],
    [
      'an object of which only the type is wanted is empty',
      '{ p: person(id: "x") { custody { __typename } } }',
      'custody { __typename }',
    ],
    ['a skipped field is not selected', '{ p: person(id: "x") { id custody @skip(if: true) { days } } }', 'id'],
    [
      'a fragment spread twice counts once',
      '{ p: person(id: "x") { ...F ...F } } fragment F on Person { custody { ...C } ... { custody { days } } } fragment C on Custody { contact { desk { telephone } } }',
      'custody { contact { desk { telephone } } days }',
    ],
    ['introspection of an object selects nothing of it', '{ p: person(id: "x") { __typename id } }', 'id'],
  ])('%s', (_what, query, expected) => {
    expect(validate(SMALL.shared, parse(query))).toEqual([]);
    const operation = operationOf(query, {}, SMALL.shared);
    const [root] = operation.roots;
    const selection = selectionBelow(operation, SMALL.shared.getType('Person') as GraphQLObjectType, root?.nodes ?? []);
    expect(printSelection(selection)).toBe(expected);
  });
});

describe('reading an operation', () => {
  test('roots carry their key, name and coerced arguments', () => {
    const operation = operationOf(
      'query ($n: Int = 7) { r: releases(from: "2026-11-22", to: "2026-12-01", first: $n) { edges { cursor } } __typename }',
      {},
      SMALL.shared,
    );
    expect(operation.roots.map(({ key, name, args }) => ({ key, name, args }))).toEqual([
      { key: 'r', name: 'releases', args: { from: '2026-11-22', to: '2026-12-01', orderBy: 'DATE', first: 7 } },
      { key: '__typename', name: '__typename', args: {} },
    ]);
  });

  test.each<[string, string, Record<string, unknown>, string]>([
    [
      'of another type',
      'query ($id: ID!) { person(id: $id) { id } }',
      { id: { CANARY: 'CANARY' } },
      '$id needs a value that fits',
    ],
    ['missing', 'query ($id: ID!) { person(id: $id) { id } }', {}, '$id needs a value that fits'],
    [
      'null where it may not be',
      'query ($id: ID!) { person(id: $id) { id } }',
      { id: null },
      '$id needs a value that fits',
    ],
    [
      'wrong inside an object',
      'query ($i: IdentifierInput!) { person(identifier: $i) { id } }',
      { i: { type: 'CRN', value: ['CANARY'] } },
      '$i needs a value that fits',
    ],
    [
      'with a field too many',
      'query ($i: IdentifierInput!) { person(identifier: $i) { id } }',
      { i: { type: 'CRN', value: 'X', CANARY: 'CANARY' } },
      '$i needs a value that fits',
    ],
    [
      'refused by its scalar',
      'query ($i: IdentifierInput!) { person(identifier: $i) { id } }',
      { i: { type: 'CANARY canary', value: 'X' } },
      '$i needs a value that fits',
    ],
    [
      'no day',
      'query ($from: Date!, $to: Date!) { releases(from: $from, to: $to) { edges { cursor } } }',
      { from: '2026-02-30', to: 'CANARY' },
      '$from needs a value that fits the type it is declared with; $to needs',
    ],
    [
      'wrong a thousand times',
      'query ($ids: [ID!]!) { people(ids: $ids) { id } }',
      { ids: Array(1_000).fill(['CANARY']) },
      '$ids needs a value that fits',
    ],
  ])('a variable that is %s is named, and its value is not', (_what, query, variables, expected) => {
    expect(validate(SMALL.shared, parse(query))).toEqual([]);
    const act = () => operationOf(query, variables, SMALL.shared);
    expect(act).toThrow(GatewayError);
    expect(act).toThrow(expected);
    expect(act).not.toThrow(/CANARY|2026|30/);
    try {
      act();
    } catch (error) {
      expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(Object.hasOwn(error as object, 'cause')).toBe(false);
    }
  });

  test.each([
    ['query ($x: Boolean! = true) { person(id: "x") { id @skip(if: $x) } }', { x: null }],
    ['query ($x: Boolean = true) { person(id: "x") @skip(if: $x) { id } }', { x: null }],
    ['query ($x: Boolean = true) { person(id: "x") @include(if: $x) { id } }', { x: null }],
    ['query ($x: ID = "y") { people(ids: [$x]) { id } }', { x: null }],
  ])('a null that validation lets through is the caller’s mistake, not a fault of ours: %s', (query, variables) => {
    expect(validate(SMALL.shared, parse(query))).toEqual([]);
    expect(() => operationOf(query, variables, SMALL.shared)).toThrow(GatewayError);
  });

  test('a condition that is null deeper down is found before anybody is looked up', () => {
    const operation = operationOf(
      'query ($x: Boolean = true) { person(id: "x") { custody { days @skip(if: $x) } } }',
      { x: null },
      SMALL.shared,
    );
    const person = SMALL.shared.getType('Person') as GraphQLObjectType;
    expect(() => selectionBelow(operation, person, operation.roots[0]?.nodes ?? [])).toThrow(
      '"@skip" needs true or false, and was given neither.',
    );
  });
});
