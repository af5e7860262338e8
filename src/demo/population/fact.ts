/** One line of a facts file: what the gateway is told about people and about those who work with them. */
export type Fact = LinkFact | RelationshipFact | TeamFact | PermissionFact | RestrictionFact;

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
  readonly kind: 'team-member' | 'duty';
  readonly team: string;
  readonly partner: string;
  readonly practitioner: string;
}

export interface PermissionFact extends SpanFact {
  readonly kind: 'permission';
  readonly person: string;
  readonly type: string;
  readonly holder: string | null;
  readonly recipientType: string | null;
}

export interface RestrictionFact extends SpanFact {
  readonly kind: 'restriction';
  readonly person: string;
  readonly type: 'RESTRICTION' | 'EXCLUSION';
  readonly owner: string;
  readonly accounts: readonly string[];
}
