import type { Bundle } from '../bundle.ts';
import type { Grant } from './cells.ts';
import { type Pair, type Part, parts } from './pairs.ts';
import { days, parties, permissionsNeeded } from './words.ts';

export type Given = Grant & Pair;

/**
 * `From X under A until D, with the permission P`: one for all that is given alike. Where it is not so at every partner
 * among these, it says at which.
 */
export function grantSentences(bundle: Bundle, grants: readonly Given[]): string[] {
  const everyone = new Set(grants.map(({ partner }) => partner));
  const alike = Map.groupBy(grants, ({ partner: _, holder: __, ...grant }) => JSON.stringify(grant));
  return [...alike.values()].flatMap((same) =>
    parts(same).map((part) => {
      const only = part.partners.length < everyone.size ? `; only at ${parties(bundle, part.partners)}` : '';
      return `${from(bundle, part)} under ${same[0] ? terms(same[0]) : ''}${only}`;
    }),
  );
}

function from(bundle: Bundle, { how, holders }: Part): string {
  switch (how) {
    case 'own':
      return 'From its own records';
    case 'each-other':
      return 'From one another';
    case 'across':
      return `From ${parties(bundle, holders)}`;
    default:
      return how satisfies never;
  }
}

function terms({ agreement, requires, emergency, ...span }: Grant): string {
  return [
    `${agreement}, ${days(span)}`,
    ...(requires.length > 0 ? [`with ${permissionsNeeded(requires)}`] : []),
    ...(emergency ? ['under break-glass too'] : []),
  ].join(', ');
}
