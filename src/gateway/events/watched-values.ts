import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import type { Selection } from '../../record/selection.ts';

/** What to select of a section's type so that these coordinates come with it, and nothing else. */
export function selectionOf(type: GraphQLObjectType, coordinates: ReadonlySet<string>): Selection {
  const selection = new Map<string, Selection | null>();
  for (const [name, field] of Object.entries(type.getFields())) {
    const child = getNamedType(field.type);
    const below = isObjectType(child) ? selectionOf(child, coordinates) : null;
    if (below ? below.size > 0 : coordinates.has(`${type.name}.${name}`)) selection.set(name, below);
  }
  return selection;
}

/** What stands at a coordinate of a section's answer, in its order: one value, several below a list, none below a null. */
export function valuesAt(type: GraphQLObjectType, value: unknown, coordinate: string): unknown[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuesAt(type, each, coordinate));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, held]) => {
    const child = getNamedType(type.getFields()[name]?.type);
    if (isObjectType(child)) return valuesAt(child, held, coordinate);
    return `${type.name}.${name}` === coordinate ? [held] : [];
  });
}
