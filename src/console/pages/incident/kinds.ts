import type { Bundle } from '../../../policy/bundle.ts';
import { kindsOf } from '../person/kinds.ts';

/** Classes of data as the few kinds of information that they are of, each once. */
export type KindsIn = (classes: readonly string[]) => string[];

export function kindsInOf(policy: Bundle): KindsIn {
  const kinds = kindsOf(policy);
  return (classes) =>
    kinds.filter((kind) => kind.classes.some((name) => classes.includes(name))).map(({ text }) => text);
}
