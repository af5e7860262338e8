import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOLDERS } from '../../../src/demo/population/holders.ts';
import { createNumbering, nhsCheckDigit, pncCheckLetter } from '../../../src/demo/population/identifiers.ts';

const SIZE = 20_000;

describe('check characters', () => {
  // Ids known to be valid, from the published tests of the core person record.
  it.each([
    [2002, 73_319, 'Z'],
    [1979, 163_001, 'B'],
    [1981, 34, 'U'],
    [1967, 9_893_091, 'D'],
  ])('PNC %i/%i ends in %s', (year, serial, letter) => {
    expect(pncCheckLetter(year, serial)).toBe(letter);
  });

  it('PNC 2001/0171310 does not end in S, which is not used', () => {
    expect(pncCheckLetter(2001, 171_310)).not.toBe('S');
  });

  it('gives the NHS check digit, and none where no number is issued', () => {
    expect(nhsCheckDigit('943476591')).toBe(9);
    // Six twos are twelve, one more than eleven: the check would be ten.
    expect(nhsCheckDigit('000000006')).toBeNull();
  });
});

describe('numbering', () => {
  const WELL_FORMED: Record<string, (value: string) => boolean> = {
    PRISON_NUMBER: (value) => /^[A-Z]\d{4}[A-Z]{2}$/.test(value),
    CRN: (value) => /^[A-Z]\d{6}$/.test(value),
    PNC_ID: (value) => {
      const [, year = '', serial = '', letter] = /^(\d{4})\/(\d{7})([A-Z])$/.exec(value) ?? [];
      const check = Number(year.slice(2) + serial) % 23;
      return 'ZABCDEFGHJKLMNPQRTUVWXY'.charAt(check) === letter;
    },
    NINO: (value) => /^QQ\d{6}[A-D]$/.test(value),
    NHS_NUMBER: (value) => {
      const weighted = [...value].slice(0, 9).reduce((sum, digit, i) => sum + Number(digit) * (10 - i), 0);
      const check = (11 - (weighted % 11)) % 11;
      return /^999\d{7}$/.test(value) && check === Number(value.charAt(9));
    },
    CHILDRENS_CASE: (value) => /^CS-\d{7}$/.test(value),
    HOUSING_APPLICATION: (value) => /^HA-\d{7}$/.test(value),
  };

  it('is well formed, leads back to the person, and has no number twice', () =>
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1950, max: 2026 }), (seed, pncYear) => {
        const numbering = createNumbering(seed, SIZE);
        for (const { code, identifier } of HOLDERS) {
          const values = new Set<string>();
          for (let index = 0; index < SIZE; index += 97) {
            const value = numbering.value(identifier, code, { index, pncYear });
            expect(WELL_FORMED[identifier]?.(value), value).toBe(true);
            expect(numbering.index(identifier, code, value)).toBe(index);
            values.add(value);
          }
          expect(values.size).toBe(Math.ceil(SIZE / 97));
        }
      }),
      { numRuns: 12 },
    ));

  it('has no number twice in a whole population, former prison numbers included', () => {
    const numbering = createNumbering(5, SIZE);
    for (const { code, identifier } of HOLDERS) {
      const values = Array.from({ length: SIZE }, (_, index) =>
        numbering.value(identifier, code, { index, pncYear: 2001 }),
      );
      expect(new Set(values).size).toBe(SIZE);
    }
    const prisonNumbers = Array.from({ length: SIZE }, (_, index) => [
      numbering.value('PRISON_NUMBER', 'hmpps-prisons', { index, pncYear: 2001 }),
      numbering.formerPrisonNumber(index),
    ]).flat();
    expect(new Set(prisonNumbers).size).toBe(2 * SIZE);
  });

  it.each(HOLDERS)('knows nobody at $code by a malformed value', ({ code, identifier }) => {
    const numbering = createNumbering(5, SIZE);
    for (const value of [
      '',
      'A',
      '9434765919',
      'QQ12345',
      `${numbering.value(identifier, code, { index: 1, pncYear: 2001 })} `,
    ]) {
      expect(numbering.index(identifier, code, value)).toBeNull();
    }
  });
});
