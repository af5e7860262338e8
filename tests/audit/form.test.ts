import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalBytes } from '../../src/audit/canonical.ts';
import { whatIsWrong } from '../../src/audit/form.ts';

const isEntry = (text: string) => whatIsWrong(Buffer.from(text)) === null;

describe('the one form of an entry', () => {
  test.each([
    '{}',
    '{"a":1}',
    '{"a":0,"b":-1,"c":9007199254740991}',
    '{"a":true,"b":false,"c":null}',
    '{"a":[],"b":{},"c":[1,[2,{"d":""}]]}',
    '{"a":1,"ab":2,"b":3}',
    '{"10":1,"9":2}',
    '{"a":"é\u2028\u007f😀"}',
    '{"a":"\\"\\\\\\n\\u0001"}',
    '{"é":1}',
    '{"😀":1,"\uffff":2}',
    `{"a":${'['.repeat(40)}${']'.repeat(40)}}`,
  ])('%s', (text) => {
    expect(isEntry(text)).toBe(true);
    expect(canonicalBytes(JSON.parse(text))).toEqual(new TextEncoder().encode(text));
  });
});

describe('no such form', () => {
  test.each([
    ...['', '{', '}', '[]', '1', '"a"', 'null', '{}}', '{} ', ' {}', '{}{}', '{"a"}', '{"a":}', '{"a":1', '{a:1}'],
    ...['{"a":1,}', '{,"a":1}', '{"a":[1,]}', '{"a":[,1]}', '{"a":[1 ,2]}', '{"a" :1}', '{"a":1;"b":2}', '{"a":"b}'],
    ...['{"b":1,"a":2}', '{"a":1,"a":1}', '{"ab":1,"a":2}', '{"\uffff":1,"😀":2}', '{"é":1,"e":2}', '{"9":1,"10":2}'],
    ...['{"a":-0}', '{"a":01}', '{"a":-01}', '{"a":-}', '{"a":+1}', '{"a":1.0}', '{"a":1e2}', '{"a":.5}'],
    ...['{"a":9007199254740992}', '{"a":00}', '{"a":tru}', '{"a":truex}', '{"a":nul', '{"a":NaN}', '{"a":true1}'],
    ...['{"a":"\\u00e9"}', '{"a":"\\/"}', '{"a":"\\u0008"}', '{"a":"\t"}', '{"a":"\\ud800"}', '{"a":"\\u001F"}'],
  ])('%s', (text) => {
    expect(isEntry(text)).toBe(false);
  });

  test('bytes that are no text', () => {
    expect(whatIsWrong(Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xc3), Buffer.from('"}')]))).toBe(
      'cannot be read',
    );
  });
});

test('whatever is made of an entry is one exactly where the writer would write it so', () => {
  const entry = {
    at: '2026-11-22T09:30:00.123Z',
    counts: { shown: 1, subjects: -10 },
    list: ['T.é', null, true],
    v: 2,
  };
  const line = Buffer.from(canonicalBytes(entry));
  const byte = fc.oneof(fc.constantFrom(...Buffer.from('{}[]",:0123456789-.eE\\tfnu 	')), fc.nat(255));
  const written = (bytes: Buffer) => {
    try {
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      const value = JSON.parse(text);
      return (
        !Array.isArray(value) &&
        typeof value === 'object' &&
        value !== null &&
        Buffer.from(canonicalBytes(value)).equals(bytes)
      );
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(fc.nat(line.length), fc.nat(2), fc.array(byte, { maxLength: 3 }), (place, taken, put) => {
      const edited = Buffer.concat([line.subarray(0, place), Buffer.from(put), line.subarray(place + taken)]);
      expect(whatIsWrong(edited) === null).toBe(written(edited));
    }),
    { numRuns: 500 },
  );
});
