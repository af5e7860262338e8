import type { Reason } from '../policy/decide.ts';
import type { View } from '../policy/view.ts';
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
  /** For `person` one, for `people` one per id, for `releases` everybody who may be in it. */
  readonly subjects: readonly Subject[];
  /** Parallel to `subjects` for `person` and `people`; the page for `releases`, set when it is known. */
  nodes: readonly (PersonNode | null)[];
  /** What a person's place in the answer tells of them by itself, as the audit entry writes it. */
  readonly told: Map<PersonNode, string>;
  /** Why the view cannot answer the field for anybody; null when it can. */
  readonly closed: Reason | null;
  /** Whether somebody could not be asked about, for want of a confirmed identifier. */
  someNotAsked: boolean;
  /** Holders that could not be heard when the root field itself asked them. */
  readonly unavailable: Set<string>;
}

/** A leaf of a section's own type. */
export interface Leaf {
  readonly section: string;
  readonly type: string;
  readonly field: string;
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
  opaqueId(subject: Subject): Promise<string>;
  place(subject: Subject, selection: Selection): PersonNode;
  /** One leaf of one section, for what the gateway orders by. */
  ask(holder: string, identifier: string, leaf: Leaf): Promise<SectionAnswer>;
}
