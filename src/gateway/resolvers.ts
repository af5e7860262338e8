import type { GraphQLResolveInfo } from 'graphql';
import type { Cursors } from './cursor.ts';
import type { PersonNode } from './person.ts';
import { type ReleaseArguments, releases } from './releases.ts';
import type { Root, Scope } from './scope.ts';

/** Resolvers fetch what was decided. They decide nothing. */
export function createResolvers(sections: readonly string[], governance: ReadonlySet<string>, cursors: Cursors) {
  const ownFields = (root: string) =>
    Object.fromEntries(
      [...governance].flatMap((coordinate) => {
        const [type, field = ''] = coordinate.split('.');
        return type === root ? [[field, ownWork]] : [];
      }),
    );
  const sectionResolvers = Object.fromEntries(
    sections.map((section) => [section, async (node: PersonNode) => (await node.section(section)).value]),
  );
  return {
    Query: {
      person: (_: unknown, _args: unknown, scope: Scope, info: GraphQLResolveInfo) =>
        rootOf(scope, info).nodes[0] ?? null,
      people: (_: unknown, _args: unknown, scope: Scope, info: GraphQLResolveInfo) => rootOf(scope, info).nodes,
      releases: (_: unknown, args: ReleaseArguments, scope: Scope, info: GraphQLResolveInfo) =>
        releases(args, scope, rootOf(scope, info), cursors),
      ...ownFields('Query'),
    },
    Mutation: ownFields('Mutation'),
    Person: {
      id: ({ subject }: PersonNode, _: unknown, scope: Scope) => scope.opaqueId(subject),
      identifiers: ({ subject }: PersonNode) => {
        const { identifiers } = subject.decision;
        return identifiers.length > 0 ? identifiers : null;
      },
      sections: async (node: PersonNode) => {
        const outcomes = await Promise.all([...node.plans.keys()].map((section) => node.section(section)));
        return outcomes.flatMap(({ rows }) => rows);
      },
      gaps: async (node: PersonNode) => (await node.gaps()).gaps,
      ...sectionResolvers,
    },
  };
}

function ownWork(_: unknown, _args: unknown, scope: Scope, info: GraphQLResolveInfo): Promise<Root['result']> {
  return scope.work(rootOf(scope, info));
}

function rootOf(scope: Scope, info: GraphQLResolveInfo): Root {
  const root = scope.roots.get(String(info.path.key));
  if (!root) throw new Error('a root field was not planned');
  return root;
}
