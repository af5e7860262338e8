import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANSWERS_CHECKS } from '../../../src/demo/partners/check-answers.ts';
import { type Partners, startPartners } from '../../../src/demo/partners/partners.ts';
import { HOLDERS, includes } from '../../../src/demo/population/holders.ts';
import type { Person } from '../../../src/demo/population/person.ts';
import { createPopulation } from '../../../src/demo/population/population.ts';
import { everyField, post, SDL_DIR } from './asking.ts';

const population = createPopulation({ seed: 1, size: 1000, anchor: '2026-09-01' });
let now = new Date('2026-09-01T12:00:00Z');
let partners: Partners;

beforeAll(async () => {
  partners = await startPartners({ population, basePort: 0, sdlDir: SDL_DIR, clock: { now: () => now } });
});

afterAll(async () => {
  await partners.close();
});

const KEYS = {
  prison: 'prisonNumber',
  probation: 'crn',
  police: 'pncId',
  childrens: 'childrensCase',
  benefits: 'nino',
  health: 'nhsNumber',
  treatment: 'nhsNumber',
  housing: 'housingApplication',
} as const;

const ENTITIES = 'query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }';

describe.each(HOLDERS)('$code', (holder) => {
  const { code, source, identifier } = holder;
  const key = KEYS[source];
  const sdl = readFileSync(join(SDL_DIR, `${source}.graphql`), 'utf8');
  const url = () => partners.holders.find((one) => one.code === code)?.url ?? '';
  const representation = (person: Person) => ({
    __typename: 'Person',
    [key]: population.numbering.value(identifier, code, person),
  });

  it('answers 500 people in order, every field as its type says, and nobody it does not know', async () => {
    const asked = population.people.slice(0, 500);
    const { status, body } = await post(url(), {
      query: everyField(sdl),
      variables: { representations: asked.map(representation) },
    });
    expect(body.errors).toBeUndefined();
    expect(status).toBe(200);
    const entities = body.data?.['_entities'] as (Record<string, unknown> | null)[];
    expect(entities).toHaveLength(500);
    for (const [i, person] of asked.entries()) {
      const entity = entities[i];
      expect(entity === null).toBe(!includes(person.links.linked, code));
      if (!entity) continue;
      const { __typename, [key]: value, ...sections } = entity;
      expect([__typename, value]).toEqual(['Person', representation(person)[key]]);
      const isEmpty = includes(person.links.empty, code);
      expect(Object.values(sections).map((section) => section === null)).toEqual(
        Object.values(sections).map(() => isEmpty),
      );
    }
  });

  it('fails a representation with any other key or type, and no other in the batch', async () => {
    const known = population.people.find(({ links }) => includes(links.linked, code));
    if (!known) throw new Error(`${code} knows nobody.`);
    const good = representation(known);
    const other = key === 'crn' ? { prisonNumber: 'A0000AA' } : { crn: 'X000000' };
    const representations = [
      good,
      { __typename: 'Person', ...other },
      { ...good, __typename: 'CheckRequest' },
      { ...good, ...other },
      { __typename: 'Person', [key]: 7 },
      'Person',
      null,
      good,
    ];
    // A null is no [_Any!] at all: the request is refused as a whole.
    expect((await post(url(), { query: ENTITIES, variables: { representations } })).status).toBe(400);
    const { status, body } = await post(url(), {
      query: ENTITIES,
      variables: { representations: representations.filter((one) => one !== null) },
    });
    expect(status).toBe(200);
    const person = { __typename: 'Person' };
    expect(body.data).toEqual({ _entities: [person, null, null, null, null, null, person] });
    expect(body.errors?.map(({ path }) => path)).toEqual([1, 2, 3, 4, 5].map((i) => ['_entities', i]));
  });

  it('answers null and no error about a number that it does not know', async () => {
    const representations = [{ __typename: 'Person', [key]: 'nobody' }];
    const { body } = await post(url(), { query: ENTITIES, variables: { representations } });
    expect(body).toEqual({ data: { _entities: [null] } });
  });

  it('serves its SDL untouched, and that of the checks where it answers them', async () => {
    const whole =
      code === ANSWERS_CHECKS ? `${sdl}\n${readFileSync(join(SDL_DIR, '../check-request.graphql'), 'utf8')}` : sdl;
    expect((await post(url(), { query: '{ _service { sdl } }' })).body).toEqual({ data: { _service: { sdl: whole } } });
  });

  it('says that it is up', async () => {
    const response = await fetch(url().replace('/graphql', '/health'), { signal: AbortSignal.timeout(5_000) });
    expect([response.status, await response.json()]).toEqual([200, { status: 'up' }]);
  });
});

describe(`${ANSWERS_CHECKS} answers requests for checks`, () => {
  const QUERY = `query ($representations: [_Any!]!) { _entities(representations: $representations) { __typename
    ... on CheckRequest { id answer { outcome searched { system by match } findings { code on about } narrative } } } }`;
  const number = (person: Person) => population.numbering.value('PNC_ID', ANSWERS_CHECKS, person);
  const known = population.people.filter(({ links }) => includes(links.linked, ANSWERS_CHECKS));
  const stranger = population.people.find(({ links }) => !includes(links.linked, ANSWERS_CHECKS));

  async function ask(...numbers: (string | null)[]) {
    const url = partners.holders.find(({ code }) => code === ANSWERS_CHECKS)?.url ?? '';
    const representations = numbers.map((each, index) => ({
      __typename: 'CheckRequest',
      id: `R-${index}`,
      type: 'DOMESTIC_ABUSE',
      number: each,
      told: { name: 'Somebody' },
    }));
    const { body } = await post(url, { query: QUERY, variables: { representations } });
    expect(body.errors).toBeUndefined();
    return body.data?.['_entities'] as { id: string; answer: Record<string, unknown> | null }[];
  }

  it('with nil or with information where it has the number, and with nothing where it has not', async () => {
    const answers = await ask(...known.map(number), null, stranger ? number(stranger) : 'nobody');
    expect(answers.map(({ id }) => id)).toEqual(answers.map((_, index) => `R-${index}`));
    expect(answers.slice(-2).map(({ answer }) => answer)).toEqual([null, null]);
    const outcomes = answers.slice(0, -2).map(({ answer }) => answer?.['outcome']);
    expect(new Set(outcomes)).toEqual(new Set(['NIL', 'INFORMATION']));
    for (const { answer } of answers.slice(0, -2)) {
      expect(answer?.['outcome'] === 'NIL').toBe(answer?.['findings'] === null);
      expect(answer?.['searched']).toContainEqual({ system: 'PNC', by: 'CONFIRMED_NUMBER', match: 'CONFIRMED' });
    }
  });
});

describe('a partner', () => {
  const url = () => partners.holders[0]?.url ?? '';

  it.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ['no query', '{}'],
    ['variables that are a list', '{"query": "{ __typename }", "variables": []}'],
    ['a query that does not parse', '{"query": "{"}'],
    ['a query for something else', '{"query": "{ people { name } }"}'],
  ])('refuses %s with 400', async (_, body) => {
    const reply = await post(url(), body);
    expect(reply.status).toBe(400);
    expect(reply.body.errors?.length).toBeGreaterThan(0);
  });

  it('refuses a body of more than a megabyte', async () => {
    expect((await post(url(), { query: '{ __typename }', padding: 'x'.repeat(1_100_000) })).status).toBe(413);
  });

  it('refuses another path and another method', async () => {
    const signal = AbortSignal.timeout(5_000);
    expect((await fetch(url(), { signal })).status).toBe(405);
    expect((await fetch(url().replace('/graphql', '/'), { method: 'POST', signal })).status).toBe(404);
  });

  it('follows the clock', async () => {
    const person = population.people.find(({ timeline }) => timeline.firstRelease * 86_400_000 > now.getTime());
    if (!person) throw new Error('Nobody is still inside.');
    const prisonNumber = population.numbering.value('PRISON_NUMBER', 'hmpps-prisons', person);
    const status = async () => {
      const { body } = await post(url(), {
        query: `query ($representations: [_Any!]!) {
          _entities(representations: $representations) { ... on Person { custody { status } } }
        }`,
        variables: { representations: [{ __typename: 'Person', prisonNumber }] },
      });
      return body.data;
    };
    expect(await status()).toEqual({ _entities: [{ custody: { status: 'IN_CUSTODY' } }] });
    const before = now;
    now = new Date((person.timeline.firstRelease + 1) * 86_400_000);
    expect(await status()).toEqual({ _entities: [{ custody: { status: 'RELEASED' } }] });
    now = before;
  });
});

describe('starting and stopping', () => {
  it('names a taken port and leaves nothing running', async () => {
    const taken = Number(new URL(partners.holders[3]?.url ?? '').port);
    const options = { population, sdlDir: SDL_DIR, clock: { now: () => now } };
    await expect(startPartners({ ...options, basePort: taken })).rejects.toThrow(`Port ${taken} is taken`);
  });

  it('closes at once, connections that are kept alive included', async () => {
    const options = { population, basePort: 0, sdlDir: SDL_DIR, clock: { now: () => now } };
    const others = await startPartners(options);
    const ports = others.holders.map(({ url }) => Number(new URL(url).port));
    await Promise.all(others.holders.map(({ url }) => post(url, { query: '{ __typename }' })));
    await others.close();
    for (const port of ports) expect(await isOpen(port)).toBe(false);
  });
});

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
