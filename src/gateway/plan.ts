import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import { type Decision, whyWithheld } from '../policy/decide.ts';
import type { Gate, Reason } from '../policy/gates.ts';
import type { View, ViewSection } from '../policy/view.ts';
import type { Link } from '../record/facts.ts';
import type { Selection } from '../record/selection.ts';

/** What will be asked about one section of one person, and what will not: decided before anything is fetched. */
export interface SectionPlan {
  readonly section: string;
  readonly type: GraphQLObjectType;
  /** Null when the view can never hold the section. */
  readonly view: ViewSection | null;
  /** Holders that may show something of what is selected; those with a link will be asked. */
  readonly holders: readonly HolderPlan[];
  /** What is withheld whichever holder is looked at. */
  readonly withheld: readonly Withheld[];
}

export interface HolderPlan {
  readonly holder: string;
  readonly link: Link | null;
  readonly fields: ReadonlySet<string>;
  /** Selected and permitted. */
  readonly selection: Selection;
  /** Selected, shown by another holder, but not by this one. */
  readonly withheld: readonly Withheld[];
}

/** A selected coordinate that is not shown, with the gate that closed it. */
export interface Withheld {
  readonly coordinate: string;
  readonly reason: Reason;
}

/** The gate that closed a section as a whole. It does not depend on what is selected, nor on whom it is about. */
export function closedBy(view: ViewSection | null): Gate {
  if (view === null) return 'view';
  return view.holders.size === 0 ? 'agreement' : 'permission';
}

/** Plans sections for the people of one request; equal permissions share one pruned selection. */
export function createPlanner(view: View) {
  const pruned = new WeakMap<Selection, WeakMap<ReadonlySet<string>, Pruned>>();
  const reasons = new WeakMap<Selection, Map<string | null, ReadonlyMap<string, Reason>>>();

  return function plan(
    decision: Decision,
    section: string,
    type: GraphQLObjectType,
    selection: Selection,
  ): SectionPlan {
    const viewSection = view.sections.get(section) ?? null;
    const holders: (HolderPlan & { dropped: readonly string[] })[] = [];
    for (const { holder, fields, link } of decision.sections.get(section)?.holders ?? []) {
      const { kept, dropped, empty } = prune(type, selection, fields);
      if (empty) continue;
      holders.push({ holder, link, fields, selection: kept, withheld: [], dropped });
    }
    if (holders.length === 0) {
      const all = coordinatesOf(type, selection);
      return {
        section,
        type,
        view: viewSection,
        holders: [],
        withheld: all.map((coordinate) => why(coordinate, null)),
      };
    }
    const everywhere =
      holders[0]?.dropped.filter((coordinate) => holders.every(({ dropped }) => dropped.includes(coordinate))) ?? [];
    return {
      section,
      type,
      view: viewSection,
      holders: holders.map(({ dropped, ...rest }) => ({
        ...rest,
        withheld: dropped
          .filter((coordinate) => !everywhere.includes(coordinate))
          .map((coordinate) => why(coordinate, rest.holder)),
      })),
      withheld: everywhere.map((coordinate) => why(coordinate, null)),
    };

    function why(coordinate: string, holder: string | null): Withheld {
      let byHolder = reasons.get(selection);
      if (!byHolder) {
        byHolder = new Map();
        reasons.set(selection, byHolder);
      }
      let known = byHolder.get(holder);
      if (!known) {
        known = reasonsFor(type, selection, (each) => whyWithheld(view, section, each, holder));
        byHolder.set(holder, known);
      }
      return { coordinate, reason: known.get(coordinate) ?? whyWithheld(view, section, coordinate, holder) };
    }
  };

  function prune(type: GraphQLObjectType, selection: Selection, fields: ReadonlySet<string>): Pruned {
    let byFields = pruned.get(selection);
    if (!byFields) {
      byFields = new WeakMap();
      pruned.set(selection, byFields);
    }
    let result = byFields.get(fields);
    if (!result) {
      result = pruneSelection(type, selection, fields);
      byFields.set(fields, result);
    }
    return result;
  }
}

interface Pruned {
  readonly kept: Selection;
  readonly dropped: readonly string[];
  /** Something was selected and nothing of it may be shown. */
  readonly empty: boolean;
}

/**
 * Cuts a selection down to what may be shown. An object of which no selected field may be shown goes as a whole: a list
 * of empty objects would tell how many there are.
 */
export function pruneSelection(type: GraphQLObjectType, selection: Selection, fields: ReadonlySet<string>): Pruned {
  const kept = new Map<string, Selection | null>();
  const dropped: string[] = [];
  let selected = 0;
  for (const [name, below] of selection) {
    // `holder` is the gateway's own word and is not asked of a holder.
    if (name === 'holder') continue;
    selected += 1;
    const coordinate = `${type.name}.${name}`;
    const child = objectTypeOf(type, name);
    if (!fields.has(coordinate)) dropped.push(coordinate, ...(child && below ? coordinatesOf(child, below) : []));
    else if (!child) kept.set(name, null);
    else {
      const inner = pruneSelection(child, below ?? new Map(), fields);
      const counts = inner.empty || !Object.keys(child.getFields()).some((leaf) => fields.has(`${child.name}.${leaf}`));
      dropped.push(...inner.dropped);
      if (counts) dropped.push(coordinate);
      else kept.set(name, inner.kept);
    }
  }
  return { kept, dropped: [...new Set(dropped)], empty: selected > 0 && kept.size === 0 };
}

/**
 * Why each selected coordinate would be withheld, from the view alone, so that it tells nothing of the person. An object
 * that is itself open goes because of what is selected below it, and for that reason.
 */
function reasonsFor(
  type: GraphQLObjectType,
  selection: Selection,
  why: (coordinate: string) => Reason,
): Map<string, Reason> {
  const reasons = new Map<string, Reason>();
  for (const [name, below] of selection) {
    const coordinate = `${type.name}.${name}`;
    const child = objectTypeOf(type, name);
    let reason = why(coordinate);
    if (child && below) {
      const inner = reasonsFor(child, below, why);
      const fields = below.size > 0 ? [...below.keys()] : Object.keys(child.getFields());
      const causes = fields.map((field) => inner.get(`${child.name}.${field}`) ?? why(`${child.name}.${field}`));
      // What a permission could open is open in the view; a reason without a reference needs none.
      const open = causes.find(({ gate }) => gate === 'permission');
      if (reason.gate === 'permission' && (!open || reason.ref === '')) reason = open ?? causes[0] ?? reason;
      for (const [each, cause] of inner) reasons.set(each, reasons.get(each) ?? cause);
    }
    reasons.set(coordinate, reasons.get(coordinate) ?? reason);
  }
  return reasons;
}

/** Every coordinate that a selection names, objects included. */
export function coordinatesOf(type: GraphQLObjectType, selection: Selection): string[] {
  const coordinates = [...selection].flatMap(([name, below]) => {
    if (name === 'holder') return [];
    const child = objectTypeOf(type, name);
    return [`${type.name}.${name}`, ...(child && below ? coordinatesOf(child, below) : [])];
  });
  return [...new Set(coordinates)];
}

function objectTypeOf(type: GraphQLObjectType, field: string): GraphQLObjectType | null {
  const named = getNamedType(type.getFields()[field]?.type);
  return isObjectType(named) ? named : null;
}
