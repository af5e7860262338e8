import type { Day, Span } from '../record/facts.ts';
import type {
  AreaPolicy,
  CalendarPolicy,
  ChecksPolicy,
  EventPolicy,
  FlagsPolicy,
  GapPolicy,
  ReferralPolicy,
  WatchingPolicy,
} from './practice.ts';

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
  readonly legalGateways: ReadonlyMap<string, LegalGateway>;
  /** Messages that a partner's action sends to another partner: message field (`CheckRequest.address`) to class. */
  readonly messages: ReadonlyMap<string, string>;
  /** Coordinates of the gateway's own work (`Mutation.breakGlass`, `WorkItem.kind`): the root field's action opens them. */
  readonly governance: ReadonlySet<string>;
  /** Owner to what is agreed about its restrictions. Every partner that asserts restrictions is here. */
  readonly restrictions: ReadonlyMap<string, RestrictionPolicy>;
  readonly breakGlass: BreakGlassPolicy;
  readonly telling: TellingPolicy;
  readonly desks: Desks;
  readonly checks: ChecksPolicy;
  /** Outward half of a postcode to who is responsible there. */
  readonly areas: ReadonlyMap<string, AreaPolicy>;
  /** Code to name. */
  readonly regions: ReadonlyMap<string, string>;
  readonly calendar: CalendarPolicy;
  /** By rule. */
  readonly gaps: ReadonlyMap<string, GapPolicy>;
  /** By kind. */
  readonly events: ReadonlyMap<string, EventPolicy>;
  readonly watching: WatchingPolicy;
  readonly referrals: ReferralPolicy;
  readonly flags: FlagsPolicy;
  /** By code. */
  readonly logUses: ReadonlyMap<string, LogUsePolicy>;
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
  /**
   * Risk to staff, licence conditions, safeguarding, recall: no permission may be asked for it and no objection closes it.
   */
  readonly protective: boolean;
  /** Schema coordinates, or, for a class of identifiers or of messages, none. */
  readonly fields: readonly string[];
  /** Message fields, such as `CheckRequest.address`, that the class covers. */
  readonly messages: readonly string[];
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
  /** Root fields of the gateway's own work that it may use, such as `breakGlass` or `workItems`. */
  readonly actions: readonly string[];
  /** Kinds of work item that it may see, of its own partner. */
  readonly queues: readonly string[];
  /** How many different people one practitioner may ask about by name or number on one day. */
  readonly peoplePerDay: number;
  readonly purposes: ReadonlyMap<string, RoleView>;
}

export interface RoleView {
  /** An answer that selects a hidden section leaves no earlier than this after the request came in. */
  readonly holdMilliseconds: number;
  /** Classes of `Person.identifiers`. */
  readonly identifiers: readonly string[];
  readonly sections: ReadonlyMap<
    string,
    {
      readonly existence: 'open' | 'hidden';
      /** Why the role needs it, in one sentence. */
      readonly why: string;
      readonly classes: readonly string[];
    }
  >;
  /** Classes of messages that the role may be sent for this purpose (SHARE-11). */
  readonly receives: readonly string[];
}

/** `policies/partners.yaml` */
export interface Partner {
  readonly code: string;
  readonly name: string;
  readonly type: string;
  readonly nation: 'england' | 'wales';
  /** OAuth clients through which its practitioners come. */
  readonly clients: readonly string[];
}

/** `policies/legal-gateways.yaml` */
export interface LegalGateway {
  readonly name: string;
  readonly title: string;
  readonly allows: string;
}

/** `policies/restrictions.yaml`, per owner */
export interface RestrictionPolicy {
  /** A list older than this is paged about. It stays in force all the same. */
  readonly freshnessHours: number;
  /** Whom the gateway's operator rings when the list is stale or cannot be read. */
  readonly page: Desk;
  /** What the owner's own practitioners are told instead of nothing, when all but the restriction would let them in. */
  readonly signpost: { readonly message: string; readonly desk: Desk } | null;
  /** Days before a release from which the owner is asked who will need to know. */
  readonly needToKnowDays: number;
}

/** `policies/break-glass.yaml` */
export interface BreakGlassPolicy {
  readonly minutes: number;
  readonly banner: string;
  /** Code to label. */
  readonly reasons: ReadonlyMap<string, string>;
  /** Roles marked for it. */
  readonly roles: readonly string[];
  /** Roles that may close a review. */
  readonly reviewers: readonly string[];
  readonly reviewHours: number;
}

/** `policies/telling.yaml`: what a person is told of who used their information. */
export interface TellingPolicy {
  /** The same in every report. */
  readonly paragraph: string;
  /** Partner type to plain words. */
  readonly organisations: ReadonlyMap<string, string>;
  /** Partners that are always told by name. */
  readonly named: readonly string[];
  /** Purpose to plain words. */
  readonly purposes: ReadonlyMap<string, string>;
  /** Class to plain words for what kind of information it is; several have the same. */
  readonly kinds: ReadonlyMap<string, string>;
  /** What is told only once its controllers have said so, besides what was refused, opened under break-glass or sealed. */
  readonly waits: {
    /** Partner types. */
    readonly recipients: readonly string[];
    readonly purposes: readonly string[];
    readonly classes: readonly string[];
  };
  /** Code to a ground on which a controller may keep something back. */
  readonly grounds: ReadonlyMap<string, { readonly words: string; readonly provision: string }>;
  /** What was kept back is looked at again after so many days at most. */
  readonly longestReviewDays: number;
  /** A report leaves no earlier than this after the request came in. */
  readonly holdMilliseconds: number;
  /** The way back from pseudonyms to people. */
  readonly names: {
    readonly hours: number;
    /** Code to label. */
    readonly reasons: ReadonlyMap<string, string>;
  };
}

/** `policies/log-uses.yaml`: what the audit log may be read for. */
export interface LogUsePolicy {
  readonly code: string;
  readonly label: string;
  readonly explanation: string;
  readonly law: string;
  /** Under which purpose it is decided. */
  readonly purpose: string;
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
  /** Role to the classes that it may see under break-glass. */
  readonly emergency: ReadonlyMap<string, readonly string[]>;
  /** The powers cited by the discloser and, where there is one, the recipient: names of legal gateways. */
  readonly powers: readonly string[];
  readonly necessity: string;
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
  /** What a record of it must name to count: one holder (an authority, a service), one kind of recipient, or neither. */
  readonly names: readonly ('holder' | 'recipient')[];
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
