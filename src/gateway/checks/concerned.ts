import { respondersFor } from '../../checks/areas.ts';
import type { QuestionAddress } from '../../checks/question.ts';
import type { CheckType } from '../../record/checks.ts';
import type { PolicyInForce } from '../policy.ts';

/** Whom a check concerns: each responder with the addresses that it is asked about, and nobody else's. */
export interface ConcernedPlaces {
  readonly responders: ReadonlyMap<string, readonly QuestionAddress[]>;
  /** Districts on a border, where the asker must choose. */
  readonly choices: readonly { readonly district: string; readonly responders: readonly string[] }[];
  /** Whether nobody is known to be responsible for some address. */
  readonly isOpen: boolean;
}

/**
 * By the area table; where it names nobody, whom the asker chose. Who was chosen and is responsible nowhere is asked
 * about every address.
 */
export function concernedBy(
  addresses: readonly QuestionAddress[],
  type: CheckType,
  chosen: readonly string[],
  { bundle, holdersOf }: Pick<PolicyInForce, 'bundle' | 'holdersOf'>,
): ConcernedPlaces {
  const holders = holdersOf.get(bundle.checks.types.get(type)?.source ?? '') ?? [];
  const picked = chosen.filter((partner) => holders.includes(partner));
  const places = addresses.map((address) => {
    const { responders, choices, unknown } = respondersFor([address], type, bundle, picked);
    const isUnknown = unknown.length > 0;
    return {
      address,
      responders: isUnknown ? picked : responders,
      choices,
      isOpen: isUnknown && picked.length === 0,
      isAsked: isUnknown || responders.length > 0 || choices.length > 0,
    };
  });
  const named = [...new Set([...places.flatMap((place) => place.responders), ...picked])];
  const asked = places.filter(({ isAsked }) => isAsked);
  const about = (responder: string) => {
    const own = asked.filter(({ responders }) => responders.includes(responder));
    return (own.length > 0 ? own : asked).map(({ address }) => address);
  };
  return {
    responders: new Map(asked.length > 0 ? named.map((responder) => [responder, about(responder)]) : []),
    choices: [...new Map(places.flatMap(({ choices }) => choices).map((choice) => [choice.district, choice])).values()],
    isOpen: places.some(({ isOpen }) => isOpen),
  };
}
