import type { NewEvent, SavedEvent } from './checks.ts';

/** What the gateway saw of one watched field of a person, as a keyed hash: enough to notice that it changed. */
export interface Fingerprint {
  /** On whose behalf it was looked at. */
  readonly partner: string;
  /** The gateway's own key. */
  readonly person: string;
  readonly holder: string;
  readonly coordinate: string;
  readonly hash: Uint8Array;
  readonly seenAt: Date;
}

/** An event on its way to a registered endpoint. */
export interface Delivery {
  readonly event: SavedEvent;
  readonly endpoint: string;
  /** Those before this one. */
  readonly attempts: number;
}

/** A delivery that was given up. */
export interface DeadLetter extends Delivery {
  readonly deadAt: Date;
  readonly problem: string;
}

/** What became of an attempt. `dropped`: policy does not let it be told any more, and it is forgotten. */
export type DeliveryOutcome =
  | { readonly deliveredAt: Date }
  | { readonly retryAt: Date; readonly problem: string }
  | { readonly deadAt: Date; readonly problem: string }
  | 'dropped';

/**
 * The port to what happened, and to whom it is told. Every method throws GatewayError STORE_UNAVAILABLE where the store
 * cannot be reached. Events become known in the order of their sequence: whoever has read up to one misses none before
 * it. Those of a command of `Checks` or `Referrals` come when it is activated.
 */
export interface Events {
  /** All of it or nothing. An event whose id is kept already is passed over: an id made from what happened is told once. */
  add(events: readonly NewEvent[], seen: readonly Fingerprint[]): Promise<void>;
  /**
   * Events after a sequence about these people, of these kinds, for everybody or for this partner, that happened since.
   * @returns `next`: up to where they were looked at, to go on from
   */
  after(of: {
    readonly sequence: bigint;
    readonly people: readonly string[];
    readonly kinds: readonly string[];
    readonly partner: string;
    readonly since: Date;
    readonly limit: number;
  }): Promise<{ readonly events: readonly SavedEvent[]; readonly more: boolean; readonly next: bigint }>;
  /** Forgets events that happened before this instant, with their deliveries, but for dead letters. @returns how many */
  forget(before: Date, limit: number): Promise<number>;

  fingerprints(partner: string, people: readonly string[]): Promise<readonly Fingerprint[]>;

  /** Events for which no deliveries were made yet, in their order. */
  unrouted(limit: number): Promise<readonly SavedEvent[]>;
  /** Makes deliveries of these events, due now, and takes them off `unrouted`. Once for an event and endpoint. */
  route(
    events: readonly string[],
    deliveries: readonly { readonly event: string; readonly endpoint: string }[],
    now: Date,
  ): Promise<void>;
  /**
   * Deliveries to these endpoints that are due, soonest first, at most `limit` to each: none waits for what another has
   * left. Each is given to one gateway, and again after a minute without `settle`.
   */
  claimDeliveries(endpoints: readonly string[], now: Date, limit: number): Promise<readonly Delivery[]>;
  /** Notes what became of an attempt, and counts it. */
  settle(delivery: { readonly event: string; readonly endpoint: string }, outcome: DeliveryOutcome): Promise<void>;
  /** Oldest first. */
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
  deadCount(): Promise<number>;
  /** Makes dead letters due again, as if never tried. @param endpoint null for all @returns how many */
  retryDead(endpoint: string | null, now: Date): Promise<number>;

  /** Whether it is the caller's turn to look: nobody has been there for so long, and nobody is until then. */
  claimWatch(key: string, now: Date, milliseconds: number): Promise<boolean>;
}
