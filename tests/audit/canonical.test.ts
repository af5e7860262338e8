import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Canonical, canonicalBytes } from '../../src/audit/canonical.ts';

const text = (value: unknown) => new TextDecoder('utf-8', { fatal: true }).decode(canonicalBytes(value as Canonical));

describe('a value has one byte sequence', () => {
  test.each<[string, Canonical, string]>([
    [
      'keys are sorted at every depth',
      { b: { d: 1, c: [{ z: 1, a: 2 }] }, a: null },
      '{"a":null,"b":{"c":[{"a":2,"z":1}],"d":1}}',
    ],
    [
      'keys are sorted by code unit, as RFC 8785 sorts them',
      { '\u{1f600}': 1, '\ufb33': 2, é: 3, z: 4, '10': 5, '9': 6 },
      '{"10":5,"9":6,"z":4,"é":3,"\u{1f600}":1,"\ufb33":2}',
    ],
    ['text is escaped as JSON escapes it', '"\\\u0000\u001f\n/é\u2028', '"\\"\\\\\\u0000\\u001f\\n/é\u2028"'],
    ['there is no white space', [1, [], {}, [true, false, null]], '[1,[],{},[true,false,null]]'],
    [
      'the largest integers are written in full',
      [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
      '[9007199254740991,-9007199254740991]',
    ],
    [
      'a key named __proto__ is a key like any other',
      JSON.parse('{"__proto__":{"x":1},"a":2}'),
      '{"__proto__":{"x":1},"a":2}',
    ],
  ])('%s', (_promise, value, expected) => {
    expect(text(value)).toBe(expected);
  });

  const canonical = fc.letrec<{ value: Canonical }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.string({ unit: 'binary' }),
      fc.maxSafeInteger().map((n) => n + 0),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: 'binary', maxLength: 4 }), tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).value;

  test('parsing it and writing it again changes no byte', () => {
    fc.assert(
      fc.property(canonical, (value) => {
        const written = text(value);
        const read: unknown = JSON.parse(written);
        expect(read).toEqual(value);
        expect(text(read)).toBe(written);
      }),
      { numRuns: 300 },
    );
  });

  test('the order in which keys were set never changes a byte', () => {
    const shuffled = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shuffled);
      if (typeof value !== 'object' || value === null) return value;
      const entries = Object.entries(value)
        .reverse()
        .map(([key, item]) => [key, shuffled(item)]);
      return Object.fromEntries(entries);
    };
    fc.assert(
      fc.property(canonical, (value) => {
        expect(text(shuffled(value))).toBe(text(value));
      }),
      { numRuns: 200 },
    );
  });
});

describe('what has no stable form is refused, and the message says where', () => {
  test.each<[string, unknown, string]>([
    ['a fraction', { a: [1, { b: 0.1 }] }, '$.a[1].b: only safe integers'],
    ['minus zero', [-0], '$[0]: only safe integers'],
    ['an integer past 2^53', { n: 2 ** 53 }, '$.n: only safe integers'],
    ['NaN', Number.NaN, '$: only safe integers'],
    ['infinity', [Number.NEGATIVE_INFINITY], '$[0]: only safe integers'],
    ['undefined', { a: undefined }, '$.a: undefined'],
    ['a hole in a list', new Array(2), '$[0]: undefined'],
    ['a bigint', { a: 1n }, '$.a: bigint'],
    ['a symbol', [Symbol('x')], '$[0]: symbol'],
    ['a function', { toJSON: () => 'x' }, '$.toJSON: function'],
    ['a date', { at: new Date(0) }, '$.at: only plain objects'],
    ['a map', new Map([['a', 1]]), '$: only plain objects'],
    ['a set', { a: new Set() }, '$.a: only plain objects'],
    ['a typed array', { body: new Uint8Array([1]) }, '$.body: only plain objects'],
    ['a boxed string', [Object('x')], '$[0]: only plain objects'],
    ['an object of a class', { e: new Error('x') }, '$.e: only plain objects'],
    ['a lone surrogate', { a: ['x', '\ud800'] }, '$.a[1]: a lone surrogate'],
    ['a lone surrogate in a key', { a: { '\udc00': 1 } }, '$.a: a lone surrogate'],
  ])('%s', (_what, value, expected) => {
    const act = () => canonicalBytes(value as Canonical);
    expect(act).toThrow(TypeError);
    expect(act).toThrow(expected);
  });
});
