import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseUnambiguousObject } from '../../src/identity/json.ts';

it.each([
  '{"a":1,"a":1}',
  '{"a":1,"\\u0061":2}',
  '{"a":{"b":1,"b":2}}',
  '{"a":[{"b":1},{"b":1,"b":2}]}',
  '{"a":"}{","b":1,"a" : 2}',
  '{"a\\"":1,"a\\"":2}',
  '{"__proto__":1,"__proto__":2}',
  '{"":1,"":2}',
  '[]',
  'null',
  '"a"',
  '1',
  '',
  '{',
  '{"a":1}x',
])('refuses %s', (text) => {
  expect(() => parseUnambiguousObject(text)).toThrow(SyntaxError);
});

it.each(['{}', '{"a":"a","b":"a"}', '{"a":{"a":{"a":1}}}', '{"a":[{"b":1},{"b":1}],"b":1}', '{"a":"\\",\\"a\\":1"}'])(
  'reads %s',
  (text) => {
    expect(parseUnambiguousObject(text)).toEqual(JSON.parse(text));
  },
);

it('reads whatever was written without repeating a key', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
      fc.constantFrom(0, 2),
      (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        expect(parseUnambiguousObject(text)).toEqual(JSON.parse(text));
      },
    ),
  );
});

it('finds a repeated key wherever it is', () => {
  const key = fc.string({ unit: 'binary', minLength: 1 }).map((text) => JSON.stringify(text));
  fc.assert(
    fc.property(key, fc.jsonValue(), fc.jsonValue(), fc.nat(5), (key, first, second, depth) => {
      const inner = `{${key}:${JSON.stringify(first)},"between":[{}],${key}:${JSON.stringify(second)}}`;
      const text = `${'{"outer":['.repeat(depth)}${inner}${']}'.repeat(depth)}`;
      expect(() => parseUnambiguousObject(text)).toThrow(SyntaxError);
    }),
  );
});
