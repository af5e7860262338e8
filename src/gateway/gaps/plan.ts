import type { Decision } from '../../policy/decide.ts';
import type { View } from '../../policy/view.ts';
import { mergeSelections, type Selection } from '../../record/selection.ts';
import { type HolderPlan, pruneSelection, type SectionPlan } from '../plan.ts';
import type { ContactNeed, GapRules, Need, ViewRule } from './view-rules.ts';

/** What will be asked to see what one person's release lacks: decided before anything is fetched. */
export interface GapPlan {
  readonly rules: readonly PlannedRule[];
  readonly sections: ReadonlyMap<string, SectionPlan>;
  readonly contacts: readonly ContactNeed[];
  /** Whether no rule is left out of which the caller may know: what was not looked at may be missing. */
  readonly isWhole: boolean;
}

/** A rule of the view of which this person's decision opens every input, at some holder each. */
export interface PlannedRule extends ViewRule {
  /** Parallel to `needs`: the holders that open all of it. */
  readonly holders: readonly (readonly string[])[];
}

/** What of a plan is the same for everybody of whom the same is open. */
interface Shape {
  readonly rules: readonly PlannedRule[];
  readonly contacts: readonly ContactNeed[];
  readonly isWhole: boolean;
  /** Section to what each holder is asked. */
  readonly sections: ReadonlyMap<string, { readonly need: Need; readonly asked: ReadonlyMap<string, Selection> }>;
}

/**
 * Plans the rules for people of one view. Of a holder is asked what its rules need and nothing more: a rule of which it
 * opens only a part is not looked at there.
 */
export function createGapPlanner(gapRules: GapRules, view: View) {
  const rules = gapRules.of(view);
  const contacts = gapRules.contactsOf(view);
  const marks = new WeakMap<ReadonlySet<string>, number>();
  let lastMark = 0;
  const shapes = new Map<string, Shape>();

  /** @param named whether whoever answers for a gap is to be named */
  return function plan(decision: Decision, named: boolean): GapPlan {
    const key = `${named} ${decision.breakGlass !== null} ${keyOf(decision)}`;
    let shape = shapes.get(key);
    if (!shape) {
      shape = shapeOf(decision, named);
      shapes.set(key, shape);
    }
    const sections = new Map<string, SectionPlan>();
    for (const [section, { need, asked }] of shape.sections) {
      const holders = (decision.sections.get(section)?.holders ?? []).flatMap(
        ({ holder, link, fields }): HolderPlan[] => {
          const selection = asked.get(holder);
          return selection ? [{ holder, link, fields, selection, withheld: [] }] : [];
        },
      );
      sections.set(section, {
        section,
        type: need.type,
        view: view.sections.get(section) ?? null,
        holders,
        withheld: [],
      });
    }
    return { rules: shape.rules, sections, contacts: shape.contacts, isWhole: shape.isWhole };
  };

  /** People of whom the same is open share their sets of fields, so that those stand for what is in them. */
  function keyOf({ sections }: Decision): string {
    let key = '';
    for (const { holders } of sections.values()) {
      for (const { holder, fields } of holders) {
        let mark = marks.get(fields);
        if (mark === undefined) {
          lastMark += 1;
          mark = lastMark;
          marks.set(fields, mark);
        }
        key += `${holder} ${mark} `;
      }
      key += '/';
    }
    return key;
  }

  function shapeOf(decision: Decision, named: boolean): Shape {
    const planned = rules.flatMap((rule): PlannedRule[] => {
      // Broken glass opens holders' records and no check.
      if (rule.rule.check && decision.breakGlass !== null) return [];
      const holders = rule.needs.map(({ section, coordinates }) =>
        holdersOf(decision, section).flatMap(({ holder, fields }) => (isOpen(fields, coordinates) ? [holder] : [])),
      );
      return holders.every(({ length }) => length > 0) ? [{ ...rule, holders }] : [];
    });
    const owners = new Set(planned.map(({ policy }) => policy.owner.source));
    const naming = named ? contacts.filter(({ source }) => owners.has(source)) : [];
    const sections = new Map<string, { need: Need; asked: Map<string, Selection> }>();
    for (const need of [...planned.flatMap(({ needs }) => needs), ...naming]) {
      const asked = sections.get(need.section)?.asked ?? new Map<string, Selection>();
      sections.set(need.section, { need, asked });
      for (const { holder, fields } of holdersOf(decision, need.section)) {
        const part = partOf(need, fields);
        if (part) asked.set(holder, mergeSelections(asked.get(holder) ?? new Map(), part));
      }
    }
    const isPlanned = ({ policy }: ViewRule) => planned.some((each) => each.policy === policy);
    const isWhole = rules.every((rule) => rule.isHidden || isPlanned(rule));
    return { rules: planned, contacts: naming, isWhole, sections };
  }

  /** Of a rule's need all or nothing; of a contact, as much as may be shown. */
  function partOf(need: Need, fields: ReadonlySet<string>): Selection | null {
    if (!('source' in need)) return isOpen(fields, need.coordinates) ? need.selection : null;
    const { kept, empty } = pruneSelection(need.type, need.selection, fields);
    return empty ? null : kept;
  }
}

function holdersOf({ sections }: Decision, section: string) {
  return sections.get(section)?.holders ?? [];
}

function isOpen(fields: ReadonlySet<string>, coordinates: readonly string[]): boolean {
  return coordinates.every((coordinate) => fields.has(coordinate));
}
