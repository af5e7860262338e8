import type { GraphQLResolveInfo } from 'graphql';
import { GatewayError } from '../errors.ts';
import { daysBetween } from '../record/day.ts';
import type { Cursors } from './cursor.ts';
import type { PersonNode } from './person.ts';
import { releaseDate } from './release-date.ts';
import { RELEASE_DATE } from './roots.ts';
import type { Root, Scope } from './scope.ts';

const LONGEST_SPAN_DAYS = 366;
const LARGEST_PAGE = 500;

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
      ...sectionResolvers,
    },
  };
}

interface ReleaseArguments {
  readonly from: string;
  readonly to: string;
  readonly first: number | null;
  readonly after?: string | null;
}

/** Asks prison for the dates of everybody already decided, then orders, cuts and pages here. */
async function releases({ from, to, first, after }: ReleaseArguments, scope: Scope, root: Root, cursors: Cursors) {
  const { partner, practitioner, role } = scope.principal;
  const boundTo = [partner, practitioner, role, scope.view.purpose.code, from, to];
  const size = first ?? 50;
  if (size < 1 || size > LARGEST_PAGE)
    throw new GatewayError('BAD_USER_INPUT', `"first" must be from 1 to ${LARGEST_PAGE}.`);
  const days = daysBetween(from, to);
  if (!(days >= 0 && days <= LONGEST_SPAN_DAYS)) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `"to" must be the same day as "from" or up to ${LONGEST_SPAN_DAYS} days later.`,
    );
  }
  const start = after == null ? null : cursors.read(after, boundTo);

  const dated = await Promise.all(
    root.subjects.map(async (subject) => ({ subject, released: await releaseDate(subject, scope.ask, root) })),
  );
  const within = dated.flatMap(({ subject, released }) =>
    released && released.date >= from && released.date <= to ? [{ subject, ...released }] : [],
  );
  const rows = await Promise.all(within.map(async (row) => ({ ...row, id: await scope.opaqueId(row.subject) })));
  rows.sort((a, b) => compare(a.date, b.date) || compare(a.id, b.id));
  const rest = start ? rows.filter(({ date, id }) => (compare(date, start.date) || compare(id, start.id)) > 0) : rows;
  const page = rest.slice(0, size).map((row) => ({ ...row, node: scope.place(row.subject, root.selection) }));
  root.nodes = page.map(({ node }) => node);
  // To stand in the list between two dates tells the date, whether or not it is selected.
  for (const { node, holder } of page) root.told.set(node, [`${holder}|${RELEASE_DATE.type}.${RELEASE_DATE.field}`]);

  const edges = page.map(({ node, date, id }) => ({ node, cursor: cursors.write({ date, id }, boundTo) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rest.length > page.length,
      hasPreviousPage: start !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
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

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
