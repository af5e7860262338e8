import { type GraphQLSchema, getNamedType, isObjectType } from 'graphql';
import type { IRules } from 'graphql-shield';
import type { LeafState } from './leaves.ts';
import { allow, applyMiddleware, deny, rule, shield } from './shield.ts';

/**
 * What the rules read. They hold no business rule: each asks one of these, which looks into a decision already made.
 * All are synchronous and do no I/O.
 */
export interface Verdicts {
  root(parent: unknown, scope: never, key: string): boolean;
  person(parent: never, scope: never): boolean;
  section(parent: never, scope: never, section: string): boolean;
  leaf(parent: never, scope: never, coordinate: string): boolean;
}

/** Field names of `Person` that are sections, how every leaf below them stands, and what is in no section. */
export interface GuardPlan {
  readonly sections: ReadonlySet<string>;
  readonly leaves: ReadonlyMap<string, LeafState>;
  /** Coordinates that are open wherever the guard of their root field is: root fields, and what lies below them. */
  readonly governance: ReadonlySet<string>;
  /** Coordinates that tell nothing of themselves, wherever they stand. */
  readonly envelope: ReadonlySet<string>;
}

const ROOTS: ReadonlySet<string> = new Set(['Query', 'Mutation']);

type Rule = ReturnType<ReturnType<typeof rule>> | typeof allow | typeof deny;

/**
 * The schema with a graphql-shield guard on every root field, every field of `Person` and every leaf that is not always
 * visible. Leaves that always are stay bare: a guard on each field makes wide lists five to eighteen times slower.
 *
 * @throws Error when some bare leaf can be reached around its section's guard
 */
export function guardSchema(schema: GraphQLSchema, plan: GuardPlan, verdicts: Verdicts): GraphQLSchema {
  const tree: Record<string, Record<string, Rule>> = {};
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    const fields: Record<string, Rule> = {};
    for (const name of Object.keys(type.getFields())) fields[name] = ruleFor(type.name, name, plan, verdicts);
    tree[type.name] = fields;
  }
  // `fallbackError: null` is not taken for "no error"; a function that returns null is.
  const options = { fallbackRule: deny, allowExternalErrors: true, fallbackError: () => null as never };
  const generated = shield(tree as unknown as IRules, options).generate(schema) as Record<
    string,
    Record<string, unknown>
  >;
  const kept: Record<string, Record<string, unknown>> = {};
  for (const [typeName, fields] of Object.entries(tree)) {
    for (const [field, fieldRule] of Object.entries(fields)) {
      if (fieldRule === allow) continue;
      kept[typeName] ??= {};
      kept[typeName][field] = generated[typeName]?.[field];
    }
  }
  proveGuarded(schema, plan, kept);
  return applyMiddleware(schema, kept as never);
}

function ruleFor(type: string, field: string, plan: GuardPlan, verdicts: Verdicts): Rule {
  const coordinate = `${type}.${field}`;
  if (ROOTS.has(type)) return guard(coordinate, (parent, scope, key) => verdicts.root(parent, scope, key));
  if (type === 'Person') {
    return plan.sections.has(field)
      ? guard(coordinate, (parent, scope) => verdicts.section(parent, scope, field))
      : guard(coordinate, (parent, scope) => verdicts.person(parent, scope));
  }
  switch (plan.leaves.get(coordinate)) {
    case 'never':
      return deny;
    case 'depends':
      return guard(coordinate, (parent, scope) => verdicts.leaf(parent, scope, coordinate));
    default:
      // Always visible where its section is, or part of the envelope.
      return allow;
  }
}

/** A fault inside a rule would be a silent null: it closes the field, and the release check then finds it. */
function guard(name: string, verdict: (parent: never, scope: never, key: string) => boolean): Rule {
  return rule(name, { cache: 'no_cache' })((parent, _args, scope, info: { path: { key: string | number } }) => {
    try {
      return verdict(parent as never, scope as never, String(info.path.key)) === true;
    } catch {
      return false;
    }
  });
}

/**
 * INVARIANT: from the roots, every bare classified leaf lies below its section's guard, no field below a section is
 * without a state, and every field of `Query`, `Mutation` and `Person` is guarded. What tells of the gateway's own work
 * is reached through its own root fields, and through them nothing else but people, whose every field is guarded;
 * every mutation is one of them. There is no other root. Proven over the schema itself, at start-up.
 */
function proveGuarded(schema: GraphQLSchema, plan: GuardPlan, kept: Record<string, Record<string, unknown>>): void {
  const subscription = schema.getSubscriptionType();
  if (subscription) throw new Error(`${subscription.name} has no guards`);
  for (const [root, name] of [
    [schema.getQueryType(), 'Query'],
    [schema.getMutationType(), 'Mutation'],
  ] as const) {
    // The rules go by these names.
    if (root && root.name !== name) throw new Error(`${root.name} should be called ${name}`);
  }

  const seen = new Set<string>();
  const walk = (typeName: string, section: string | null, governed: string | null): void => {
    const visit = `${typeName} ${section !== null} ${governed !== null}`;
    const type = schema.getType(typeName);
    if (seen.has(visit) || !isObjectType(type)) return;
    seen.add(visit);
    const isRoot = ROOTS.has(typeName);
    for (const [name, field] of Object.entries(type.getFields())) {
      const coordinate = `${typeName}.${name}`;
      const guarded = kept[typeName]?.[name] !== undefined;
      const isSection = typeName === 'Person' && plan.sections.has(name);
      const isGovernance = plan.governance.has(coordinate);
      if ((isRoot || typeName === 'Person') && !guarded) throw new Error(`${coordinate} has no guard`);
      if (typeName === 'Mutation' && !isGovernance)
        throw new Error(`${coordinate} is no part of the gateway's own work`);
      if (!isRoot && isGovernance !== (governed !== null) && !(governed && plan.envelope.has(coordinate))) {
        throw new Error(
          governed === null
            ? `${coordinate} can be reached around the guard of its root field`
            : `${coordinate} is below ${governed} and no part of the gateway's own work`,
        );
      }
      if (plan.leaves.has(coordinate) && !guarded && section === null) {
        throw new Error(`${coordinate} can be reached around its section's guard`);
      }
      // `holder` is the gateway's own word. Anything else that nobody classified would be open.
      if (section !== null && name !== 'holder' && !plan.leaves.has(coordinate))
        throw new Error(`${coordinate} is below a section and in no class`);
      const below = getNamedType(field.type).name;
      const root = isRoot ? (isGovernance ? coordinate : null) : governed;
      walk(below, isSection ? name : section, below === 'Person' ? null : root);
    }
  };
  for (const root of ROOTS) walk(root, null, null);
}
