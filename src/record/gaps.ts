import type { Day } from './facts.ts';

/** Somebody of a partner said that they are at work on what a release lacks. */
export interface GapAcknowledgement {
  /** The gateway's own key. */
  readonly person: string;
  readonly partner: string;
  /** A rule of `policies/gaps.yaml`. */
  readonly rule: string;
  /** Of the day of release that it is about: another day is another gap. */
  readonly release: Day;
  /** A practitioner id. */
  readonly by: string;
  readonly at: Date;
}

/** The port to acknowledged gaps. Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be reached. */
export interface GapAcknowledgements {
  /** Those of one partner about these people, of every rule and release. */
  of(partner: string, people: readonly string[]): Promise<readonly GapAcknowledgement[]>;
  /** To be called once the log has its entry. The first of a person, partner, rule and release is kept: idempotent. */
  keep(acknowledgement: GapAcknowledgement): Promise<void>;
}
