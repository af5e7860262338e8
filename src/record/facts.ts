/**
 * What the gateway itself knows about people: no values of any section, only what a decision needs.
 * All of it is asserted by somebody else, through files or imports.
 */

/** A calendar day, `YYYY-MM-DD`. Compared as text. */
export type Day = string;

/** A span of days, both ends included. No `until` means open-ended. */
export interface Span {
  readonly from: Day;
  readonly until: Day | null;
}

/** The crosswalk's word that one holder knows the person by one identifier. */
export interface Link {
  readonly holder: string;
  readonly type: string;
  readonly value: string;
  /** From 0 to 1. Under the section's threshold the holder is not asked. */
  readonly confidence: number;
}

/** A reason to have the person's record open, held by one practitioner or one team of a partner. */
export interface Relationship extends Span {
  readonly type: string;
  readonly partner: string;
  /** Null when a team holds it. */
  readonly practitioner: string | null;
  /** Null when a practitioner holds it. */
  readonly team: string | null;
  /** Who said so: a practitioner id or the name of a feed. Never the practitioner it opens the record to (SHARE-10). */
  readonly assertedBy: string;
  /** A reference to the evidence, never its text. */
  readonly evidence: string;
}

/** How a relationship is the caller's: held by themselves, by a team of theirs, by a team they are on duty for, or by a
 * colleague whom they cover. */
export type Standing = 'SELF' | 'TEAM' | 'DUTY' | 'COVER';

/** A relationship as the caller has it. */
export interface HeldRelationship extends Relationship {
  readonly standing: Standing;
  /** The reference under which a manager recorded the cover; null for every other standing. */
  readonly cover: string | null;
}

/** An agreement to refer, a confidentiality permission or the like. A withdrawn one has an `until` in the past. */
export interface Permission extends Span {
  readonly type: string;
  /** The holder whose data it is about; null for every holder. */
  readonly holder: string | null;
  /** The partner type it lets see the data; null for every recipient. */
  readonly recipientType: string | null;
}

/**
 * An objection to sharing (UK GDPR Article 21) that was upheld, by a person whose decision it is. It narrows what the
 * agreements give; it never closes a class that protects somebody.
 */
export interface Objection extends Span {
  /** The holder whose data it is about; null for every holder. */
  readonly holder: string | null;
  /** The partner type it closes the data to; null for every recipient. */
  readonly recipientType: string | null;
  readonly dataClass: string;
  /** The role or account that decided. A reference, never the person objecting. */
  readonly decidedBy: string;
}

/** `RESTRICTION`: only the listed accounts and desks may see. `EXCLUSION`: the listed accounts may not. */
export interface Restriction extends Span {
  readonly type: 'RESTRICTION' | 'EXCLUSION';
  /** The partner that asserts it. Nobody else opens it, and nobody else is told of it. */
  readonly owner: string;
  /** `<partner>/<practitioner>`: two partners may give the same id to two people. Null when the list cannot be read. */
  readonly accounts: readonly string[] | null;
  /** `<partner>/<team>`: a restriction opens to whoever is in the team, or on duty for it, that day. */
  readonly desks: readonly string[];
  /** Partners at which an exclusion names somebody who is not yet known by an account: it closes them whole. */
  readonly unresolved: readonly string[];
}

/** The caller's own tie to a person, for which their partner closes the record to them: their own record, or a declared interest. */
export interface Interest extends Span {
  readonly type: 'OWN_RECORD' | 'DECLARED_INTEREST';
}

/** Break-glass that the caller was granted for this person: it stands in for a relationship, and for nothing else. */
export interface BreakGlassGrant {
  readonly id: string;
  readonly purpose: string;
  readonly role: string;
  readonly until: Date;
}

/**
 * Everything a decision about one person reads. Relationships, interests and break-glass are those of the caller only.
 * Spans come back whatever their dates: deciding is not the store's business.
 */
export interface SubjectFacts {
  /** The gateway's own key. It never leaves. */
  readonly person: string;
  readonly links: readonly Link[];
  readonly relationships: readonly HeldRelationship[];
  readonly permissions: readonly Permission[];
  readonly objections: readonly Objection[];
  readonly restrictions: readonly Restriction[];
  readonly interests: readonly Interest[];
  readonly breakGlass: readonly BreakGlassGrant[];
  /** `<partner>/<team>`: the teams that the caller is in, or on duty for, on the day of the read. */
  readonly callerTeams: readonly string[];
}

/** What is known of somebody whom nobody knows. */
export const NO_FACTS: SubjectFacts = {
  person: '',
  links: [],
  relationships: [],
  permissions: [],
  objections: [],
  restrictions: [],
  interests: [],
  breakGlass: [],
  callerTeams: [],
};

export function covers(span: Span, day: Day): boolean {
  return span.from <= day && (span.until === null || day <= span.until);
}
