import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AUDIENCE, startIssuer, type TestIssuer } from '../identity/issuer.ts';
import { population, type Stack, startStack } from '../stack/stack.ts';
import { type GatewayProcess, startGatewayProcess } from './gateway-process.ts';

/** One for every part of a request that a caller controls. The log may hold none of them. */
const CANARY = {
  operation: 'Q1operation',
  alias: 'Q2alias',
  variable: 'Q3variable',
  fragment: 'Q4fragment',
  comment: 'Q5comment',
  /** Well-formed numbers that nobody has. */
  crn: 'Q676767',
  pnc: '1979/7654321Q',
  id: 'Q7id7777777777777777-_',
  malformed: 'Q8malformed',
  header: 'Q9header',
  token: 'Q10token',
  body: 'Q11body',
  cursor: 'Q12cursor',
} as const;

const trait = (name: 'allowed' | 'unrelated' | 'restricted') => population().traits()[name][0]?.identifiers ?? {};

let stack: Stack;
let bearer: string;
/** Issues the tokens that the demonstration's provider would not. */
let issuer: TestIssuer;
let elsewhere: GatewayProcess;

beforeAll(async () => {
  stack = await startStack();
  bearer = await stack.token('probation-practitioner');
  issuer = await startIssuer();
  elsewhere = await startGatewayProcess(stack.config, { OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: AUDIENCE });
});

afterAll(async () => {
  await elsewhere?.stop();
  await issuer?.close();
  await stack?.close();
});

interface Attempt {
  readonly query?: string;
  readonly variables?: unknown;
  readonly body?: string;
  /** Null leaves a header out. */
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** Sends canaries in whatever the attempt leaves free, and returns what was answered and what was written down. */
async function attempt({ query = '{ __typename }', variables, body, headers }: Attempt, url = stack.url) {
  const all: Record<string, string | null> = {
    'content-type': 'application/json',
    authorization: `Bearer ${bearer}`,
    'purpose-of-use': 'RELEASE_PLANNING',
    'user-agent': CANARY.header,
    'x-request-id': CANARY.header,
    traceparent: CANARY.header,
    'x-forwarded-for': CANARY.header,
    'apollographql-client-name': CANARY.header,
    cookie: `session=${CANARY.header}`,
    ...headers,
  };
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: Object.entries(all).filter((header): header is [string, string] => header[1] !== null),
    body: body ?? JSON.stringify({ query, variables, [CANARY.body]: CANARY.body, extensions: { note: CANARY.body } }),
  });
  const answer = (await response.json()) as { data?: unknown; errors?: { extensions: { code: string } }[] };
  const entries = await stack.entries(String(response.headers.get('x-request-id')));
  return { status: response.status, answer, entries };
}

const named = (selection: string) =>
  `query ${CANARY.operation}($v: String = "${CANARY.variable}") { ${CANARY.alias}: ${selection} __typename @skip(if: false) ...${CANARY.fragment} } fragment ${CANARY.fragment} on Query { echo: __typename } # ${CANARY.comment}`;
/** As `named`, with the variable used. */
const person = (argument: string, selection = 'id') =>
  named(`person(${argument}) { ${selection} }`).replace('($v: String = "Q3variable")', '');
const crn = (value: unknown) => `identifier: {type: "CRN", value: "${value}"}`;

const NOBODY = {
  practitioner: null,
  name: null,
  subject: null,
  issuer: null,
  role: null,
  partner: null,
  client: null,
  tokenId: null,
};
const PRACTITIONER = {
  practitioner: 'PRO-0001',
  name: expect.any(String),
  subject: expect.any(String),
  issuer: expect.stringMatching(/^http/),
  role: 'probation-practitioner',
  partner: 'probation-service',
  client: expect.any(String),
  tokenId: expect.any(String),
};

type Row = readonly [
  name: string,
  attempt: () => Attempt,
  status: number,
  code: string,
  known?: { readonly actor?: object; readonly purpose?: string | null; readonly people?: number },
];

const REFUSALS: readonly Row[] = [
  ['no token', () => ({ headers: { authorization: null } }), 401, 'UNAUTHENTICATED', { actor: NOBODY, purpose: null }],
  [
    'a bad token',
    () => ({ headers: { authorization: `Bearer ${CANARY.token}.${CANARY.token}.${CANARY.token}` } }),
    401,
    'UNAUTHENTICATED',
    { actor: NOBODY, purpose: null },
  ],
  [
    'a token whose signature is not of its content',
    () => ({ headers: { authorization: `Bearer ${tampered(bearer)}` } }),
    401,
    'UNAUTHENTICATED',
    { actor: NOBODY, purpose: null },
  ],
  ['no purpose', () => ({ headers: { 'purpose-of-use': null } }), 403, 'PURPOSE_REQUIRED', { purpose: null }],
  [
    'a purpose of others',
    () => ({ headers: { 'purpose-of-use': 'STATISTICS' } }),
    403,
    'PURPOSE_NOT_ALLOWED',
    { purpose: 'STATISTICS' },
  ],
  [
    'a purpose that does not exist',
    () => ({ headers: { 'purpose-of-use': CANARY.header } }),
    403,
    'PURPOSE_NOT_ALLOWED',
    { purpose: null },
  ],
  ['a body that breaks off', () => ({ body: `{"query":"${CANARY.body}` }), 400, 'BAD_USER_INPUT'],
  ['a batch', () => ({ body: `[{"query":"{ ${CANARY.alias}: __typename }"}]` }), 400, 'BAD_USER_INPUT'],
  [
    'another content type',
    () => ({ headers: { 'content-type': `text/plain; x=${CANARY.header}` } }),
    415,
    'BAD_USER_INPUT',
  ],
  ['a body too large', () => ({ body: CANARY.body.repeat(50_000) }), 413, 'BAD_USER_INPUT'],
  [
    'an operation that is not there',
    () => ({ body: JSON.stringify({ query: '{ __typename }', operationName: CANARY.operation }) }),
    400,
    'BAD_USER_INPUT',
  ],
  ['no GraphQL', () => ({ query: `{ person(id: "${CANARY.id}" { id } }` }), 400, 'GRAPHQL_PARSE_FAILED'],
  [
    'a field that is not there',
    () => ({ query: named(`${CANARY.malformed} { id }`) }),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a variable of the wrong type',
    () => ({
      query: 'query ($ids: [ID!]!) { people(ids: $ids) { id } }',
      variables: { ids: [{ [CANARY.variable]: CANARY.variable }] },
    }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'too many aliases',
    () => ({
      query: `query ${CANARY.operation} { ${Array.from({ length: 61 }, (_, n) => `${CANARY.alias}${n}: __typename`).join(' ')} }`,
    }),
    400,
    'TOO_COMPLEX',
  ],
  ['a malformed identifier', () => ({ query: person(crn(CANARY.malformed)) }), 400, 'BAD_IDENTIFIER'],
  [
    'a type of identifier that the role may not use',
    () => ({ query: person(`identifier: {type: "NINO", value: "${CANARY.malformed}"}`) }),
    400,
    'BAD_IDENTIFIER',
  ],
  ['a malformed id', () => ({ query: person(`id: "${CANARY.malformed}"`) }), 400, 'BAD_IDENTIFIER'],
  [
    'a cursor that was made up',
    () => ({
      query: `{ releases(from: "2026-01-01", to: "2026-01-31", after: "${CANARY.cursor}") { edges { cursor } } }`,
    }),
    400,
    'BAD_USER_INPUT',
  ],
  [
    'less than everything, refused',
    () => ({
      query: person(crn(trait('allowed')['CRN']), 'custody { releaseDate } policing { markers { code } }'),
      headers: { prefer: `withheld=refuse, ${CANARY.header}` },
    }),
    403,
    'WITHHELD_REFUSED',
    { people: 1 },
  ],
  [
    'a list one of whose ids is malformed',
    () => ({ query: `{ people(ids: ["${CANARY.id}", "${CANARY.malformed}"]) { id } }` }),
    400,
    'BAD_IDENTIFIER',
  ],
  [
    'a mutation that there is not',
    () => ({ query: `mutation ${CANARY.operation} { person(id: "${CANARY.id}") { id } }` }),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'an answer in parts',
    () => ({ query: `{ person(${crn(CANARY.crn)}) { id ... @defer { custody { status } } } }` }),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'a query that is not sent but named by its hash',
    () => ({
      body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } }),
    }),
    400,
    'BAD_USER_INPUT',
  ],
  ['a subscription', () => ({ query: `subscription { person(${crn(CANARY.crn)}) { id } }` }), 400, 'BAD_USER_INPUT'],
];

describe('AUDIT-02', () => {
  const refusals = REFUSALS.map(([name, make, status, code, known = {}]) => ({ name, make, status, code, known }));

  test.each(refusals)('$name leaves its entry', async ({ make, status, code, known }) => {
    const { people = 0, actor = PRACTITIONER, purpose = 'RELEASE_PLANNING' } = known;
    const { entries, answer, ...told } = await attempt(make());
    expect(told.status).toBe(status);
    expect(new Set(answer.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set([code]));
    expect(entries).toHaveLength(1 + people);
    expect(entries[0]).toMatchObject({
      v: 2,
      kind: 'refusal',
      processing: 'consultation',
      trace: null,
      outcome: code,
      status,
      actor,
      purpose,
      policy: expect.stringMatching(/^[0-9a-f]{64}$/),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      sources: [],
      counts: { subjects: people, shown: 0 },
    });
    for (const entry of entries.slice(1)) {
      expect(entry).toMatchObject({ kind: 'refusal', outcome: 'nothing-to-show', actor, released: [], agreements: [] });
    }
  });

  test.each([
    ['nobody', () => crn(CANARY.crn), 'UNKNOWN'],
    ['nobody, by another number', () => `identifier: {type: "PNC_ID", value: "${CANARY.pnc}"}`, 'UNKNOWN'],
    ['nobody, by an id', () => `id: "${CANARY.id}"`, 'UNKNOWN'],
    ['somebody unrelated', () => crn(trait('unrelated')['CRN']), 'NONE'],
    ['somebody restricted', () => crn(trait('restricted')['CRN']), 'RESTRICTED'],
  ])('asking for %s leaves an entry of the attempt, with the true reason', async (_, argument, reason) => {
    const { status, entries, answer } = await attempt({ query: person(argument(), 'custody { status }') });
    expect([status, answer.errors]).toEqual([200, undefined]);
    expect(entries).toMatchObject([
      { kind: 'request', outcome: 'answered', counts: { subjects: 1, shown: 0 }, sources: [], actor: PRACTITIONER },
      {
        kind: 'refusal',
        outcome: 'nothing-to-show',
        released: [],
        withheld: [],
        actor: PRACTITIONER,
        subject: { ref: expect.stringMatching(/^[\w-]{43}$/), epoch: 1 },
      },
    ]);
    const { reasons } = entries[1] as { reasons: { gate: string; code: string; outcome: string }[] };
    // Break-glass is looked at too, and there is none.
    const refusing = reasons.filter(({ gate, outcome }) => outcome === 'refuse' && gate !== 'break-glass');
    expect(refusing.map(({ code }) => code)).toEqual([reason]);
  });

  test.each([
    [
      'a genuine token without a practitioner',
      { practitioner: undefined },
      403,
      'PRACTITIONER_REQUIRED',
      { ...NOBODY, client: 'client-91bc', partner: 'partner-c04d', tokenId: 'token-id-5d2e' },
    ],
    [
      'a genuine token with two roles',
      { role: ['probation-practitioner', 'ig-lead'] },
      403,
      'ROLE_REQUIRED',
      { ...NOBODY, client: 'client-91bc', partner: 'partner-c04d', tokenId: 'token-id-5d2e' },
    ],
    [
      'a role that the partner does not have',
      { role: 'work-coach', partner: 'probation-service' },
      403,
      'ROLE_REQUIRED',
      { practitioner: 'practitioner-33e1', role: 'work-coach', partner: 'probation-service' },
      'RELEASE_PLANNING',
    ],
    [
      'a partner that takes no part',
      { role: 'probation-practitioner' },
      403,
      'ROLE_REQUIRED',
      { practitioner: 'practitioner-33e1', partner: 'partner-c04d' },
      'RELEASE_PLANNING',
    ],
    [
      'a token that has expired',
      { iat: 1_700_000_000, exp: 1_700_000_600 },
      401,
      'UNAUTHENTICATED',
      { ...NOBODY, client: 'client-91bc', partner: 'partner-c04d', tokenId: 'token-id-5d2e' },
    ],
    [
      'a token for somebody else',
      { aud: 'https://other.example' },
      401,
      'UNAUTHENTICATED',
      { ...NOBODY, client: 'client-91bc', partner: 'partner-c04d', tokenId: 'token-id-5d2e' },
    ],
  ])('%s leaves what its issuer vouches for', async (_, claims, status, code, actor, purpose: string | null = null) => {
    const token = issuer.token({ ...claims, [CANARY.token]: CANARY.token });
    const { entries, ...told } = await attempt({ headers: { authorization: `Bearer ${token}` } }, elsewhere.url);
    expect(told.status).toBe(status);
    expect(entries).toMatchObject([{ kind: 'refusal', outcome: code, status, purpose, actor }]);
  });

  test('the same question again is another operation, with entries of its own: nothing is answered from memory', async () => {
    const query = person(crn(trait('allowed')['CRN']), 'custody { status }');
    const all = [await attempt({ query }), await attempt({ query }), await attempt({ query })];
    expect(all.map(({ entries }) => entries.map(({ kind }) => kind))).toEqual(all.map(() => ['request', 'disclosure']));
    expect(new Set(all.flatMap(({ entries }) => entries.map(({ id }) => id))).size).toBe(6);
  });

  test('introspection and an empty question are operations like any other', async () => {
    for (const query of ['{ __typename }', '{ __schema { queryType { name } } }']) {
      const { entries } = await attempt({ query });
      expect(entries).toMatchObject([{ kind: 'request', outcome: 'answered', counts: { subjects: 0 }, sources: [] }]);
    }
  });

  test('nothing that a caller sent is in the log, in the clear or as a plain digest', async () => {
    const allowed = trait('allowed')['CRN'];
    await attempt({ query: person(crn(allowed), 'identity { name }') });
    const rows = await stack.sql<{ text: string }>(
      `select concat_ws(' ', convert_from(body, 'UTF8'), kind, partner, practitioner, subject, request_id) as text
       from audit.entry`,
    );
    expect(rows.length).toBeGreaterThan(REFUSALS.length + 10);
    const log = rows.map(({ text }) => text).join('\n');
    const sent = [...Object.values(CANARY), bearer, bearer.split('.')[2] ?? '', String(allowed)];
    const digests = sent.flatMap((text) =>
      [text, `CRN${text}`, `CRN\0${text}`, `identifier\0CRN\0${text}`].flatMap((input) => {
        const hash = createHash('sha256').update(input);
        const digest = hash.digest();
        return [digest.toString('hex'), digest.toString('base64'), digest.toString('base64url')];
      }),
    );
    const encoded = sent.map((text) => Buffer.from(text).toString('base64url'));
    expect([...sent, ...digests, ...encoded].filter((text) => log.includes(text))).toEqual([]);
  });

  test('two operations that differ in what was written into them alone have one fingerprint', async () => {
    const hashes = [];
    for (const [alias, value] of [
      ['a', '1'],
      ['b', '2'],
    ]) {
      const query = `query ${alias} { ${alias}: person(identifier: {type: "CRN", value: "Q00000${value}"}) { id } }`;
      const { entries } = await attempt({ query });
      hashes.push((entries[0] as { operation: { hash: string } }).operation.hash);
    }
    const other = await attempt({
      query: '{ person(identifier: {type: "CRN", value: "Q000001"}) { id sections { status } } }',
    });
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(hashes[1]).toBe(hashes[0]);
    expect((other.entries[0] as { operation: { hash: string } }).operation.hash).not.toBe(hashes[0]);
  });
});

/** The same token with another practitioner written into it. */
function tampered(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const forged = { ...claims, practitioner: CANARY.token };
  return [header, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.');
}
