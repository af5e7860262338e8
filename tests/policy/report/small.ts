import type { Bundle } from '../../../src/policy/bundle.ts';
import { buildBundle } from '../../../src/policy/load/load.ts';
import type { Policy } from '../../../src/policy/territory.ts';
import { record, texts } from '../load/real.ts';

/** Anything in it may be changed. */
export type Draft<T> = T extends RegExp | string | number | boolean | null
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? Map<K, Draft<V>>
    : T extends ReadonlySet<infer V>
      ? Set<V>
      : { -readonly [K in keyof T]: Draft<T[K]> };

/** The policy of the repository. */
export const real: Policy = { bundle: buildBundle(texts, record), record };

/** Its work coaches, police officers and housing officers alone: small enough to be compared hundreds of times. */
export const small: Policy = change(real, (bundle) => {
  const kept = ['work-coach', 'police-public-protection', 'housing-officer'];
  for (const role of bundle.roles.keys()) if (!kept.includes(role)) bundle.roles.delete(role);
  const holders = ['hmpps-prisons', 'northmere-police', 'southdale-police', 'benefits-department'];
  bundle.agreements = bundle.agreements.filter((agreement) => agreement.holders.some((code) => holders.includes(code)));
});

/** A copy of the policy with something changed. */
export function change({ bundle, record: schema }: Policy, edit: (bundle: Draft<Bundle>) => void): Policy {
  const draft = structuredClone(bundle) as unknown as Draft<Bundle>;
  edit(draft);
  const classes = [...draft.classes.values()];
  draft.classOf = new Map(classes.flatMap(({ name, fields }) => fields.map((field) => [field, name])));
  draft.messages = new Map(classes.flatMap(({ name, messages }) => messages.map((field) => [field, name])));
  return { bundle: { ...(draft as unknown as Bundle), hash: `${bundle.hash}*` }, record: schema };
}

export function get<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`there is no ${String(key)}`);
  return value;
}

export function agreement(bundle: Draft<Bundle>, reference: string): Draft<Bundle['agreements'][number]> {
  const found = bundle.agreements.find((candidate) => candidate.reference === reference);
  if (!found) throw new Error(`there is no agreement ${reference}`);
  return found;
}
