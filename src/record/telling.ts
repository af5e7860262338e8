import type { Day } from './facts.ts';

/** What a controller decided about one entry of the log: whether the person whom it is about is told of its part. */
export interface Telling {
  readonly id: string;
  readonly entry: string;
  /** A partner's code. */
  readonly controller: string;
  readonly decision: 'TELL' | 'WITHHOLD';
  /** A code of `policies/telling.yaml`; null when the person is told. */
  readonly ground: string | null;
  /** From then on it waits for a decision again. Null when the person is told. */
  readonly reviewOn: Day | null;
  readonly decidedBy: string;
  readonly decidedAt: Date;
  /** 1 for the first decision of a controller about an entry. */
  readonly version: number;
}

/**
 * The port through which the gateway keeps decisions about telling. What was decided before stays in the log.
 * Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be reached.
 */
export interface Tellings {
  /** What anybody decided about these entries. */
  ofEntries(entries: readonly string[]): Promise<Telling[]>;
  /**
   * What is withheld, by one controller or by all, soonest to be looked at again first: from after one on, at most `limit`.
   */
  withheld(controller: string | null, after: Telling | null, limit: number): Promise<Telling[]>;
  /** @returns false when somebody of the controller decided about the entry meanwhile: `version` does not follow */
  decide(telling: Telling): Promise<boolean>;
}

/** Somebody asks to learn whom pseudonyms of the log stand for, and somebody else agrees. */
export interface NameRequest {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly partner: string;
  readonly askedBy: string;
  readonly agreedBy: string | null;
  /** Pseudonyms, of any epoch, sorted. */
  readonly subjects: readonly string[];
  /** A code of `policies/telling.yaml`. */
  readonly reason: string;
  readonly askedAt: Date;
  readonly agreedAt: Date | null;
  /** Until when the two may read the names; null before it is agreed to. */
  readonly until: Date | null;
}

/** Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be reached. */
export interface NameRequests {
  /** Keeps it, and returns what is kept: by the same partner, asker and key, the first one. */
  ask(request: NameRequest): Promise<NameRequest>;
  find(id: string): Promise<NameRequest | null>;
  /** Those of a partner that wait for somebody to agree, and those agreed to that are not over, oldest first. */
  open(partner: string, now: Date, limit: number): Promise<NameRequest[]>;
  /** @returns false when it was agreed to meanwhile, or by its asker */
  agree(id: string, agreed: { readonly by: string; readonly at: Date; readonly until: Date }): Promise<boolean>;
  /** The gateway's keys of people, in a stable order, from after one on; at most `limit`. */
  peopleAfter(person: string | null, limit: number): Promise<string[]>;
  /** How holders know these people now, by person, then holder, then type. */
  identifiersOf(people: readonly string[]): Promise<readonly KnownAs[]>;
}

export interface KnownAs {
  readonly person: string;
  readonly holder: string;
  readonly type: string;
  readonly value: string;
  /** From 0 to 1. */
  readonly confidence: number;
}
