import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPseudonyms } from '../../src/audit/pseudonym.ts';

const key = (fill: number, length = 32) => new Uint8Array(length).fill(fill);
const one = (fill: number, length = 32) => createPseudonyms([key(fill, length)]);
const PERSON = '00000000-0000-4000-8000-000000000001';

describe('the log speaks of people by keyed names', () => {
  test.each([0, 16, 31])('a key of %i bytes is too short, alone and among others', (length) => {
    expect(() => one(1, length)).toThrow(RangeError);
    expect(() => createPseudonyms([key(1), key(1, length), key(2)])).toThrow(`has ${length} bytes`);
  });

  test('without a key there are no names', () => {
    expect(() => createPseudonyms([])).toThrow(RangeError);
  });

  test('the same person has the same name for as long as the key lasts', () => {
    expect(one(1).ofPerson(PERSON)).toEqual(one(1).ofPerson(PERSON));
    expect(one(1, 64).ofPerson(PERSON)).toMatchObject({ epoch: 1 });
  });

  test('another key gives everybody another name', () => {
    expect(one(2).ofPerson(PERSON).ref).not.toBe(one(1).ofPerson(PERSON).ref);
  });

  test('the newest key names people, and every key knows them by the name that it gave', () => {
    const names = createPseudonyms([key(1), key(2), key(3)]);
    const alone = [1, 2, 3].map((fill) => one(fill));
    expect(names.everyOfPerson(PERSON)).toEqual(
      alone.map(({ ofPerson }, index) => ({ ref: ofPerson(PERSON).ref, epoch: index + 1 })),
    );
    expect(names.everyOfIdentifier('CRN', 'X000001')).toEqual(
      alone.map(({ ofIdentifier }, index) => ({ ref: ofIdentifier('CRN', 'X000001').ref, epoch: index + 1 })),
    );
    expect(names.ofPerson(PERSON)).toEqual(names.everyOfPerson(PERSON)[2]);
    expect(names.ofIdentifier('CRN', 'X000001')).toEqual(names.everyOfIdentifier('CRN', 'X000001')[2]);
  });

  test('a name is 256 bits that hold nothing of what was named', () => {
    const { ofPerson, ofIdentifier } = one(1);
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
    const { ofPerson, ofIdentifier } = one(1);
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
