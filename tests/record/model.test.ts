import { makeExecutableSchema } from '@graphql-tools/schema';
import { buildSchema, isListType, isNonNullType, isObjectType, printSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildRecord, SchemaError } from '../../src/record/model.ts';
import { formatProblem, type SourceText } from '../../src/record/problem.ts';
import { record, sources } from '../policy/load/real.ts';

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
    buildRecord({ gateway: [GATEWAY], sources: files });
    return [];
  } catch (error) {
    if (error instanceof SchemaError) return error.problems.map(formatProblem);
    throw error;
  }
}

describe('a small source', () => {
  const model = buildRecord({ gateway: [GATEWAY], sources: [{ name: 'schema/sources/gym.graphql', text: GYM }] });

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

const SPOILT: [name: string, from: string | RegExp, to: string, ...told: string[]][] = [
  ['a syntax error', 'type Fitness {', 'type Fitness', '23:3 Syntax Error: Unexpected Name "asOf".'],
  ['no Person', /type Person[^}]*\}\n/, '', '1:1 type Person @key(fields: ...) is missing'],
  ['no key', ' @key(fields: "gymCard")', '', '6:6 Person has no @key'],
  [
    'a key of two fields',
    'fields: "gymCard"',
    'fields: "gymCard site"',
    '6:13 @key names exactly one field, as in @key(fields: "prisonNumber")',
  ],
  [
    'a second key',
    '@key(fields: "gymCard")',
    '@key(fields: "gymCard") @key(fields: "id")',
    '6:37 Person has a second @key; a source knows people by one identifier',
  ],
  [
    'a key that is no field',
    'fields: "gymCard"',
    'fields: "gymCrad"',
    '6:13 Person has no field gymCrad; did you mean gymCard',
  ],
  [
    'a key that may be null',
    'Card: ID!',
    'Card: ID',
    '7:3 the key field gymCard must be ID!, with no arguments or directives',
  ],
  [
    'a section that may not be null',
    'fitness: Fitness',
    'fitness: Fitness!',
    '10:12 section Person.fitness must be a nullable object; a list of holders is said with @tag(name: "many-holders")',
  ],
  [
    'a section that is a list',
    'fitness: Fitness',
    'fitness: [Fitness]',
    '10:12 section Person.fitness must be a nullable object; a list of holders is said with @tag(name: "many-holders")',
  ],
  [
    'a section with an argument',
    'fitness: Fitness',
    'fitness(on: Date): Fitness',
    '10:3 section Person.fitness may have no arguments',
  ],
  [
    'a section of a scalar',
    'fitness: Fitness',
    'fitness: Fitness\n  shoeSize: Int',
    '11:13 section Person.shoeSize must be of an object type of this file',
  ],
  [
    'a section of a type not defined',
    'fitness: Fitness\n',
    'fitness: Fitness\n  more: Fitnes\n',
    '11:9 type Fitnes is not defined in this file; did you mean Fitness',
  ],
  [
    'a section of the gateway’s name',
    'fitness: Fitness',
    'id: Fitness',
    '10:3 Person.id is defined in gateway.graphql already',
  ],
  [
    'a tag misspelt',
    'many-holders',
    'many-holder',
    '9:22 the one tag a section may have is @tag(name: "many-holders")',
  ],
  [
    'one holder here and many there',
    'fitness: Fitness\n',
    'fitness: Fitness\n  running: Training\n',
    '9:3 Training has one holder in one section and many in another',
    '11:3 Training has one holder in one section and many in another',
  ],
  [
    'a section type without asOf',
    'asOf: DateTime!\n  since',
    'since',
    '14:6 section type Training must have asOf: DateTime!',
  ],
  [
    'an asOf that may be null',
    'asOf: DateTime!\n  since',
    'asOf: DateTime\n  since',
    '15:3 section type Training must have asOf: DateTime!',
  ],
  [
    'a field that may not be null',
    'name: String',
    'name: String!',
    '28:9 Coach.name must be nullable: a rule can deny it',
  ],
  ['a list that may not be null', '[Kind!]', '[Kind!]!', '19:10 Training.kinds must be nullable: a rule can deny it'],
  ['a field with an argument', 'name: String', 'name(short: Boolean): String', '28:3 Coach.name may have no arguments'],
  ['a field named holder', 'since: Date', 'holder: String', '16:3 Training.holder: the gateway adds holder itself'],
  [
    'the person below a section',
    'name: String',
    'name: String\n  person: Person',
    '29:11 type Person is not defined in this file',
  ],
  [
    'an unknown type',
    'name: String',
    'name: Sting',
    '28:9 type Sting is not defined in this file; did you mean String',
  ],
  [
    'an interface',
    'type Coach {',
    'interface Named { name: String }\ntype Coach implements Named {',
    '27:1 a source holds object types, enums and scalars, and no interface',
    '28:23 a source has no interfaces: Coach implements Named',
  ],
  [
    'a union',
    'enum Kind',
    'union Any = Coach\nenum Kind',
    '31:1 a source holds object types, enums and scalars, and no union',
  ],
  [
    'an input',
    'enum Kind',
    'input Any { name: String }\nenum Kind',
    '31:1 a source holds object types, enums and scalars, and no input object',
  ],
  [
    'an extension',
    'enum Kind',
    'extend type Coach { age: Int }\nenum Kind',
    '31:1 a source holds object types, enums and scalars, and no object type extension',
  ],
  [
    'a directive of its own',
    'enum Kind',
    'directive @free on OBJECT\nenum Kind',
    '31:1 a source holds object types, enums and scalars, and no directive',
  ],
  [
    'a query',
    'enum Kind',
    'type Query { coach: Coach }\nenum Kind',
    '31:6 a source has no Query: it is asked through its key only',
  ],
  [
    'a mutation',
    'enum Kind',
    'type Mutation { coach: Coach }\nenum Kind',
    '31:6 a source has no Mutation: it is asked through its key only',
  ],
  [
    'an unknown directive',
    'name: String',
    'name: String @shareable',
    '28:16 directive @shareable is unknown or out of place; allowed here: @deprecated',
  ],
  [
    'a directive on a type',
    'type Coach {',
    'type Coach @key(fields: "name") {',
    '27:12 directive @key is unknown or out of place; none is allowed here',
  ],
  [
    'a scalar that the gateway has not',
    'scalar DateTime',
    'scalar DateTime\nscalar Daet',
    '5:8 scalar Daet is not in gateway.graphql; did you mean Date',
  ],
  [
    'a type that nothing leads to',
    'enum Kind',
    'type Locker { number: Int }\nenum Kind',
    '31:6 no section leads to type Locker',
  ],
  ['a type twice', 'enum Kind', 'type Coach { age: Int }\nenum Kind', '31:6 There can be only one type named "Coach".'],
  [
    'a field twice',
    'name: String',
    'name: String\n  name: String',
    '29:3 Field "Coach.name" can only be defined once.',
  ],
  [
    'a name that GraphQL keeps',
    'name: String',
    '__name: String',
    '28:3 Name "__name" must not begin with "__", which is reserved by GraphQL introspection.',
  ],
];

test.each(SPOILT)('%s is refused', (_, from, to, ...told) => {
  const text = GYM.replace(from, to);
  expect(text).not.toBe(GYM);
  expect(problemsOf({ name: 'gym.graphql', text })).toEqual(told.map((line) => `gym.graphql:${line}`));
});

test('names that two files give are refused, and everything is told at once', () => {
  const pool = GYM.replace('gymCard: ID!', 'gymCard: ID!\n  swims: Int!');
  expect(problemsOf({ name: 'gym.graphql', text: GYM }, { name: 'pool.graphql', text: pool })).toEqual([
    'pool.graphql:8:10 section Person.swims must be of an object type of this file',
    'pool.graphql:10:3 Person.training is defined in gym.graphql already',
    'pool.graphql:11:3 Person.fitness is defined in gym.graphql already',
    'pool.graphql:15:6 type Training is defined in gym.graphql already',
    'pool.graphql:23:6 type Fitness is defined in gym.graphql already',
    'pool.graphql:28:6 type Coach is defined in gym.graphql already',
    'pool.graphql:32:6 type Kind is defined in gym.graphql already',
  ]);
});

test('two sources may know people by one key', () => {
  const pool = `scalar DateTime type Person @key(fields: "gymCard") { gymCard: ID! swimming: Swimming } type Swimming { asOf: DateTime! lengths: Int }`;
  expect(problemsOf({ name: 'gym.graphql', text: GYM }, { name: 'pool.graphql', text: pool })).toEqual([]);
});

test('a gateway file without its types is refused', () => {
  expect(() => buildRecord({ gateway: [{ name: 'gateway.graphql', text: 'scalar Date' }], sources: [] })).toThrow(
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

  test('every field that a rule can deny is nullable', () => {
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
  });
});
