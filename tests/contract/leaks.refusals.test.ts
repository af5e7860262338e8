import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AskOptions, population, type Stack, startStack } from '../stack/stack.ts';
import { HOUSING } from './callers.ts';
import { roleOf } from './oracle/policy.ts';
import { lookup, type Subject, subjects } from './oracle/subject.ts';
import { wireOf } from './oracle/wire.ts';

const people = population();
const [someone] = subjects(people, 'allowed') as [Subject];
const who = (subject: Subject) => lookup(subject, roleOf(HOUSING.persona), HOUSING.partner);

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.close());

describe('SHARE-03 requests that are refused as a whole', () => {
  const REFUSED: readonly (readonly [name: string, query: string, code: string])[] = [
    [
      'one response key for two fields',
      `{ person(${who(someone)}) { risk { x: riskToStaff ...R } } } fragment R on Risk { x: mappaLevel }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a fragment on a type that does not fit',
      `{ person(${who(someone)}) { risk { riskToStaff ... on Policing { holder } } } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'two operations and no name',
      `query A { person(${who(someone)}) { id } } query B { person(${who(someone)}) { id } }`,
      'BAD_USER_INPUT',
    ],
    [
      'introspection beside people',
      `{ __schema { queryType { name } } person(${who(someone)}) { id } }`,
      'BAD_USER_INPUT',
    ],
    ['both ways of naming a person', `{ person(id: "${'A'.repeat(22)}", ${who(someone)}) { id } }`, 'BAD_USER_INPUT'],
    [
      'a directive for answers in parts',
      `{ person(${who(someone)}) { id ... @defer { risk { riskToStaff } } } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['a mutation that there is not', `mutation { person(${who(someone)}) { id } }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['a subscription', `subscription { person(${who(someone)}) { id } }`, 'BAD_USER_INPUT'],
    [
      'the field by which holders know people',
      `{ person(${who(someone)}) { prisonNumber } }`,
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['what only partners serve', '{ _entities(representations: []) { __typename } }', 'GRAPHQL_VALIDATION_FAILED'],
  ];

  test.each(REFUSED)('SHARE-03 %s', async (_name, query, code) => {
    const answer = await stack.ask(query, HOUSING);
    expect([answer.status, answer.body.errors?.[0].extensions.code]).toEqual([400, code]);
    expect(answer.body.data).toBeUndefined();
    expect(wireOf(stack, answer)).toEqual([]);
  });

  test('SHARE-03 a batch is refused, and so is GET', async () => {
    const token = await stack.token(HOUSING.persona);
    const headers = { authorization: `Bearer ${token}`, 'purpose-of-use': HOUSING.purpose };
    const before = stack.recorder.calls.length;
    const query = `{ person(${who(someone)}) { risk { riskToStaff } } }`;
    const batch = await fetch(`${stack.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify([{ query }, { query }]),
    });
    expect(batch.status).toBe(400);
    expect(await batch.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    const get = await fetch(`${stack.url}/graphql?query=${encodeURIComponent(query)}`, { headers });
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect(stack.recorder.calls).toHaveLength(before);
  });

  test('SHARE-03 two purposes in one request are none', async () => {
    const answer = await stack.ask(`{ person(${who(someone)}) { id } }`, {
      ...HOUSING,
      purpose: 'RELEASE_PLANNING, HOUSING_REFERRAL',
    });
    expect([answer.status, answer.body.errors[0].extensions.code]).toEqual([403, 'PURPOSE_NOT_ALLOWED']);
  });
});

describe('SHARE-03 what a refusal says', () => {
  const CANARY = 'canary7f3a';
  const number = `identifier: {type: "PRISON_NUMBER", value: "${CANARY}"}`;

  test.each<readonly [string, string, AskOptions]>([
    ['a malformed identifier', `{ person(${number}) { id } }`, {}],
    [
      'an identifier type that does not exist',
      `{ person(identifier: {type: "${CANARY.toUpperCase()}", value: "x"}) { id } }`,
      {},
    ],
    ['an identifier type that is no name', `{ person(identifier: {type: "${CANARY}", value: "x"}) { id } }`, {}],
    ['a malformed id', `{ person(id: "${CANARY}") { id } }`, {}],
    ['a literal of the wrong kind', `{ person(identifier: "${CANARY}") { id } }`, {}],
    ['an enum in the place of a text', `{ people(ids: [${CANARY}]) { id } }`, {}],
    ['a day that is none', `{ releases(from: "${CANARY}", to: "2026-01-01") { pageInfo { hasNextPage } } }`, {}],
    [
      'a number that is none',
      `{ releases(from: "2026-01-01", to: "2026-01-02", first: "${CANARY}") { pageInfo { hasNextPage } } }`,
      {},
    ],
    [
      'a cursor',
      `{ releases(from: "2026-01-01", to: "2026-01-02", after: "${CANARY}") { pageInfo { hasNextPage } } }`,
      {},
    ],
    [
      'a variable of the wrong type',
      'query ($i: IdentifierInput!) { person(identifier: $i) { id } }',
      { variables: { i: CANARY } },
    ],
    [
      'a field that an input does not have',
      'query ($i: IdentifierInput!) { person(identifier: $i) { id } }',
      { variables: { i: { type: 'CRN', value: 'x', [CANARY]: 1 } } },
    ],
    [
      'a list with a wrong element',
      'query ($ids: [ID!]!) { people(ids: $ids) { id } }',
      { variables: { ids: [{ [CANARY]: CANARY }] } },
    ],
    ['text that is not GraphQL', `{ person(${number}) { id "${CANARY}" } }`, {}],
    ['an unfinished text', `{ person(id: "${CANARY}`, {}],
    ['an operation name', '{ __typename }', { operationName: CANARY }],
    ['a purpose', '{ __typename }', { purpose: CANARY }],
    ['a token', '{ __typename }', { token: CANARY }],
  ])('SHARE-03 %s is refused without being repeated, to the caller or to the log', async (_name, query, options) => {
    const answer = await stack.ask(query, { ...HOUSING, ...options });
    expect([400, 401, 403]).toContain(answer.status);
    expect(answer.text.toLowerCase()).not.toContain(CANARY);
    expect(stack.logged.join('').toLowerCase()).not.toContain(CANARY);
    const entries = await stack.entries(String(answer.headers.get('x-request-id')));
    expect(entries).toHaveLength(1);
    expect(JSON.stringify(entries).toLowerCase()).not.toContain(CANARY);
    expect(wireOf(stack, answer)).toEqual([]);
  });

  test.each([
    ['{ persn(id: "x") { id } }', 'person'],
    ['{ person(idd: "x") { id } }', 'id:'],
    ['{ person(id: "x") { custdy { releaseDate } } }', 'custody'],
    ['{ person(id: "x") { custody { releaseDat } } }', 'releaseDate'],
    ['{ person(id: "x") { ... on Custdy { releaseDate } } }', 'Custody'],
    ['{ person(id: "x") @includ(if: true) { id } }', '@include'],
    ['query ($x: IdentifierInputt) { person(identifier: $x) { id } }', 'IdentifierInput"'],
    ['query ($i: IdentifierInput = {typ: "CRN", value: "x"}) { person(identifier: $i) { id } }', 'type'],
  ])('SHARE-03 %s gets no hint', async (query, neighbour) => {
    const answer = await stack.ask(query, HOUSING);
    const { message } = answer.body.errors[0];
    expect([answer.status, message]).toEqual([400, expect.not.stringMatching(/did you mean/i)]);
    expect(
      message.replace(/on type "\w+"|of type "\w+"|on field "[\w.]+"/g, '').replace('does not fit its type', ''),
    ).not.toContain(neighbour);
  });
});
