import type { Bundle } from '../../bundle.ts';
import type { Gates } from '../observe.ts';
import type { Looking, Run } from '../runs.ts';

/** One change of the policy, or of a gate, that some case must notice unless it changes no decision. */
export interface Mutant {
  /** The policy file it stands in for, or the gate: `roles/work-coach.yaml`, `gate volume`. */
  readonly where: string;
  /** The change in words: `BENEFITS_EMPLOYMENT: custody with custody.offence`. */
  readonly what: string;
  /** False where no decision can come out otherwise. Where it is true, none need. */
  readonly touches: (looking: Looking) => boolean;
  /** The same by what else a run must have. */
  readonly needs?: (run: Run) => boolean;
  /** Made when it is tried: there are many. */
  readonly bundle: () => Bundle;
  readonly gates?: Partial<Gates>;
}

export const everywhere = () => true;
export const nowhere = () => false;

/** The list with the name taken out, or put in. */
export function toggle<T>(list: readonly T[], name: T): readonly T[] {
  return list.includes(name) ? list.filter((each) => each !== name) : [...list, name];
}

/** `with` or `without`, for what toggling did. */
export function toggled<T>(list: readonly T[], name: T): string {
  return `${list.includes(name) ? 'without' : 'with'} ${name}`;
}

/** The map with one value replaced, added, or, by null, taken out. */
export function put<V>(map: ReadonlyMap<string, V>, key: string, value: V | null): ReadonlyMap<string, V> {
  const copy = new Map(map);
  if (value === null) copy.delete(key);
  else copy.set(key, value);
  return copy;
}
