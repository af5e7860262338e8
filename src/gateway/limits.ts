import { type DocumentNode, Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { GatewayError } from '../errors.ts';
import type { RootField } from './operation.ts';

/** Sized from the documents that practitioners' tools send, with room to spare. */
export const LIMITS = {
  /** Lexical tokens of a document. */
  tokens: 5_000,
  depth: 12,
  /** Fields after fragments are spread. */
  fields: 1_000,
  aliases: 60,
  rootFields: 10,
  /** People that one operation may ask about, over all its root fields. */
  people: 500,
} as const;

interface Size {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
}

/**
 * Refuses an operation that asks for too much, before anybody is looked up.
 * @throws GatewayError TOO_COMPLEX naming the limit
 */
export function checkLimits(
  document: DocumentNode,
  definition: OperationDefinitionNode,
  roots: readonly RootField[],
): void {
  const { depth, fields, aliases } = sizeOf(document, definition);
  // Introspection is the schema's own shape, deeper than any of ours; its size is limited by the token count.
  const introspects = roots.length > 0 && roots.every(({ name }) => name.startsWith('__'));
  if (depth > LIMITS.depth && !introspects) refuse(`nests ${LIMITS.depth} levels deep at most`);
  if (fields > LIMITS.fields) refuse(`has ${LIMITS.fields} fields at most, fragments spread`);
  if (aliases > LIMITS.aliases) refuse(`has ${LIMITS.aliases} aliases at most`);
  if (roots.length > LIMITS.rootFields) refuse(`has ${LIMITS.rootFields} root fields at most`);
  if (people(roots) > LIMITS.people) refuse(`asks about ${LIMITS.people} people at most`);
}

function people(roots: readonly RootField[]): number {
  return roots.reduce((sum, { name, args }) => {
    if (name === 'people') return sum + (args['ids'] as readonly unknown[]).length;
    if (name === 'releases') return sum + Math.max(0, Number(args['first'] ?? 50));
    return sum + (name === 'person' ? 1 : 0);
  }, 0);
}

/** Fragments are measured once each: a document that doubles at every spread is cheap to refuse. */
function sizeOf(document: DocumentNode, definition: OperationDefinitionNode): Size {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node.selectionSet] as const] : [],
    ),
  );
  const measured = new Map<string, Size>();

  const measure = (selectionSet: SelectionSetNode): Size => {
    let depth = 0;
    let fields = 0;
    let aliases = 0;
    for (const node of selectionSet.selections) {
      let size: Size;
      if (node.kind === Kind.FIELD) {
        const below = node.selectionSet ? measure(node.selectionSet) : { depth: 0, fields: 0, aliases: 0 };
        size = { depth: below.depth + 1, fields: below.fields + 1, aliases: below.aliases + (node.alias ? 1 : 0) };
      } else if (node.kind === Kind.INLINE_FRAGMENT) size = measure(node.selectionSet);
      else size = fragment(node.name.value);
      depth = Math.max(depth, size.depth);
      fields += size.fields;
      aliases += size.aliases;
    }
    return { depth, fields, aliases };
  };
  const fragment = (name: string): Size => {
    let size = measured.get(name);
    const selectionSet = fragments.get(name);
    if (!size) {
      size = selectionSet ? measure(selectionSet) : { depth: 0, fields: 0, aliases: 0 };
      measured.set(name, size);
    }
    return size;
  };
  return measure(definition.selectionSet);
}

function refuse(limit: string): never {
  throw new GatewayError('TOO_COMPLEX', `The operation is too complex: one ${limit}.`);
}
