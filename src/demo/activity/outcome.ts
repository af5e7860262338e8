import type { SubjectOutcome } from '../../audit/entry.ts';
import { publicReason } from '../../gateway/person.ts';
import { confirmed, type Decision, type HolderDecision, whyWithheld } from '../../policy/decide.ts';
import type { Reason } from '../../policy/gates.ts';
import type { View, ViewSection } from '../../policy/view.ts';
import type { SubjectFacts } from '../../record/facts.ts';
import type { World } from './world.ts';

/** What the log says of one person whose answer had these sections, all holders having answered. */
export function outcomeOf(
  decision: Decision,
  facts: SubjectFacts,
  view: View,
  asked: readonly string[],
  { bundle }: World,
): Omit<SubjectOutcome, 'subject'> {
  const { reasons, relationship, breakGlass } = decision;
  const nothing = { relationship: null, agreements: [], basis: [], classes: [], breakGlass: null } as const;
  if (!decision.permitted) {
    const outcome = { outcome: 'nothing-to-show', reasons: reasons.map(plain), sections: [], released: [] } as const;
    return { ...nothing, ...outcome, withheld: [] };
  }
  const sections = asked.flatMap((name) => {
    const section = view.sections.get(name);
    return section ? [{ section, holders: decision.sections.get(name)?.holders ?? [] }] : [];
  });
  const grants = sections.flatMap(({ section, holders }) =>
    holders.flatMap(({ holder, fields, link }) =>
      link === null
        ? []
        : [...fields].flatMap((field) => {
            const grant = section.holders.get(holder)?.fields.get(field);
            return grant ? [{ ...grant, field: `${holder}|${field}` }] : [];
          }),
    ),
  );
  const used = sorted(grants.map(({ agreement }) => agreement));
  return {
    outcome: 'shown',
    reasons: reasons.map(plain),
    relationship: relationship && {
      type: relationship.type,
      evidence: relationship.evidence,
      assertedBy: relationship.assertedBy,
    },
    agreements: used,
    basis: sorted(bundle.agreements.flatMap(({ reference, powers }) => (used.includes(reference) ? powers : []))),
    classes: sorted(grants.map(({ dataClass }) => dataClass)),
    breakGlass: breakGlass?.id ?? null,
    sections: sections.flatMap(({ section, holders }): SubjectOutcome['sections'][number][] =>
      holders.length === 0
        ? [{ section: section.name, holder: null, status: 'WITHHELD', asked: false }]
        : holders.map(({ holder, link }) => ({
            section: section.name,
            holder,
            status: link === null ? 'NOT_LINKED' : 'AVAILABLE',
            asked: link !== null,
          })),
    ),
    released: sorted(grants.map(({ field }) => field)),
    withheld: sections.flatMap(({ section, holders }) => withheldOf(section, holders, view, facts)),
  };
}

/** What the section has at holders that know the person, and the answer did not. */
function withheldOf(
  section: ViewSection,
  decided: readonly HolderDecision[],
  view: View,
  facts: SubjectFacts,
): SubjectOutcome['withheld'][number][] {
  return [...section.holders.values()].flatMap((grant) => {
    if (confirmed(facts, grant, section) === null) return [];
    const open = decided.find(({ holder }) => holder === grant.holder)?.fields;
    return [...section.needed].flatMap((field) => {
      if (open?.has(field)) return [];
      const reason = plain(whyWithheld(view, section.name, field, grant.holder));
      const told = section.existence === 'hidden' ? null : publicReason(reason.gate);
      return [{ field, holder: grant.holder, reason, told }];
    });
  });
}

/** A reason as the log keeps it. */
export function plain({ gate, outcome, code, ref }: Reason): Reason {
  return { gate, outcome, code, ref };
}

export function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}
