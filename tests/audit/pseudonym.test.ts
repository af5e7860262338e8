import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPseudonyms } from '../../src/audit/pseudonym.ts';

const key = (fill: number, length = 32) => new Uint8Array(length).fill(fill);
const PERSON = '00000000-0000-4000-8000-000000000001';

describe('the log speaks of people by keyed names', () => {
  test.each([0, 16, 31])('a key of %i bytes is too short', (length) => {
    expect(() => createPseudonyms(key(1, length))).toThrow(RangeError);
    expect(() => createPseudonyms(key(1, length))).toThrow(`has ${length} bytes`);
  });

  test('the same person has the same name for as long as the key lasts', () => {
    expect(createPseudonyms(key(1)).ofPerson(PERSON)).toEqual(createPseudonyms(key(1)).ofPerson(PERSON));
    expect(createPseudonyms(key(1, 64)).ofPerson(PERSON)).toMatchObject({ epoch: 1 });
    expect(createPseudonyms(key(1), 7).ofPerson(PERSON)).toMatchObject({ epoch: 7 });
  });

  test('another key gives everybody another name', () => {
    expect(createPseudonyms(key(2)).ofPerson(PERSON).ref).not.toBe(createPseudonyms(key(1)).ofPerson(PERSON).ref);
  });

  test('a name is 256 bits that hold nothing of what was named', () => {
    const { ofPerson, ofIdentifier } = createPseudonyms(key(1));
    fc.assert(
      fc.property(fc.uuid(), fc.string({ minLength: 4 }), (person, value) => {
        for (const { ref } of [ofPerson(person), ofIdentifier('CRN', value)]) {
          expect(ref).toMatch(/^[A-Za-z0-9_-]{43}$/);
          expect(ref).not.toContain(person.slice(0, 8));
          expect(ref).not.toContain(value);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('no two things that can be named share a name', () => {
    const { ofPerson, ofIdentifier } = createPseudonyms(key(1));
    const names = [
      ofPerson(PERSON),
      ofPerson('X000001'),
      ofIdentifier('id', PERSON),
      ofIdentifier('id', 'X000001'),
      ofIdentifier('CRN', 'X000001'),
      ofIdentifier('CRNX', '000001'),
      ofIdentifier('PNC_ID', 'X000001'),
    ].map(({ ref }) => ref);
    expect(new Set(names).size).toBe(names.length);
  });
});
