import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@theguild/federation-composition';
import { buildSchema, type GraphQLObjectType, parse } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Selection } from '../../src/record/selection.ts';
import { askForAnswer } from '../../src/sources/check-request.ts';
import { type Heard, json, type Listener, listen } from './listener.ts';

const SCHEMA_DIR = join(import.meta.dirname, '../../schema');
const sdl = (file: string) => readFileSync(join(SCHEMA_DIR, file), 'utf8');

const ID = '0f6d1c1e-7a53-4a58-9f37-2b1c7b8a9d10';
const ANSWER = buildSchema(`
  scalar Date
  type Query { answer: CheckAnswer }
  type CheckAnswer { outcome: CheckOutcome! searched: [CheckSearch!]! findings: [CheckFinding!] narrative: String handling: String! }
  enum CheckOutcome { NIL INFORMATION NO_TRACE UNABLE }
  type CheckSearch { system: String! match: CheckMatch! }
  enum CheckMatch { CONFIRMED PROBABLE NONE }
  type CheckFinding { code: String! on: Date }
`).getType('CheckAnswer') as GraphQLObjectType;
const SELECTION: Selection = new Map<string, Selection | null>([
  ['outcome', null],
  [
    'searched',
    new Map<string, Selection | null>([
      ['system', null],
      ['match', null],
    ]),
  ],
  [
    'findings',
    new Map<string, Selection | null>([
      ['code', null],
      ['on', null],
    ]),
  ],
]);
const QUESTION = {
  id: ID,
  type: 'DOMESTIC_ABUSE',
  number: '2019/1234567A',
  told: { name: 'A. Person', addresses: [{ kind: 'RELEASE', line: '1 High Street', postcode: 'QS1 1AA' }] },
};
const NIL = { outcome: 'NIL', searched: [{ system: 'PNC', match: 'CONFIRMED' }], findings: null };

const replied = (answer: unknown, more: object = {}) =>
  json({ data: { _entities: [{ __typename: 'CheckRequest', id: ID, answer, ...more }] } });

async function ask(how: Listener['answer'], selection = SELECTION) {
  const listener = await listen(how, { code: 'southdale-police', source: 'police' });
  const reply = await askForAnswer(
    listener.holder,
    QUESTION,
    { type: ANSWER, selection },
    { requestId: '5b8f6a52-6f5a-4f0e-9d0f-1b6f3f3a7c11', signal: AbortSignal.timeout(5_000) },
  );
  return { reply, heard: listener.heard as readonly Heard[] };
}

test('a request is asked by its id with what may be told, and only for what may be read', async () => {
  const { reply, heard } = await ask(replied(NIL));
  expect(reply).toEqual({ state: 'ANSWERED', answer: NIL });
  expect(heard.map(({ body }) => body)).toEqual([
    {
      query:
        'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on CheckRequest { id answer { findings { code on } outcome searched { match system } } } } }',
      variables: { representations: [{ __typename: 'CheckRequest', ...QUESTION }] },
    },
  ]);
});

test.each([
  ['no answer yet', replied(null)],
  ['nothing about the request', json({ data: { _entities: [null] } })],
])('%s is no answer', async (_what, how) => {
  expect((await ask(how)).reply).toEqual({ state: 'NOT_YET' });
});

describe('SHARE-09 what is no answer to this request changes nothing', () => {
  const entities = (...list: unknown[]) => json({ data: { _entities: list } });
  const other = { __typename: 'CheckRequest', id: '11111111-7a53-4a58-9f37-2b1c7b8a9d10', answer: NIL };

  test.each<[string, Listener['answer'], string]>([
    ['another id', entities(other), 'answered about another request'],
    ['another type', replied(NIL, { __typename: 'Person' }), 'answered with what is no request'],
    ['a list', entities([other]), 'answered with what is no request'],
    ['two answers', entities(other, other), 'answered about another number of requests than asked'],
    ['none', entities(), 'answered about another number of requests than asked'],
    ['more of the request', replied(NIL, { told: QUESTION.told }), 'answered with more than was asked'],
    ['more in the answer', replied({ ...NIL, narrative: 'x' }), 'CheckAnswer has a field that was not asked for'],
    ['no `answer` at all', replied(undefined), 'CheckAnswer is not an object'],
    [
      'an outcome that there is not',
      replied({ ...NIL, outcome: 'CLEAR' }),
      'CheckAnswer.outcome is not one of CheckOutcome',
    ],
    ['no outcome', replied({ ...NIL, outcome: null }), 'CheckAnswer.outcome is null'],
    ['a search left out', replied({ outcome: 'NIL', findings: null }), 'CheckAnswer.searched is missing'],
    [
      'a date that is none',
      replied({ ...NIL, findings: [{ code: 'X', on: '2026-02-30' }] }),
      'CheckFinding.on is not a Date',
    ],
    ['a narrative of bytes', replied(7), 'CheckAnswer is not an object'],
    [
      'an error beside it',
      json({ data: { _entities: [other] }, errors: [{ message: 'no' }] }),
      'answered with an error',
    ],
    ['a status', json({}, 500), 'answered with status 500'],
  ])('%s', async (_what, how, detail) => {
    expect((await ask(how)).reply).toEqual({ state: 'UNAVAILABLE', detail });
  });

  test('a holder that is down', async () => {
    const { reply } = await ask((_heard, _response, request) => request.socket.destroy());
    expect(reply).toEqual({ state: 'UNAVAILABLE', detail: 'could not be reached' });
  });
});

test.each(['police', 'childrens'])(
  'what a responder serves composes with its source and whoever asks: %s',
  (source) => {
    const contract = sdl('check-request.graphql');
    const asker = `
    extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
    scalar Date
    type Query { asked: CheckRequest }
    type CheckRequest @key(fields: "id") { id: ID! type: CheckType! number: ID told: CheckQuestion! }
    ${contract.slice(contract.indexOf('enum CheckType'), contract.indexOf('type CheckAnswer'))}`;
    const services = [
      ['index', sdl('index.graphql')],
      ['asker', asker],
      [source, `${sdl(`sources/${source}.graphql`)}\n${contract}`],
    ].map(([name = '', text = '']) => ({ name, url: `http://${name}.example/graphql`, typeDefs: parse(text) }));
    const { errors, supergraphSdl } = composeServices(services);
    expect(errors?.map(({ message }) => message)).toBeUndefined();
    expect(supergraphSdl).toMatch(/answer: CheckAnswer @join__field\(\s*graph: \w+,?\s+requires: /);
  },
);
