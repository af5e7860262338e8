import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatVkey,
  generateKey,
  NoteError,
  openNote,
  parseSigner,
  parseVkey,
  signNote,
} from '../../src/audit/note.ts';

/** The examples of golang.org/x/mod/sumdb/note. */
const VKEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const KEY = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNATURE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

const peter = parseVkey(VKEY);
const other = generateKey('EnochRoot');
const known = [peter];

const why = (note: string, keys = known) => {
  try {
    return openNote(note, keys).signedBy.map(({ name }) => name);
  } catch (error) {
    if (error instanceof NoteError) return error.why;
    throw error;
  }
};

describe('the example of the reference implementation', () => {
  test('its key signs the text into the note', () => {
    expect(signNote(TEXT, parseSigner(KEY))).toBe(`${TEXT}\n${SIGNATURE}`);
  });

  test('its note opens with its key', () => {
    const { text, signedBy } = openNote(`${TEXT}\n${SIGNATURE}`, known);
    expect({ text, signedBy }).toEqual({ text: TEXT, signedBy: [peter] });
  });

  test('its keys belong together', () => {
    expect(parseSigner(KEY)).toMatchObject({ name: 'PeterNeumann', vkey: VKEY });
    expect(formatVkey('PeterNeumann', peter.key)).toBe(VKEY);
  });
});

test('a new key signs notes that its public half opens', () => {
  const { privateKey, vkey } = generateKey('log.example/a');
  const signer = parseSigner(privateKey);
  expect(signer.vkey).toBe(vkey);
  expect(why(signNote(TEXT, signer), [parseVkey(vkey)])).toEqual(['log.example/a']);
  expect(generateKey('log.example/a').vkey).not.toBe(vkey);
});

describe('signatures', () => {
  const enoch = signNote(TEXT, parseSigner(other.privateKey)).slice(TEXT.length + 1);
  const wrong = signNote('Another text.\n', parseSigner(KEY)).split('\n\n')[1] ?? '';

  test.each<[string, string, unknown]>([
    ['of unknown keys are passed over', enoch + SIGNATURE, ['PeterNeumann']],
    ['of none but unknown keys do not do', enoch, 'unknown-key'],
    ['of a known key must be good, whoever else signed', enoch + wrong, 'bad-signature'],
    ['of one key count once', SIGNATURE + SIGNATURE, ['PeterNeumann']],
    ['may be many', enoch.repeat(16) + SIGNATURE, ['PeterNeumann']],
    ['may not be endless', enoch.repeat(100) + SIGNATURE, 'malformed'],
    ['by the name of a key and the id of another are of neither', SIGNATURE.replace('Peter', 'Alfred'), 'unknown-key'],
    ['have their whole length', '— PeterNeumann x08gowA=\n', 'bad-signature'],
    ['have at least one byte', '— PeterNeumann x08gow==\n', 'malformed'],
    ['end with a newline', SIGNATURE.slice(0, -1), 'malformed'],
    ['have no empty line between them', `${SIGNATURE}\n${SIGNATURE}`, 'bad-signature'],
    ['begin with a long dash', SIGNATURE.replace('—', '-'), 'malformed'],
    ['have one space before the base64', SIGNATURE.replace(' x08', '  x08'), 'malformed'],
    ['have one encoding', SIGNATURE.replace('nAM=', 'nAN='), 'malformed'],
    ['have no carriage returns', SIGNATURE.replace('\n', '\r\n'), 'malformed'],
  ])('%s', (_what, signatures, expected) => {
    expect(why(`${TEXT}\n${signatures}`, known)).toEqual(expected);
  });
});

test.each(['', '\n\n', 'text', 'text\n', 'text\n\n', `${TEXT}${SIGNATURE}`, `\0${TEXT}\n${SIGNATURE}`])(
  'what is no note is refused: %j',
  (note) => expect(why(note)).toBe('malformed'),
);

test.each(['no newline at its end', 'a tab\t\n', 'half a pair \ud800\n'])(
  'a text that no note can hold: %j',
  (text) => {
    expect(() => signNote(text, parseSigner(KEY))).toThrow(NoteError);
  },
);

test('any change of a note is found', () => {
  const note = `${TEXT}\n${SIGNATURE}`;
  fc.assert(
    fc.property(fc.nat(note.length - 1), fc.string({ unit: 'binary', maxLength: 2 }), (at, put) => {
      fc.pre(note.charAt(at) !== put);
      expect(why(note.slice(0, at) + put + note.slice(at + 1))).toBeTypeOf('string');
    }),
    { numRuns: 500 },
  );
});

describe('keys that are none', () => {
  const [, , base64 = ''] = VKEY.split('+');
  test.each([
    '',
    'PeterNeumann',
    'PeterNeumann+c74f20a3',
    `+c74f20a3+${base64}`,
    `Peter Neumann+c74f20a3+${base64}`,
    `PeterNeumann+c74f20a4+${base64}`,
    `PeterNeumann+C74F20A3+${base64}`,
    `Other+c74f20a3+${base64}`,
    VKEY.replace('+AR', '+BR'),
    VKEY.slice(0, -4),
    `${VKEY}\n`,
    `${VKEY}=`,
    KEY,
  ])('to verify with: %j', (text) => {
    expect(() => parseVkey(text)).toThrow(NoteError);
  });

  test.each(['', VKEY, KEY.slice(8), KEY.slice(0, -4), KEY.replace('c74f20a3', 'c74f20a4'), `${KEY} `])(
    'to sign with: %j',
    (text) => {
      expect(() => parseSigner(text)).toThrow(NoteError);
    },
  );

  test.each(['', 'a b', 'a+b', 'a\nb', '\ud800'])('by name: %j', (name) => {
    expect(() => generateKey(name)).toThrow(NoteError);
  });

  test('are not repeated in the message', () => {
    expect(() => parseSigner(`${KEY}x`)).toThrow(
      expect.not.objectContaining({ message: expect.stringMatching('AYEK') }),
    );
  });
});

test('no text makes the parsers fail in another way', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(VKEY, KEY, `${TEXT}\n${SIGNATURE}`), (garbage, good) => {
      for (const parse of [parseVkey, parseSigner, (text: string) => openNote(text, known)]) {
        for (const text of [garbage, good.slice(0, 30) + garbage, garbage + good]) {
          try {
            parse(text);
          } catch (error) {
            expect(error).toBeInstanceOf(NoteError);
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});
