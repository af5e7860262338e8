import type { Command, KeptCommand, NewEvent, SealedContents } from './checks.ts';
import type { SealedText } from './governance.ts';

export type ReferralState = 'SENT' | 'ACCEPTED' | 'REFUSED' | 'ENDED';

/** What a provider is told so that it can say yes or no. Ids are UUIDs. No value of any record is here. */
export interface ReferralPack {
  readonly id: string;
  /** The gateway's own key. */
  readonly person: string;
  /** The partner that sent it. */
  readonly partner: string;
  /** The code of the partner that is asked. */
  readonly provider: string;
  /** The team there that answers. */
  readonly team: string;
  readonly state: ReferralState;
  readonly sentBy: string;
  readonly sentAt: Date;
  readonly arrivesAt: Date;
  /** A code of the policy. */
  readonly broughtBy: string;
  /** Of whom to ring, encrypted (`SealedContents`); null once it was deleted. */
  readonly contactsId: string | null;
  readonly answeredBy: string | null;
  readonly answeredAt: Date | null;
  /** Of a refusal: a code of the policy. */
  readonly reason: string | null;
  /** Of the provider's own words, in `FreeTexts`. */
  readonly textId: string | null;
  /** When it became REFUSED or ENDED. */
  readonly endedAt: Date | null;
  /** Grows with every change. */
  readonly version: number;
}

/** One change of one pack, with all that belongs to it. */
export interface ReferralChange {
  /** Null where the pack is new. */
  readonly before: ReferralPack | null;
  readonly after: ReferralPack;
  readonly contents: readonly SealedText[];
  readonly texts: readonly SealedText[];
  readonly events: readonly NewEvent[];
}

/** Keyset: rows after this one, by `arrivesAt` and then `id`. */
export interface ReferralCursor {
  readonly arrivesAt: Date;
  readonly id: string;
}

/**
 * The port to referral packs. Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be reached. As
 * with `Checks`, what a command does is in force only after `activate`.
 */
export interface Referrals {
  /** @param command its changes are taken as made, though they are not in force yet */
  byIds(ids: readonly string[], command?: string): Promise<readonly ReferralPack[]>;
  /**
   * Soonest arrival first.
   * @param filter.list `SENT_TO` the partner, without an answer; `SENT_BY` it, not ended, that arrive not before `from`
   * @param filter.people the gateway's keys of whom the caller may see: the caller has decided about them
   */
  page(filter: {
    readonly list: 'SENT_TO' | 'SENT_BY';
    readonly partner: string;
    readonly people: readonly string[];
    readonly from: Date;
    readonly after: ReferralCursor | null;
    readonly limit: number;
  }): Promise<{ readonly packs: readonly ReferralPack[]; readonly total: number }>;
  /** People about whom the partner has a pack without an answer, soonest arrival first: to decide about before `page`. */
  peopleSentTo(provider: string, limit: number): Promise<readonly string[]>;
  /** Without an answer, that would arrive before this instant: to end. Each is given once in a minute, whoever asks. */
  overdue(arriveBefore: Date, now: Date, limit: number): Promise<readonly ReferralPack[]>;
  command(of: Pick<Command, 'partner' | 'practitioner' | 'idempotencyKey'>): Promise<KeptCommand | null>;
  /**
   * All of it or nothing, and only where every `before` is still what is kept. One pack about a person waits for an answer
   * of a provider: another is a conflict. The team has a relationship `PLACEMENT_OFFER` while the pack is SENT and, from
   * its acceptance until it is ENDED, `PLACEMENT_REFERRAL`. Without a command it is in force at once.
   */
  save(
    changes: readonly ReferralChange[],
    command: Command | null,
    at: Date,
  ): Promise<'saved' | 'conflict' | 'repeated'>;
  /** Puts in force what a command made. Idempotent. */
  activate(command: string): Promise<void>;
  readonly contents: Pick<SealedContents, 'seal' | 'read'>;
}
