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

/** Field names of `Person` that are sections, and how every leaf below them stands. */
export interface GuardPlan {
  readonly sections: ReadonlySet<string>;
  readonly leaves: ReadonlyMap<string, LeafState>;
}

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
  if (type === 'Query') return guard(coordinate, (parent, scope, key) => verdicts.root(parent, scope, key));
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
 * INVARIANT: from the root, every bare classified leaf lies below its section's guard, no field below a section is
 * without a state, and every field of `Query` and `Person` is guarded. There is no other root. Proven over the schema
 * itself, at start-up.
 */
function proveGuarded(schema: GraphQLSchema, plan: GuardPlan, kept: Record<string, Record<string, unknown>>): void {
  for (const root of [schema.getMutationType(), schema.getSubscriptionType()]) {
    if (root) throw new Error(`${root.name} has no guards`);
  }
  const seen = new Set<string>();
  const walk = (typeName: string, section: string | null): void => {
    const visit = `${typeName} ${section !== null}`;
    const type = schema.getType(typeName);
    if (seen.has(visit) || !isObjectType(type)) return;
    seen.add(visit);
    for (const [name, field] of Object.entries(type.getFields())) {
      const guarded = kept[typeName]?.[name] !== undefined;
      const isSection = typeName === 'Person' && plan.sections.has(name);
      if ((typeName === 'Query' || typeName === 'Person') && !guarded)
        throw new Error(`${typeName}.${name} has no guard`);
      if (plan.leaves.has(`${typeName}.${name}`) && !guarded && section === null) {
        throw new Error(`${typeName}.${name} can be reached around its section's guard`);
      }
      // `holder` is the gateway's own word. Anything else that nobody classified would be open.
      if (section !== null && name !== 'holder' && !plan.leaves.has(`${typeName}.${name}`))
        throw new Error(`${typeName}.${name} is below a section and in no class`);
      walk(getNamedType(field.type).name, isSection ? name : section);
    }
  };
  walk(schema.getQueryType()?.name ?? 'Query', null);
}
