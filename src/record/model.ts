import {
  buildASTSchema,
  type DefinitionNode,
  type DocumentNode,
  type FieldDefinitionNode,
  GraphQLError,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
  print,
  Source,
  validateSchema,
} from 'graphql';
import { validateSDL } from 'graphql/validation/validate.js';
import { formatProblem, type Problem, type SourceText, sortProblems } from './problem.ts';
import { namedType, readSource, type SourceSdl } from './source-sdl.ts';

/** What the files of `schema/` say: who holds what, and the one schema that callers see. */
export interface RecordModel {
  /** In the order given. */
  readonly sources: readonly SourceType[];
  /** Every section of every source. */
  readonly sections: readonly Section[];
  /** The public schema: the gateway's own files merged with every source, without federation's marks. */
  readonly publicSdl: string;
  /** Every `Type.field` of every object type in the public schema, `Query` and `Mutation` included. */
  readonly coordinates: readonly string[];
  /** Coordinate to the name of the file that defines it. */
  readonly fileOf: ReadonlyMap<string, string>;
}

/** One kind of partner that holds data: one file of `schema/sources/`. */
export interface SourceType {
  /** The file's name without its ending, e.g. `prison`. */
  readonly name: string;
  /** The field of `Person` by which its holders know people, e.g. `prisonNumber`. */
  readonly keyField: string;
  readonly sections: readonly Section[];
  /** The file as it stands: what a holder must serve. */
  readonly sdl: string;
}

/** One field of `Person` that a source answers. */
export interface Section {
  readonly field: string;
  /** Its object type's name. */
  readonly type: string;
  readonly source: string;
  /** Whether several holders may each answer: the public field is then a list, whose items name their holder. */
  readonly many: boolean;
  /** Every `Type.field` of the public schema at or below the section's type. */
  readonly coordinates: readonly string[];
}

/** Everything wrong with the files of `schema/`, at once. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = sortProblems(problems);
    super(sorted.map(formatProblem).join('\n'));
    this.problems = sorted;
  }
}

/**
 * Reads the schema's files and checks that they keep to the rules for adding a source.
 * @throws SchemaError with every problem found
 */
export function buildRecord(files: {
  /** What the gateway itself answers: `Query` and `Person` in the first file, which the others extend. */
  readonly gateway: readonly SourceText[];
  readonly sources: readonly SourceText[];
}): RecordModel {
  const problems: Problem[] = [];
  const gateway = joined(files.gateway.map((file) => parseFile(file, problems)));
  const scalars = new Set(
    gateway?.definitions.flatMap((d) => (d.kind === Kind.SCALAR_TYPE_DEFINITION ? d.name.value : [])),
  );
  const sources = files.sources.flatMap((file) => {
    const document = parseFile(file, problems);
    return document === null ? [] : [readSource(file, document, gateway === null ? null : scalars, problems)];
  });
  if (gateway !== null) checkAcross(gateway, sources, problems);
  if (gateway === null || problems.length > 0) throw new SchemaError(problems);

  const document = merge(gateway, sources);
  const types = objectTypes(document);
  checkPublic(document, problems);
  if (problems.length > 0) throw new SchemaError(problems);

  const fileOf = new Map<string, string>();
  for (const [name, type] of types) {
    for (const field of type.fields ?? []) fileOf.set(`${name}.${field.name.value}`, fileName(field, type));
  }
  const sourceTypes = sources.map(({ name, keyField, sections, text }) => ({
    name,
    keyField,
    sdl: text,
    sections: sections.map(({ field, type, many }) => {
      const coordinates = [...reach(type, types)].flatMap((reached) => coordinatesOf(types.get(reached)));
      return { field: field.name.value, type, source: name, many, coordinates };
    }),
  }));
  return {
    sources: sourceTypes,
    sections: sourceTypes.flatMap((source) => source.sections),
    publicSdl: print(document),
    coordinates: [...fileOf.keys()],
    fileOf,
  };
}

function parseFile({ name, text }: SourceText, problems: Problem[]): DocumentNode | null {
  try {
    return parse(new Source(text, name));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line = 1, column: col = 1 } = error.locations?.[0] ?? {};
    problems.push({ file: name, line, col, message: error.message });
    return null;
  }
}

/** One document of several, each type with what other files add to it; null where one cannot be read. */
function joined(documents: readonly (DocumentNode | null)[]): DocumentNode | null {
  const [first] = documents;
  if (!first || documents.includes(null)) return null;
  const all = documents.flatMap((document) => document?.definitions ?? []);
  const names = new Set(all.flatMap((each) => (each.kind === Kind.OBJECT_TYPE_DEFINITION ? [each.name.value] : [])));
  const once = new Set(names);
  const isMore = (each: DefinitionNode, name?: string) =>
    each.kind === Kind.OBJECT_TYPE_EXTENSION &&
    (name === undefined ? names.has(each.name.value) : each.name.value === name);
  const definitions = all.flatMap((definition): DefinitionNode[] => {
    if (isMore(definition)) return [];
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || !once.delete(definition.name.value)) return [definition];
    const more = all.filter((each) => isMore(each, definition.name.value)) as ObjectTypeExtensionNode[];
    return [{ ...definition, fields: [definition, ...more].flatMap(({ fields }) => fields ?? []) }];
  });
  return { ...first, definitions };
}

/** What one file cannot know: names that two files give. */
function checkAcross(gateway: DocumentNode, sources: readonly SourceSdl[], problems: Problem[]): void {
  const types = new Map<string, string>();
  for (const definition of gateway.definitions) {
    if ('name' in definition && definition.name) types.set(definition.name.value, fileName(definition));
  }
  const person = objectTypes(gateway).get('Person');
  for (const required of ['Query', 'Person']) {
    if (objectTypes(gateway).has(required)) continue;
    problems.push({ file: fileName(gateway), line: 1, col: 1, message: `type ${required} is missing` });
  }
  const fields = new Map(person?.fields?.map((field) => [field.name.value, fileName(field)]));
  for (const { types: own, sections, keyFieldNode } of sources) {
    for (const definition of own) claim(types, definition.name, `type ${definition.name.value}`, problems);
    for (const { field } of sections) claim(fields, field.name, `Person.${field.name.value}`, problems);
    const key = keyFieldNode && person?.fields?.find((field) => field.name.value === keyFieldNode.name.value);
    if (key) claim(new Map([[key.name.value, fileName(key)]]), keyFieldNode.name, `Person.${key.name.value}`, problems);
  }
}

function claim(
  owners: Map<string, string>,
  name: FieldDefinitionNode['name'],
  what: string,
  problems: Problem[],
): void {
  const owner = owners.get(name.value);
  const file = fileName(name);
  if (owner === undefined) owners.set(name.value, file);
  else if (owner !== file) {
    const { line = 1, column: col = 1 } = name.loc?.startToken ?? {};
    problems.push({ file, line, col, message: `${what} is defined in ${owner} already` });
  }
}

/** The gateway's files with each source's types and section fields, less what is between gateway and holder only. */
function merge(gateway: DocumentNode, sources: readonly SourceSdl[]): DocumentNode {
  const sectionFields = sources.flatMap(({ sections }) => sections.map(publicSection));
  const own = gateway.definitions.map((definition): DefinitionNode => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || definition.name.value !== 'Person') return definition;
    return { ...definition, fields: [...(definition.fields ?? []), ...sectionFields] };
  });
  return { ...gateway, definitions: [...own, ...sources.flatMap(publicTypes)] };
}

function publicSection({ field, many }: SourceSdl['sections'][number]): FieldDefinitionNode {
  const directives = field.directives?.filter(({ name }) => name.value !== 'tag') ?? [];
  if (!many || field.type.kind !== Kind.NAMED_TYPE) return { ...field, directives };
  return { ...field, directives, type: { kind: Kind.LIST_TYPE, type: { kind: Kind.NON_NULL_TYPE, type: field.type } } };
}

function publicTypes({ types, sections }: SourceSdl): DefinitionNode[] {
  return types.map((definition) => {
    const section = sections.find(({ type }) => type === definition.name.value);
    if (section === undefined || definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition;
    const fields = definition.fields?.filter(({ name }) => name.value !== 'asOf') ?? [];
    return { ...definition, fields: section.many ? [HOLDER, ...fields] : fields };
  });
}

const HOLDER: FieldDefinitionNode = {
  kind: Kind.FIELD_DEFINITION,
  description: { kind: Kind.STRING, value: 'The code of the holder that answered.' },
  name: { kind: Kind.NAME, value: 'holder' },
  type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'String' } },
};

/** Whatever graphql itself would refuse, and types that no query can reach. */
function checkPublic(document: DocumentNode, problems: Problem[]): void {
  const invalid = validateSDL(document);
  const errors = invalid.length > 0 ? invalid : validateSchema(buildASTSchema(document, { assumeValidSDL: true }));
  for (const error of errors) {
    // Of two that clash, the later is the mistake.
    const { source, startToken } = error.nodes?.findLast(({ loc }) => loc)?.loc ?? {};
    const { line = 1, column: col = 1 } = startToken ?? {};
    problems.push({ file: source?.name ?? fileName(document), line, col, message: error.message });
  }
  const types = objectTypes(document);
  const reached = new Set([...reach('Query', types), ...reach('Mutation', types)]);
  for (const [name, type] of types) {
    if (reached.has(name)) continue;
    const { line = 1, column: col = 1 } = type.name.loc?.startToken ?? {};
    problems.push({ file: fileName(type), line, col, message: `nothing leads to type ${name}` });
  }
}

function objectTypes(document: DocumentNode): Map<string, ObjectTypeDefinitionNode> {
  return new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
}

/** The object types at or below one. */
function reach(from: string, types: ReadonlyMap<string, ObjectTypeDefinitionNode>): Set<string> {
  const reached = new Set<string>();
  const waiting = [from];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const type = types.get(name);
    if (type === undefined || reached.has(name)) continue;
    reached.add(name);
    waiting.push(...(type.fields ?? []).map((field) => namedType(field.type).name.value));
  }
  return reached;
}

function coordinatesOf(type: ObjectTypeDefinitionNode | undefined): string[] {
  return type?.fields?.map((field) => `${type.name.value}.${field.name.value}`) ?? [];
}

/** The first of the nodes that came from a file says which. */
function fileName(...nodes: readonly Pick<DocumentNode, 'loc'>[]): string {
  return nodes.find(({ loc }) => loc)?.loc?.source.name ?? '';
}
