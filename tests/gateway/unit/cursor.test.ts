import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../src/errors.ts';
import { createCursors } from '../../../src/gateway/cursor.ts';

const key = (fill: number) => new Uint8Array(32).fill(fill);
const cursors = createCursors([key(1)]);
const BOUND = [
  'probation-service',
  'PRO-0001',
  'probation-practitioner',
  'RELEASE_PLANNING',
  '2026-11-01',
  '2026-12-01',
];
const PLACE = { date: '2026-11-22', id: 'AAAAAAAAAAAAAAAAAAAAAA' };
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= .\u0000é';

const refused = (cursor: string, boundTo: readonly string[] = BOUND, by = cursors) => {
  let thrown: unknown;
  try {
    by.read(cursor, boundTo);
  } catch (error) {
    thrown = error;
  }
  expect(thrown, cursor).toBeInstanceOf(GatewayError);
  expect(thrown).toMatchObject({ code: 'BAD_USER_INPUT' });
};

test('what is written is read, and is safe in a URL', () => {
  const places = fc.record({
    date: fc
      .date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('2999-12-31') })
      .map((day) => day.toISOString().slice(0, 10)),
    id: fc.string({ unit: fc.constantFrom(...ALPHABET.slice(0, 64)), minLength: 22, maxLength: 22 }),
  });
  fc.assert(
    fc.property(places, fc.array(fc.string()), (place, boundTo) => {
      const cursor = cursors.write(place, boundTo);
      expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(cursors.read(cursor, boundTo)).toEqual(place);
      expect(cursors.write(place, boundTo)).toBe(cursor);
    }),
    { numRuns: 100 },
  );
});

describe('a cursor is good for what it was made for, and for nothing else', () => {
  const cursor = cursors.write(PLACE, BOUND);

  test('any one character changed, left out or added makes it no cursor', () => {
    for (let at = 0; at <= cursor.length; at += 1) {
      for (const letter of ALPHABET) {
        if (letter !== cursor[at]) refused(`${cursor.slice(0, at)}${letter}${cursor.slice(at + 1)}`);
        refused(`${cursor.slice(0, at)}${letter}${cursor.slice(at)}`);
      }
      if (at < cursor.length) refused(`${cursor.slice(0, at)}${cursor.slice(at + 1)}`);
    }
  });

  test.each(['', 'x', 'A'.repeat(22), 'A'.repeat(70), '\ud800', ' ', 'null', '='.repeat(70)])(
    '%j is no cursor',
    (text) => {
      refused(text);
    },
  );

  test.each(BOUND.map((part, index) => [part, BOUND.with(index, `${part}x`)] as const))(
    'another %s cannot use it',
    (_part, boundTo) => {
      refused(cursor, boundTo);
    },
  );

  test('its bonds cannot be moved from one to the next', () => {
    refused(cursors.write(PLACE, ['a', 'bc']), ['ab', 'c']);
    refused(cursors.write(PLACE, ['a', 'b']), ['a,b']);
    refused(cursors.write(PLACE, []), ['']);
  });

  test('another gateway’s key does not read it', () => {
    refused(cursor, BOUND, createCursors([key(2)]));
  });

  test('it is still good when another key has come, and then writes what the older does not read', () => {
    const rotated = createCursors([key(1), key(2)]);
    expect(rotated.read(cursor, BOUND)).toEqual(PLACE);
    const newer = rotated.write(PLACE, BOUND);
    expect(rotated.read(newer, BOUND)).toEqual(PLACE);
    refused(newer);
  });
});
