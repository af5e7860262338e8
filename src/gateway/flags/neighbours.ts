import type { IdentifierPolicy } from '../../policy/bundle.ts';
import { checkIdentifier } from '../../policy/identifier.ts';

/** Some numbers are never issued, and of some types nine in ten have the wrong last digit. */
const FARTHEST = 22;
const LETTERS = 'ABCDEFGHJKLMNPQRTUVWXYZ';

/** The well-formed values directly before and after a value, by its longest run of digits. */
export function neighboursOf(policy: Pick<IdentifierPolicy, 'pattern' | 'check'>, value: string): string[] {
  return [-1, 1].flatMap((direction) => nearest(policy, value, direction) ?? []);
}

function nearest(
  policy: Pick<IdentifierPolicy, 'pattern' | 'check'>,
  value: string,
  direction: number,
): string | undefined {
  const [run = ''] = (value.match(/\d+/g) ?? []).toSorted((one, other) => other.length - one.length);
  const start = value.indexOf(run);
  for (let step = 1; run !== '' && step <= FARTHEST; step += 1) {
    const number = Number(run) + direction * step;
    const digits = String(number).padStart(run.length, '0');
    if (number < 0 || digits.length > run.length) return undefined;
    const next = value.slice(0, start) + digits + value.slice(start + run.length);
    // A letter at the end may be a check of the digits.
    const candidates =
      policy.check === 'none' ? [next] : [next, ...[...LETTERS].map((letter) => next.slice(0, -1) + letter)];
    const found = candidates.find((candidate) => checkIdentifier(policy, candidate));
    if (found !== undefined) return found;
  }
  return undefined;
}
