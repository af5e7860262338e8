import { GatewayError } from '../errors.ts';
import type { Decision } from '../policy/decide.ts';
import type { View } from '../policy/view.ts';
import { mergeSelections, type Selection } from '../record/selection.ts';
import type { Accepted, Engine } from './engine.ts';
import type { Answer, Trail } from './execute.ts';
import {
  bannerOf,
  groupWithheld,
  nothingToShowAt,
  publiclyWithheld,
  sourceOf,
  type WithheldGroup,
} from './extensions.ts';
import type { Operation, RootField } from './operation.ts';
import type { PersonNode, Subject } from './person.ts';
import { coordinatesOf, type SectionPlan } from './plan.ts';
import type { PolicyInForce } from './policy.ts';
import { closedRoot, decideRoots, RELEASE_DATE } from './roots.ts';

type Path = readonly (string | number)[];

/** Selected fields that would be shown where their holder knows the person, holds something and can be heard. */
export interface ReleasedGroup {
  readonly section: string;
  /** Set when the view has the fields from one holder only. */
  readonly holder?: string;
  readonly fields: readonly string[];
  readonly paths: Path[];
}

export interface Explanation {
  readonly released: readonly ReleasedGroup[];
  readonly withheld: readonly WithheldGroup[];
}

/** A person, or whoever may stand in a list, with what is selected of them there. */
interface Place {
  readonly node: PersonNode;
  readonly selection: Selection;
  readonly path: Path;
}

/**
 * `Prefer: explain`: the operation as far as its decision, and no further. No holder is asked, so nothing here can depend
 * on what one holds; nor does anything depend on links. What is said follows from the view and from what an ordinary
 * answer says is withheld, so that two people whom ordinary answers do not tell apart are explained alike.
 */
export async function explainOperation(
  engine: Engine,
  request: Accepted,
  trail: Trail,
  operation: Operation,
  asked: readonly (readonly [RootField, Selection])[],
  place: (subject: Subject, selection: Selection) => PersonNode,
): Promise<Answer> {
  const { policy } = engine;
  const { view, principal } = request;
  if (asked.some(([{ name }]) => !EXPLAINED.includes(name))) {
    const what = `What can be explained is ${EXPLAINED.join(', ')}; anything else would have to be done to be told.`;
    throw new GatewayError('BAD_USER_INPUT', what);
  }
  // A list of releases is made of dates that holders have: of it only the view can be explained, and nobody is read.
  const lists = asked.filter(([{ name }]) => name === 'releases');
  const named = asked.filter((each) => !lists.includes(each));
  const roots = await decideRoots(
    engine,
    request,
    named.map(([field]) => field),
    named.map(([, selection]) => selection),
    asked.length === 1,
  );
  for (const root of roots) {
    root.nodes = root.subjects.map((subject) => (subject.decision.permitted ? place(subject, root.selection) : null));
  }
  trail.roots = roots;
  trail.explained = true;

  const closed = lists.flatMap(([{ key, name }]) => {
    const reason = closedRoot({ name }, view);
    return reason ? [{ key, closed: reason }] : [];
  });
  const places: Place[] = [
    ...roots.flatMap(({ field, nodes, selection }) =>
      nodes.flatMap((node, index) =>
        node ? [{ node, selection, path: field.name === 'people' ? [field.key, index] : [field.key] }] : [],
      ),
    ),
    ...lists.flatMap(([{ key }, selection]) => {
      if (closed.some((list) => list.key === key)) return [];
      // Whoever stands in the list tells their release date by that.
      const whole = mergeSelections(selection, STANDING_IN_LIST);
      return [{ node: place(anybody(view), whole), selection: whole, path: [key] }];
    }),
  ];
  const nothing = nothingToShowAt(roots, policy, principal.partner);
  const explain: Explanation = {
    released: groupReleased(places, view),
    withheld: [
      ...groupWithheld(
        places.map(({ node, path }) => ({ items: publiclyWithheld(node), paths: [path] })),
        closed,
        policy,
        principal.partner,
      ),
      ...hiddenSections(places, policy, principal.partner),
    ],
  };
  return {
    data: Object.fromEntries(operation.roots.map(({ key, name }) => [key, name === '__typename' ? 'Query' : null])),
    extensions: { ...(nothing.length > 0 && { nothingToShow: nothing }), explain, ...bannerOf(roots, policy) },
  };
}

const EXPLAINED = ['person', 'people', 'releases'];

const STANDING_IN_LIST: Selection = new Map([[RELEASE_DATE.section, new Map([[RELEASE_DATE.field, null]])]]);

/** Whoever the view may show: what it gives everybody, and nothing that waits for a permission. */
function anybody({ sections }: View): Subject {
  const decision: Decision = {
    permitted: true,
    reasons: [],
    relationship: null,
    breakGlass: null,
    narrowed: false,
    signpost: null,
    identifiers: [],
    sections: new Map(
      [...sections.values()].map(({ name, holders }) => [
        name,
        {
          holders: [...holders.values()].flatMap(({ holder, unconditional }) =>
            unconditional.size > 0 ? [{ holder, fields: unconditional, link: null }] : [],
          ),
        },
      ]),
    ),
  };
  return { reference: { by: 'id', value: '' }, facts: null, decision };
}

function groupReleased(places: readonly Place[], view: View): ReleasedGroup[] {
  const groups = new Map<string, ReleasedGroup>();
  const add = (section: string, holder: string | undefined, fields: readonly string[], path: Path) => {
    const key = JSON.stringify([section, holder, fields]);
    const group = groups.get(key) ?? { section, ...(holder !== undefined && { holder }), fields, paths: [] };
    group.paths.push(path);
    groups.set(key, group);
  };
  for (const { node, selection, path } of places) {
    // What releases lack is read off fields that the view may have, and tells them.
    const looked = selection.has('gaps') ? node.gapPlan().sections.values() : [];
    for (const plan of [...node.plans.values(), ...looked]) {
      if (plan.view?.existence === 'hidden' || plan.holders.length === 0) continue;
      const byHolder = Map.groupBy(openOf(plan), (coordinate) => onlyHolder(plan, coordinate));
      for (const [holder, fields] of byHolder) add(plan.section, holder, fields.sort(), path);
    }
    // Break-glass shows nobody's numbers.
    if (selection.has('identifiers') && !node.identifiersClosed && !node.subject.decision.breakGlass)
      add('identifiers', undefined, ['Person.identifiers'], path);
  }
  return [...groups.values()];

  function onlyHolder(plan: SectionPlan, coordinate: string): string | undefined {
    const holders = [...(view.sections.get(plan.section)?.holders.values() ?? [])];
    const giving = holders.filter(({ fields }) => fields.has(coordinate) || coordinate === `Person.${plan.section}`);
    return giving.length === 1 ? giving[0]?.holder : undefined;
  }
}

/** What some holder would show, whether or not it knows the person. */
function openOf({ section, type, holders }: SectionPlan): string[] {
  const open = new Set(holders.flatMap(({ selection }) => coordinatesOf(type, selection)));
  return open.size > 0 ? [...open] : [`Person.${section}`];
}

/** One statement for everybody about a section whose existence the view may not know: what is selected of it, no more. */
function hiddenSections(places: readonly Place[], policy: PolicyInForce, partner: string): WithheldGroup[] {
  const groups = new Map<string, WithheldGroup>();
  for (const { node, selection, path } of places) {
    for (const { section, type, view } of node.plans.values()) {
      if (view?.existence !== 'hidden') continue;
      const selected = coordinatesOf(type, selection.get(section) ?? new Map()).sort();
      const fields = selected.length > 0 ? selected : [`Person.${section}`];
      const key = JSON.stringify([section, fields]);
      const contact = policy.contact(partner, sourceOf(section, policy));
      const group = groups.get(key) ?? { section, fields, reason: 'NOT_AVAILABLE', contact, paths: [] };
      group.paths.push(path);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}
