import type { Interest, Restriction } from './facts.ts';
import type { Principal } from './principal.ts';

/**
 * What a look into the log needs to know of people: under which numbers they may stand in it, and whom a restriction or
 * the reader's own tie keeps from the reader.
 */
export interface LogPeople {
  /** Every number by which holders ever knew the person, those of former records among them. */
  identifiersOf(person: string): Promise<readonly (PlainIdentifier & { readonly confidence: number })[]>;
  /** Everybody under a restriction, and everybody to whom the principal has a tie, whatever the dates of either. */
  guarded(principal: Pick<Principal, 'partner' | 'practitioner'>): Promise<readonly Guarded[]>;
  /** The pseudonyms of everybody who was sealed. */
  sealed(): Promise<readonly string[]>;
}

export interface PlainIdentifier {
  readonly type: string;
  readonly value: string;
}

export interface Guarded {
  readonly person: string;
  readonly restrictions: readonly Restriction[];
  /** The principal's own. */
  readonly interests: readonly Interest[];
  readonly identifiers: readonly PlainIdentifier[];
}
