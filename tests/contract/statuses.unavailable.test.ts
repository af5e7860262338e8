import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Interference, Reply } from '../stack/recorder.ts';
import { type AskOptions, type GraphQLAnswer, population, type Stack, startStack } from '../stack/stack.ts';
import { type Subject, subjects } from './oracle/subject.ts';
import { asOf, ROWS, row } from './rows.ts';

const people = population();
const first = (trait: Parameters<typeof subjects>[1]) => subjects(people, trait)[0] as Subject;

let stack: Stack;
const interfered = new Set<string>();

beforeAll(async () => {
  stack = await startStack();
});

afterEach(() => {
  for (const holder of interfered) stack.recorder.interfere(holder, null);
  interfered.clear();
});

afterAll(() => stack.close());

function interfere(holder: string, how: Interference): void {
  interfered.add(holder);
  stack.recorder.interfere(holder, how);
}

/** Asks as the probation practitioner who plans the release, by prison number. */
function ask(subject: Subject, selection: string, options: AskOptions = {}): Promise<GraphQLAnswer> {
  const value = subject.identifiers['PRISON_NUMBER'];
  return stack.ask(`{ person(identifier: {type: "PRISON_NUMBER", value: "${value}"}) { ${selection} } }`, options);
}

describe('SHARE-05 UNAVAILABLE', () => {
  type Element = Record<string, Record<string, unknown> | string | null>;
  /** Changes what was honestly said about the first person. */
  const element =
    (change: (entity: Element) => unknown): Interference =>
    (_call, { status, body }) => {
      const reply = JSON.parse(body);
      const changed = change(reply.data._entities[0]);
      if (changed !== undefined) reply.data._entities[0] = changed;
      return { status, body: JSON.stringify(reply) };
    };
  const risk = (change: (risk: Record<string, unknown>) => unknown) =>
    element((entity) => void change(entity['risk'] as Record<string, unknown>));
  const raw =
    (reply: Partial<Reply>): Interference =>
    (_call, honest) => ({ ...honest, ...reply });
  const body =
    (change: (reply: { data: { _entities: unknown[] } | null; errors?: unknown }) => void): Interference =>
    (_call, honest) => {
      const reply = JSON.parse(honest.body);
      change(reply);
      return { ...honest, body: JSON.stringify(reply) };
    };

  /** SHARE-05 and SHARE-09: each leaves `risk`, and `supervision` from the same holder, without data. */
  const WHOLE: readonly (readonly [string, Interference])[] = [
    ['cuts the connection', () => 'dead'],
    ['fails', raw({ status: 500 })],
    ['answers with data under a status that says otherwise', raw({ status: 404 })],
    ['redirects', raw({ status: 302 })],
    ['does not answer with JSON', raw({ body: '<html></html>' })],
    ['answers with nothing', raw({ body: '' })],
    ['answers with half', (_call, honest) => ({ ...honest, body: honest.body.slice(0, -20) })],
    ['answers with errors and no data', raw({ body: '{"errors":[{"message":"no"}],"data":null}' })],
    ['answers with something that is no object', raw({ body: '[1]' })],
    ['answers without entities', raw({ body: '{"data":{}}' })],
    ['answers about nobody at all', raw({ body: '{"data":{"_entities":[]}}' })],
    ['answers about too many', body(({ data }) => void data?._entities.push(data._entities[0]))],
    ['answers about someone else', element((entity) => ({ ...entity, crn: 'X999999' }))],
    ['does not say about whom', element(({ crn: _, ...entity }) => entity)],
    ['says about whom in another case', element((entity) => ({ ...entity, crn: String(entity['crn']).toLowerCase() }))],
    ['answers with another type', element((entity) => ({ ...entity, __typename: 'Case' }))],
    ['does not name the type', element(({ __typename: _, ...entity }) => entity)],
    ['answers with a list where a person was', element((entity) => [entity])],
    ['answers with a text where a person was', element(() => 'A person')],
    ['answers with more than was asked', element((entity) => ({ ...entity, caseload: { notes: 'secret' } }))],
    [
      'answers with an error on the person',
      body((reply) => void Object.assign(reply, { errors: [{ message: 'no', path: ['_entities', 0] }] })),
    ],
    ['answers with an error nowhere', body((reply) => void Object.assign(reply, { errors: [{ message: 'no' }] }))],
    [
      'says null for the person, with an error in one section',
      body(
        (reply) =>
          void Object.assign(reply, {
            data: { _entities: [null] },
            errors: [{ message: 'no', path: ['_entities', 0, 'risk', 'asOf'] }],
          }),
      ),
    ],
    [
      'says null, with an error on a place that nobody asked about',
      body(
        (reply) =>
          void Object.assign(reply, {
            data: { _entities: [null] },
            errors: [{ message: 'no', path: ['_entities', '0'] }],
          }),
      ),
    ],
    [
      'says null, with an error',
      body(
        (reply) =>
          void Object.assign(reply, {
            data: { _entities: [null] },
            errors: [{ message: 'no', path: ['_entities', 0] }],
          }),
      ),
    ],
  ];

  /** Each leaves `risk` alone without data. */
  const ONE: readonly (readonly [string, Interference])[] = [
    ['leaves out a field', risk((section) => delete section['riskToStaff'])],
    ['answers with a field more', risk((section) => Object.assign(section, { mappaLevel: 'LEVEL_3' }))],
    ['answers with a field of no schema', risk((section) => Object.assign(section, { notes: 'secret' }))],
    [
      'answers with a prototype',
      (_call, honest) => ({
        ...honest,
        body: honest.body.replace('"riskToStaff"', '"__proto__":{"overall":"LOW"},"riskToStaff"'),
      }),
    ],
    ['does not say when', risk((section) => delete section['asOf'])],
    ['says null for when', risk((section) => Object.assign(section, { asOf: null }))],
    ['says a day that is none for when', risk((section) => Object.assign(section, { asOf: '2026-02-30T10:00:00Z' }))],
    ['answers with another type of value', risk((section) => Object.assign(section, { riskToStaff: 'true' }))],
    ['answers with a word of no enum', risk((section) => Object.assign(section, { overall: 'EXTREME' }))],
    ['answers with an object for a value', risk((section) => Object.assign(section, { riskToStaff: {} }))],
    [
      'answers with a list for a section',
      element((entity) => ({ ...entity, risk: [entity['risk'] as Record<string, unknown>] as never })),
    ],
    [
      'answers with an error on the section',
      body((reply) => void Object.assign(reply, { errors: [{ message: 'no', path: ['_entities', 0, 'risk'] }] })),
    ],
    [
      'says null for the section, with an error in it',
      body((reply) => {
        const [entity] = reply.data?._entities ?? [];
        (entity as Element)['risk'] = null;
        Object.assign(reply, { errors: [{ message: 'no', path: ['_entities', 0, 'risk', 'overall'] }] });
      }),
    ],
  ];

  const SELECTION = `risk { riskToStaff overall } supervision { licenceType } custody { releaseDate } ${ROWS}`;

  test.each([
    ...WHOLE.map(([name, how]) => [name, how, true] as const),
    ...ONE.map(([name, how]) => [name, how, false] as const),
  ])('SHARE-05 SHARE-09 a holder that %s', async (_name, how, whole) => {
    interfere('probation-service', how);
    const answer = await ask(first('allowed'), SELECTION);
    expect([answer.status, answer.body.errors]).toEqual([200, undefined]);
    const { sections, ...person } = answer.body.data.person;
    expect(person).toEqual({
      risk: null,
      supervision: whole ? null : { licenceType: expect.any(String) },
      custody: { releaseDate: expect.any(String) },
    });
    expect(sections).toEqual([
      row('risk', 'probation-service', 'UNAVAILABLE'),
      whole
        ? row('supervision', 'probation-service', 'UNAVAILABLE')
        : row('supervision', 'probation-service', 'AVAILABLE', { asOf }),
      row('custody', 'hmpps-prisons', 'AVAILABLE', { asOf }),
    ]);
    const unavailable = (whole ? ['risk', 'supervision'] : ['risk']).map((section) => ({
      section,
      holder: 'probation-service',
      paths: [['person']],
    }));
    expect(answer.body.extensions).toEqual({ unavailable, requestId: expect.any(String) });
    expect(answer.text).not.toMatch(/secret|127\.0\.0\.1|ECONN|EXTREME|X999999/);
    // Reported to whoever runs the gateway, without a value.
    const requestId = answer.body.extensions.requestId;
    const reported = stack.logged.filter((line) => line.includes(requestId) && line.includes('holder not heard'));
    expect(reported).toHaveLength(1);
    expect(reported[0]).not.toMatch(/secret|EXTREME|X999999/);
    // And recorded: the entry knows that the holder was asked and that nothing came of it.
    const [, disclosure] = await stack.entries(requestId);
    expect(disclosure?.['released']).not.toContain('probation-service|Risk.riskToStaff');
    expect(disclosure?.['sections']).toContainEqual({
      section: 'risk',
      holder: 'probation-service',
      status: 'UNAVAILABLE',
      asked: true,
    });

    stack.recorder.interfere('probation-service', null);
    const after = await ask(first('allowed'), SELECTION);
    expect(after.body.data.person.risk).toEqual({ riskToStaff: expect.any(Boolean), overall: expect.any(String) });
  });

  test('SHARE-05 a holder that does not answer in time', async () => {
    interfere('probation-service', () => new Promise(() => {}));
    const started = performance.now();
    const { body } = await ask(first('allowed'), SELECTION);
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(body.data.person).toMatchObject({
      risk: null,
      supervision: null,
      custody: { releaseDate: expect.any(String) },
    });
    expect(body.extensions.unavailable).toHaveLength(2);
  });

  test('SHARE-09 a list in another order: nobody gets another person’s section', async () => {
    const list = subjects(people, 'allowed').slice(0, 3);
    const named = list.map(
      (subject, index) => `p${index}: person(identifier: {type: "CRN", value: "${subject.identifiers['CRN']}"}) { id }`,
    );
    const { body } = await stack.ask(`{ ${named.join(' ')} }`);
    const ids = [0, 1, 2].map((index) => body.data[`p${index}`].id);
    interfere('probation-service', (_call, honest) => {
      const reply = JSON.parse(honest.body);
      const [one, two, three] = reply.data._entities;
      return { ...honest, body: JSON.stringify({ data: { _entities: [two, one, three] } }) };
    });
    const answer = await stack.ask(`query ($ids: [ID!]!) { people(ids: $ids) { id risk { summary } ${ROWS} } }`, {
      variables: { ids },
    });
    expect(answer.body.data.people.map(({ risk }: { risk: unknown }) => risk)).toEqual([
      null,
      null,
      { summary: expect.any(String) },
    ]);
    expect(answer.body.extensions.unavailable).toEqual([
      {
        section: 'risk',
        holder: 'probation-service',
        paths: [
          ['people', 0],
          ['people', 1],
        ],
      },
    ]);
  });

  test('SHARE-05 one of two holders of a section: the other stays, and the list says which is missing', async () => {
    interfere('southdale-police', () => 'dead');
    const { body } = await ask(first('allowed'), `policing { holder } ${ROWS}`);
    expect(body.data.person).toEqual({
      policing: [{ holder: 'northmere-police' }],
      sections: [
        row('policing', 'northmere-police', 'AVAILABLE', { asOf }),
        row('policing', 'southdale-police', 'UNAVAILABLE'),
      ],
    });
    expect(body.extensions.unavailable).toEqual([
      { section: 'policing', holder: 'southdale-police', paths: [['person']] },
    ]);
  });
});
