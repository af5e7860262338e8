import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Pair, type Part, parts } from '../../../src/policy/report/pairs.ts';

const code = fc.constantFrom('a', 'b', 'c', 'd');

/** What a part says, written out. */
function said({ partners, holders, how }: Part): string[] {
  switch (how) {
    case 'own':
      return partners.map((partner) => `${partner} ${partner}`);
    case 'each-other':
      return partners.flatMap((one) => partners.filter((other) => other !== one).map((other) => `${one} ${other}`));
    case 'across':
      return partners.flatMap((partner) => holders.map((holder) => `${partner} ${holder}`));
  }
}

test('parts say exactly the pairs, each once', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.record({ partner: code, holder: code }), {
        selector: ({ partner, holder }: Pair) => `${partner} ${holder}`,
      }),
      (pairs) => {
        expect(parts(pairs).flatMap(said).sort()).toEqual(
          pairs.map(({ partner, holder }) => `${partner} ${holder}`).sort(),
        );
      },
    ),
  );
});

test('a scheme that shares with itself is one part, and so is each with its own', () => {
  const pairs = ['a', 'b', 'c'].flatMap((partner) => ['a', 'b', 'c'].map((holder) => ({ partner, holder })));
  expect(parts(pairs).map(({ how }) => how)).toEqual(['own', 'each-other']);
});
