import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCheckpoint } from '../../src/audit/checkpoint.ts';
import {
  cosign,
  cosignaturesOf,
  generateCosigningKey,
  parseCosigner,
  parseCosigningKey,
} from '../../src/audit/cosignature.ts';
import { generateKey, NoteError, openNote, parseSigner, parseVkey, signNote } from '../../src/audit/note.ts';

/** A checkpoint of a public log (Certificate Transparency, staging) as public witnesses cosigned it in May 2026. */
const TEXT = 'arche2025h1.staging.ct.transparency.dev\n1432088532\nU7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n';
const LINE =
  '— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n';
const OTHERS = `— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
`;
const REMORA = parseCosigner('remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2');
const CT = parseVkey('arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f');
const NOTE = `${TEXT}\n${OTHERS}${LINE}`;

const ours = generateCosigningKey('witness.example/w1');
const witness = parseCosigningKey(ours.privateKey);
const known = [REMORA, parseCosigner(ours.vkey)];

describe('a checkpoint in public use', () => {
  test('was cosigned by the witness whose line is under it, and when', () => {
    const time = Date.parse('2026-05-23T21:50:24Z') / 1000;
    expect(cosignaturesOf(NOTE, known)).toEqual([{ cosigner: REMORA, time, line: LINE }]);
  });

  test('opens with the key of the log, and the lines of witnesses are in nobody’s way', () => {
    expect(openNote(NOTE, [CT]).signedBy).toEqual([CT]);
    expect(parseCheckpoint(openNote(NOTE, [CT]).text)?.size).toBe(1_432_088_532);
  });

  test.each([
    ['another text', NOTE.replace('1432088532', '1432088533')],
    ['another time', NOTE.replace('2net5wAAAABqEiEg', '2net5wAAAABqEiEh')],
    ['a time that no number holds', NOTE.replace('2net5wAAAABqEiEg', '2net5///////////')],
    ['no signature', NOTE.replace(LINE, '— remora.n621.de 2net5wAAAABqEiEg\n')],
    ['half a time', NOTE.replace(LINE, '— remora.n621.de 2net5wAAAA==\n')],
    ['a good line and a bad one', `${NOTE}${LINE.replace('PlfF', 'PlfG')}`],
  ])('is refused with %s', (_what, note) => {
    expect(() => cosignaturesOf(note, known)).toThrow(expect.objectContaining({ why: 'bad-signature' }));
  });
});

describe('a cosignature', () => {
  const note = signNote(TEXT, parseSigner(generateKey('log.example').privateKey));
  const line = cosign(TEXT, witness, 1_679_315_147);

  test('is one of this text at this time, and adds to a note', () => {
    expect(line.startsWith('— witness.example/w1 ')).toBe(true);
    expect(cosignaturesOf(note + line, known)).toMatchObject([{ cosigner: known[1], time: 1_679_315_147, line }]);
  });

  test('of several by one witness the last line counts', () => {
    const later = cosign(TEXT, witness, 1_679_315_148);
    expect(cosignaturesOf(note + line + later, known)).toMatchObject([{ time: 1_679_315_148 }]);
  });

  test('of an unknown key is passed over', () => {
    expect(cosignaturesOf(note + line, [REMORA])).toEqual([]);
    expect(() => cosignaturesOf(`${TEXT}${line}`, known)).toThrow(NoteError);
  });
});

test('any change of a cosigned checkpoint is found, or leaves no cosignature', () => {
  fc.assert(
    fc.property(fc.nat(NOTE.length - 1), fc.string({ unit: 'binary', maxLength: 2 }), (at, put) => {
      fc.pre(NOTE.charAt(at) !== put);
      const changed = NOTE.slice(0, at) + put + NOTE.slice(at + 1);
      let found: unknown;
      try {
        found = cosignaturesOf(changed, known);
      } catch (error) {
        found = error;
      }
      // The lines of others are not under any signature.
      const isOthers = at >= TEXT.length + 1 && at < NOTE.length - LINE.length;
      expect(found instanceof NoteError || isEmpty(found) || isOthers).toBe(true);
    }),
    { numRuns: 300 },
  );
});

function isEmpty(found: unknown): boolean {
  return Array.isArray(found) && found.length === 0;
}

test('keys of logs and of witnesses never stand for one another', () => {
  const log = generateKey('log.example');
  expect(() => parseCosigner(log.vkey)).toThrow(NoteError);
  expect(() => parseCosigningKey(log.privateKey)).toThrow(NoteError);
  expect(() => parseVkey(ours.vkey)).toThrow(NoteError);
  expect(() => parseSigner(ours.privateKey)).toThrow(NoteError);
  expect(parseCosigningKey(ours.privateKey)).toMatchObject({ name: 'witness.example/w1', vkey: ours.vkey });
});
