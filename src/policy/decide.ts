import { covers, type Day, type Link, type Permission, type Relationship, type SubjectFacts } from '../record/facts.ts';
import type { Bundle } from './bundle.ts';
import type { HolderGrant, View, ViewSection } from './view.ts';

/** The gates that look at a person, in the order in which they are evaluated. All of them are, always. */
export type Gate = 'view' | 'relationship' | 'restriction' | 'agreement' | 'permission' | 'link';

/** Why a gate let something pass or not. Kept in the audit entry; a caller gets at most a public code. */
export interface Reason {
  readonly gate: Gate;
  readonly outcome: 'pass' | 'refuse';
  readonly code: string;
  /** An agreement, a piece of evidence, a permission type: a reference, never a value. */
  readonly ref: string | null;
}

/** What one caller may see of one person. A value: nothing later may widen it. */
export interface Decision {
  /** False when nothing at all may be shown: the caller then gets the constant answer. */
  readonly permitted: boolean;
  readonly reasons: readonly Reason[];
  /** The relationship that carried the purpose. */
  readonly relationship: Relationship | null;
  readonly sections: ReadonlyMap<string, SectionDecision>;
  readonly identifiers: readonly Link[];
}

export interface SectionDecision {
  /** Holders that may show something of the section for this person, whether or not they are linked. */
  readonly holders: readonly HolderDecision[];
}

export interface HolderDecision {
  readonly holder: string;
  /** Coordinates that may be asked for and shown. Never empty. */
  readonly fields: ReadonlySet<string>;
  /** The confirmed identifier to ask by. Null when there is none at or over the threshold. */
  readonly link: Link | null;
}

const REFUSED = { permitted: false, relationship: null, sections: new Map(), identifiers: [] } as const;

/**
 * Decides everything one caller may see of one person, in memory, from one view and the person's facts. No facts means
 * that nobody was found: the answer is the same refusal. Day spans are judged on `view.day`.
 */
export function decide(bundle: Bundle, view: View, practitioner: string, facts: SubjectFacts | null): Decision {
  if (!facts) return { ...REFUSED, reasons: [refuse('relationship', 'UNKNOWN')] };

  const relationship = carrying(bundle, view, practitioner, facts.relationships);
  const reasons: Reason[] = [
    view.sections.size > 0 ? pass('view', 'IN_VIEW') : refuse('view', 'EMPTY_VIEW'),
    relationship
      ? pass('relationship', relationship.type, relationship.evidence)
      : refuse('relationship', facts.relationships.length > 0 ? 'NONE_CARRIES_PURPOSE' : 'NONE'),
    ...restrictionReasons(facts, `${view.partner}/${practitioner}`, view.day),
  ];
  if (!relationship || reasons.some((reason) => reason.outcome === 'refuse')) return { ...REFUSED, reasons };

  const sections = new Map<string, SectionDecision>();
  for (const section of view.sections.values()) {
    const holders: HolderDecision[] = [];
    for (const grant of section.holders.values()) {
      const fields = grant.conditional ? fieldsWithPermission(grant, view, facts.permissions) : grant.unconditional;
      if (fields.size > 0) holders.push({ holder: grant.holder, fields, link: confirmed(facts, grant, section) });
    }
    sections.set(section.name, { holders });
  }
  const identifiers = facts.links.filter(({ holder, type, confidence }) => {
    const grant = view.identifiers.get(holder);
    return grant?.types.has(type) && confidence >= grant.matchThreshold;
  });
  return { permitted: true, reasons, relationship, sections, identifiers };
}

/** The surest link by the holder's own type of identifier, if it is sure enough. */
function confirmed({ links }: SubjectFacts, { holder }: HolderGrant, section: ViewSection): Link | null {
  return links.reduce<Link | null>((surest, link) => {
    const counts =
      link.holder === holder && section.identifierTypes.has(link.type) && link.confidence >= section.matchThreshold;
    return counts && link.confidence > (surest?.confidence ?? -1) ? link : surest;
  }, null);
}

/** Why a coordinate of a section in the view is not shown at a holder. The first is the public one's ground. */
export function whyWithheld(view: View, section: string, coordinate: string, holder: string | null): Reason {
  const viewSection = view.sections.get(section);
  if (!viewSection?.needed.has(coordinate)) return refuse('view', 'NOT_IN_VIEW');
  const grants = holder === null ? [...viewSection.holders.values()] : [viewSection.holders.get(holder)];
  const grant = grants.find((candidate) => candidate?.fields.has(coordinate))?.fields.get(coordinate);
  if (!grant) return refuse('agreement', 'NO_AGREEMENT');
  return refuse('permission', 'NO_PERMISSION', grant.requires.join(' or '));
}

/** Why the view can hold no identifier of anybody, or null when it can. */
export function whyNoIdentifiers(view: View): Reason | null {
  if (view.identifiers.size > 0) return null;
  const needed = view.role.purposes.get(view.purpose.code)?.identifiers ?? [];
  return needed.length > 0 ? refuse('agreement', 'NO_AGREEMENT') : refuse('view', 'NOT_IN_VIEW');
}

/** SHARE-10: a relationship counts only when somebody other than the caller asserted it. */
function carrying(
  bundle: Bundle,
  view: View,
  practitioner: string,
  held: readonly Relationship[],
): Relationship | null {
  return (
    held.find(
      (relationship) =>
        view.purpose.relationships.includes(relationship.type) &&
        relationship.assertedBy !== practitioner &&
        relationship.from <= view.day &&
        view.day <= graceEnd(relationship.until, bundle.relationships.get(relationship.type)?.graceDays ?? 0),
    ) ?? null
  );
}

function graceEnd(until: Day | null, graceDays: number): Day {
  if (until === null) return '9999-12-31';
  if (graceDays === 0) return until;
  return new Date(Date.parse(`${until}T00:00:00Z`) + graceDays * 86_400_000).toISOString().slice(0, 10);
}

/** SHARE-06: binds everyone. A restriction opens only by name; an exclusion closes by name. */
function restrictionReasons({ restrictions }: SubjectFacts, account: string, day: Day): Reason[] {
  const reasons: Reason[] = [];
  for (const restriction of restrictions) {
    if (!covers(restriction, day)) continue;
    const named = restriction.accounts.includes(account);
    switch (restriction.type) {
      case 'RESTRICTION':
        reasons.push(
          named
            ? pass('restriction', 'LISTED', restriction.owner)
            : refuse('restriction', 'RESTRICTED', restriction.owner),
        );
        break;
      case 'EXCLUSION':
        reasons.push(
          named
            ? refuse('restriction', 'EXCLUDED', restriction.owner)
            : pass('restriction', 'NOT_NAMED', restriction.owner),
        );
        break;
      default:
        // A kind this code does not know closes the person.
        reasons.push(refuse('restriction', 'UNKNOWN_RESTRICTION', (restriction as { owner: string }).owner));
    }
  }
  return reasons.length > 0 ? reasons : [pass('restriction', 'NONE')];
}

function fieldsWithPermission(grant: HolderGrant, view: View, permissions: readonly Permission[]): ReadonlySet<string> {
  const inForce = new Set(
    permissions
      .filter(
        (permission) =>
          covers(permission, view.day) &&
          (permission.holder === null || permission.holder === grant.holder) &&
          (permission.recipientType === null || permission.recipientType === view.partnerType),
      )
      .map((permission) => permission.type),
  );
  const fields = new Set(grant.unconditional);
  for (const [coordinate, { requires }] of grant.fields) {
    if (requires.some((type) => inForce.has(type))) fields.add(coordinate);
  }
  return fields;
}

function pass(gate: Gate, code: string, ref: string | null = null): Reason {
  return { gate, outcome: 'pass', code, ref };
}

function refuse(gate: Gate, code: string, ref: string | null = null): Reason {
  return { gate, outcome: 'refuse', code, ref };
}
