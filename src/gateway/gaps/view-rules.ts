import { type GraphQLObjectType, type GraphQLSchema, getNamedType, isObjectType } from 'graphql';
import type { GapPolicy } from '../../policy/practice.ts';
import type { View } from '../../policy/view.ts';
import { mergeSelections, type Selection } from '../../record/selection.ts';
import { coordinatesOf } from '../plan.ts';
import type { PolicyInForce } from '../policy.ts';
import { RELEASE_DATE } from '../roots.ts';
import { CONTACTS } from './contacts.ts';
import type { Rule } from './rule.ts';
import { RULES } from './rules.ts';

/** A rule as one view may look at it. */
export interface ViewRule {
  readonly policy: GapPolicy;
  readonly rule: Rule;
  /** Its place among all rules of the policy. */
  readonly order: number;
  readonly needs: readonly Need[];
  /** Whether it reads a section whose existence the view may not know. */
  readonly isHidden: boolean;
}

/** Fields of one section, all or none of which are of use. */
export interface Need {
  readonly section: string;
  readonly type: GraphQLObjectType;
  readonly isHidden: boolean;
  /** `Type.field`, with every object field above a leaf. */
  readonly coordinates: readonly string[];
  readonly selection: Selection;
}

/** What a section names of whoever answers for its source, as far as the view may have it. */
export interface ContactNeed extends Need {
  readonly source: string;
  readonly field: string;
}

/** What one policy's rules are to its views. */
export interface GapRules {
  /** In the order of the policy. */
  of(view: View): readonly ViewRule[];
  /** Whom to ring about each source, where the record names somebody. */
  contactsOf(view: View): readonly ContactNeed[];
}

/**
 * @throws Error naming a rule of the policy that is none, that lacks an input or a number it reads, or that names a
 *   field which nothing reads or no section has
 */
export function createGapRules(
  { bundle, territory }: Pick<PolicyInForce, 'bundle' | 'territory'>,
  schema: GraphQLSchema,
): GapRules {
  const rules = [...bundle.gaps.values()].map((policy) => ({ policy, rule: ruleOf(policy) }));
  const sections = territory.sections.map(({ field, source }) => {
    const type = getNamedType((schema.getType('Person') as GraphQLObjectType).getFields()[field]?.type);
    return { field, source, type: type as GraphQLObjectType };
  });
  const known = new WeakMap<View, { rules: readonly ViewRule[]; contacts: readonly ContactNeed[] }>();

  return { of: (view) => compiled(view).rules, contactsOf: (view) => compiled(view).contacts };

  function compiled(view: View) {
    let found = known.get(view);
    if (!found) {
      found = { rules: rulesFor(view), contacts: contactsFor(view) };
      known.set(view, found);
    }
    return found;
  }

  function rulesFor(view: View): ViewRule[] {
    return rules.flatMap(({ policy, rule }, order) => {
      // Whether a check is open is the gateway's own word, to those who may ask it for checks.
      if (rule.check && !view.role.actions.includes('checks')) return [];
      const needs = needsOf([RELEASE, ...policy.inputs], view);
      if (!needs.every((need) => isOpen(need, view))) return [];
      return [{ policy, rule, order, needs, isHidden: needs.some(({ isHidden }) => isHidden) }];
    });
  }

  function contactsFor(view: View): ContactNeed[] {
    return sections.flatMap(({ field: section, source, type }) => {
      const contact = CONTACTS.get(source);
      const child = contact?.section === section && getNamedType(type.getFields()[contact.field]?.type);
      if (!contact || !isObjectType(child)) return [];
      const leaves = Object.keys(child.getFields()).map((leaf) => `${child.name}.${leaf}`);
      const open = leaves.filter((leaf) => needsOf([leaf], view).every((need) => isOpen(need, view)));
      return needsOf(open, view).map((need) => ({ ...need, source, field: contact.field }));
    });
  }

  function needsOf(inputs: readonly string[], view: View): Need[] {
    const needs = new Map<string, Need>();
    for (const input of new Set(inputs)) {
      const found = pathTo(input);
      if (!found) throw new Error(`policies/gaps.yaml: ${input} is in no section.`);
      const { section, type, path } = found;
      const before = needs.get(section);
      const selection = path.reduceRight<Selection | null>((below, field) => new Map([[field, below]]), null);
      const merged = before ? mergeSelections(before.selection, selection as Selection) : (selection as Selection);
      const isHidden = view.sections.get(section)?.existence === 'hidden';
      needs.set(section, { section, type, isHidden, coordinates: coordinatesOf(type, merged), selection: merged });
    }
    return [...needs.values()];
  }

  function pathTo(coordinate: string) {
    for (const { field: section, type } of sections) {
      const path = pathBelow(type, coordinate, new Set());
      if (path) return { section, type, path };
    }
    return null;
  }
}

const RELEASE = `${RELEASE_DATE.type}.${RELEASE_DATE.field}`;

function ruleOf({ rule: name, inputs, numbers, checks }: GapPolicy): Rule {
  const rule = RULES.get(name);
  const fault = (words: string) => new Error(`policies/gaps.yaml: ${name} ${words}.`);
  if (!rule) throw fault(`is no rule. Rules are ${[...RULES.keys()].join(', ')}`);
  const unread = inputs.filter((input) => input !== RELEASE && !rule.reads.includes(input));
  if (unread.length > 0) throw fault(`does not read ${unread.join(', ')}`);
  const lacking = rule.reads.filter((leaf) => !inputs.includes(leaf));
  if (lacking.length > 0) throw fault(`needs the inputs ${lacking.join(', ')}`);
  const unnumbered = (rule.numbers ?? []).filter((number) => !numbers.has(number));
  if (unnumbered.length > 0) throw fault(`needs the numbers ${unnumbered.join(', ')}`);
  if (checks !== (rule.check ?? null)) throw fault(rule.check ? `needs "checks: ${rule.check}"` : 'reads no checks');
  return rule;
}

function isOpen({ section, coordinates }: Need, { sections }: View): boolean {
  const holders = [...(sections.get(section)?.holders.values() ?? [])];
  return holders.some(({ fields }) => coordinates.every((coordinate) => fields.has(coordinate)));
}

function pathBelow(type: GraphQLObjectType, coordinate: string, seen: Set<string>): string[] | null {
  if (seen.has(type.name)) return null;
  seen.add(type.name);
  for (const [name, field] of Object.entries(type.getFields())) {
    if (`${type.name}.${name}` === coordinate) return [name];
    const child = getNamedType(field.type);
    const below = isObjectType(child) ? pathBelow(child, coordinate, seen) : null;
    if (below) return [name, ...below];
  }
  return null;
}
