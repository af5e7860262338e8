import { buildSchema, type GraphQLScalarType, Kind, parseValue } from 'graphql';
import { describe, expect, test } from 'vitest';
import { SCALARS } from '../../../src/gateway/scalars.ts';

const CASES: Readonly<
  Record<keyof typeof SCALARS, { good: readonly string[]; bad: readonly unknown[]; message: string }>
> = {
  Date: {
    good: ['2026-11-22', '2028-02-29', '1999-12-31'],
    bad: [
      '2026-02-30',
      '2027-02-29',
      '2026-13-01',
      '2026-00-01',
      '2026-1-1',
      '26-01-01',
      '2026-11-22T00:00:00Z',
      '2026-11-22 ',
      '2026-11-22\n',
      '+002026-11-22',
      '',
      'CANARY',
      20261122,
      null,
      true,
      ['2026-11-22'],
      { a: 1 },
    ],
    message: 'Date needs a calendar day, YYYY-MM-DD.',
  },
  DateTime: {
    good: ['2026-11-22T09:00:00Z', '2026-11-22T09:00:00.123+01:00', '2028-02-29T23:59:59-00:30'],
    bad: [
      '2026-11-22',
      '2026-11-22T09:00:00',
      '2026-11-22T09:00Z',
      '2026-02-30T00:00:00Z',
      '2026-11-22T24:00:00Z',
      '2026-11-22T25:00:00Z',
      '2026-11-22 09:00:00Z',
      '22 November 2026 09:00 GMT',
      '1',
      '',
      'CANARY',
      0,
      null,
    ],
    message: 'DateTime needs an instant with a time zone (RFC 3339).',
  },
  IdentifierType: {
    good: ['CRN', 'PNC_ID', 'A', 'HOUSING_APPLICATION', 'A1'],
    bad: [
      'crn',
      '_CRN',
      '1CRN',
      'CRN ',
      'CRN\n',
      'CRN\u0000',
      `A${'B'.repeat(40)}`,
      "CRN'; --",
      '__proto__',
      '',
      'CANARY canary',
      7,
      null,
      ['CRN'],
    ],
    message: 'IdentifierType needs the name of an identifier type.',
  },
};

describe.each(Object.entries(CASES))('%s', (name, { good, bad, message }) => {
  const scalar: GraphQLScalarType = SCALARS[name as keyof typeof SCALARS];

  test.each(good)('takes %j as a variable and in the document', (text) => {
    expect(scalar.parseValue(text)).toBe(text);
    expect(scalar.parseLiteral(parseValue(JSON.stringify(text)))).toBe(text);
    expect(scalar.serialize(text)).toBe(text);
  });

  test.each(bad)('refuses %j, and does not repeat it', (value) => {
    expect(() => scalar.parseValue(value)).toThrow(message);
    expect(() => scalar.parseValue(value)).not.toThrow(/CANARY/);
    if (typeof value === 'string') expect(() => scalar.parseLiteral({ kind: Kind.STRING, value })).toThrow(message);
  });

  test.each(['7', 'true', 'CRN', '["CRN"]', '{ a: "CRN" }', '1.5'])('refuses the literal %s', (literal) => {
    expect(() => scalar.parseLiteral(parseValue(literal))).toThrow(message);
  });
});

test('there is one for each scalar of the public schema', async () => {
  const { SMALL_RECORD } = await import('./small.ts');
  const declared = Object.values(buildSchema(SMALL_RECORD.publicSdl).getTypeMap())
    .filter((type) => type.astNode?.kind === Kind.SCALAR_TYPE_DEFINITION)
    .map(({ name }) => name);
  expect(Object.keys(SCALARS).sort()).toEqual(declared.sort());
});
