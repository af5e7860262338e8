import type { Day, Span, Standing } from './facts.ts';

/** A practitioner: two partners may give the same id to two people. */
export interface Account {
  readonly partner: string;
  readonly practitioner: string;
}

/** A reason for access as the store knows it: of one practitioner with one person. */
export interface HeldReason extends Span, Account {
  /** The gateway's own key. */
  readonly person: string;
  readonly type: string;
  /** `from` and `until` are what it has in common with the membership, the rota or the cover by which it is theirs. */
  readonly standing: Standing;
  readonly evidence: string;
  readonly assertedBy: string;
  /** Of a team's: when one practitioner of the partner held the person by the same type by themselves. */
  readonly heldAlone: readonly Span[];
}

/** Days, both included. */
export interface Days {
  readonly from: Day;
  readonly until: Day;
}

/**
 * The port to who held a reason to look at whom, and when: what explains an access. What somebody asserted of themselves
 * is no reason (SHARE-10).
 * @throws GatewayError STORE_UNAVAILABLE
 */
export interface Held {
  /** Everything that these practitioners held on some day of those. */
  ofPractitioners(accounts: readonly Account[], days: Days): Promise<readonly HeldReason[]>;
  /** Everything that practitioners of any partner held with these people on some day of those. */
  ofPeople(people: readonly string[], days: Days): Promise<readonly HeldReason[]>;
  /** Everything that each of these practitioners held with that person on some day of those. */
  ofPairs(pairs: readonly (Account & { readonly person: string })[], days: Days): Promise<readonly HeldReason[]>;
  /** Partners that have, or ever had, a number or a reason of their own for each of these people. */
  knownTo(people: readonly string[]): Promise<readonly { readonly person: string; readonly partner: string }[]>;
  /** Turns on the duty rota of any team that reach into those days. */
  onDuty(days: Days): Promise<readonly (Account & Span)[]>;
  /** The numbers that are surely those of these people, former ones among them. */
  numbersOf(people: readonly string[]): Promise<readonly KnownNumber[]>;
  /** Whose numbers these are: a number that names two people is nobody's. */
  peopleOf(numbers: readonly Omit<KnownNumber, 'person'>[]): Promise<readonly KnownNumber[]>;
  /** Everybody to whom any practitioner has a tie, whatever its dates, with the numbers they are known by. */
  tied(): Promise<readonly { readonly person: string; readonly identifiers: readonly Omit<KnownNumber, 'person'>[] }[]>;
}

export interface KnownNumber {
  readonly person: string;
  readonly type: string;
  readonly value: string;
}
