import type { GraphQLObjectType } from 'graphql';
import type { Pseudonym } from '../audit/entry.ts';
import type { Reason } from '../policy/gates.ts';
import type { View } from '../policy/view.ts';
import type { SealedText } from '../record/governance.ts';
import type { Principal } from '../record/principal.ts';
import type { Selection } from '../record/selection.ts';
import type { Loaders, SectionAnswer } from '../sources/loaders.ts';
import type { Operation, RootField } from './operation.ts';
import type { PersonNode, Subject } from './person.ts';

/** A root field with the people it names, decided, and their places in the answer. */
export interface Root {
  readonly field: RootField;
  /** What is selected of each person. */
  readonly selection: Selection;
  /** For `person` one, for `people` one per id, for `releases` everybody who may be in it; for `breakGlass` one. */
  subjects: readonly Subject[];
  /** Parallel to `subjects` for `person` and `people`; the page for `releases`, set when it is known. */
  nodes: readonly (PersonNode | null)[];
  /** What a person's place in the answer tells of them by itself, as the audit entry writes it. */
  readonly told: Map<PersonNode, readonly string[]>;
  /** What gives the coordinates of `told` that are fields of messages and in no view. */
  readonly given: Map<string, { readonly agreement: string; readonly dataClass: string }>;
  /** Why the view cannot answer the field for anybody; null when it can. */
  readonly closed: Reason | null;
  /** Sections by which the list is made, and of which somebody could not be asked about for want of a confirmed identifier. */
  readonly notAsked: Set<string>;
  /** Holders that could not be heard when the root field itself asked them. */
  readonly unavailable: Set<string>;
  /** The type of what the gateway answers of its own work; null for the record. */
  readonly ownType: GraphQLObjectType | null;
  /** What the gateway answers of its own work, as it stands in the answer; null before it ran, and for the record. */
  result: object | readonly object[] | null;
  /** What it did, for the log; null before it ran, and for queries of the record. */
  deed: Deed | null;
}

/** What a mutation did or a look into the log found, in codes and references: nobody's words and nobody's identifier. */
export type Deed = {
  readonly ok: boolean;
  /** Why not, as the caller was told. */
  readonly code: string | null;
  readonly reference: string | null;
} & (
  | {
      readonly kind: 'break-glass';
      readonly reason: string;
      readonly text: SealedText | null;
      readonly until: Date | null;
    }
  | {
      readonly kind: 'review';
      /** What `reference` names. */
      readonly of:
        | 'break-glass'
        | 'telling'
        | 'names'
        | 'notice'
        | 'incident'
        | 'interest'
        | 'subject-request'
        | 'hold'
        | 'flag-case';
      readonly outcome: string;
      readonly text?: SealedText;
      readonly person: Person;
      /** The entry that was looked at, if it was one. */
      readonly entry?: string | null;
      /** Of a hold its months. */
      readonly months?: { readonly from: string; readonly to: string };
    }
  | {
      readonly kind: 'search';
      readonly person: Person;
      /** RFC 3339, or a day. */
      readonly from: string | null;
      readonly to: string | null;
      readonly found: number;
      /** Whose names it gave: each has an entry of their own besides. */
      readonly named?: readonly string[];
    }
  | {
      readonly kind: 'export';
      readonly what: string;
      readonly format: string;
      /** RFC 3339. */
      readonly from: string;
      readonly to: string;
      readonly entries: number | null;
      readonly filters: readonly string[];
      /** Where it is of entries about one person: whom was looked for. */
      readonly looked: { readonly person: Person } | null;
    }
  | { readonly kind: 'cover'; readonly text: SealedText | null }
  | { readonly kind: 'message'; readonly messages: readonly SentMessage[]; readonly text: SealedText | null }
  | { readonly kind: 'acknowledgement' }
);

/** What another partner was told of somebody by what the mutation did, or would have been told. */
export interface SentMessage {
  /** The gateway's own key. */
  readonly person: string;
  /** The partner that was told, and the reference by which it has it. */
  readonly to: { readonly partner: string; readonly reference: string | null };
  /** `holder|Type.field`, sorted. */
  readonly fields: readonly string[];
  readonly agreements: readonly string[];
  readonly classes: readonly string[];
  readonly reasons: readonly Reason[];
  /** False where it was not sent, as `reasons` say. */
  readonly sent: boolean;
  /** Others who are named in it. */
  readonly thirdParties: readonly Pseudonym[];
}

/** The gateway's own key of somebody, or the name that the log has for them. */
type Person = string | Pseudonym | null;

/** A leaf of a section's own type. */
export interface Leaf {
  readonly section: string;
  readonly type: string;
  readonly field: string;
}

/** What a list of releases may be cut and ordered by, besides the holders' own words. */
export interface ListGround {
  /** Names of the rules about gaps that the view may look at. */
  readonly rules: readonly string[];
  /** Codes of regions. */
  readonly regions: readonly string[];
  /** The outward half of a postcode to the code of its region. */
  regionOf(district: string): string | null;
}

/** What execution carries: everything decided, nothing that could decide anew. It is the GraphQL context value. */
export interface Scope {
  readonly requestId: string;
  readonly principal: Principal;
  readonly view: View;
  readonly now: Date;
  readonly operation: Operation;
  readonly roots: ReadonlyMap<string, Root>;
  readonly loaders: Loaders;
  /** Objects from holders, and the coordinates that may be shown of each. */
  readonly permitted: WeakMap<object, ReadonlySet<string>>;
  readonly lists: ListGround;
  opaqueId(subject: Subject): Promise<string>;
  place(subject: Subject, selection: Selection): PersonNode;
  /** Does the gateway's own work of a root field, and keeps what is answered in `root.result`. */
  work(root: Root): Promise<Root['result']>;
  /** One leaf of one section, for what the gateway orders by. */
  ask(holder: string, identifier: string, leaf: Leaf): Promise<SectionAnswer>;
}
