import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AskOptions, type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { PURPOSES, partnersOf, ROLES, roleOf, verdictOf } from './oracle/policy.ts';
import { SECTIONS } from './oracle/record.ts';
import { lookup, type Subject, subjects } from './oracle/subject.ts';
import { askedFor, wireOf } from './oracle/wire.ts';

const people = population();
const HOUSING = { persona: 'housing-officer', partner: 'northmere-housing', purpose: 'HOUSING_REFERRAL' } as const;
const PROBATION = {
  persona: 'probation-practitioner',
  partner: 'probation-service',
  purpose: 'RELEASE_PLANNING',
} as const;

let stack: Stack;
const [someone] = subjects(people, 'allowed') as [Subject];
const [stranger] = subjects(people, 'unrelated') as [Subject];
const who = (subject: Subject) => lookup(subject, roleOf(HOUSING.persona), HOUSING.partner);
const held = (holder: string, section: string, subject = someone) => subject.held(holder, section, new Date()) ?? {};

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.close());

/** Everything that went out for one request: `holder section.field`, sorted. */
function asked(answer: GraphQLAnswer): string[] {
  return wireOf(stack, answer)
    .flatMap((call) => askedFor(call).map((path) => `${call.holder} ${path}`))
    .sort();
}

interface Attack {
  readonly name: string;
  readonly query: string;
  readonly options?: AskOptions;
  /** The whole of `data`. A housing officer may see `riskToStaff`, and neither `mappaLevel` nor anything of `policing`. */
  readonly data: () => unknown;
  /** All that may be on the wire. */
  readonly wire?: readonly string[];
}

const staff = () => held('probation-service', 'risk')['riskToStaff'];
const RISK = ['probation-service risk.asOf', 'probation-service risk.riskToStaff'];

const ATTACKS: readonly Attack[] = [
  {
    name: 'an alias of a denied field',
    query: `{ person(${who(someone)}) { risk { riskToStaff: mappaLevel } } }`,
    data: () => ({ person: { risk: null } }),
  },
  {
    name: 'an alias that bears the name of a permitted field, beside that field under another name',
    query: `{ person(${who(someone)}) { risk { riskToStaff: mappaLevel overall: riskToStaff } } }`,
    data: () => ({ person: { risk: { riskToStaff: null, overall: staff() } } }),
    wire: RISK,
  },
  {
    name: 'an alias of a denied section',
    query: `{ person(${who(someone)}) { custody: policing { holder domesticAbuse { level } } } }`,
    data: () => ({ person: { custody: null } }),
  },
  {
    name: 'a named fragment',
    query: `{ person(${who(someone)}) { ...P } } fragment P on Person { risk { ...R } } fragment R on Risk { mappaLevel riskToStaff }`,
    data: () => ({ person: { risk: { mappaLevel: null, riskToStaff: staff() } } }),
    wire: RISK,
  },
  {
    name: 'inline fragments, with and without a type',
    query: `{ person(${who(someone)}) { ... { ... on Person { risk { ... on Risk { ... { mappaLevel } } riskToStaff } } } } }`,
    data: () => ({ person: { risk: { mappaLevel: null, riskToStaff: staff() } } }),
    wire: RISK,
  },
  {
    name: 'fragments nested in fragments on the root',
    query: `{ ...A } fragment A on Query { ... on Query { ...B } } fragment B on Query { person(${who(someone)}) { ...C } }
      fragment C on Person { policing { ...D } risk { riskToStaff } } fragment D on Policing { markers { code } }`,
    data: () => ({ person: { policing: null, risk: { riskToStaff: staff() } } }),
    wire: RISK,
  },
  {
    name: '@include and @skip by literal',
    query: `{ person(${who(someone)}) { risk { mappaLevel @include(if: true) @skip(if: false) toStaff @include(if: false) riskToStaff } } }`,
    data: () => ({ person: { risk: { mappaLevel: null, riskToStaff: staff() } } }),
    wire: RISK,
  },
  {
    name: '@include and @skip by variable and by default value',
    query: `query ($yes: Boolean!, $no: Boolean = false) { person(${who(someone)}) {
      risk { mappaLevel @include(if: $yes) riskToStaff @skip(if: $no) overall @include(if: $no) } policing @skip(if: $yes) { holder } } }`,
    options: { variables: { yes: true } },
    data: () => ({ person: { risk: { mappaLevel: null, riskToStaff: staff() } } }),
    wire: RISK,
  },
  {
    name: 'a permitted section that is skipped is not asked for',
    query: `query ($no: Boolean!) { person(${who(someone)}) { id @skip(if: true) __typename risk @include(if: $no) { riskToStaff } } }`,
    options: { variables: { no: false } },
    data: () => ({ person: { __typename: 'Person' } }),
  },
  {
    name: 'one response key in two fragments, one of them permitted',
    query: `{ person(${who(someone)}) { ...A ...B } } fragment A on Person { risk { riskToStaff } } fragment B on Person { risk { mappaLevel } }`,
    data: () => ({ person: { risk: { riskToStaff: staff(), mappaLevel: null } } }),
    wire: RISK,
  },
  {
    name: 'one person under two aliases with different selections',
    query: `{ a: person(${who(someone)}) { risk { riskToStaff } } b: person(${who(someone)}) { risk { mappaLevel } policing { holder } } }`,
    data: () => ({ a: { risk: { riskToStaff: staff() } }, b: { risk: null, policing: null } }),
    wire: RISK,
  },
  {
    name: 'a permitted person beside one who is not, whose fields are not asked for anybody',
    query: `{ a: person(${who(someone)}) { risk { riskToStaff } } b: person(${who(stranger)}) { identity { name } custody { releaseDate } } }`,
    data: () => ({ a: { risk: { riskToStaff: staff() } }, b: null }),
    wire: RISK,
  },
  {
    name: 'an operation chosen by name leaves the others of its document alone',
    query: `query A { person(${who(someone)}) { risk { riskToStaff } } } query B { person(${who(someone)}) { custody { releaseDate } } }`,
    options: { operationName: 'A' },
    data: () => ({ person: { risk: { riskToStaff: staff() } } }),
    wire: RISK,
  },
  {
    name: '__typename of a denied section and of a denied list',
    query: `{ __typename person(${who(someone)}) { __typename policing { __typename } health { __typename }
      supervision { licenceConditions { __typename } checks { __typename } } risk { __typename riskToStaff } } }`,
    data: () => ({
      __typename: 'Query',
      person: {
        __typename: 'Person',
        policing: null,
        health: null,
        supervision: null,
        risk: { __typename: 'Risk', riskToStaff: staff() },
      },
    }),
    wire: RISK,
  },
  {
    name: 'a denied list beside a permitted one says nothing of how long it is',
    query: `{ person(${who(someone)}) { supervision { licenceConditions { __typename category } practitioner { team } } } }`,
    data: () => ({
      person: {
        supervision: {
          licenceConditions: null,
          practitioner: { team: (held('probation-service', 'supervision')['practitioner'] as { team: string }).team },
        },
      },
    }),
    wire: ['probation-service supervision.asOf', 'probation-service supervision.practitioner.team'],
  },
];

describe('SHARE-03 nothing in a document widens what the policy files say', () => {
  test.each(ATTACKS)('SHARE-03 $name', async ({ query, options, data, wire = [] }) => {
    const answer = await stack.ask(query, { ...HOUSING, ...options });
    expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
    expect(answer.body.data).toEqual(data());
    expect(asked(answer)).toEqual(wire);
  });

  test('SHARE-03 a list of people with different permissions: treatment shows for those whose licence demands it', async () => {
    const [bound] = subjects(people, 'treatmentCondition') as [Subject];
    const [free] = subjects(people, 'voluntaryTreatment') as [Subject];
    const role = roleOf(PROBATION.persona);
    const named = [bound, free].map(
      (subject, index) => `p${index}: person(${lookup(subject, role, PROBATION.partner)}) { id }`,
    );
    const { body } = await stack.ask(`{ ${named.join(' ')} }`, PROBATION);
    const ids = [body.data.p1.id, body.data.p0.id, body.data.p1.id];
    const answer = await stack.ask(
      'query ($ids: [ID!]!) { people(ids: $ids) { treatment { __typename engaged substances } sections { section status } } }',
      { ...PROBATION, variables: { ids } },
    );
    const unseen = { treatment: null, sections: [{ section: 'treatment', status: 'NOT_AVAILABLE' }] };
    const seen = ['northmere-treatment', 'southdale-treatment'].map((holder) => ({
      __typename: 'Treatment',
      engaged: held(holder, 'treatment', bound)['engaged'],
      substances: null,
    }));
    const told = seen.map(() => ({ section: 'treatment', status: 'AVAILABLE' }));
    expect(answer.body.data.people).toEqual([unseen, { treatment: seen, sections: told }, unseen]);
    expect(answer.body.extensions.withheld).toBeUndefined();
    expect(asked(answer)).toEqual(
      ['northmere', 'southdale'].flatMap((area) =>
        ['asOf', 'engaged'].map((field) => `${area}-treatment treatment.${field}`),
      ),
    );
    for (const call of wireOf(stack, answer)) {
      expect(call.raw).toContain(bound.numberAt(call.holder)?.value);
      expect(call.raw).not.toContain(free.numberAt(call.holder)?.value);
    }
  });

  test('SHARE-03 releases ask for no more than dates, and then for what is selected and permitted', async () => {
    const answer = await stack.ask(
      `{ releases(from: "${shifted(-240)}", to: "${shifted(60)}", first: 3) { edges { node { ...P } } } }
       fragment P on Person { risk { x: riskToStaff y: mappaLevel } policing { holder } }`,
      HOUSING,
    );
    const nodes = answer.body.data.releases.edges.map(({ node }: { node: unknown }) => node);
    expect(nodes).toHaveLength(3);
    for (const node of nodes) expect(node).toEqual({ risk: { x: expect.any(Boolean), y: null }, policing: null });
    expect(new Set(asked(answer))).toEqual(
      new Set([...RISK, 'hmpps-prisons custody.asOf', 'hmpps-prisons custody.releaseDate']),
    );
  });

  test('SHARE-03 headers that a caller invents change nothing', async () => {
    const query = `{ person(${who(someone)}) { risk { mappaLevel riskToStaff } policing { holder } } }`;
    const plain = await stack.ask(query, HOUSING);
    const dressed = await stack.ask(query, {
      ...HOUSING,
      headers: {
        'x-role': 'probation-practitioner',
        'x-partner': 'probation-service',
        'x-purpose-of-use': 'PUBLIC_PROTECTION',
        'x-forwarded-user': 'PRO-0001',
        'x-request-id': 'chosen-by-the-caller',
      },
    });
    expect(dressed.body.data).toEqual(plain.body.data);
    expect(dressed.body.extensions.withheld).toEqual(plain.body.extensions.withheld);
    expect(asked(dressed)).toEqual(asked(plain));
    expect(dressed.headers.get('x-request-id')).not.toContain('chosen');
  });
});

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
    ['a mutation', `mutation { person(${who(someone)}) { id } }`, 'BAD_USER_INPUT'],
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

describe('SHARE-03 introspection', () => {
  const views = ROLES.flatMap((role) =>
    partnersOf(role).flatMap((partner) =>
      PURPOSES.filter((purpose) => purpose in role.purposes).map((purpose) => ({
        role,
        persona: role.role,
        partner,
        purpose,
      })),
    ),
  );

  test.each(views)(
    'SHARE-03 $persona at $partner for $purpose is shown what the view can hold, and no more',
    async ({ role, persona, partner, purpose }) => {
      const answer = await stack.ask(getIntrospectionQuery(), { persona, partner, purpose });
      const schema = buildClientSchema(answer.body.data as IntrospectionQuery);
      const shown = Object.values(schema.getTypeMap()).flatMap((type) =>
        isObjectType(type) && !type.name.startsWith('__')
          ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`)
          : [],
      );
      const verdict = verdictOf(role, partner, purpose, people.anchor, () => true);
      const expected = SECTIONS.flatMap((section) => {
        const visible = [...(verdict?.sections.get(section.name)?.visible.values() ?? [])].flatMap((coordinates) => [
          ...coordinates,
        ]);
        if (visible.length === 0) return [];
        return [`Person.${section.name}`, ...(section.many ? [`${section.type}.holder`] : []), ...visible];
      });
      const envelope =
        /^(Query|ReleaseConnection|ReleaseEdge|PageInfo|Identifier|SectionStatus)\.|^Person\.(id|identifiers|sections)$/;
      expect(new Set(shown.filter((coordinate) => !envelope.test(coordinate)))).toEqual(new Set(expected));
    },
  );

  test('SHARE-03 a housing officer finds no word of policing, of MAPPA or of an assessment’s text', async () => {
    const whole = await stack.ask(getIntrospectionQuery(), HOUSING);
    expect(whole.text).not.toMatch(
      /polic(e|ing)\b|mappa|domesticAbuse|marker|licenceCondition|diagnos|"summary"|exclusionZone/i,
    );
    const one = await stack.ask(
      '{ a: __type(name: "Policing") { name } b: __type(name: "DomesticAbuseLevel") { name } c: __type(name: "Risk") { fields { name } } }',
      HOUSING,
    );
    expect(one.body.data).toEqual({
      a: null,
      b: null,
      c: {
        fields: ['overall', 'assessmentType', 'assessedOn', 'nextReviewOn', 'riskToStaff'].map((name) => ({ name })),
      },
    });
  });

  test('SHARE-03 a field outside the view is still a valid one, and answers null', async () => {
    const answer = await stack.ask(
      `{ person(${who(someone)}) { policing { domesticAbuse { level } } sections { section } } }`,
      HOUSING,
    );
    expect([answer.status, answer.body.data]).toEqual([200, { person: { policing: null, sections: [] } }]);
    expect(answer.body.extensions.withheld).toMatchObject([{ section: 'policing', reason: 'NOT_IN_VIEW' }]);
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

function shifted(days: number): string {
  return new Date(Date.parse(people.anchor) + days * 86_400_000).toISOString().slice(0, 10);
}
