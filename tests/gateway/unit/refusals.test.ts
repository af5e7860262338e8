import fc from 'fast-check';
import { execute, GraphQLError, getVariableValues, type OperationDefinitionNode, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { CODES, GatewayError } from '../../../src/errors.ts';
import { LIMITS } from '../../../src/gateway/limits.ts';
import { FAULT, formatted, refusalOf } from '../../../src/gateway/refusals.ts';
import { SMALL } from './small.ts';

const SCHEMA = SMALL.shared;

/** Errors of graphql-js for a request, as Apollo Server hands them on: with a code, and otherwise as they are. */
function errorsOf(query: string, variables: Record<string, unknown> = {}): GraphQLError[] {
  const coded = (error: GraphQLError, code: string) => Object.assign(error, { extensions: { code } });
  let document: ReturnType<typeof parse>;
  try {
    document = parse(query, { maxTokens: LIMITS.tokens });
  } catch (error) {
    return [coded(error as GraphQLError, 'GRAPHQL_PARSE_FAILED')];
  }
  const invalid = validate(SCHEMA, document);
  if (invalid.length > 0) return invalid.map((error) => coded(error, 'GRAPHQL_VALIDATION_FAILED'));
  const definition = document.definitions[0] as OperationDefinitionNode;
  const { errors } = getVariableValues(SCHEMA, definition.variableDefinitions ?? [], variables);
  return (errors ?? []).map((error) => coded(error, 'BAD_USER_INPUT'));
}

const messagesOf = (query: string, variables?: Record<string, unknown>) =>
  errorsOf(query, variables).map((error) => refusalOf(error).message);

describe('no message repeats a value', () => {
  test.each<[string, string, Record<string, unknown>?]>([
    ['text where a selection should be', '{ person(id: "x") "CANARY" }'],
    ['text that never ends', '{ person(id: "CANARY }'],
    ['a block of text', '{ person(id: "x") """CANARY""" }'],
    ['a number out of place', '{ 1CANARY }'],
    ['a character that is none', '{ person(id: "x") \u0007CANARY }'],
    ['an escape that is none', '{ person(id: "\\CANARY") { id } }'],
    ['text for an object', '{ person(identifier: "CANARY") { id } }'],
    ['an object with text for a list', '{ people(ids: {a: "CANARY"}) { id } }'],
    ['an object for an id', '{ person(id: {a: "CANARY"}) { id } }'],
    ['an enum value for text', '{ person(identifier: {type: CANARY, value: "x"}) { id } }'],
    ['text that its scalar refuses', '{ person(identifier: {type: "CANARY canary", value: "x"}) { id } }'],
    ['a day that is none', '{ releases(from: "CANARY", to: "2026-01-01") { edges { cursor } } }'],
    ['text for a number', '{ releases(from: "2026-01-01", to: "2026-01-01", first: "CANARY") { edges { cursor } } }'],
    [
      'a number that is too large',
      '{ releases(from: "2026-01-01", to: "2026-01-01", first: 99999999999) { edges { cursor } } }',
    ],
    [
      'a field of an input that is none',
      '{ person(identifier: {type: "CRN", value: "CANARY", kind: "CANARY"}) { id } }',
    ],
    ['a missing field of an input', '{ person(identifier: {value: "CANARY"}) { id } }'],
    ['a value twice', '{ person(identifier: {type: "CRN", value: "CANARY", value: "CANARY"}) { id } }'],
    ['a condition that is text', '{ person(id: "x") @include(if: "CANARY") { id } }'],
    [
      'a default of the wrong type',
      'query ($n: Int = "CANARY") { releases(from: "2026-01-01", to: "2026-01-01", first: $n) { edges { cursor } } }',
    ],
    ['differing arguments', '{ p: person(id: "CANARY") { id } p: person(id: "canary") { id } }'],
    [
      'a variable of another type',
      'query ($n: Int) { releases(from: "2026-01-01", to: "2026-01-01", first: $n) { edges { cursor } } }',
      { n: 'CANARY' },
    ],
    [
      'a variable with a surplus field',
      'query ($i: IdentifierInput) { person(identifier: $i) { id } }',
      { i: { type: 'CRN', value: 'x', CANARY: 'CANARY' } },
    ],
    [
      'a variable that its scalar refuses',
      'query ($i: IdentifierInput) { person(identifier: $i) { id } }',
      { i: { type: 'CANARY canary', value: 'x' } },
    ],
    ['a variable that is a list', 'query ($i: ID) { person(id: $i) { id } }', { i: ['CANARY'] }],
  ])('%s', (_what, query, variables) => {
    const messages = messagesOf(query, variables);
    expect(messages.length).toBeGreaterThan(0);
    for (const message of messages) expect(message).not.toMatch(/canary|99999999999/i);
    expect(messages).not.toContain(FAULT);
  });

  test('for any value, anywhere an argument can stand', () => {
    const literal = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(
          '"CANARY"',
          'CANARY',
          '"""CANARY"""',
          '[CANARY]',
          '77777777777',
          '7.7777',
          'true',
          'null',
          '"2026-02-30 CANARY"',
        ),
        fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(' ')}]`),
        fc.tuple(fc.constantFrom('type', 'value', 'other'), tie('value')).map(([name, value]) => `{${name}: ${value}}`),
      ),
    })).value;
    const place = fc.constantFrom<(value: string) => string>(
      (value) => `{ person(id: ${value}) { id } }`,
      (value) => `{ person(identifier: ${value}) { id } }`,
      (value) => `{ person(identifier: {type: "CRN", value: ${value}}) { id } }`,
      (value) => `{ people(ids: ${value}) { id } }`,
      (value) => `{ releases(from: ${value}, to: "2026-01-01") { edges { cursor } } }`,
      (value) => `{ person(id: "x") { id @skip(if: ${value}) } }`,
      (value) => `query ($i: IdentifierInput = ${value}) { person(identifier: $i) { id } }`,
      (value) => `query @include(if: ${value}) { __typename }`,
    );
    fc.assert(
      fc.property(place, literal, (put, value) => {
        for (const message of messagesOf(put(value))) {
          expect(message).not.toMatch(/canary|7777/i);
          expect(message).not.toBe(FAULT);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('a mistake in the document is told in words that help', () => {
  test.each<[string, string]>([
    ['{ person(id: "x") { nmae } }', 'Cannot query field "nmae" on type "Person".'],
    ['{ person(id: "x") }', 'Field "person" of type "Person" must have a selection of subfields.'],
    ['{ person(id: "x") { id { x } } }', 'Field "id" must not have a selection since type "ID!" has no subfields.'],
    [
      '{ releases(from: "2026-01-01") { edges { cursor } } }',
      'Field "releases" argument "to" of type "Date!" is required, but it was not provided.',
    ],
    ['{ person(ids: "x") { id } }', 'Unknown argument "ids" on field "Query.person".'],
    ['{ person(id: "x") { ...F } }', 'Unknown fragment "F".'],
    ['{ person(id: "x") { id @defer } }', 'Unknown directive "@defer".'],
    ['{ person(id: "x") { ... on Persona { id } } }', 'Unknown type "Persona".'],
    ['{ person(id: "x") { ... on Date { days } } }', 'Fragment cannot condition on non composite type "Date".'],
    [
      '{ person(id: "x") { ... on Custody { days } } }',
      'Fragment cannot be spread here as objects of type "Person" can never be of type "Custody".',
    ],
    ['{ person(id: "x") { id } } fragment F on Person { id }', 'Fragment "F" is never used.'],
    ['{ person(id: "x") { ...F } } fragment F on Person { ...F }', 'Cannot spread fragment "F" within itself.'],
    ['{ person(id: $x) { id } }', 'Variable "$x" is not defined.'],
    ['query ($x: ID) { __typename }', 'Variable "$x" is never used.'],
    ['query ($x: Person) { person(id: $x) { id } }', 'Variable "$x" cannot be non-input type "Person".'],
    ['query ($x: Int) { person(id: $x) { id } }', 'Variable "$x" of type "Int" used in position expecting type "ID".'],
    ['query ($x: ID, $x: ID) { person(id: $x) { id } }', 'There can be only one variable named "$x".'],
    ['{ person(id: "x", id: "y") { id } }', 'There can be only one argument named "id".'],
    ['query A { __typename } query A { __typename }', 'There can be only one operation named "A".'],
    ['{ __typename } query A { __typename }', 'This anonymous operation must be the only defined operation.'],
    [
      '{ person(id: "x") { a: id a: __typename } }',
      'Fields "a" conflict because "id" and "__typename" are different fields. Use different aliases on the fields to fetch both if this was intentional.',
    ],
    ['query @skip(if: true) { __typename }', 'Directive "@skip" may not be used on QUERY.'],
    ['{ __typename @skip(if: true) @skip(if: true) }', 'The directive "@skip" can only be used once at this location.'],
    [
      '{ __typename @skip }',
      'Directive "@skip" argument "if" of type "Boolean!" is required, but it was not provided.',
    ],
    [
      '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }',
      'Maximum introspection depth exceeded',
    ],
  ])('%s', (query, expected) => {
    expect(messagesOf(query)).toContain(expected);
  });

  test('a value of the wrong type is told by its place', () => {
    expect(messagesOf('{\n  person(id: 7.5) { id }\n}')).toEqual([
      'A value in the document does not fit its type at line 2, column 14.',
    ]);
  });

  test('what is not GraphQL is told by its place', () => {
    expect(messagesOf('{\n  person(id: "x" }')).toEqual(['The document is not GraphQL at line 2, column 18.']);
  });

  test('nothing is suggested', () => {
    for (const query of ['{ person(id: "x") { custodi { days } } }', '{ persn { id } }', '{ person(idd: "x") { id } }'])
      for (const message of messagesOf(query)) expect(message).not.toMatch(/did you mean|custody/i);
  });

  test('a document of too many tokens is too complex, whatever is in it', () => {
    const [error] = errorsOf(`{ ${'__typename '.repeat(LIMITS.tokens)} }`);
    expect(refusalOf(error)).toEqual({ code: 'TOO_COMPLEX', message: 'The document is too long.', status: 400 });
  });

  test('a document that costs too much to validate is too complex', () => {
    const refusals = errorsOf(`{ person(id: "x") { ${'id '.repeat(2_000)} } }`).map(refusalOf);
    expect(refusals.map(({ code }) => code)).toEqual(['TOO_COMPLEX']);
  });
});

describe('codes are of the closed list', () => {
  const coded = (code: string) => new GraphQLError('CANARY', { extensions: { code } });
  test.each<[string, unknown, string, string | null]>([
    ['our own error', new GatewayError('BAD_IDENTIFIER', 'As it stands.'), 'BAD_IDENTIFIER', 'As it stands.'],
    [
      'our own error on its way through graphql-js',
      new GraphQLError('x', { originalError: new GatewayError('STORE_UNAVAILABLE', 'As it stands.') }),
      'STORE_UNAVAILABLE',
      'As it stands.',
    ],
    ['an operation that is not there', coded('OPERATION_RESOLUTION_FAILURE'), 'BAD_USER_INPUT', null],
    ['a variable', coded('BAD_USER_INPUT'), 'BAD_USER_INPUT', null],
    ['a request that is none', coded('BAD_REQUEST'), 'BAD_USER_INPUT', null],
    ['a persisted query', coded('PERSISTED_QUERY_NOT_FOUND'), 'BAD_USER_INPUT', null],
    ['a persisted query where none are', coded('PERSISTED_QUERY_NOT_SUPPORTED'), 'BAD_USER_INPUT', null],
    [
      'an error of a resolver',
      new GraphQLError('connect ECONNREFUSED 10.0.0.5:5432 CANARY', { originalError: new Error('CANARY') }),
      'FAULT',
      FAULT,
    ],
    ['an error that claims a code of ours', coded('STORE_UNAVAILABLE'), 'FAULT', FAULT],
    ['an error that claims a code of nobody’s', coded('CANARY'), 'FAULT', FAULT],
    ['a code from a prototype', coded('toString'), 'FAULT', FAULT],
    ['any error', new TypeError('CANARY'), 'FAULT', FAULT],
    ['text that was thrown', 'CANARY', 'FAULT', FAULT],
    ['nothing', undefined, 'FAULT', FAULT],
  ])('%s', (_what, error, code, message) => {
    const refusal = refusalOf(error);
    expect(refusal).toMatchObject({ code, status: CODES[code as keyof typeof CODES] });
    if (message !== null) expect(refusal.message).toBe(message);
    expect(JSON.stringify(refusal)).not.toMatch(/CANARY|10\.0\.0\.5/);
  });

  test('an error in an answer has a message, a code and the request id, and nothing else', () => {
    const refusal = refusalOf(new GatewayError('BAD_IDENTIFIER', 'As it stands.'));
    expect(formatted(refusal, 'id-1')).toEqual({
      message: 'As it stands.',
      extensions: { code: 'BAD_IDENTIFIER', requestId: 'id-1' },
    });
  });

  test('a value that a holder sent is not told by an error of execution', async () => {
    const result = await execute({
      schema: SCHEMA,
      document: parse('{ person(id: "0") { id } }'),
      fieldResolver: () => {
        throw new Error('CANARY');
      },
      contextValue: {},
    });
    for (const error of result.errors ?? []) expect(refusalOf(error)).toMatchObject({ code: 'FAULT', message: FAULT });
    expect(result.errors?.length).toBeGreaterThan(0);
  });
});
