import { buildSchema, type GraphQLObjectType, parse, print } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { Selection } from '../../src/record/selection.ts';
import { createLoaders, type Loaders, MAX_REPRESENTATIONS, type SectionAnswer } from '../../src/sources/loaders.ts';
import { type Heard, json, type Listener, listen } from './listener.ts';

const schema = buildSchema(`
  scalar Date
  type Query { identity: Identity custody: Custody }
  type Identity { name: String aliases: [String!] }
  type Custody { releaseDate: Date offence: String contact: Contact }
  type Contact { team: String }
`);
const CUSTODY = schema.getType('Custody') as GraphQLObjectType;
const IDENTITY = schema.getType('Identity') as GraphQLObjectType;
const AS_OF = '2026-11-22T09:00:00Z';
const REQUEST = '5b8f6a52-6f5a-4f0e-9d0f-1b6f3f3a7c11';

const DATE: Selection = new Map([['releaseDate', null]]);
const OFFENCE: Selection = new Map([['offence', null]]);
const NAME: Selection = new Map([['name', null]]);

const custody = (identifier: string, selection: Selection = DATE) => ({
  identifier,
  section: 'custody',
  type: CUSTODY,
  selection,
});
const identity = (identifier: string) => ({ identifier, section: 'identity', type: IDENTITY, selection: NAME });

function loadersOf(...listeners: Listener[]): Loaders {
  return createLoaders(
    new Map(listeners.map(({ holder }) => [holder.code, holder])),
    new Map([
      ['prison', 'prisonNumber'],
      ['police', 'pncId'],
    ]),
    { requestId: REQUEST, signal: AbortSignal.timeout(5_000) },
  );
}

/** A holder that answers honestly: its values say whom they are of. */
const honest: Listener['answer'] = (heard, response) =>
  json({ data: { _entities: entitiesOf(heard) } })(heard, response, {} as never);

function entitiesOf({ body: { query, variables } }: Heard): Record<string, unknown>[] {
  const asks = (field: string) => new RegExp(`\\b${field}\\b`).test(query);
  return variables.representations.map((representation) => ({
    ...representation,
    ...(asks('custody') && {
      custody: {
        asOf: AS_OF,
        ...(asks('releaseDate') && { releaseDate: '2026-12-01' }),
        ...(asks('offence') && { offence: `of ${representation['prisonNumber']}` }),
      },
    }),
    ...(asks('identity') && { identity: { asOf: AS_OF, name: `of ${representation['prisonNumber']}` } }),
  }));
}

const held = (value: object): SectionAnswer => ({ state: 'HELD', asOf: AS_OF, value: { asOf: AS_OF, ...value } });
const asked = ({ body }: Heard) => body.variables.representations.map((each) => each['prisonNumber']);

describe('one call for each holder and permitted selection', () => {
  test('however many people', async () => {
    const listener = await listen(honest);
    const loaders = loadersOf(listener);
    const people = Array.from({ length: 100 }, (_, n) => `A${n}`);
    const answers = await Promise.all(people.map((each) => loaders.load('hmpps-prisons', custody(each))));
    expect(answers).toEqual(people.map(() => held({ releaseDate: '2026-12-01' })));
    expect(listener.heard.map(asked)).toEqual([people]);
  });

  test('SHARE-02 people with different selections travel apart, and nobody is asked about more than is permitted', async () => {
    const listener = await listen(honest);
    const loaders = loadersOf(listener);
    const answers = await Promise.all([
      loaders.load('hmpps-prisons', custody('A1', DATE)),
      loaders.load('hmpps-prisons', custody('A2', OFFENCE)),
      loaders.load('hmpps-prisons', custody('A3', DATE)),
    ]);
    expect(answers).toEqual([
      held({ releaseDate: '2026-12-01' }),
      held({ offence: 'of A2' }),
      held({ releaseDate: '2026-12-01' }),
    ]);
    const calls = listener.heard.map((heard) => ({ people: asked(heard), offence: /offence/.test(heard.body.query) }));
    expect(calls).toHaveLength(2);
    expect(calls).toEqual(
      expect.arrayContaining([
        { people: ['A1', 'A3'], offence: false },
        { people: ['A2'], offence: true },
      ]),
    );
  });

  test('two sections of one holder travel together, and a person with one of them apart', async () => {
    const listener = await listen(honest);
    const loaders = loadersOf(listener);
    const answers = await Promise.all([
      loaders.load('hmpps-prisons', custody('A1')),
      loaders.load('hmpps-prisons', identity('A1')),
      loaders.load('hmpps-prisons', custody('A2')),
    ]);
    expect(answers).toEqual([
      held({ releaseDate: '2026-12-01' }),
      held({ name: 'of A1' }),
      held({ releaseDate: '2026-12-01' }),
    ]);
    expect(new Set(listener.heard.map((heard) => asked(heard).join()))).toEqual(new Set(['A1', 'A2']));
    expect(listener.heard.map(({ body }) => print(parse(body.query)))).toContain(
      print(
        parse(
          'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on Person { prisonNumber custody { asOf releaseDate } identity { asOf name } } } }',
        ),
      ),
    );
  });

  test('1,200 people make 3 calls of at most 500', async () => {
    const listener = await listen(honest);
    const loaders = loadersOf(listener);
    const people = Array.from({ length: 1_200 }, (_, n) => `A${n}`);
    const answers = await Promise.all(people.map((each) => loaders.load('hmpps-prisons', custody(each, OFFENCE))));
    expect(answers).toEqual(people.map((each) => held({ offence: `of ${each}` })));
    expect(listener.heard.map((heard) => asked(heard).length).sort()).toEqual([200, MAX_REPRESENTATIONS, 500]);
    expect(listener.heard.flatMap(asked).sort()).toEqual([...people].sort());
  });

  test('a person asked for twice is asked about once, and both places are answered', async () => {
    const listener = await listen(honest);
    const loaders = loadersOf(listener);
    const answers = await Promise.all([
      loaders.load('hmpps-prisons', custody('A1')),
      loaders.load('hmpps-prisons', custody('A2')),
      loaders.load('hmpps-prisons', custody('A1')),
    ]);
    expect(answers).toEqual(Array(3).fill(held({ releaseDate: '2026-12-01' })));
    expect(listener.heard.map(asked)).toEqual([['A1', 'A2']]);
  });

  test('two selections of one person travel as one, and each place gets its own fields only', async () => {
    const listener = await listen(honest);
    const loaders = loadersOf(listener);
    const answers = await Promise.all([
      loaders.load('hmpps-prisons', custody('A1', DATE)),
      loaders.load('hmpps-prisons', custody('A1', OFFENCE)),
    ]);
    expect(listener.heard).toHaveLength(1);
    expect(answers).toEqual([held({ releaseDate: '2026-12-01' }), held({ offence: 'of A1' })]);
  });

  test('each holder is asked by its own identifier and hears of nobody else', async () => {
    const prison = await listen(honest);
    const police = await listen(
      (heard, response) =>
        json({ data: { _entities: heard.body.variables.representations.map((each) => ({ ...each, custody: null })) } })(
          heard,
          response,
          {} as never,
        ),
      { code: 'northmere-police', source: 'police' },
    );
    const loaders = loadersOf(prison, police);
    const answers = await Promise.all([
      loaders.load('hmpps-prisons', custody('A1')),
      loaders.load('northmere-police', custody('2001/0000001A')),
    ]);
    expect(answers).toEqual([held({ releaseDate: '2026-12-01' }), { state: 'NOT_HELD' }]);
    expect(prison.heard.map(({ body }) => body.variables.representations)).toEqual([
      [{ __typename: 'Person', prisonNumber: 'A1' }],
    ]);
    expect(police.heard.map(({ body }) => body.variables.representations)).toEqual([
      [{ __typename: 'Person', pncId: '2001/0000001A' }],
    ]);
    expect(JSON.stringify(prison.heard)).not.toContain('pnc');
    expect(JSON.stringify(police.heard)).not.toContain('prison');
  });

  test('what a holder hears names no caller', async () => {
    const listener = await listen(honest);
    await loadersOf(listener).load('hmpps-prisons', custody('A1'));
    const [heard] = listener.heard;
    expect(Object.keys(heard?.headers ?? {}).sort()).toEqual([
      'accept',
      'connection',
      'content-length',
      'content-type',
      'host',
      'x-request-id',
    ]);
    expect(heard?.headers['x-request-id']).toBe(REQUEST);
    expect(Object.keys(heard?.body ?? {})).toEqual(['query', 'variables']);
    expect(Object.keys(heard?.body.variables ?? {})).toEqual(['representations']);
  });

  test('nothing is kept from one request to the next', async () => {
    const listener = await listen(honest);
    const loaders = loadersOf(listener);
    await loaders.load('hmpps-prisons', custody('A1'));
    await loadersOf(listener).load('hmpps-prisons', custody('A1'));
    await loaders.load('hmpps-prisons', custody('A1'));
    expect(listener.heard).toHaveLength(3);
  });
});

type Entity = Record<string, unknown> | null | unknown;
const entity = (identifier: string): Record<string, unknown> => ({
  __typename: 'Person',
  prisonNumber: identifier,
  custody: { asOf: AS_OF, releaseDate: '2026-12-01' },
  identity: { asOf: AS_OF, name: identifier },
});

/** What the three people's two sections come to when the holder answers so. `H`eld, `N`ot held, `U`navailable. */
async function outcome(change: (entities: Record<string, unknown>[]) => Entity[], errors?: unknown) {
  const listener = await listen((heard, response) => {
    const honestly = heard.body.variables.representations.map((each) => entity(String(each['prisonNumber'])));
    json({ data: { _entities: change(honestly) }, ...(errors !== undefined && { errors }) })(
      heard,
      response,
      {} as never,
    );
  });
  const loaders = loadersOf(listener);
  const answers = await Promise.all(
    ['A1', 'A2', 'A3'].flatMap((each) => [
      loaders.load('hmpps-prisons', custody(each)),
      loaders.load('hmpps-prisons', identity(each)),
    ]),
  );
  expect(listener.heard).toHaveLength(1);
  return {
    // custody and identity of A1, of A2, of A3
    states: answers
      .map(({ state }) => state[0] as string)
      .join('')
      .replace(/(..)(..)(..)/, '$1 $2 $3')
      .replaceAll('NOT', 'N'),
    details: [...new Set(answers.flatMap((answer) => (answer.state === 'UNAVAILABLE' ? [answer.detail] : [])))],
    faults: loaders.asked().get('hmpps-prisons'),
  };
}

const changed =
  (index: number, change: (entity: Record<string, unknown>) => Entity) => (entities: Record<string, unknown>[]) =>
    entities.map((each, at) => (at === index ? change(each) : each));

describe('SHARE-09 a holder that answers about someone else, or with more than was asked, changes nothing', () => {
  test.each<[string, (entities: Record<string, unknown>[]) => Entity[], string, string | null]>([
    ['an honest reply', (entities) => entities, 'HH HH HH', null],
    ['another id', changed(1, (each) => ({ ...each, prisonNumber: 'A9' })), 'HH UU HH', 'answered about someone else'],
    [
      'an id in other letters',
      changed(1, (each) => ({ ...each, prisonNumber: 'a2' })),
      'HH UU HH',
      'answered about someone else',
    ],
    ['no id', changed(1, ({ prisonNumber: _id, ...each }) => each), 'HH UU HH', 'answered about someone else'],
    [
      'an id that is no text',
      changed(1, (each) => ({ ...each, prisonNumber: ['A2'] })),
      'HH UU HH',
      'answered about someone else',
    ],
    ['two elements swapped', ([a, b, c]) => [b, a, c], 'UU UU HH', 'answered about someone else'],
    ['all elements about the first', ([a]) => [a, a, a], 'HH UU UU', 'answered about someone else'],
    [
      'one element more',
      (entities) => [...entities, entity('A9')],
      'UU UU UU',
      'answered about another number of people than asked',
    ],
    ['one element fewer', ([a, b]) => [a, b], 'UU UU UU', 'answered about another number of people than asked'],
    ['no element', () => [], 'UU UU UU', 'answered about another number of people than asked'],
    [
      'another type',
      changed(1, (each) => ({ ...each, __typename: 'Victim' })),
      'HH UU HH',
      'answered with something that is no person',
    ],
    [
      'no type',
      changed(1, ({ __typename: _type, ...each }) => each),
      'HH UU HH',
      'answered with something that is no person',
    ],
    ['a list for a person', changed(1, (each) => [each]), 'HH UU HH', 'answered with something that is no person'],
    ['text for a person', changed(1, () => 'A2'), 'HH UU HH', 'answered with something that is no person'],
    ['false for a person', changed(1, () => false), 'HH UU HH', 'answered with something that is no person'],
    [
      'a section that was not asked for',
      changed(1, (each) => ({ ...each, health: null })),
      'HH UU HH',
      'answered with more than was asked',
    ],
    [
      'another identifier of the person',
      changed(1, (each) => ({ ...each, nhsNumber: 'x' })),
      'HH UU HH',
      'answered with more than was asked',
    ],
    [
      'a __proto__ key',
      changed(1, (each) => JSON.parse(`{"__proto__":{"custody":null},${JSON.stringify(each).slice(1)}`)),
      'HH UU HH',
      'answered with more than was asked',
    ],
    [
      'a constructor key',
      changed(1, (each) => ({ ...each, constructor: null })),
      'HH UU HH',
      'answered with more than was asked',
    ],
    ['a section left out', changed(1, ({ identity: _identity, ...each }) => each), 'HH UU HH', 'left out a section'],
    [
      'a surplus field',
      changed(1, (each) => ({ ...each, custody: { asOf: AS_OF, releaseDate: null, offence: 'x' } })),
      'HH UH HH',
      'Custody has a field that was not asked for',
    ],
    [
      'a surplus __proto__ in a section',
      changed(1, (each) => ({ ...each, custody: JSON.parse(`{"asOf":"${AS_OF}","releaseDate":null,"__proto__":{}}`) })),
      'HH UH HH',
      'Custody has a field that was not asked for',
    ],
    [
      'a section without its date',
      changed(1, (each) => ({ ...each, custody: { releaseDate: null } })),
      'HH UH HH',
      'Custody.asOf is not a date and time',
    ],
    [
      'a value of another type',
      changed(1, (each) => ({ ...each, identity: { asOf: AS_OF, name: 7 } })),
      'HH HU HH',
      'Identity.name is not a String',
    ],
    ['a list for a section', changed(1, (each) => ({ ...each, custody: [] })), 'HH UH HH', 'Custody is not an object'],
  ])('%s', async (_what, change, states, detail) => {
    const found = await outcome(change);
    expect(found.states).toBe(states);
    expect(found.details).toEqual(detail === null ? [] : [detail]);
    expect(found.faults).toEqual(found.details);
  });

  test('a reply that pollutes prototypes pollutes nothing', async () => {
    await outcome(changed(0, (each) => JSON.parse(`{"__proto__":{"polluted":1},${JSON.stringify(each).slice(1)}`)));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('SHARE-05 only null without an error is a nil return', () => {
  const nil = changed(1, () => null);
  const nilSection = changed(1, (each) => ({ ...each, custody: null }));
  test.each<[string, (entities: Record<string, unknown>[]) => Entity[], unknown, string]>([
    ['a null element', nil, undefined, 'HH NN HH'],
    ['a null section', nilSection, undefined, 'HH NH HH'],
    ['null beside an empty list of errors', nil, [], 'HH NN HH'],
    ['every element null', (entities) => entities.map(() => null), undefined, 'NN NN NN'],
    ['an error on the element', nil, [{ path: ['_entities', 1] }], 'HH UU HH'],
    ['an error on the section', nilSection, [{ path: ['_entities', 1, 'custody'] }], 'HH UH HH'],
    ['an error below the section', nilSection, [{ path: ['_entities', 1, 'custody', 'releaseDate'] }], 'HH UH HH'],
    [
      'an error on a section that is there all the same',
      (entities) => entities,
      [{ path: ['_entities', 1, 'custody'] }],
      'HH UH HH',
    ],
    ['an error on the key', nil, [{ path: ['_entities', 1, 'prisonNumber'] }], 'HH UU HH'],
    ['an error without a path', nil, [{ message: 'x' }], 'UU UU UU'],
    ['an error on the whole list', nil, [{ path: ['_entities'] }], 'UU UU UU'],
    ['an error somewhere else', nil, [{ path: ['_service'] }], 'UU UU UU'],
    ['an error with an empty path', nil, [{ path: [] }], 'UU UU UU'],
    ['an error on an element by text', nil, [{ path: ['_entities', '1'] }], 'UU UU UU'],
    ['an error on an element that is not there', nil, [{ path: ['_entities', 3] }], 'UU UU UU'],
    ['an error on half an element', nil, [{ path: ['_entities', 1.5] }], 'UU UU UU'],
    ['an error that is null', nil, [null], 'UU UU UU'],
    [
      'one error on one, another on another',
      nil,
      [{ path: ['_entities', 0, 'identity'] }, { path: ['_entities', 2] }],
      'HU NN UU',
    ],
  ])('%s', async (_what, change, errors, states) => {
    expect((await outcome(change, errors)).states).toBe(states);
  });
});

describe('a holder that cannot be heard', () => {
  test('leaves its own sections unavailable, and others as they are', async () => {
    const dead = await listen(json({}, 500), { code: 'northmere-police', source: 'police' });
    const alive = await listen(honest);
    const loaders = loadersOf(dead, alive);
    const answers = await Promise.all([
      loaders.load('northmere-police', custody('2001/0000001A')),
      loaders.load('hmpps-prisons', custody('A1')),
    ]);
    expect(answers).toEqual([
      { state: 'UNAVAILABLE', detail: 'answered with status 500' },
      held({ releaseDate: '2026-12-01' }),
    ]);
    expect(loaders.asked()).toEqual(
      new Map([
        ['northmere-police', ['answered with status 500']],
        ['hmpps-prisons', []],
      ]),
    );
  });

  test('costs only the call that failed', async () => {
    let calls = 0;
    const listener = await listen((heard, response, request) => {
      calls += 1;
      (calls === 1 ? json({}, 500) : honest)(heard, response, request);
    });
    const loaders = loadersOf(listener);
    const answers = await Promise.all(
      Array.from({ length: 600 }, (_, n) => loaders.load('hmpps-prisons', custody(`A${n}`))),
    );
    const states = answers.map(({ state }) => state);
    expect([...new Set(states.slice(0, 500)), ...new Set(states.slice(500))].sort()).toEqual(['HELD', 'UNAVAILABLE']);
  });

  test('one that nobody listed is not asked', async () => {
    const loaders = loadersOf();
    expect(await loaders.load('nowhere', custody('A1'))).toEqual({
      state: 'UNAVAILABLE',
      detail: 'is not in the sources file',
    });
    expect(loaders.asked().size).toBe(0);
  });
});

// Were each error compared with each person, this would not end within the time of a test.
test('a reply with very many errors is judged', async () => {
  const listener = await listen((heard, response) => {
    const errors = Array.from({ length: 100_000 }, () => ({ path: ['_entities', 0, 'custody'] }));
    json({ data: { _entities: entitiesOf(heard) }, errors })(heard, response, {} as never);
  });
  const loaders = loadersOf(listener);
  const people = Array.from({ length: 500 }, (_, n) => `A${n}`);
  const answers = await Promise.all(people.map((each) => loaders.load('hmpps-prisons', custody(each))));
  expect(answers.map(({ state }) => state)).toEqual(people.map((_, n) => (n === 0 ? 'UNAVAILABLE' : 'HELD')));
});
