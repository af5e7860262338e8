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

/** An agreement to refer, a confidentiality permission or the like. A withdrawn one has an `until` in the past. */
export interface Permission extends Span {
  readonly type: string;
  /** The holder whose data it is about; null for every holder. */
  readonly holder: string | null;
  /** The partner type it lets see the data; null for every recipient. */
  readonly recipientType: string | null;
}

/** `RESTRICTION`: only the listed accounts may see. `EXCLUSION`: the listed accounts may not. */
export interface Restriction extends Span {
  readonly type: 'RESTRICTION' | 'EXCLUSION';
  readonly owner: string;
  /** `<partner>/<practitioner>`: two partners may give the same id to two people. */
  readonly accounts: readonly string[];
}

/** Everything a decision about one person reads. Relationships are those of the caller and the caller's teams only. */
export interface SubjectFacts {
  /** The gateway's own key. It never leaves. */
  readonly person: string;
  readonly links: readonly Link[];
  readonly relationships: readonly Relationship[];
  readonly permissions: readonly Permission[];
  readonly restrictions: readonly Restriction[];
}

export function covers(span: Span, day: Day): boolean {
  return span.from <= day && (span.until === null || day <= span.until);
}
