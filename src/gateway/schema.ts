import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  buildASTSchema,
  type GraphQLSchema,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
  visit,
} from 'graphql';
import type { Bundle } from '../policy/bundle.ts';
import type { View } from '../policy/view.ts';
import type { RecordModel } from '../record/model.ts';
import { guardSchema } from '../shield/guard.ts';
import { leafStates } from '../shield/leaves.ts';
import type { Cursors } from './cursor.ts';
import type { PersonNode } from './person.ts';
import { createResolvers } from './resolvers.ts';
import { SCALARS } from './scalars.ts';
import type { Scope } from './scope.ts';

/** The schemas of one policy: the shared one that requests are validated against, and one guarded one per view. */
export interface Schemas {
  readonly shared: GraphQLSchema;
  /**
   * Guards compiled for the view. Views with the same leaves share one.
   * @param strict when somebody in the request has less open than the view gives everybody: every leaf is then guarded
   */
  guarded(view: View, strict?: boolean): GraphQLSchema;
  /** What introspection shows the view: nothing that it can never hold. */
  visible(view: View): GraphQLSchema;
}

const KEPT = 200;
const ROOTS = ['Query', 'Mutation'];

export function createSchemas(
  record: RecordModel,
  { envelope, governance }: Pick<Bundle, 'envelope' | 'governance'>,
  cursors: Cursors,
): Schemas {
  const document = parse(record.publicSdl);
  const shared = makeExecutableSchema({
    typeDefs: document,
    resolvers: {
      ...createResolvers(
        record.sections.map(({ field }) => field),
        governance,
        cursors,
      ),
      ...SCALARS,
    },
    resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
  });
  const sections = new Set(record.sections.map(({ field }) => field));
  const guarded = new Map<string, GraphQLSchema>();
  const visible = new Map<string, GraphQLSchema>();

  return {
    shared,
    guarded(view, strict = false) {
      const leaves = leafStates(view, record.sections, envelope, strict);
      return kept(guarded, [...leaves].map(([, state]) => state[0]).join(''), () =>
        guardSchema(shared, { sections, leaves, governance, envelope }, VERDICTS),
      );
    },
    visible(view) {
      const leaves = leafStates(view, record.sections, envelope);
      const opened = [view.sections.keys(), view.role.actions].map((names) => [...names].sort().join());
      const key = `${opened.join(' ')} ${[...leaves].map(([, state]) => state[0]).join('')}`;
      return kept(visible, key, () => prune(view, leaves));
    },
  };

  function prune(view: View, leaves: ReturnType<typeof leafStates>): GraphQLSchema {
    const gone = new Set<string>();
    const holds = (field: string) => (view.sections.get(field)?.holders.size ?? 0) > 0;
    for (const { field } of record.sections) if (!holds(field)) gone.add(`Person.${field}`);
    for (const [coordinate, state] of leaves) if (state === 'never') gone.add(coordinate);
    for (const coordinate of governance) {
      const [type = '', field = ''] = coordinate.split('.');
      if (ROOTS.includes(type) && !view.role.actions.includes(field)) gone.add(coordinate);
    }
    const empty = new Set<string>();
    const cutOnce = () =>
      visit(document, {
        ObjectTypeDefinition: (type: ObjectTypeDefinitionNode) => {
          const fields = (type.fields ?? []).filter(
            (field) => !gone.has(`${type.name.value}.${field.name.value}`) && !empty.has(namedTypeOf(field.type)),
          );
          if (fields.length === 0) empty.add(type.name.value);
          return fields.length === 0 ? null : { ...type, fields };
        },
      });
    let cut = cutOnce();
    // A type that lost every field takes the fields that return it along.
    for (let before = -1; before < empty.size; cut = cutOnce()) before = empty.size;
    const needed = reachable(cut.definitions);
    return buildASTSchema(
      {
        ...cut,
        definitions: cut.definitions.filter((node) => !('name' in node) || !node.name || needed.has(node.name.value)),
      },
      { assumeValidSDL: true },
    );
  }
}

function kept(cache: Map<string, GraphQLSchema>, key: string, make: () => GraphQLSchema): GraphQLSchema {
  let schema = cache.get(key);
  if (!schema) {
    schema = make();
    // Bounded: the oldest goes. A view that is still used is made again in milliseconds.
    if (cache.size >= KEPT) cache.delete(cache.keys().next().value ?? '');
    cache.set(key, schema);
  }
  return schema;
}

function namedTypeOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedTypeOf(type.type);
}

type Definitions = ReturnType<typeof parse>['definitions'];

function reachable(definitions: Definitions): ReadonlySet<string> {
  const byName = new Map(
    definitions.flatMap((node) => ('name' in node && node.name ? [[node.name.value, node] as const] : [])),
  );
  const reached = new Set<string>();
  const walk = (name: string): void => {
    const node = byName.get(name);
    if (!node || reached.has(name)) return;
    reached.add(name);
    visit(node, { [Kind.NAMED_TYPE]: (type: { name: { value: string } }) => walk(type.name.value) });
  };
  for (const root of ROOTS) walk(root);
  return reached;
}

/** The rules' way into what was decided. */
const VERDICTS = {
  root(_parent: unknown, scope: Scope, key: string): boolean {
    const root = scope.roots.get(key);
    if (!root) return false;
    switch (root.field.name) {
      case 'person':
        return root.nodes[0] != null;
      case 'people':
        // Decided element by element: those who may not be shown are null already.
        return true;
      default:
        return root.closed === null;
    }
  },
  person: (node: PersonNode, _scope: Scope): boolean => node.subject.decision.permitted,
  section: (node: PersonNode, _scope: Scope, section: string): boolean =>
    (node.plans.get(section)?.holders.length ?? 0) > 0,
  leaf: (parent: object, scope: Scope, coordinate: string): boolean =>
    scope.permitted.get(parent)?.has(coordinate) ?? false,
};
