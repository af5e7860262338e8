/** One line of a facts file: what the gateway is told about people and about those who work with them. */
export type Fact =
  | LinkFact
  | RelationshipFact
  | TeamFact
  | CoverFact
  | PermissionFact
  | ObjectionFact
  | InterestFact
  | RestrictionFact;

/** Days as `YYYY-MM-DD`, both included; no `until` means open-ended. */
interface SpanFact {
  readonly from: string;
  readonly until: string | null;
}

export interface LinkFact {
  readonly kind: 'link';
  readonly person: string;
  readonly holder: string;
  readonly type: string;
  readonly value: string;
  readonly confidence: number;
  /** False for the number of a record since merged: it finds the person and is never sent to the holder. */
  readonly current: boolean;
}

export interface RelationshipFact extends SpanFact {
  readonly kind: 'relationship';
  readonly person: string;
  readonly type: string;
  readonly partner: string;
  readonly practitioner: string | null;
  readonly team: string | null;
  readonly assertedBy: string;
  readonly evidence: string;
}

export interface TeamFact extends SpanFact {
  readonly kind: 'team-member' | 'duty' | 'manager';
  readonly team: string;
  readonly partner: string;
  readonly practitioner: string;
}

/** What `practitioner` holds, `coveredBy` may open too: their manager says so. */
export interface CoverFact extends SpanFact {
  readonly kind: 'cover';
  readonly partner: string;
  readonly practitioner: string;
  readonly coveredBy: string;
  readonly recordedBy: string;
  readonly reference: string;
  readonly reason: string;
}

export interface PermissionFact extends SpanFact {
  readonly kind: 'permission';
  readonly person: string;
  readonly type: string;
  readonly holder: string | null;
  readonly recipientType: string | null;
}

/** An upheld objection to sharing. */
export interface ObjectionFact extends SpanFact {
  readonly kind: 'objection';
  readonly person: string;
  readonly holder: string | null;
  readonly recipientType: string | null;
  readonly dataClass: string;
  readonly decidedBy: string;
}

/** A practitioner's own tie to a person. */
export interface InterestFact extends SpanFact {
  readonly kind: 'interest';
  readonly person: string;
  readonly partner: string;
  readonly practitioner: string;
  readonly type: 'OWN_RECORD' | 'DECLARED_INTEREST';
}

export interface RestrictionFact extends SpanFact {
  readonly kind: 'restriction';
  readonly person: string;
  readonly type: 'RESTRICTION' | 'EXCLUSION';
  readonly owner: string;
  readonly accounts: readonly string[];
  /** `<partner>/<team>` */
  readonly desks: readonly string[];
  /** Partners at which somebody is meant who has no known account. */
  readonly unresolved: readonly string[];
}
