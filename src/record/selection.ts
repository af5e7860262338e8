/**
 * What is selected of an object: field name to what is selected below it, or null for a leaf. Aliases are gone: two
 * selections of one field are one. An object field with nothing below it but `__typename` has an empty map.
 */
export type Selection = ReadonlyMap<string, Selection | null>;

/** Both selections in one. */
export function mergeSelections(a: Selection, b: Selection): Selection {
  const merged = new Map(a);
  for (const [field, below] of b) {
    const present = merged.get(field);
    merged.set(field, present && below ? mergeSelections(present, below) : (present ?? below));
  }
  return merged;
}

/** The text of a GraphQL selection set, fields sorted, so that equal selections have equal texts. */
export function printSelection(selection: Selection): string {
  const fields = [...selection].sort(([a], [b]) => (a < b ? -1 : 1));
  return fields
    .map(([field, below]) => (below ? `${field} { ${printSelection(below) || '__typename'} }` : field))
    .join(' ');
}
