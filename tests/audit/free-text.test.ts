import { createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openText, sealText } from '../../src/audit/free-text.ts';

const ID = '5b8f6a52-6f5a-4f0e-9d0f-1b6f3f3a7c11';
const OTHER = '5b8f6a52-6f5a-4f0e-9d0f-1b6f3f3a7c12';
const KEYS = [randomBytes(32), randomBytes(48)] as const;

test('what is sealed is opened, by the key of its epoch', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), fc.constantFrom(1, 2), (text, epoch) => {
      const { sealed, commitment } = sealText(KEYS[epoch - 1] ?? KEYS[0], epoch, ID, text);
      expect(openText(KEYS, ID, epoch, sealed)).toBe(text);
      expect(commitment).toMatch(/^[A-Za-z0-9_-]{43}$/);
    }),
    { numRuns: 100 },
  );
});

test('the commitment is to the salt and the whole text', () => {
  const text = 'He said that he would go to her house tonight.';
  const { sealed, commitment } = sealText(KEYS[0], 1, ID, text);
  const key = new Uint8Array(hkdfSync('sha256', KEYS[0], '', `throughgate free text ${ID}`, 32));
  // Nonce, tag, and what is behind them; decrypted without its tag, which the tests below are about.
  const content = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).update(sealed.subarray(28));
  expect(content.toString('utf8', 32)).toBe(text);
  expect(commitment).toBe(createHash('sha256').update(content).digest('base64url'));
});

test('neither what is kept nor the commitment tells the text, nor that two texts are one', () => {
  const text = 'He said that he would go to her house tonight.';
  const [first, second] = [sealText(KEYS[0], 1, ID, text), sealText(KEYS[0], 1, ID, text)];
  expect(Buffer.from(first.sealed).includes(Buffer.from('tonight'))).toBe(false);
  expect(first.commitment).not.toBe(second.commitment);
  expect(Buffer.compare(first.sealed, second.sealed)).not.toBe(0);
  expect(first.commitment).not.toBe(createHash('sha256').update(text).digest('base64url'));
});

test.each([
  ['under another id', KEYS, OTHER, 1],
  ['as of another epoch', KEYS, ID, 2],
  ['as of an epoch that has no key', KEYS, ID, 3],
  ['by another key', [randomBytes(32)], ID, 1],
] as const)('nothing is opened %s', (_what, keys, id, epoch) => {
  const { sealed } = sealText(KEYS[0], 1, ID, 'Somebody’s words.');
  expect(() => openText(keys, id, epoch, sealed)).toThrow();
});

test('nothing is opened that was altered by a bit, cut or grown', () => {
  const { sealed } = sealText(KEYS[0], 1, ID, 'Words.');
  for (let at = 0; at < sealed.length; at += 1) {
    const altered = Buffer.from(sealed);
    altered[at] = (altered[at] ?? 0) ^ 1;
    expect(() => openText(KEYS, ID, 1, altered), `byte ${at}`).toThrow();
    expect(() => openText(KEYS, ID, 1, sealed.subarray(0, at)), `cut at ${at}`).toThrow();
  }
  expect(() => openText(KEYS, ID, 1, Buffer.concat([sealed, Buffer.of(0)]))).toThrow();
});
