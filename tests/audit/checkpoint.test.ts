import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCheckpoint, parseCheckpoint } from '../../src/audit/checkpoint.ts';

/** The example of https://c2sp.org/tlog-checkpoint, without its signature. */
const EXAMPLE = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';

const example = {
  origin: 'example.com/behind-the-sofa',
  size: 20_852_163,
  root: Buffer.from('0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62', 'hex'),
};

test('the example of the specification', () => {
  expect(parseCheckpoint(EXAMPLE)).toEqual(example);
  expect(formatCheckpoint(example)).toBe(EXAMPLE);
});

test('lines after the third are passed over', () => {
  expect(parseCheckpoint(`${EXAMPLE}an extension\nand another\n`)).toEqual(example);
});

test('what is written is read', () => {
  const root = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z./]+$/), fc.maxSafeNat(), root, (origin, size, hash) => {
      const checkpoint = { origin, size, root: hash };
      expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
    }),
    { numRuns: 100 },
  );
});

describe('no checkpoint', () => {
  test.each([
    ['nothing', ''],
    ['no newline at its end', EXAMPLE.slice(0, -1)],
    ['an empty line after the third', `${EXAMPLE}\n`],
    ['an empty origin', EXAMPLE.replace(/^.*\n/, '\n')],
    ['two lines', 'example.com\n1\n'],
    ['a leading zero', EXAMPLE.replace('2085', '02085')],
    ['a sign', EXAMPLE.replace('2085', '+2085')],
    ['a size that is none', EXAMPLE.replace('2085', '0x')],
    ['a size past what numbers hold', EXAMPLE.replace('20852163', '9007199254740992')],
    ['a space after the size', EXAMPLE.replace('2163\n', '2163 \n')],
    ['carriage returns', EXAMPLE.replaceAll('\n', '\r\n')],
    ['a short root', EXAMPLE.replace('CsUY', '')],
    ['a root in another encoding', EXAMPLE.replace('q2I=', 'q2J=')],
    ['a root without padding', EXAMPLE.replace('q2I=', 'q2I')],
  ])('%s', (_what, text) => {
    expect(parseCheckpoint(text)).toBeNull();
  });
});
