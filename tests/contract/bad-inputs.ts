import { gzipSync } from 'node:zlib';
import type { Code } from '../../src/errors.ts';

/** Stands in every value that a caller can send. Nothing of it may come back, or be written to a log. */
export const CANARY = 'Qzxcanary7';

/** What a caller sends: the JSON of a GraphQL request, or the bytes of a body. */
export interface Bad {
  readonly query?: string;
  readonly variables?: unknown;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A name, the code it is refused with (or one of two, where it is the machine that decides), and what is sent. */
type Case = readonly [name: string, code: Code | `${Code} or ${Code}`, bad: Bad];

const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join(' ');
const person = (value: string) => ({
  query: 'query ($value: String!) { person(identifier: {type: "CRN", value: $value}) { id } }',
  variables: { value },
});
const doubling = (levels: number) =>
  `{ ...f0 } ${times(levels, (level) => `fragment f${level} on Query { ...f${level + 1} ...f${level + 1} }`)} fragment f${levels} on Query { __typename }`;
const aliases = (count: number, field = '__typename', prefix = 'a') =>
  times(count, (index) => `${prefix}${index}: ${field}`);

export const FLOODS: readonly Case[] = [
  ['101 aliases', 'TOO_COMPLEX', { query: `{ ${aliases(101)} }` }],
  ['5,000 aliases', 'TOO_COMPLEX', { query: `{ ${aliases(5_000)} }` }],
  [
    'aliases spread over fragments',
    'TOO_COMPLEX',
    {
      query: `{ ${times(4, (index) => `...f${index}`)} } ${times(4, (index) => `fragment f${index} on Query { ${aliases(20, '__typename', `b${index}x`)} }`)}`,
    },
  ],
  ['11 root fields', 'TOO_COMPLEX', { query: `{ ${aliases(11, `person(id: "${'x'.repeat(22)}") { id }`)} }` }],
  ['a field 2,000 times', 'TOO_COMPLEX', { query: `{ person(id: "${'x'.repeat(22)}") { ${'id '.repeat(2_000)} } }` }],
  [
    'a section 1,000 times',
    'TOO_COMPLEX',
    { query: `{ person(id: "${'x'.repeat(22)}") { ${'custody { status } '.repeat(1_000)} } }` },
  ],
  ['10,000 tokens', 'TOO_COMPLEX', { query: `{ ${'__typename '.repeat(10_000)} }` }],
  [
    '2,000 unknown directives',
    'GRAPHQL_VALIDATION_FAILED',
    { query: `{ __typename ${times(2_000, (index) => `@d${index}`)} }` },
  ],
  ['depth 500', 'GRAPHQL_VALIDATION_FAILED', { query: `${'{ person '.repeat(500)}{ id }${' }'.repeat(500)}` }],
  ['depth 1,600', 'GRAPHQL_VALIDATION_FAILED', { query: `${'{ person '.repeat(1_600)}{ id }${' }'.repeat(1_600)}` }],
  ['depth 20,000', 'TOO_COMPLEX', { query: `${'{ person '.repeat(20_000)}{ id }${' }'.repeat(20_000)}` }],
  [
    'a value 200 lists deep',
    'GRAPHQL_VALIDATION_FAILED',
    { query: `{ person(id: ${'['.repeat(200)}"${CANARY}"${']'.repeat(200)}) { id } }` },
  ],
  [
    'a value 2,400 lists deep',
    'GRAPHQL_VALIDATION_FAILED or TOO_COMPLEX',
    { query: `{ person(id: ${'['.repeat(2_400)}"${CANARY}"${']'.repeat(2_400)}) { id } }` },
  ],
  [
    'circular introspection',
    'GRAPHQL_VALIDATION_FAILED',
    { query: `{ __schema { types { ${'fields { type { '.repeat(5)} name ${'} } '.repeat(5)} } } }` },
  ],
  [
    'fragments in a circle',
    'GRAPHQL_VALIDATION_FAILED',
    { query: '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }' },
  ],
  ['fragments that double 40 times', 'TOO_COMPLEX', { query: doubling(40) }],
  [
    'a flood in a fragment named __proto__',
    'TOO_COMPLEX',
    { query: `{ ...__proto__ } fragment __proto__ on Query { ${aliases(61)} }` },
  ],
  [
    'a flood in a fragment named __schema',
    'TOO_COMPLEX',
    { query: `{ ...__schema } fragment __schema on Query { ${aliases(61)} }` },
  ],
  ['a flood in an operation named constructor', 'TOO_COMPLEX', { query: `query constructor { ${aliases(61)} }` }],
  ['10,000 ids in the document', 'TOO_COMPLEX', { query: `{ people(ids: [${times(10_000, () => '"x"')}]) { id } }` }],
  [
    '10,000 ids as a variable',
    'TOO_COMPLEX',
    {
      query: 'query ($ids: [ID!]!) { people(ids: $ids) { id } }',
      variables: { ids: Array.from({ length: 10_000 }, () => CANARY) },
    },
  ],
  [
    '501 ids over two root fields',
    'TOO_COMPLEX',
    {
      query: 'query ($ids: [ID!]!, $last: [ID!]!) { a: people(ids: $ids) { id } b: people(ids: $last) { id } }',
      variables: { ids: Array.from({ length: 500 }, () => CANARY), last: [CANARY] },
    },
  ],
  [
    'a page of 99,999,999',
    'TOO_COMPLEX',
    { query: '{ releases(from: "2026-01-01", to: "2026-02-01", first: 99999999) { edges { cursor } } }' },
  ],
  [
    'a batch of 10',
    'BAD_USER_INPUT',
    { body: JSON.stringify(Array.from({ length: 10 }, () => ({ query: '{ __typename }' }))) },
  ],
  ['an identifier of 200 kB', 'BAD_IDENTIFIER', person(`${CANARY}${'9'.repeat(200_000)}`)],
  [
    'an id of 200 kB',
    'BAD_IDENTIFIER',
    { query: 'query ($id: ID!) { person(id: $id) { id } }', variables: { id: CANARY.repeat(20_000) } },
  ],
  [
    'a string of 900 kB in the document',
    'BAD_USER_INPUT',
    { query: `{ person(id: "${CANARY.repeat(90_000)}") { id } }` },
  ],
  ['variables of 900 kB', 'BAD_USER_INPUT', person(CANARY.repeat(90_000))],
  [
    'variables 100,000 lists deep',
    'BAD_USER_INPUT',
    {
      body: `{"query":"query ($ids: [ID!]!) { people(ids: $ids) { id } }","variables":{"ids":${'['.repeat(100_000)}"${CANARY}"${']'.repeat(100_000)}}}`,
    },
  ],
];

export const BODIES: readonly Case[] = [
  ['gzip', 'BAD_USER_INPUT', { body: gzipSync('{"query":"{ __typename }"}'), headers: { 'content-encoding': 'gzip' } }],
  [
    'a gzip bomb',
    'BAD_USER_INPUT',
    { body: gzipSync(Buffer.alloc(20_000_000)), headers: { 'content-encoding': 'gzip' } },
  ],
  ['UTF-16', 'BAD_USER_INPUT', { body: Buffer.from('{"query":"{ __typename }"}', 'utf16le') }],
  [
    'a charset that nobody has heard of',
    'BAD_USER_INPUT',
    { headers: { 'content-type': `application/json; charset=${CANARY}` } },
  ],
  ['UTF-7', 'BAD_USER_INPUT', { headers: { 'content-type': 'application/json; charset=utf-7' } }],
  [
    'bytes that are no UTF-8',
    'BAD_USER_INPUT',
    {
      body: Buffer.concat([
        Buffer.from('{"query":"{ __typename } #'),
        Buffer.from([0xff, 0xfe, 0xc0]),
        Buffer.from('"}'),
      ]),
    },
  ],
  ['JSON that breaks off', 'BAD_USER_INPUT', { body: `{"query":"{ __typename }","variables":{"a":"${CANARY}` }],
  ['a number', 'BAD_USER_INPUT', { body: '1e400' }],
  ['null', 'BAD_USER_INPUT', { body: 'null' }],
  ['a query that is an object', 'BAD_USER_INPUT', { body: `{"query":{"$gt":"${CANARY}"}}` }],
  ['variables that are a string', 'BAD_USER_INPUT', { body: `{"query":"{ __typename }","variables":"${CANARY}"}` }],
  ['extensions that are a list', 'BAD_USER_INPUT', { body: '{"query":"{ __typename }","extensions":[]}' }],
  [
    'an operation name that breaks lines',
    'BAD_USER_INPUT',
    { body: JSON.stringify({ query: '{ __typename }', operationName: `a\r\n${CANARY}: 1` }) },
  ],
  ['a query in the prototype', 'BAD_USER_INPUT', { body: '{"__proto__":{"query":"{ __typename }"}}' }],
  ['a text that is no GraphQL', 'GRAPHQL_PARSE_FAILED', { query: `{ person(id: "${CANARY}) { id } }` }],
  [
    'a persisted query with another text',
    'BAD_USER_INPUT',
    {
      body: JSON.stringify({
        query: '{ __typename }',
        extensions: { persistedQuery: { version: 1, sha256Hash: CANARY } },
      }),
    },
  ],
];

export const VALUES: readonly Case[] = [
  ...[
    `' OR 1=1 -- ${CANARY}`,
    `X000000'; drop table record.link; -- ${CANARY}`,
    `{"$gt":"${CANARY}"}`,
    `*)(uid=${CANARY}`,
    `../../etc/${CANARY}`,
    `http://${CANARY}@127.0.0.1/`,
    `X000000\r\nx-${CANARY}: 1`,
    `=cmd|'/c ${CANARY}'!A1`,
    `<script>${CANARY}</script>`,
    `X000000\u0000${CANARY}`,
    `X00000\ud800${CANARY}`,
    `\u202eX000000${CANARY}`,
    `\u0425000000${CANARY}`,
    `X000000\u200b${CANARY}`,
    `X\uff10\uff10\uff10\uff10\uff10\uff10`,
    ' X000000',
    'X000000\n',
    'x000000',
    '',
    `e${'\u0301'.repeat(10_000)}${CANARY}`,
  ].map((value): Case => [`the identifier ${JSON.stringify(value).slice(0, 40)}`, 'BAD_IDENTIFIER', person(value)]),
  [
    'a type of identifier that does not exist',
    'BAD_IDENTIFIER',
    { query: '{ person(identifier: {type: "QZX_CANARY", value: "X000000"}) { id } }' },
  ],
  [
    'a type of identifier that is an enum',
    'GRAPHQL_VALIDATION_FAILED',
    { query: `{ person(identifier: {type: ${CANARY}, value: "X000000"}) { id } }` },
  ],
  [
    'a type of identifier that is no name',
    'GRAPHQL_VALIDATION_FAILED',
    { query: `{ person(identifier: {type: "${CANARY} or 1", value: "X000000"}) { id } }` },
  ],
  [
    'an identifier that is a number',
    'GRAPHQL_VALIDATION_FAILED',
    { query: '{ person(identifier: {type: "CRN", value: 9434765919}) { id } }' },
  ],
  ['a variable that is an object', 'BAD_USER_INPUT', { ...person(''), variables: { value: { $ne: CANARY } } }],
  ['a variable that is missing', 'BAD_USER_INPUT', { ...person(''), variables: {} }],
  [
    'a variable that is in the prototype only',
    'BAD_USER_INPUT',
    { body: JSON.stringify(person('')).replace('{"value":""}', `{"__proto__":{"value":"${CANARY}"}}`) },
  ],
  [
    'an unknown field of an input',
    'BAD_USER_INPUT',
    {
      query: 'query ($i: IdentifierInput!) { person(identifier: $i) { id } }',
      variables: { i: { type: 'CRN', value: 'X000000', [CANARY]: true } },
    },
  ],
  [
    'an input with a prototype',
    'BAD_USER_INPUT',
    {
      body: `{"query":"query ($i: IdentifierInput!) { person(identifier: $i) { id } }","variables":{"i":{"type":"CRN","value":"X000000","__proto__":{"polluted":"${CANARY}"}}}}`,
    },
  ],
  [
    'a number beyond 2^53 in the document',
    'GRAPHQL_VALIDATION_FAILED',
    { query: '{ releases(from: "2026-01-01", to: "2026-02-01", first: 9007199254740993) { edges { cursor } } }' },
  ],
  [
    'a number beyond all as a variable',
    'BAD_USER_INPUT',
    {
      body: '{"query":"query ($n: Int) { releases(from: \\"2026-01-01\\", to: \\"2026-02-01\\", first: $n) { edges { cursor } } }","variables":{"n":1e400}}',
    },
  ],
  [
    'a page of nobody',
    'BAD_USER_INPUT',
    { query: '{ releases(from: "2026-01-01", to: "2026-02-01", first: 0) { edges { cursor } } }' },
  ],
  [
    'a page of fewer than nobody',
    'BAD_USER_INPUT',
    { query: '{ releases(from: "2026-01-01", to: "2026-02-01", first: -1) { edges { cursor } } }' },
  ],
  [
    '30 February',
    'GRAPHQL_VALIDATION_FAILED',
    { query: '{ releases(from: "2026-02-30", to: "2026-03-01") { edges { cursor } } }' },
  ],
  [
    'a span from the first day to the last',
    'BAD_USER_INPUT',
    { query: '{ releases(from: "0001-01-01", to: "9999-12-31") { edges { cursor } } }' },
  ],
  [
    'a cursor of one’s own making',
    'BAD_USER_INPUT',
    { query: `{ releases(from: "2026-01-01", to: "2026-02-01", after: "${CANARY}") { edges { cursor } } }` },
  ],
  [
    'a cursor that names a day',
    'BAD_USER_INPUT',
    {
      query: `{ releases(from: "2026-01-01", to: "2026-02-01", after: "${Buffer.from(`${'x'.repeat(16)}2026-01-01 ${CANARY}`).toString('base64url')}") { edges { cursor } } }`,
    },
  ],
  [
    'id and identifier at once',
    'BAD_USER_INPUT',
    { query: `{ person(id: "${CANARY}", identifier: {type: "CRN", value: "X000000"}) { id } }` },
  ],
  [
    'one malformed id among good ones',
    'BAD_IDENTIFIER',
    { query: `{ people(ids: ["${'x'.repeat(22)}", "${CANARY}"]) { id } }` },
  ],
  [
    'introspection beside a person',
    'BAD_USER_INPUT',
    { query: `{ __schema { queryType { name } } person(id: "${CANARY}") { id } }` },
  ],
];

export const HEADERS: readonly Case[] = [
  ['a token that is none', 'UNAUTHENTICATED', { headers: { authorization: `Bearer ${CANARY}` } }],
  ['two tokens in one header', 'UNAUTHENTICATED', { headers: { authorization: `Bearer ${CANARY}, Bearer ${CANARY}` } }],
  [
    'a purpose that is a statement',
    'PURPOSE_NOT_ALLOWED',
    { headers: { 'purpose-of-use': `RELEASE_PLANNING'; drop table ${CANARY}` } },
  ],
  ['two purposes', 'PURPOSE_NOT_ALLOWED', { headers: { 'purpose-of-use': 'RELEASE_PLANNING, DA_CHECK' } }],
  ['the purpose __proto__', 'PURPOSE_NOT_ALLOWED', { headers: { 'purpose-of-use': '__proto__' } }],
];
