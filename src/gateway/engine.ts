import type { Pseudonyms } from '../audit/pseudonym.ts';
import type { View } from '../policy/view.ts';
import type { Governance } from '../record/governance.ts';
import type { Principal } from '../record/principal.ts';
import type { Subjects } from '../record/subjects.ts';
import type { Holder } from '../sources/holder.ts';
import type { PolicyInForce } from './policy.ts';
import type { Preferences } from './prefer.ts';
import type { Schemas } from './schema.ts';

/** What execution needs that outlives a request. One is pinned when a request comes in, and serves it to its end. */
export interface Engine {
  readonly policy: PolicyInForce;
  readonly schemas: Schemas;
  readonly subjects: Subjects;
  readonly governance: Governance;
  readonly holders: ReadonlyMap<string, Holder>;
  /** Source type to the field by which its holders know people. */
  readonly keyField: ReadonlyMap<string, string>;
}

/** A request whose caller, role and purpose are established. */
export interface Accepted {
  readonly requestId: string;
  readonly principal: Principal;
  readonly view: View;
  readonly now: Date;
  readonly prefer: Preferences;
  /** For counting whom somebody asked about without keeping whom. */
  readonly pseudonyms: Pseudonyms;
  readonly signal: AbortSignal;
}
