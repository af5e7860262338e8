import { describe, expect, test } from 'vitest';
import { respondersFor } from '../../src/checks/areas.ts';
import { outwardOf, tidyPostcode } from '../../src/checks/postcode.ts';
import type { AreaPolicy } from '../../src/policy/practice.ts';
import { practice } from './scene.ts';

test.each([
  ['M1 1AA', 'M1', 'M1 1AA'],
  ['M60 1NW', 'M60', 'M60 1NW'],
  ['CR2 6XH', 'CR2', 'CR2 6XH'],
  ['DN55 1PT', 'DN55', 'DN55 1PT'],
  ['W1A 1HQ', 'W1A', 'W1A 1HQ'],
  ['EC1A 1BB', 'EC1A', 'EC1A 1BB'],
  ['qn1 4ab', 'QN1', 'QN1 4AB'],
  ['qs14ab', 'QS1', 'QS1 4AB'],
  ['  dn551pt ', 'DN55', 'DN55 1PT'],
  ['EC1A  1BB', 'EC1A', 'EC1A 1BB'],
])('"%s" is in %s', (postcode, outward, tidy) => {
  expect(outwardOf(postcode)).toBe(outward);
  expect(tidyPostcode(postcode)).toBe(tidy);
});

test.each([
  '',
  ' ',
  'QN1',
  '1AA',
  'QN1 4A',
  'QN1 4ABC',
  'QNN1 4AB',
  'Q 4AB',
  'QN123 4AB',
  'QN1-4AB',
  'QN1\n4AB',
  'İN1 4AB',
  '12345',
])('"%s" is no postcode', (text) => {
  expect(outwardOf(text)).toBeNull();
  expect(tidyPostcode(text)).toBeNull();
});

describe('who is asked', () => {
  const area = (police: string[], childrens: string[] = []): AreaPolicy => ({
    region: '',
    responders: new Map([
      ['police', police],
      ['childrens', childrens],
    ]),
  });
  const policy = {
    ...practice,
    areas: new Map([
      ['QN1', area(['north'], ['north-council'])],
      ['QN2', area(['north'], ['north-council', 'south-council'])],
      ['QN9', area(['north', 'south'])],
      ['QS1', area(['south'], ['south-council'])],
    ]),
  };
  const at = (postcode: string, kind: 'HOME' | 'RELEASE' | 'PARTNER' | 'CHILD' | 'CURFEW' = 'RELEASE') => ({
    kind,
    postcode,
  });

  test('each force once, in the order of the addresses', () => {
    expect(
      respondersFor([at('QS1 1AA'), at('qn11aa', 'HOME'), at('QN2 2BB', 'PARTNER')], 'DOMESTIC_ABUSE', policy),
    ).toEqual({
      responders: ['south', 'north'],
      choices: [],
      unknown: [],
    });
  });

  test('a force is not asked by where a child lives, and an authority is', () => {
    const addresses = [at('QN1 1AA'), at('QS1 1AA', 'CHILD')];
    expect(respondersFor(addresses, 'DOMESTIC_ABUSE', policy).responders).toEqual(['north']);
    expect(respondersFor(addresses, 'CHILDRENS_SERVICES', policy).responders).toEqual([
      'north-council',
      'south-council',
    ]);
  });

  test('at a border the asker chooses, beside what is clear', () => {
    expect(respondersFor([at('QN1 1AA'), at('QN9 1AA')], 'DOMESTIC_ABUSE', policy)).toEqual({
      responders: ['north'],
      choices: [{ district: 'QN9', responders: ['north', 'south'] }],
      unknown: [],
    });
  });

  test.each([
    [['south'], ['south']],
    [
      ['south', 'north'],
      ['north', 'south'],
    ],
  ])('of %j, named at a border, %j are asked', (chosen, responders) => {
    expect(respondersFor([at('QN9 1AA')], 'DOMESTIC_ABUSE', policy, chosen)).toEqual({
      responders,
      choices: [],
      unknown: [],
    });
  });

  test('naming somebody who is not concerned there chooses nobody, and takes nobody away', () => {
    const { responders, choices } = respondersFor([at('QN9 1AA'), at('QS1 1AA')], 'DOMESTIC_ABUSE', policy, [
      'elsewhere',
    ]);
    expect(responders).toEqual(['south']);
    expect(choices).toEqual([{ district: 'QN9', responders: ['north', 'south'] }]);
  });

  test('districts of which nothing is known are told, once, and what is no postcode as an empty text', () => {
    const addresses = [at('ZZ1 1AA'), at('ZZ1 2BB'), at('nowhere'), at('QN1 1AA')];
    expect(respondersFor(addresses, 'DOMESTIC_ABUSE', policy)).toEqual({
      responders: ['north'],
      choices: [],
      unknown: ['ZZ1', ''],
    });
    expect(respondersFor([at('QN9 1AA')], 'CHILDRENS_SERVICES', policy).unknown).toEqual(['QN9']);
  });
});
