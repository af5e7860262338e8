import type { RecordModel } from '../record/model.ts';
import type { Bundle } from './bundle.ts';
import type { Territory } from './view.ts';

/** A bundle and the schema it was compiled for. */
export interface Policy {
  readonly bundle: Bundle;
  readonly record: RecordModel;
}

/**
 * Every section, and every holder that an agreement lets give something. A gateway's own list of holders says where each
 * is; what each serves follows from what its agreements give, which the loader has checked against what it holds.
 */
export function territoryOf({ bundle, record }: Policy): Territory {
  const holders = new Map<string, string>();
  for (const { holders: codes, classes } of bundle.agreements) {
    const source = classes.map((name) => sourceOf({ bundle, record }, name)).find((found) => found !== null);
    if (source) for (const code of codes) holders.set(code, source);
  }
  return { sections: keyedSections(record), holders: [...holders].sort().map(([code, source]) => ({ code, source })) };
}

/** Every section of the schema, with the field by which its holders know people. */
export function keyedSections({ sources }: RecordModel): Territory['sections'] {
  return sources.flatMap(({ keyField, sections }) => sections.map((section) => ({ ...section, keyField })));
}

/** The source type that holds a class; null where it is of messages, which no source holds. */
export function sourceOf({ bundle, record }: Policy, dataClass: string): string | null {
  const { fields = [], identifiers = [] } = bundle.classes.get(dataClass) ?? {};
  const section = record.sections.find(({ coordinates }) => fields.some((field) => coordinates.includes(field)));
  if (section) return section.source;
  const keys = identifiers.map((type) => bundle.identifiers.get(type)?.key);
  return record.sources.find(({ keyField }) => keys.includes(keyField))?.name ?? null;
}
