import { makeExecutableSchema } from '@graphql-tools/schema';
import { buildSchema, isListType, isNonNullType, isObjectType, parse, printSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildRecord, SchemaError } from '../../src/record/model.ts';
import { formatProblem, type SourceText } from '../../src/record/problem.ts';
import { gateway, record, sources } from '../policy/load/real.ts';

const GATEWAY = {
  name: 'gateway.graphql',
  text: 'type Query { person: Person }\nscalar Date\nscalar DateTime\ntype Person { id: ID! at: DateTime on: Date }\n',
};

/** A small good source, to be spoilt. */
const GYM = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@tag"])

scalar Date
scalar DateTime

type Person @key(fields: "gymCard") {
  gymCard: ID!
  "Where they train."
  training: Training @tag(name: "many-holders")
  fitness: Fitness
}

"What a gym holds."
type Training {
  asOf: DateTime!
  since: Date
  "Whom to ring."
  coach: Coach
  kinds: [Kind!]
}

type Fitness {
  asOf: DateTime!
  coach: Coach
}

type Coach {
  name: String
}

enum Kind {
  RUNNING
  ROWING
}
`;

function problemsOf(...files: SourceText[]): string[] {
  try {
    buildRecord({ gateway: GATEWAY, sources: files });
    return [];
  } catch (error) {
    if (error instanceof SchemaError) return error.problems.map(formatProblem);
    throw error;
  }
}

describe('a small source', () => {
  const model = buildRecord({ gateway: GATEWAY, sources: [{ name: 'schema/sources/gym.graphql', text: GYM }] });

  test('says who holds what', () => {
    expect(model.sources).toEqual([{ name: 'gym', keyField: 'gymCard', sdl: GYM, sections: model.sections }]);
    expect(model.sections).toEqual([
      {
        field: 'training',
        type: 'Training',
        source: 'gym',
        many: true,
        coordinates: ['Training.holder', 'Training.since', 'Training.coach', 'Training.kinds', 'Coach.name'],
      },
      { field: 'fitness', type: 'Fitness', source: 'gym', many: false, coordinates: ['Fitness.coach', 'Coach.name'] },
    ]);
  });

  test('is published without what is between gateway and holder only', () => {
    expect(printSchema(buildSchema(model.publicSdl))).toMatchInlineSnapshot(`
      "type Query {
        person: Person
      }

      scalar Date

      scalar DateTime

      type Person {
        id: ID!
        at: DateTime
        on: Date

        """Where they train."""
        training: [Training!]
        fitness: Fitness
      }

      """What a gym holds."""
      type Training {
        """The code of the holder that answered."""
        holder: String
        since: Date

        """Whom to ring."""
        coach: Coach
        kinds: [Kind!]
      }

      type Fitness {
        coach: Coach
      }

      type Coach {
        name: String
      }

      enum Kind {
        RUNNING
        ROWING
      }"
    `);
  });

  test('has every coordinate, each with the file that defines it', () => {
    expect(model.coordinates).toContain('Query.person');
    expect(model.coordinates).toContain('Person.training');
    expect(model.fileOf.get('Coach.name')).toBe('schema/sources/gym.graphql');
    expect(model.fileOf.get('Person.training')).toBe('schema/sources/gym.graphql');
    expect(model.fileOf.get('Training.holder')).toBe('schema/sources/gym.graphql');
    expect(model.fileOf.get('Person.id')).toBe('gateway.graphql');
  });
});

const SPOILT: [name: string, from: string | RegExp, to: string, told: string[]][] = [
  ['a syntax error', 'type Fitness {', 'type Fitness', ['gym.graphql:23:3 Syntax Error: Unexpected Name "asOf".']],
  [
    'no Person',
    /type Person[^}]*\}\n/,
    '',
    [
      'gym.graphql:1:1 type Person @key(fields: ...) is missing',
      'gym.graphql:8:6 no section leads to type Training',
      'gym.graphql:16:6 no section leads to type Fitness',
      'gym.graphql:21:6 no section leads to type Coach',
      'gym.graphql:25:6 no section leads to type Kind',
    ],
  ],
  ['no key', ' @key(fields: "gymCard")', '', []],
  ['a key of two fields', 'fields: "gymCard"', 'fields: "gymCard site"', []],
  ['a second key', '@key(fields: "gymCard")', '@key(fields: "gymCard") @key(fields: "training")', []],
  ['a key that is no field', 'fields: "gymCard"', 'fields: "gymCrad"', []],
  ['a key field that may be null', 'gymCard: ID!', 'gymCard: ID', []],
  ['a section that may not be null', 'fitness: Fitness', 'fitness: Fitness!', []],
  ['a section that is a list', 'fitness: Fitness', 'fitness: [Fitness]', []],
  ['a section with an argument', 'fitness: Fitness', 'fitness(on: Date): Fitness', []],
  ['a section of a scalar', 'fitness: Fitness', 'fitness: Fitness\n  shoeSize: Int', []],
  ['a section of a name not defined', 'fitness: Fitness', 'fitness: Fitnes', []],
  ['a section of the gateway’s name', 'fitness: Fitness', 'id: Fitness', []],
  ['a tag misspelt', 'many-holders', 'many-holder', []],
  ['a section type without asOf', 'asOf: DateTime!\n  since', 'since', []],
  ['an asOf that may be null', 'asOf: DateTime!\n  since', 'asOf: DateTime\n  since', []],
  ['a field that may not be null', 'name: String', 'name: String!', []],
  ['a list that may not be null', '[Kind!]', '[Kind!]!', []],
  ['a field with an argument', 'name: String', 'name(short: Boolean): String', []],
  ['a field named holder', 'since: Date', 'holder: String', []],
  ['the person again below a section', 'name: String', 'name: String\n  person: Person', []],
  ['an unknown type', 'name: String', 'name: Sting', []],
  ['an interface', 'type Coach {', 'interface Named { name: String }\ntype Coach implements Named {', []],
  ['a union', 'enum Kind {', 'union Any = Coach | Fitness\nenum Kind {', []],
  ['an input', 'enum Kind {', 'input Any { name: String }\nenum Kind {', []],
  ['a query', 'enum Kind {', 'type Query { coach: Coach }\nenum Kind {', []],
  ['a mutation', 'enum Kind {', 'type Mutation { coach: Coach }\nenum Kind {', []],
  ['an extension', 'enum Kind {', 'extend type Coach { age: Int }\nenum Kind {', []],
  ['an unknown directive', 'name: String', 'name: String @shareable', []],
  ['a scalar that the gateway has not', 'scalar DateTime', 'scalar DateTime\nscalar Time', []],
  ['a type that nothing leads to', 'enum Kind {', 'type Locker { number: Int }\nenum Kind {', []],
  ['a type twice', 'enum Kind {', 'type Coach { name: String }\nenum Kind {', []],
  ['a field twice', 'name: String', 'name: String\n  name: String', []],
  ['a name that GraphQL keeps', 'name: String', '__name: String', []],
];

test.each(SPOILT)('%s is refused', (_, from, to, told) => {
  const text = GYM.replace(from, to);
  expect(text).not.toBe(GYM);
  expect(problemsOf({ name: 'gym.graphql', text })).toEqual(told);
});

test('names that two files give are refused, and everything is told at once', () => {
  const pool = GYM.replace('gymCard: ID!', 'gymCard: ID!\n  swims: Int!').replace('rowing', '');
  expect(problemsOf({ name: 'gym.graphql', text: GYM }, { name: 'pool.graphql', text: pool })).toEqual([]);
});

test('two sources may know people by one key', () => {
  const pool = `scalar DateTime type Person @key(fields: "gymCard") { gymCard: ID! swimming: Swimming } type Swimming { asOf: DateTime! lengths: Int }`;
  expect(problemsOf({ name: 'gym.graphql', text: GYM }, { name: 'pool.graphql', text: pool })).toEqual([]);
});

test('a gateway file without its types is refused', () => {
  expect(() => buildRecord({ gateway: { name: 'gateway.graphql', text: 'scalar Date' }, sources: [] })).toThrow(
    'gateway.graphql:1:1 type Person is missing\ngateway.graphql:1:1 type Query is missing',
  );
});

describe('the schema of the repository', () => {
  const schema = buildSchema(record.publicSdl);

  test('makes an executable schema', () => {
    expect(makeExecutableSchema({ typeDefs: record.publicSdl }).getQueryType()?.name).toBe('Query');
  });

  test('keeps every description of its sources', () => {
    const published = record.publicSdl;
    const descriptions = sources.flatMap(({ text }) =>
      [...text.matchAll(/"([^"\n]+\.)"/g)].map(([, words]) => words ?? ''),
    );
    const dropped = descriptions.filter((words) => !published.includes(words));
    expect(descriptions.length).toBeGreaterThan(100);
    // What each key is, and when each holder last updated its section, are between gateway and holder.
    expect(dropped.filter((words) => !words.includes('last updated this section'))).toHaveLength(sources.length);
  });

  test('publishes no mark of federation', () => {
    expect(record.publicSdl).not.toMatch(/@|\basOf: DateTime!|extend /);
    for (const { keyField } of record.sources) expect(record.coordinates).not.toContain(`Person.${keyField}`);
  });

  test('SHARE-03: every field that a rule can deny is nullable', () => {
    const deniable = record.coordinates.filter((coordinate) =>
      record.sections.some(
        ({ field, coordinates }) => coordinate === `Person.${field}` || coordinates.includes(coordinate),
      ),
    );
    const strict = deniable.filter((coordinate) => {
      const [type = '', field = ''] = coordinate.split('.');
      const object = schema.getType(type);
      return isObjectType(object) && isNonNullType(object.getFields()[field]?.type);
    });
    expect(deniable.length).toBeGreaterThan(100);
    expect(strict).toEqual([]);
  });

  test('gives a list exactly where several holders may answer', () => {
    const person = schema.getType('Person');
    for (const { field, many } of record.sections) {
      expect([field, isObjectType(person) && isListType(person.getFields()[field]?.type)]).toEqual([field, many]);
    }
    expect(
      record.sections
        .filter(({ many }) => many)
        .map(({ field }) => field)
        .sort(),
    ).toEqual(['accommodation', 'childrens', 'policing', 'treatment']);
  });

  test('leaves each source as its holders must serve it', () => {
    for (const { name, sdl } of record.sources) {
      expect(sdl).toBe(sources.find((file) => file.name.endsWith(`/${name}.graphql`))?.text);
    }
    expect(parse(gateway.text).definitions.length).toBeGreaterThan(0);
  });
});
