import type { Day } from './facts.ts';

/** How one owner's list of restrictions came, last. */
export interface ListHealth {
  readonly owner: string;
  /** When the owner drew up the list in force; null where none was ever good. */
  readonly asOf: Date | null;
  readonly receivedAt: Date | null;
  /** Why a later list was not taken: a code. Null where the last one was. */
  readonly problem: string | null;
}

/** The port to what is known of lists of restrictions. Every method throws GatewayError STORE_UNAVAILABLE. */
export interface RestrictionHealth {
  /** Every owner that ever sent a list. */
  lists(): Promise<readonly ListHealth[]>;
  /** Records of an owner's in force on the day of which only the person can be read, or a name is not resolved. */
  faults(owner: string, day: Day): Promise<{ readonly unreadable: number; readonly unresolved: number }>;
}
