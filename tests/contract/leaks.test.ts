import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../src/record/day.ts';
import { type AskOptions, type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { HOUSING, PROBATION } from './callers.ts';
import { roleOf } from './oracle/policy.ts';
import { lookup, type Subject, subjects } from './oracle/subject.ts';
import { askedFor, wireOf } from './oracle/wire.ts';

const people = population();

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

function shifted(days: number): string {
  return addDays(people.anchor, days);
}
