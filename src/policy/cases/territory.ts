import type { RecordModel } from '../../record/model.ts';
import type { Bundle } from '../bundle.ts';
import type { Territory } from '../view.ts';

/**
 * The record that a bundle's agreements range over: every section, and whoever gives something of one. A partner that
 * gives nothing by any agreement can show nothing, and is not in it.
 */
export function territoryOf(bundle: Bundle, { sources }: RecordModel): Territory {
  const sections = sources.flatMap(({ keyField, sections }) => sections.map((section) => ({ ...section, keyField })));
  const holders = new Map<string, string>();
  for (const agreement of bundle.agreements) {
    const fields = agreement.classes.flatMap((name) => bundle.classes.get(name)?.fields ?? []);
    const section = sections.find(({ coordinates }) => fields.some((field) => coordinates.includes(field)));
    if (section) for (const holder of agreement.holders) holders.set(holder, section.source);
  }
  return { sections, holders: [...holders].map(([code, source]) => ({ code, source })) };
}
