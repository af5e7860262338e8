import type { Day, Span } from '../record/facts.ts';

/** Everything the files of `policies/` say, checked against the schema. Immutable. */
export interface Bundle {
  /** SHA-256, hex, over the compiled policy and the SDL. Every audit entry carries it. */
  readonly hash: string;
  readonly identifiers: ReadonlyMap<string, IdentifierPolicy>;
  readonly classes: ReadonlyMap<string, DataClass>;
  /** Schema coordinate (`Custody.releaseDate`) to class name. Coordinates of the envelope are not in it. */
  readonly classOf: ReadonlyMap<string, string>;
  /** Coordinates that tell nothing of themselves: `Person.id`, `SectionStatus.status` and the like. */
  readonly envelope: ReadonlySet<string>;
  readonly sections: ReadonlyMap<string, SectionPolicy>;
  readonly purposes: ReadonlyMap<string, Purpose>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly partners: ReadonlyMap<string, Partner>;
  readonly schemes: ReadonlyMap<string, readonly string[]>;
  readonly agreements: readonly Agreement[];
  readonly relationships: ReadonlyMap<string, RelationshipPolicy>;
  readonly permissions: ReadonlyMap<string, PermissionPolicy>;
  readonly desks: Desks;
}

/** `policies/identifiers.yaml` */
export interface IdentifierPolicy {
  readonly name: string;
  readonly label: string;
  /** The key field of the source types that know people by it, e.g. `prisonNumber`. */
  readonly key: string;
  /** Anchored. */
  readonly pattern: RegExp;
  readonly check: IdentifierCheck;
  /** `holder`: each holder issues its own, and a value means something at that holder only. */
  readonly issuedBy: 'nation' | 'holder';
  /** A well-formed example that can belong to nobody, shown in errors. */
  readonly example: string;
}

export type IdentifierCheck = 'none' | 'pnc-letter' | 'nhs-mod-11' | 'nino-prefix';

/** `policies/data-classes.yaml` */
export interface DataClass {
  readonly name: string;
  readonly handling: 'OFFICIAL' | 'OFFICIAL-SENSITIVE';
  readonly description: string;
  /** Schema coordinates, or, for an identifier class, none. */
  readonly fields: readonly string[];
  /** The types of identifier in `Person.identifiers` that the class covers. */
  readonly identifiers: readonly string[];
}

/** `policies/data-classes.yaml`, `sections` */
export interface SectionPolicy {
  readonly staleAfterHours: number;
  /** Links with less confidence are not followed. */
  readonly matchThreshold: number;
}

/** `policies/purposes.yaml` */
export interface Purpose {
  readonly code: string;
  readonly label: string;
  /** Relationship types that carry it. Without one of them the purpose opens nobody's record. */
  readonly relationships: readonly string[];
}

/** `policies/roles/<role>.yaml` */
export interface Role {
  readonly name: string;
  readonly title: string;
  readonly partnerTypes: readonly string[];
  readonly owner: string;
  readonly review: Day;
  /** Types of identifier it may look people up by. */
  readonly lookups: readonly string[];
  readonly purposes: ReadonlyMap<string, RoleView>;
}

export interface RoleView {
  /** An answer that selects a hidden section leaves no earlier than this after the request came in. */
  readonly holdMilliseconds: number;
  /** Classes of `Person.identifiers`. */
  readonly identifiers: readonly string[];
  readonly sections: ReadonlyMap<
    string,
    { readonly existence: 'open' | 'hidden'; readonly classes: readonly string[] }
  >;
}

/** `policies/partners.yaml` */
export interface Partner {
  readonly code: string;
  readonly name: string;
  readonly type: string;
}

/** `policies/agreements/<ref>.yaml`: what a source's controller lets a recipient see. */
export interface Agreement extends Span {
  readonly reference: string;
  /** Holder codes, with a scheme already replaced by its members. */
  readonly holders: readonly string[];
  /** Partner codes, likewise; `own` means: each holder's own practitioners. */
  readonly recipients: readonly string[] | 'own';
  readonly purposes: readonly string[];
  readonly classes: readonly string[];
  /** Class name to permission types, any one of which must be in force for the person. */
  readonly requires: ReadonlyMap<string, readonly string[]>;
  readonly review: Day;
}

/** `policies/relationships.yaml` */
export interface RelationshipPolicy {
  readonly type: string;
  readonly label: string;
  /** Days after its end during which it still carries a purpose. */
  readonly graceDays: number;
}

/** `policies/permissions.yaml` */
export interface PermissionPolicy {
  readonly type: string;
  readonly label: string;
}

/** `policies/desks.yaml` */
export interface Desks {
  /** Partner code to its own duty desk. */
  readonly duty: ReadonlyMap<string, Desk>;
  /** Source type to the desk that every caller rings about it, unless the caller's partner names its own. */
  readonly bySource: ReadonlyMap<string, Desk>;
  /** Partner code, then source type. */
  readonly byPartner: ReadonlyMap<string, ReadonlyMap<string, Desk>>;
}

export interface Desk {
  readonly name: string;
  readonly telephone: string;
  readonly hours: string;
}
