import type { View } from '../policy/view.ts';

/**
 * How a leaf stands in a view. `always`: whoever may see its section may see it, at every holder. `never`: nobody in
 * the view may. `depends`: on the person or the holder.
 */
export type LeafState = 'always' | 'never' | 'depends';

/**
 * Every classified coordinate of every section, as the view has it.
 * @param strict for a request in which somebody has less open than the view gives everybody: no leaf is `always` then
 */
export function leafStates(
  view: View,
  sections: readonly { readonly field: string; readonly coordinates: readonly string[] }[],
  envelope: ReadonlySet<string>,
  strict = false,
): ReadonlyMap<string, LeafState> {
  const states = new Map<string, LeafState>();
  for (const { field, coordinates } of sections) {
    const holders = [...(view.sections.get(field)?.holders.values() ?? [])];
    for (const coordinate of coordinates) {
      if (envelope.has(coordinate)) continue;
      const state = holders.every(({ fields }) => !fields.has(coordinate))
        ? 'never'
        : !strict && holders.every(({ unconditional }) => unconditional.has(coordinate))
          ? 'always'
          : 'depends';
      const other = states.get(coordinate);
      // A type that two sections share: the stricter word holds for both.
      states.set(coordinate, other === undefined || other === state ? state : 'depends');
    }
  }
  return states;
}
