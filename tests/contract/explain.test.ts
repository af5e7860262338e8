import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AskOptions, type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { askAs, type Caller, HOUSING, PRISON, PROBATION, visible } from './callers.ts';
import { type Subject, subjects } from './oracle/subject.ts';
import { wireOf } from './oracle/wire.ts';

const people = population();
const first = (trait: Parameters<typeof subjects>[1]) => subjects(people, trait)[0] as Subject;
const EXPLAIN = { headers: { prefer: 'explain' } };

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});

afterAll(() => stack.close());

const explain = (subject: Subject, selection: string, caller: Caller = PROBATION) =>
  askAs(stack, { ...caller, ...EXPLAIN }, subject, selection);
const gatesOf = (entry: Record<string, unknown> = {}) =>
  (entry['reasons'] as { gate: string }[]).map(({ gate }) => gate);
const applied = ({ headers }: GraphQLAnswer) => headers.get('preference-applied');

describe('SHARE-02 Prefer: explain', () => {
  test('says what would be shown and what not, shows nothing and asks nobody', async () => {
    const selection =
      'id sections { status } custody { releaseDate establishment } housing: accommodation { address { town } }';
    const answer = await explain(first('allowed'), selection);
    const ordinary = await askAs(stack, PROBATION, first('allowed'), selection);
    expect([answer.status, applied(answer)]).toEqual([200, 'explain']);
    expect(answer.body.data).toEqual({ person: null });
    expect(Object.keys(answer.body.extensions).sort()).toEqual(['explain', 'requestId']);
    const { released, withheld } = answer.body.extensions.explain;
    expect(released).toContainEqual({
      section: 'custody',
      holder: 'hmpps-prisons',
      fields: ['Custody.establishment', 'Custody.releaseDate'],
      paths: [['person']],
    });
    expect(withheld).toEqual(ordinary.body.extensions.withheld ?? []);
    expect(wireOf(stack, answer)).toEqual([]);
    expect(wireOf(stack, ordinary)).not.toEqual([]);
  });

  test('what it says would be shown is what an ordinary answer of the same operation shows', async () => {
    const selection = 'custody { releaseDate } identity { name } risk { overall } employment { advance }';
    const [explained, ordinary] = [
      await explain(first('allowed'), selection),
      await askAs(stack, PROBATION, first('allowed'), selection),
    ];
    const entry = (await stack.entries(ordinary.body.extensions.requestId)).find(({ kind }) => kind === 'disclosure');
    const promised = explained.body.extensions.explain.released.flatMap(
      ({ holder, fields }: { holder: string; fields: string[] }) => fields.map((field) => `${holder}|${field}`),
    );
    expect(promised.sort()).toEqual(entry?.['released']);
    expect(explained.body.extensions.explain.withheld).toEqual(ordinary.body.extensions.withheld ?? []);
  });

  test('a field that waits for a permission has its public code, and the entry the true reason', async () => {
    const selection = 'accommodation { holder agreedToReferOn firstNightType }';
    const groups = { section: 'accommodation', fields: ['Accommodation.agreedToReferOn'], reason: 'NOT_SHARED' };
    const open = await explain(first('allowed'), selection, HOUSING);
    expect(open.body.extensions.explain.withheld).toEqual([]);
    expect(JSON.stringify(open.body.extensions.explain.released)).toContain('Accommodation.agreedToReferOn');
    const answer = await explain(first('permissionWithdrawn'), selection, HOUSING);
    const ordinary = await askAs(stack, HOUSING, first('permissionWithdrawn'), selection);
    expect(answer.body.extensions.explain.withheld).toMatchObject([groups]);
    expect(answer.body.extensions.explain.withheld).toEqual(ordinary.body.extensions.withheld);
    expect(JSON.stringify(answer.body.extensions.explain.released)).not.toContain('Accommodation.agreedToReferOn');
    const [, entry] = await stack.entries(answer.body.extensions.requestId);
    expect(entry?.['withheld']).toMatchObject([
      { field: 'Accommodation.agreedToReferOn', reason: { gate: 'permission', code: 'NO_PERMISSION' } },
    ]);
  });

  test('is recorded as an explanation, with every gate', async () => {
    const { body } = await explain(first('allowed'), 'custody { releaseDate } childrens { socialWorker { name } }');
    const [request, person, ...rest] = await stack.entries(body.extensions.requestId);
    expect(rest).toEqual([]);
    expect(request).toMatchObject({ kind: 'explanation', outcome: 'explained', status: 200, sources: [] });
    expect(request).toMatchObject({ counts: { subjects: 1, shown: 0, considered: 1 } });
    expect(gatesOf(request)).toEqual(['partner', 'client', 'practitioner', 'role', 'purpose']);
    expect(person).toMatchObject({ kind: 'explanation', outcome: 'explained', released: [], agreements: [] });
    expect(gatesOf(person)).toEqual(expect.arrayContaining(['relationship', 'restriction']));
  });

  test('SHARE-04 those who are closed get the constant answer, and nothing besides', async () => {
    const selection = 'custody { releaseDate } health { medication }';
    const answers = await Promise.all(
      (['unrelated', 'excluded'] as const).map((trait) => explain(first(trait), selection)),
    );
    const unknown = await stack.ask(`{ person(identifier: {type: "CRN", value: "X999999"}) { ${selection} } }`, {
      ...PROBATION,
      ...EXPLAIN,
    });
    const ordinary = await askAs(stack, PROBATION, first('unrelated'), selection);
    for (const answer of answers) {
      expect(visible(answer)).toEqual(visible(answers[0] as GraphQLAnswer));
      expect(answer.body.extensions.nothingToShow).toEqual(ordinary.body.extensions.nothingToShow);
      expect(answer.body.extensions.explain).toEqual({ released: [], withheld: [] });
      const kinds = (await stack.entries(answer.body.extensions.requestId)).map(({ kind }) => kind);
      expect(kinds).toEqual(['explanation', 'refusal']);
    }
    if (unknown.status === 200) expect(visible(unknown)).toEqual(visible(answers[0] as GraphQLAnswer));
  });

  test('SHARE-05 a hidden section has one statement, whoever it is about', async () => {
    const selection = 'health { appointments medication diagnoses } treatment { holder engaged }';
    const about = (['allowed', 'notLinked', 'permissionWithdrawn', 'voluntaryTreatment', 'notHeld'] as const).map(
      (trait) => explain(first(trait), selection),
    );
    const [one, ...others] = (await Promise.all(about)).map(visible);
    for (const other of others) expect(other).toEqual(one);
    const { released, withheld } = JSON.parse(String(one?.body)).extensions.explain;
    expect(released).toEqual([]);
    expect(withheld).toMatchObject([
      {
        section: 'health',
        fields: ['Health.appointments', 'Health.diagnoses', 'Health.medication'],
        reason: 'NOT_AVAILABLE',
        paths: [['person']],
      },
      { section: 'treatment', fields: ['Treatment.engaged'], reason: 'NOT_AVAILABLE' },
    ]);
  });

  test('a list of releases: what the view would show, and no people', async () => {
    const day = people.anchor;
    const query = `{ releases(from: "${day}", to: "${day}") { edges { node { custody { establishment } } } } }`;
    const answer = await stack.ask(query, { ...PRISON, ...EXPLAIN });
    expect(answer.body.data).toEqual({ releases: null });
    expect(answer.body.extensions.explain).toEqual({
      released: [
        {
          section: 'custody',
          holder: 'hmpps-prisons',
          fields: ['Custody.establishment', 'Custody.releaseDate'],
          paths: [['releases']],
        },
      ],
      withheld: [],
    });
    expect(wireOf(stack, answer)).toEqual([]);
    expect((await stack.entries(answer.body.extensions.requestId)).map(({ kind }) => kind)).toEqual(['explanation']);
  });

  test('several people, each at their place', async () => {
    const ids = await Promise.all(
      [first('allowed'), first('notLinked')].map(
        async (subject) => (await askAs(stack, PROBATION, subject, 'id')).body.data.person.id as string,
      ),
    );
    const query = `query($ids: [ID!]!) { all: people(ids: $ids) { identity { name } } __typename }`;
    const unknown = 'A'.repeat(22);
    const { body } = await stack.ask(query, { ...PROBATION, ...EXPLAIN, variables: { ids: [...ids, unknown] } });
    expect(body.data).toEqual({ all: null, __typename: 'Query' });
    expect(body.extensions.explain.released).toEqual([
      {
        section: 'identity',
        holder: 'hmpps-prisons',
        fields: ['Identity.name'],
        paths: [
          ['all', 0],
          ['all', 1],
        ],
      },
    ]);
    expect(body.extensions.nothingToShow).toMatchObject([{ path: ['all', 2] }]);
  });
});

describe('what it goes together with', () => {
  test('withheld=refuse: an explanation is not refused for what it explains', async () => {
    const both: AskOptions = { headers: { prefer: 'withheld=refuse, explain' } };
    const answer = await askAs(stack, { ...HOUSING, ...both }, first('allowed'), 'policing { markers { code } }');
    expect(answer.status).toBe(200);
    expect(applied(answer)).toBe('explain');
    expect(answer.body.extensions.explain.withheld).not.toEqual([]);
  });

  test('introspection explains itself', async () => {
    const answer = await stack.ask('{ __schema { queryType { name } } }', { ...PROBATION, ...EXPLAIN });
    expect(answer.body.data.__schema.queryType.name).toBe('Query');
    expect(applied(answer)).toBeNull();
  });

  test('what is refused is refused as ever', async () => {
    const answer = await stack.ask('{ person(identifier: {type: "CRN", value: "?"}) { id } }', EXPLAIN);
    expect(answer.body.errors[0].extensions.code).toBe('BAD_IDENTIFIER');
    expect(applied(answer)).toBeNull();
  });

  test('a mutation, and the gateway’s own work, cannot be explained', async () => {
    const cover = `mutation { recordCover(input: {practitioner: "PRO-0001", coveredBy: "PRO-0002", reason: "Away until Monday",
      from: "2026-11-22", until: "2026-11-23", idempotencyKey: "k-00000000000001"}) { ok } }`;
    const covers = async () => (await stack.sql('select 1 from record.cover')).length;
    const before = await covers();
    for (const query of [cover, '{ workItems { kind } }']) {
      const answer = await stack.ask(query, { persona: 'probation-manager', ...EXPLAIN });
      expect(answer.status).toBe(400);
      expect(answer.body.errors[0].extensions.code).toBe('BAD_USER_INPUT');
      expect(answer.body.errors[0].message).toContain('explained');
    }
    expect(await covers()).toBe(before);
  });
});
