import { addDays } from '../record/day.ts';
import {
  type BreakGlassGrant,
  type Day,
  type HeldRelationship,
  type Link,
  NO_FACTS,
  type SubjectFacts,
} from '../record/facts.ts';
import type { Bundle, RestrictionPolicy } from './bundle.ts';
import { pass, type Reason, refuse } from './gates.ts';
import { fieldsInForce, isInForce, whyClosed } from './permission.ts';
import { restrictionReasons } from './restriction.ts';
import type { HolderGrant, View, ViewSection } from './view.ts';

/** What of the caller a decision reads besides the view. */
export interface Caller {
  readonly practitioner: string;
  readonly now: Date;
  /** Whether the person was named alone and not in a list: only then does break-glass count. */
  readonly alone: boolean;
  /** How many different people the practitioner has asked about today by name or number, this one included. */
  readonly asked: number;
}

/** What one caller may see of one person. A value: nothing later may widen it. */
export interface Decision {
  /** False when nothing at all may be shown: the caller then gets the constant answer. */
  readonly permitted: boolean;
  /** Those of the gates that look at the person as a whole, in order. */
  readonly reasons: readonly Reason[];
  /** The relationship that carried the purpose. Null under break-glass. */
  readonly relationship: HeldRelationship | null;
  /** Set when break-glass stood in for a relationship. */
  readonly breakGlass: BreakGlassGrant | null;
  /** Whether something that the view gives everybody is closed for this person: by an objection, or under break-glass. */
  readonly narrowed: boolean;
  /** What the owner of the only thing in the way tells its own practitioners. Set only when nothing is permitted. */
  readonly signpost: RestrictionPolicy['signpost'];
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

/**
 * Decides everything one caller may see of one person, in memory, from one view and the person's facts. No facts means
 * that nobody was found: every gate is evaluated all the same, and the answer is the same refusal. Day spans are judged
 * on `view.day`.
 */
export function decide(bundle: Bundle, view: View, caller: Caller, found: SubjectFacts | null): Decision {
  const facts = found ?? NO_FACTS;
  const { practitioner } = caller;
  const account = `${view.partner}/${practitioner}`;
  const relationship = carrying(bundle, view, [practitioner, account], facts.relationships);
  const glass = relationship ? null : granted(bundle, view, caller, facts.breakGlass);
  const reasons: Reason[] = [
    view.sections.size > 0 ? IN_VIEW : refuse('view', 'EMPTY_VIEW'),
    relationship
      ? pass('relationship', relationship.type, relationship.cover ?? relationship.evidence)
      : refuse('relationship', !found ? 'UNKNOWN' : facts.relationships.length > 0 ? 'NONE_CARRIES_PURPOSE' : 'NONE'),
    ...restrictionReasons(facts, { partner: view.partner, account, teams: facts.callerTeams }, view.day),
    volume(view, caller),
    relationship ? NOT_NEEDED : glass ? pass('break-glass', 'GRANTED', glass.id) : refuse('break-glass', 'NONE'),
  ];
  // Break-glass stands in for a relationship, and a relationship makes it needless. Every other gate must let pass.
  const closing = reasons.filter(({ outcome, gate }) => outcome === 'refuse' && gate !== 'relationship');
  if (closing.length > 0) return refused(reasons, relationship && signpostFor(bundle, view, closing));

  const sections = new Map<string, SectionDecision>();
  let narrowed = glass !== null;
  for (const section of view.sections.values()) {
    const holders: HolderDecision[] = [];
    for (const grant of section.holders.values()) {
      const fields = fieldsInForce(bundle, view, grant, facts, glass !== null);
      narrowed ||= fields.size < grant.unconditional.size || facts.objections.length > 0;
      if (fields.size > 0) holders.push({ holder: grant.holder, fields, link: confirmed(facts, grant, section) });
    }
    sections.set(section.name, { holders });
  }
  const identifiers = glass
    ? []
    : facts.links.filter(({ holder, type, confidence }) => {
        const { types, matchThreshold } = view.identifiers.get(holder) ?? { types: null, matchThreshold: 1 };
        const grant = types?.get(type);
        return grant && confidence >= matchThreshold && isInForce(bundle, view, holder, grant, facts);
      });
  return { permitted: true, reasons, relationship, breakGlass: glass, narrowed, signpost: null, sections, identifiers };
}

/** Made once: most people pass these, and a list has hundreds. */
const IN_VIEW = pass('view', 'IN_VIEW');
const NOT_NEEDED = pass('break-glass', 'NOT_NEEDED');
const WITHIN_LIMIT = pass('volume', 'WITHIN_LIMIT');

function refused(reasons: readonly Reason[], signpost: RestrictionPolicy['signpost']): Decision {
  return {
    permitted: false,
    reasons,
    relationship: null,
    breakGlass: null,
    narrowed: false,
    signpost,
    sections: new Map(),
    identifiers: [],
  };
}

/** The surest link by the holder's own type of identifier, if it is sure enough. */
export function confirmed(
  { links }: SubjectFacts,
  { holder }: Pick<HolderGrant, 'holder'>,
  section: ViewSection,
): Link | null {
  let surest: Link | null = null;
  for (const link of links) {
    if (link.holder !== holder || link.confidence < section.matchThreshold) continue;
    if (section.identifierTypes.has(link.type) && link.confidence > (surest?.confidence ?? -1)) surest = link;
  }
  return surest;
}

/** Why a coordinate of a section in the view is not shown at a holder. It follows from the view, never from the person. */
export function whyWithheld(view: View, section: string, coordinate: string, holder: string | null): Reason {
  const viewSection = view.sections.get(section);
  if (!viewSection?.needed.has(coordinate)) return refuse('view', 'NOT_IN_VIEW');
  const grants = holder === null ? [...viewSection.holders.values()] : [viewSection.holders.get(holder)];
  const grant = grants.find((candidate) => candidate?.fields.has(coordinate))?.fields.get(coordinate);
  return grant ? whyClosed(grant) : refuse('agreement', 'NO_AGREEMENT');
}

/** Why the view can hold no identifier of anybody, or null when it can. */
export function whyNoIdentifiers(view: View): Reason | null {
  if (view.identifiers.size > 0) return null;
  const needed = view.role.purposes.get(view.purpose.code)?.identifiers ?? [];
  return needed.length > 0 ? refuse('agreement', 'NO_AGREEMENT') : refuse('view', 'NOT_IN_VIEW');
}

/**
 * SHARE-10: a relationship counts only when somebody other than the caller asserted it.
 * @param own what the caller can stand for as its asserter: their id, or their account
 */
function carrying(
  bundle: Bundle,
  view: View,
  own: readonly string[],
  held: readonly HeldRelationship[],
): HeldRelationship | null {
  return (
    held.find(
      (relationship) =>
        view.purpose.relationships.includes(relationship.type) &&
        !own.includes(relationship.assertedBy) &&
        relationship.from <= view.day &&
        view.day <= graceEnd(relationship.until, bundle.relationships.get(relationship.type)?.graceDays ?? 0),
    ) ?? null
  );
}

function graceEnd(until: Day | null, graceDays: number): Day {
  if (until === null) return '9999-12-31';
  if (graceDays === 0) return until;
  return addDays(until, graceDays);
}

/** One person by name or number, within its minutes, for the role and purpose it was granted to; a role must still be marked. */
function granted(
  { breakGlass: { roles } }: Bundle,
  view: View,
  { now, alone }: Caller,
  grants: readonly BreakGlassGrant[],
): BreakGlassGrant | null {
  const counts = (grant: BreakGlassGrant) =>
    grant.role === view.role.name && grant.purpose === view.purpose.code && now < grant.until;
  return alone && roles.includes(view.role.name) ? (grants.find(counts) ?? null) : null;
}

function volume({ role }: View, { asked }: Caller): Reason {
  return asked <= role.peoplePerDay ? WITHIN_LIMIT : refuse('volume', 'OVER_LIMIT');
}

/** The owner may tell its own practitioners that there is a restriction, when that alone keeps them out. */
function signpostFor(bundle: Bundle, { partner }: View, closing: readonly Reason[]): RestrictionPolicy['signpost'] {
  const own = closing.every(({ code, ref }) => code === 'RESTRICTED' && ref === partner);
  return own ? (bundle.restrictions.get(partner)?.signpost ?? null) : null;
}
