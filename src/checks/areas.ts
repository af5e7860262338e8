import type { AreaPolicy, ChecksPolicy } from '../policy/practice.ts';
import type { CheckType } from '../record/checks.ts';
import { outwardOf } from './postcode.ts';
import type { QuestionAddress } from './question.ts';

/** Who is concerned, by where the addresses are. */
export interface Concerned {
  /** Partners to ask, in the order of the addresses. */
  readonly responders: readonly string[];
  /** Districts on a border, where the asker must choose. */
  readonly choices: readonly { readonly district: string; readonly responders: readonly string[] }[];
  /** Districts of which the table names nobody; an empty text stands for a postcode that is none. */
  readonly unknown: readonly string[];
}

/**
 * @param chosen partners that the asker named: at a border those of them that are concerned there are asked, and nobody
 *   else
 */
export function respondersFor(
  addresses: readonly Pick<QuestionAddress, 'kind' | 'postcode'>[],
  type: CheckType,
  { checks, areas }: { readonly checks: ChecksPolicy; readonly areas: ReadonlyMap<string, AreaPolicy> },
  chosen: readonly string[] = [],
): Concerned {
  const source = checks.types.get(type)?.source ?? '';
  // A force is asked about where the person lives or goes; a children's authority about where any child may be.
  const places = addresses.filter(({ kind }) => type === 'CHILDRENS_SERVICES' || kind !== 'CHILD');
  const districts = [...new Set(places.map(({ postcode }) => outwardOf(postcode) ?? ''))];
  const found = districts.map((district) => {
    const named = areas.get(district)?.responders.get(source) ?? [];
    return { district, named, asked: named.length === 1 ? named : named.filter((each) => chosen.includes(each)) };
  });
  return {
    responders: [...new Set(found.flatMap(({ asked }) => asked))],
    choices: found
      .filter(({ named, asked }) => named.length > 0 && asked.length === 0)
      .map(({ district, named }) => ({ district, responders: named })),
    unknown: found.filter(({ named }) => named.length === 0).map(({ district }) => district),
  };
}
