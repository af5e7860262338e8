/** The shape of the record, read from `schema/sources/` anew: nothing here comes from `src/`. */
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type FieldDefinitionNode, Kind, type ObjectTypeDefinitionNode, parse, type TypeNode } from 'graphql';

export interface Field {
  readonly name: string;
  readonly coordinate: string;
  /** Empty for a leaf. */
  readonly below: readonly Field[];
}

export interface Section {
  readonly name: string;
  readonly source: string;
  /** The type of its object. */
  readonly type: string;
  readonly many: boolean;
  /** Without `asOf` and `holder`, which carry no data class. */
  readonly fields: readonly Field[];
}

/** Source type to the field by which its holders know people. */
export const KEYS = new Map<string, string>();

/** In the order in which the gateway lists them: by source type, then as the file has them. */
export const SECTIONS: readonly Section[] = globSync(join(import.meta.dirname, '../../../schema/sources/*.graphql'))
  .sort()
  .flatMap(readSource);

/** Every field of a section, as a selection. */
export function selectAll({ many, fields }: Section): string {
  const print = (field: Field): string =>
    field.below.length > 0 ? `${field.name} { ${field.below.map(print).join(' ')} }` : field.name;
  return `${many ? 'holder ' : ''}${fields.map(print).join(' ')}`;
}

/** Everything there is to ask about one person. */
export const EVERYTHING = `id identifiers { type value } sections { section holder status reason asOf match }
  ${SECTIONS.map((section) => `${section.name} { ${selectAll(section)} }`).join('\n  ')}`;

export function coordinatesOf(fields: readonly Field[]): string[] {
  return [...new Set(fields.flatMap(({ coordinate, below }) => [coordinate, ...coordinatesOf(below)]))];
}

function readSource(file: string): Section[] {
  const source = basename(file, '.graphql');
  const types = new Map<string, ObjectTypeDefinitionNode>();
  for (const node of parse(readFileSync(file, 'utf8')).definitions)
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION) types.set(node.name.value, node);
  const below = (type: string): Field[] =>
    (types.get(type)?.fields ?? [])
      .filter(({ name }) => name.value !== 'asOf')
      .map((field) => ({
        name: field.name.value,
        coordinate: `${type}.${field.name.value}`,
        below: below(named(field.type)),
      }));
  const isSection = (field: FieldDefinitionNode) => types.has(named(field.type));
  const fields = types.get('Person')?.fields ?? [];
  for (const key of fields.filter((field) => !isSection(field))) KEYS.set(source, key.name.value);
  return fields.filter(isSection).map((field) => ({
    name: field.name.value,
    source,
    type: named(field.type),
    many: field.directives?.some(({ name }) => name.value === 'tag') ?? false,
    fields: below(named(field.type)),
  }));
}

function named(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : named(type.type);
}
