import {
  buildASTSchema,
  type DocumentNode,
  type ExecutionResult,
  executeSync,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  validate,
  visit,
} from 'graphql';

/** One entity as the holder knows it: its key and a function for each section; or a request for a check, answered. */
export type Entity = Readonly<Record<string, unknown>>;

/** What a representation of anything else than a person stands for; null for nothing. */
export type Resolve = (representation: Readonly<Record<string, unknown>>) => Entity | null | Error;

export interface Subgraph {
  /** The field by which this holder knows people, e.g. `pncId`. */
  readonly key: string;
  /** Answers one GraphQL request. Never throws; a request that cannot be executed has no `data`. */
  execute(request: SubgraphRequest): ExecutionResult;
}

export interface SubgraphRequest {
  readonly query: string;
  readonly variables?: Record<string, unknown> | null;
  readonly operationName?: string | null;
}

/** Documents that are kept parsed and validated. */
const KEPT_DOCUMENTS = 200;

/**
 * A Federation v2 subgraph over one holder, made from its SDL alone: nothing here names a field.
 * @param sdl the file of `schema/sources/`, served untouched by `_service`
 * @param find the person known by this value of the key, or null
 * @param others the other entities that the SDL defines, by type
 */
export function createSubgraph(
  sdl: string,
  find: (value: string) => Entity | null,
  others: ReadonlyMap<string, Resolve> = new Map(),
): Subgraph {
  const document = parse(sdl);
  const key = keyField(document);
  const schema = executableSchema(document, ['Person', ...others.keys()]);
  const kept = new Map<string, DocumentNode>();
  const rootValue = {
    _service: { sdl },
    _entities: ({ representations }: { representations: unknown[] }) =>
      representations.map((representation) => entity(representation, key, find, others)),
  };

  return {
    key,
    execute({ query, variables, operationName }) {
      const prepared = kept.get(query) ?? prepare(schema, query);
      if ('errors' in prepared) return prepared;
      if (!kept.has(query)) {
        if (kept.size >= KEPT_DOCUMENTS) kept.clear();
        kept.set(query, prepared);
      }
      return executeSync({
        schema,
        document: prepared,
        rootValue,
        variableValues: variables ?? {},
        ...(operationName ? { operationName } : {}),
        typeResolver: (value) => String((value as Entity)['__typename'] ?? 'Person'),
      });
    },
  };
}

function prepare(schema: GraphQLSchema, query: string): DocumentNode | { errors: readonly GraphQLError[] } {
  try {
    const document = parse(query, { maxTokens: 5_000 });
    const errors = validate(schema, document);
    return errors.length === 0 ? document : { errors };
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

/** An error in place of the element fails that element and no other. */
function entity(
  representation: unknown,
  key: string,
  find: (value: string) => Entity | null,
  others: ReadonlyMap<string, Resolve>,
): Entity | null | Error {
  if (typeof representation !== 'object' || representation === null) {
    return new GraphQLError('A representation is an object.');
  }
  const { __typename, ...keys } = representation as Record<string, unknown>;
  const resolve = others.get(String(__typename));
  if (resolve) return resolve(keys);
  const value = keys[key];
  if (__typename !== 'Person' || typeof value !== 'string' || Object.keys(keys).length !== 1) {
    return new GraphQLError(`This service knows a Person by ${key} and by nothing else.`);
  }
  return find(value);
}

/** The one `@key` of `Person`. */
function keyField(document: DocumentNode): string {
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || definition.name.value !== 'Person') continue;
    const fields = definition.directives?.find(({ name }) => name.value === 'key')?.arguments?.[0]?.value;
    if (fields?.kind === Kind.STRING) return fields.value;
  }
  throw new Error('The SDL of a source defines `type Person @key(fields: "...")`.');
}

/** graphql-js knows no federation directives: they are dropped, and what the router asks for is added. */
function executableSchema(document: DocumentNode, entities: readonly string[]): GraphQLSchema {
  const plain = visit(document, {
    SchemaExtension: () => null,
    Directive: ({ name }) => (name.value === 'deprecated' ? undefined : null),
  });
  const federation = parse(`
    scalar _Any
    union _Entity = ${entities.join(' | ')}
    type _Service { sdl: String! }
    type Query {
      _entities(representations: [_Any!]!): [_Entity]!
      _service: _Service!
    }
  `);
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions: [...plain.definitions, ...federation.definitions] });
}
