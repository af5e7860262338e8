import {
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type FieldDefinitionNode,
  Kind,
  type NamedTypeNode,
  type ObjectTypeDefinitionNode,
  print,
  specifiedScalarTypes,
  type TypeNode,
  valueFromASTUntyped,
} from 'graphql';
import { didYouMean, type Problem, type SourceText } from './problem.ts';

/** One file of `schema/sources/`, read and checked on its own. */
export interface SourceSdl {
  readonly name: string;
  readonly text: string;
  /** Empty when the file does not say, which is a problem. */
  readonly keyField: string;
  readonly keyFieldNode: FieldDefinitionNode | undefined;
  readonly sections: readonly { readonly field: FieldDefinitionNode; readonly type: string; readonly many: boolean }[];
  /** Its types, without `Person` and scalars. */
  readonly types: readonly (ObjectTypeDefinitionNode | EnumTypeDefinitionNode)[];
}

type Report = (node: Pick<DocumentNode, 'loc'>, message: string) => void;

/** `scalars` are those that the gateway's file lists; null when that file cannot be read. */
export function readSource(
  { name, text }: SourceText,
  document: DocumentNode,
  scalars: ReadonlySet<string> | null,
  problems: Problem[],
): SourceSdl {
  const report: Report = ({ loc }, message) => {
    const { line = 1, column: col = 1 } = loc?.startToken ?? {};
    problems.push({ file: name, line: Math.max(line, 1), col: Math.max(col, 1), message });
  };
  const types = document.definitions.filter(isRecordType);
  const known = new Set([
    ...types.map((type) => type.name.value),
    ...document.definitions.flatMap((d) => (d.kind === Kind.SCALAR_TYPE_DEFINITION ? d.name.value : [])),
    ...specifiedScalarTypes.map((scalar) => scalar.name),
  ]);
  for (const definition of document.definitions) checkDefinition(definition, scalars, known, report);

  const person = document.definitions.find(isPerson);
  const source = { name: sourceName(name), text, keyField: '', keyFieldNode: undefined, sections: [], types };
  if (person === undefined) {
    report(document, 'type Person @key(fields: ...) is missing');
    return source;
  }
  const keyFieldNode = readKey(person, report);
  const objects = new Set(types.flatMap((type) => (type.kind === Kind.OBJECT_TYPE_DEFINITION ? type.name.value : [])));
  const sections = (person.fields ?? []).flatMap((field) => {
    const type = namedType(field.type).name.value;
    // Without a key, any field that is no object may have been meant as one.
    if (field === keyFieldNode || (keyFieldNode === undefined && !objects.has(type))) return [];
    return [{ field, type, many: isMany(field, report) }];
  });
  if (sections.length === 0) report(person.name, 'Person has no section');
  for (const section of sections) {
    checkSection(section.field, objects, known, report);
    if (sections.some((other) => other.type === section.type && other.many !== section.many)) {
      report(section.field.name, `${section.type} has one holder in one section and many in another`);
    }
  }
  for (const type of types) checkType(type, sections, report);
  checkReachable(
    types,
    sections.map(({ type }) => type),
    report,
  );
  return { ...source, keyField: keyFieldNode?.name.value ?? '', keyFieldNode, sections };
}

export function namedType(type: TypeNode): NamedTypeNode {
  return type.kind === Kind.NAMED_TYPE ? type : namedType(type.type);
}

function sourceName(file: string): string {
  return file.replace(/^.*[\\/]/, '').replace(/\.graphql$/, '');
}

function isPerson(definition: DefinitionNode): definition is ObjectTypeDefinitionNode {
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === 'Person';
}

function isRecordType(definition: DefinitionNode): definition is ObjectTypeDefinitionNode | EnumTypeDefinitionNode {
  if (definition.kind === Kind.ENUM_TYPE_DEFINITION) return true;
  return definition.kind === Kind.OBJECT_TYPE_DEFINITION && !ROOTS.has(definition.name.value) && !isPerson(definition);
}

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

function checkDefinition(
  definition: DefinitionNode,
  scalars: ReadonlySet<string> | null,
  known: ReadonlySet<string>,
  report: Report,
): void {
  switch (definition.kind) {
    case Kind.SCHEMA_EXTENSION:
      checkDirectives(definition, ['link'], report);
      if (definition.operationTypes?.length) report(definition, 'a source names no root types');
      return;
    case Kind.SCALAR_TYPE_DEFINITION:
      checkDirectives(definition, [], report);
      if (scalars !== null && !scalars.has(definition.name.value)) {
        const message = `scalar ${definition.name.value} is not in gateway.graphql`;
        report(definition.name, message + didYouMean(definition.name.value, scalars));
      }
      return;
    case Kind.ENUM_TYPE_DEFINITION:
      checkDirectives(definition, [], report);
      for (const value of definition.values ?? []) checkDirectives(value, ['deprecated'], report);
      return;
    case Kind.OBJECT_TYPE_DEFINITION:
      if (ROOTS.has(definition.name.value)) {
        report(definition.name, `a source has no ${definition.name.value}: it is asked through its key only`);
      }
      checkDirectives(definition, isPerson(definition) ? ['key'] : [], report);
      for (const implemented of definition.interfaces ?? []) {
        report(
          implemented,
          `a source has no interfaces: ${definition.name.value} implements ${implemented.name.value}`,
        );
      }
      for (const field of definition.fields ?? []) checkFieldType(field, known, report);
      return;
    default:
      report(definition, `a source holds object types, enums and scalars, and no ${noun(definition)}`);
  }
}

function noun({ kind }: DefinitionNode): string {
  return kind
    .replace(/TypeDefinition$|Definition$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

function checkDirectives(
  node: { readonly directives?: readonly DirectiveNode[] | undefined },
  allowed: readonly string[],
  report: Report,
): void {
  for (const directive of node.directives ?? []) {
    if (allowed.includes(directive.name.value)) continue;
    const offer =
      allowed.length === 0 ? 'none is allowed here' : `allowed here: ${allowed.map((name) => `@${name}`).join(', ')}`;
    report(directive, `directive @${directive.name.value} is unknown or out of place; ${offer}`);
  }
}

/** A source stands alone: it refers to no other file's types, nor to `Person` below a section. */
function checkFieldType(field: FieldDefinitionNode, known: ReadonlySet<string>, report: Report): void {
  const type = namedType(field.type);
  if (known.has(type.name.value)) return;
  report(type, `type ${type.name.value} is not defined in this file${didYouMean(type.name.value, known)}`);
}

/** The one key field. */
function readKey(person: ObjectTypeDefinitionNode, report: Report): FieldDefinitionNode | undefined {
  const [key, ...more] = person.directives?.filter(({ name }) => name.value === 'key') ?? [];
  if (key === undefined) {
    report(person.name, 'Person has no @key');
    return undefined;
  }
  for (const extra of more) report(extra, 'Person has a second @key; a source knows people by one identifier');
  const values = new Map(key.arguments?.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
  const fields = values.get('fields');
  if (typeof fields !== 'string' || values.size !== 1 || !/^\s*[A-Za-z]\w*\s*$/.test(fields)) {
    report(key, '@key names exactly one field, as in @key(fields: "prisonNumber")');
    return undefined;
  }
  const field = person.fields?.find(({ name }) => name.value === fields.trim());
  if (field === undefined) {
    const names = person.fields?.map(({ name }) => name.value) ?? [];
    report(key, `Person has no field ${fields.trim()}${didYouMean(fields.trim(), names)}`);
  } else if (print(field.type) !== 'ID!' || field.arguments?.length || field.directives?.length) {
    report(field.name, `the key field ${field.name.value} must be ID!, with no arguments or directives`);
  }
  return field;
}

function isMany(field: FieldDefinitionNode, report: Report): boolean {
  const tag = field.directives?.find(({ name }) => name.value === 'tag');
  if (tag === undefined) return false;
  const [argument] = tag.arguments ?? [];
  if (argument?.value.kind === Kind.STRING && argument.value.value === 'many-holders') return true;
  report(tag, 'the one tag a section may have is @tag(name: "many-holders")');
  return false;
}

function checkSection(
  field: FieldDefinitionNode,
  objects: ReadonlySet<string>,
  known: ReadonlySet<string>,
  report: Report,
): void {
  const name = `Person.${field.name.value}`;
  const type = namedType(field.type).name.value;
  checkDirectives(field, ['tag', 'deprecated'], report);
  if (field.arguments?.length) report(field.name, `section ${name} may have no arguments`);
  if (known.has(type) && !objects.has(type))
    report(field.type, `section ${name} must be of an object type of this file`);
  else if (field.type.kind !== Kind.NAMED_TYPE) {
    const many = 'a list of holders is said with @tag(name: "many-holders")';
    report(field.type, `section ${name} must be a nullable object; ${many}`);
  }
}

/** Every field that a rule can deny is nullable: a denied one is null, and must not null its parent. */
function checkType(
  type: SourceSdl['types'][number],
  sections: readonly { readonly type: string; readonly many: boolean }[],
  report: Report,
): void {
  if (type.kind !== Kind.OBJECT_TYPE_DEFINITION) return;
  const section = sections.find((candidate) => candidate.type === type.name.value);
  const asOf = type.fields?.find(({ name }) => name.value === 'asOf');
  if (section !== undefined && (asOf === undefined || print(asOf.type) !== 'DateTime!')) {
    report(asOf?.name ?? type.name, `section type ${type.name.value} must have asOf: DateTime!`);
  }
  for (const field of type.fields ?? []) {
    const name = `${type.name.value}.${field.name.value}`;
    checkDirectives(field, ['deprecated'], report);
    if (field.arguments?.length) report(field.name, `${name} may have no arguments`);
    if (section?.many && field.name.value === 'holder') report(field.name, `${name}: the gateway adds holder itself`);
    if (section !== undefined && field === asOf) continue;
    if (field.type.kind === Kind.NON_NULL_TYPE) report(field.type, `${name} must be nullable: a rule can deny it`);
  }
}

function checkReachable(types: SourceSdl['types'], from: readonly string[], report: Report): void {
  const reached = new Set<string>();
  const waiting = [...from];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    const type = types.find((candidate) => candidate.name.value === name);
    if (type?.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    waiting.push(...(type.fields ?? []).map((field) => namedType(field.type).name.value));
  }
  for (const { name } of types) {
    if (!reached.has(name.value)) report(name, `no section leads to type ${name.value}`);
  }
}
