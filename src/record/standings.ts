import type { Day } from './facts.ts';

/** Somebody who may look at a person's record on a day, by a relationship of their own or of a team of theirs. */
export interface Standing {
  /** The gateway's own key. */
  readonly person: string;
  readonly practitioner: string;
}

/**
 * The port to who at a partner works with whom: what the gateway does by itself it does on behalf of one of them, and is
 * decided as they would be.
 */
export interface Standings {
  /**
   * For each person with whom somebody at the partner has a relationship of these types that has begun on `day` and did
   * not end before `endedSince`: its holder, or, of a team, its first member by id. Where restrictions or interests may
   * close the person to that one, everybody of the team. Grouped by practitioner.
   * @param people the gateway's keys to keep to; null for everybody
   * @throws GatewayError STORE_UNAVAILABLE
   */
  atPartner(
    partner: string,
    types: readonly string[],
    span: { readonly day: Day; readonly endedSince: Day },
    people: readonly string[] | null,
  ): Promise<readonly Standing[]>;
}
