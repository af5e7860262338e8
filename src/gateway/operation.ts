import {
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getVariableValues,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { GatewayError } from '../errors.ts';
import { mergeSelections, type Selection } from '../record/selection.ts';

/** A validated operation with its variables: what a request asks for, before anybody is looked up. */
export interface Operation {
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly roots: readonly RootField[];
}

/** One root field as asked, aliases resolved. */
export interface RootField {
  readonly key: string;
  /** The root type. */
  readonly on: 'Query' | 'Mutation';
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly nodes: readonly FieldNode[];
}

/**
 * @param document validated against the schema
 * @throws GatewayError BAD_USER_INPUT naming the variable whose value does not fit, never the value
 */
export function readOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  definition: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): Operation {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;

  const { coerced, errors } = getVariableValues(schema, definition.variableDefinitions ?? [], given, { maxErrors: 5 });
  if (!coerced) {
    const names = new Set(errors?.map((error) => /^Variable "\$(\w+)"/.exec(error.message)?.[1]));
    const wanted = (definition.variableDefinitions ?? [])
      .filter((variable) => names.has(variable.variable.name.value))
      .map((variable) => `$${variable.variable.name.value} needs a value that fits the type it is declared with`);
    throw new GatewayError(
      'BAD_USER_INPUT',
      wanted.length > 0 ? `${wanted.join('; ')}.` : 'A variable has a value of the wrong type.',
    );
  }
  const base = { document, definition, fragments, variables: coerced };
  const on = definition.operation === OperationTypeNode.MUTATION ? 'Mutation' : 'Query';
  const rootType = schema.getRootType(definition.operation);
  const roots: RootField[] = [];
  for (const [key, nodes] of collectFields(base, rootType?.name ?? '', [definition.selectionSet])) {
    const [node] = nodes;
    const field = node && rootType?.getFields()[node.name.value];
    if (!node) continue;
    let args: Record<string, unknown> = {};
    try {
      if (field) args = getArgumentValues(field, node, coerced);
    } catch {
      throw new GatewayError(
        'BAD_USER_INPUT',
        `An argument of "${node.name.value}" is missing or does not fit its type.`,
      );
    }
    roots.push({ key, on, name: node.name.value, args, nodes });
  }
  return { ...base, roots };
}

/**
 * The fields of some selection sets on one object type, by response key, as execution would collect them: fragments
 * spread, `@skip` and `@include` obeyed. The record has no interfaces or unions, so a type condition fits by name.
 * @throws GatewayError BAD_USER_INPUT for a condition that is null: a variable with a default may be given as null
 */
export function collectFields(
  operation: Pick<Operation, 'fragments' | 'variables'>,
  typeName: string,
  selectionSets: readonly (SelectionSetNode | undefined)[],
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  for (const selectionSet of selectionSets) visit(selectionSet);
  return fields;

  function visit(selectionSet: SelectionSetNode | undefined): void {
    for (const node of selectionSet?.selections ?? []) {
      if (!included(node.directives, operation.variables)) continue;
      switch (node.kind) {
        case Kind.FIELD: {
          const key = node.alias?.value ?? node.name.value;
          const present = fields.get(key);
          if (present) present.push(node);
          else fields.set(key, [node]);
          break;
        }
        case Kind.INLINE_FRAGMENT:
          if ((node.typeCondition?.name.value ?? typeName) === typeName) visit(node.selectionSet);
          break;
        case Kind.FRAGMENT_SPREAD: {
          const fragment = operation.fragments[node.name.value];
          if (spread.has(node.name.value) || fragment?.typeCondition.name.value !== typeName) break;
          spread.add(node.name.value);
          visit(fragment.selectionSet);
          break;
        }
        default:
          node satisfies never;
      }
    }
  }
}

function included(
  directives: readonly DirectiveNode[] | undefined,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return (directives ?? []).every((directive) => {
    if (directive.name.value !== 'skip' && directive.name.value !== 'include') return true;
    const condition = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
    const value =
      condition?.kind === Kind.VARIABLE
        ? variables[condition.name.value]
        : condition?.kind === Kind.BOOLEAN && condition.value;
    if (typeof value !== 'boolean')
      throw new GatewayError(
        'BAD_USER_INPUT',
        `"@${directive.name.value}" needs true or false, and was given neither.`,
      );
    return directive.name.value === 'skip' ? value !== true : value === true;
  });
}

/** What is selected below some field nodes of an object type, by field name. `__typename` is left out. */
export function selectionBelow(operation: Operation, type: GraphQLObjectType, nodes: readonly FieldNode[]): Selection {
  const selection = new Map<string, Selection | null>();
  for (const [, fieldNodes] of collectFields(
    operation,
    type.name,
    nodes.map((node) => node.selectionSet),
  )) {
    const name = fieldNodes[0]?.name.value ?? '';
    const field = type.getFields()[name];
    if (!field) continue;
    const fieldType = getNamedType(field.type);
    const below = isObjectType(fieldType) ? selectionBelow(operation, fieldType, fieldNodes) : null;
    const present = selection.get(name);
    selection.set(name, present && below ? mergeSelections(present, below) : below);
  }
  return selection;
}
