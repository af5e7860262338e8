import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  findBreakingChanges,
  type GraphQLObjectType,
  getNamedType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  lexicographicSortSchema,
  parse,
  printSchema,
} from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRecord } from '../../src/gateway/read-record.ts';
import type { RecordModel } from '../../src/record/model.ts';

const SNAPSHOT = join(import.meta.dirname, 'schema.snapshot.graphql');

let record: RecordModel;
let schema: ReturnType<typeof buildSchema>;
let types: GraphQLObjectType[];

beforeAll(async () => {
  record = await readRecord(join(import.meta.dirname, '..', '..', 'schema'));
  schema = buildSchema(record.publicSdl);
  types = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'));
});

describe('the public schema', () => {
  test('breaks no client that was written for the committed one', () => {
    const committed = buildSchema(readFileSync(SNAPSHOT, 'utf8'));
    expect(findBreakingChanges(committed, schema).map(({ description }) => description)).toEqual([]);
  });

  // A change that is meant is taken in with `vitest run tests/contract/schema.test.ts -u`.
  test('is the committed one', async () => {
    await expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toMatchFileSnapshot(SNAPSHOT);
  });

  test('has no interface and no union, which guards would not reach', () => {
    const abstract = Object.values(schema.getTypeMap()).filter((type) => isInterfaceType(type) || isUnionType(type));
    expect(abstract.map(({ name }) => name)).toEqual([]);
  });

  test('offers no subscription', () => {
    expect(schema.getSubscriptionType()).toBeUndefined();
  });
});

describe('fields of the record', () => {
  test('that a rule can deny are nullable', () => {
    const deniable = new Set(record.sections.flatMap(({ coordinates }) => coordinates));
    const fields = types.flatMap((type) =>
      Object.values(type.getFields()).map((field) => ({ coordinate: `${type.name}.${field.name}`, type: field.type })),
    );
    const sections = fields.filter(({ coordinate }) =>
      record.sections.some(({ field }) => coordinate === `Person.${field}`),
    );
    expect(sections).toHaveLength(record.sections.length);
    const found = fields.filter(({ coordinate }) => deniable.has(coordinate));
    expect(found).toHaveLength(deniable.size);
    expect(
      [...sections, ...found].filter(({ type }) => isNonNullType(type)).map(({ coordinate }) => coordinate),
    ).toEqual([]);
  });

  test('that name people are nullable, so that one refusal does not take the whole answer', () => {
    const query = schema.getQueryType()?.getFields() ?? {};
    const roots = [query, schema.getMutationType()?.getFields() ?? {}].flatMap((fields) => Object.values(fields));
    expect(roots.filter(({ type }) => isNonNullType(type)).map(({ name }) => name)).toEqual([]);
    const people = query['people']?.type;
    expect(String(people)).toBe('[Person]');
  });

  test('take no arguments below the root', () => {
    const withArguments = types
      .filter((type) => type !== schema.getQueryType() && type !== schema.getMutationType())
      .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
      .filter(({ field }) => field.args.length > 0);
    expect(withArguments.map(({ type, field }) => `${type.name}.${field.name}`)).toEqual([]);
  });

  test('of federation do not reach callers: no key, no asOf of a section, no directive', () => {
    const person = schema.getType('Person') as GraphQLObjectType;
    const keys = record.sources.map(({ keyField }) => keyField);
    expect(Object.keys(person.getFields()).filter((field) => keys.includes(field))).toEqual([]);
    const sections = record.sections.map(
      ({ field }) => getNamedType(person.getFields()[field]?.type) as GraphQLObjectType,
    );
    expect(sections.filter((type) => 'asOf' in type.getFields()).map(({ name }) => name)).toEqual([]);
    expect(record.publicSdl).not.toMatch(/@(key|link|tag|shareable)\b/);
  });
});

describe.each(['prison', 'probation', 'police', 'childrens', 'benefits', 'health', 'treatment', 'housing'])(
  'schema/sources/%s.graphql',
  (name) => {
    test('gives each section the time of what it says, and a description', () => {
      const source = record.sources.find((candidate) => candidate.name === name);
      const definitions = parse(source?.sdl ?? '').definitions.filter(
        (node) => node.kind === Kind.OBJECT_TYPE_DEFINITION,
      );
      const person = definitions.find((node) => node.name.value === 'Person');
      expect(source?.sections.length).toBeGreaterThan(0);
      for (const { field, type } of source?.sections ?? []) {
        const definition = definitions.find((node) => node.name.value === type);
        const asOf = definition?.fields?.find((candidate) => candidate.name.value === 'asOf');
        expect(asOf?.type, `${type}.asOf`).toMatchObject({
          kind: Kind.NON_NULL_TYPE,
          type: { name: { value: 'DateTime' } },
        });
        const section = person?.fields?.find((candidate) => candidate.name.value === field);
        expect(section?.description?.value, `Person.${field}`).toMatch(/\w/);
      }
    });
  },
);

test('a section with many holders is a list whose items name their holder; one with one holder is an object', () => {
  const person = schema.getType('Person') as GraphQLObjectType;
  const shapes = record.sections.map(({ field, many }) => {
    const section = person.getFields()[field];
    const hasHolder = 'holder' in (getNamedType(section?.type) as GraphQLObjectType).getFields();
    return { field, many, shape: String(section?.type).startsWith('['), hasHolder };
  });
  expect(shapes.filter(({ many, shape, hasHolder }) => many !== shape || many !== hasHolder)).toEqual([]);
  expect(
    shapes
      .filter(({ many }) => many)
      .map(({ field }) => field)
      .toSorted(),
  ).toEqual(['accommodation', 'childrens', 'policing', 'treatment']);
});
