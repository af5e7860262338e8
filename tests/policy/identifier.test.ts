import { describe, expect, test } from 'vitest';
import { checkIdentifier } from '../../src/policy/identifier.ts';
import { buildBundle } from '../../src/policy/load/load.ts';
import { record, texts } from './load/real.ts';

const { identifiers } = buildBundle(texts, record);

const VALUES: Record<string, { good: string[]; bad: string[] }> = {
  PRISON_NUMBER: { good: ['A1234AA', 'Z9999ZZ'], bad: ['a1234aa', 'A12345A', 'A1234AAA', ' A1234AA', 'A1234AA\n', ''] },
  CRN: { good: ['X123456'], bad: ['XX12345', 'X12345', 'X1234567', 'x123456'] },
  PNC_ID: {
    good: ['2002/0073319Z', '1979/0163001B', '1981/0000034U', '1967/9893091D'],
    bad: [
      '2001/0171310S',
      '2001/0171310A',
      '2002/0073319B',
      '20020073319Z',
      '02/73319Z',
      '1979/0163001b',
      '1979/163001B',
    ],
  },
  NHS_NUMBER: {
    good: ['9990000018', '9434765919'],
    // The last has a remainder that would need 10 as its check digit, which is never issued.
    bad: ['9990000019', '9434765918', '999 000 0018', '999000001', '99900000180', '9990000000'],
  },
  NINO: {
    good: ['AB123456C', 'QQ123456A', 'QQ000000D'],
    bad: [
      ...['DA', 'FA', 'IA', 'QA', 'UA', 'VA', 'AD', 'AF', 'AI', 'AQ', 'AU', 'AV', 'AO'].map(
        (prefix) => `${prefix}123456A`,
      ),
      ...['BG', 'GB', 'KN', 'NK', 'NT', 'TN', 'ZZ', 'OO', 'CR', 'FY', 'MW', 'NC'].map((prefix) => `${prefix}123456A`),
      ...['AB123456E', 'AB123456', 'AB12345C', 'ab123456c', 'AB 12 34 56 C'],
    ],
  },
  CHILDRENS_CASE: { good: ['CS-1234567'], bad: ['CS-123456', 'HA-1234567', 'CS1234567'] },
  HOUSING_APPLICATION: { good: ['HA-1234567'], bad: ['HA-12345678', 'CS-1234567'] },
};

test('every type of identifier has values here', () => {
  expect(Object.keys(VALUES).sort()).toEqual([...identifiers.keys()].sort());
});

describe.each([...identifiers.values()])('$name', (policy) => {
  test.each([policy.example, ...(VALUES[policy.name]?.good ?? [])])('%j is well formed', (value) => {
    expect(checkIdentifier(policy, value)).toBe(true);
  });

  test.each(VALUES[policy.name]?.bad ?? [])('%j is not', (value) => {
    expect(checkIdentifier(policy, value)).toBe(false);
  });
});

test('each PNC id has exactly one check letter', () => {
  const policy = identifiers.get('PNC_ID');
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  expect(policy && letters.filter((letter) => checkIdentifier(policy, `1967/9893091${letter}`))).toEqual(['D']);
});
