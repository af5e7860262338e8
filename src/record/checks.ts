import type { Day } from './facts.ts';
import type { SealedText } from './governance.ts';

export type CheckType = 'DOMESTIC_ABUSE' | 'CHILDRENS_SERVICES';
export type CheckState = 'ASKED' | 'RETURNED' | 'CONSIDERED' | 'DONE' | 'WITHDRAWN' | 'HELD';
export type RequestState =
  | 'REQUESTED'
  | 'ACKNOWLEDGED'
  | 'CHASED'
  | 'RETURNED'
  | 'WITHDRAWN'
  | 'SUPERSEDED'
  | 'EXPIRED'
  /** May not be told, and so was never asked. It stays that, whatever takes its place. */
  | 'NOT_ASKED';
export type CheckOutcome = 'NIL' | 'INFORMATION' | 'NO_TRACE' | 'UNABLE';
export type CheckDecisionCode = 'ADDRESS_SUITABLE' | 'SUITABLE_WITH_CONDITIONS' | 'NOT_SUITABLE';

/** Somebody did something: an account's practitioner id, or `system`. `textId` of their own words, where they wrote some. */
export interface Done {
  readonly by: string;
  readonly at: Date;
  readonly textId: string | null;
}

/** One question about one person, with everything asked of its holders. Ids are UUIDs. No value of any record is here. */
export interface Check {
  readonly id: string;
  /** The gateway's own key. */
  readonly person: string;
  /** The partner that asks. */
  readonly partner: string;
  readonly type: CheckType;
  readonly askedBy: string;
  readonly askedAt: Date;
  /** The day of release as it was last known: what answers must be valid on. */
  readonly release: Day | null;
  readonly state: CheckState;
  readonly decision: (Done & { readonly decision: CheckDecisionCode }) | null;
  readonly countersignature: (Done & { readonly agrees: boolean }) | null;
  /**
   * When somebody first decided on what is asked now: on this alone hangs what others learn (SHARE-05). It stays when a
   * manager disagrees, and goes when something is asked anew.
   */
  readonly decidedFirst: Date | null;
  /** Whether the person's risk of serious harm was high or very high when it was decided; null before. */
  readonly highRisk: boolean | null;
  /** Whether, at such a risk, a child of theirs was known to have a plan when it was decided; null before. */
  readonly childPlan: boolean | null;
  /** Why it waits for a person to decide: `PERSON_MERGED` or `PERSON_SPLIT`. */
  readonly held: string | null;
  /** When it became DONE or WITHDRAWN. */
  readonly closedAt: Date | null;
  /** Grows with every change of it or of one of its requests. */
  readonly version: number;
  /** In the order in which they were asked. */
  readonly requests: readonly CheckRequest[];
}

/** What one holder is asked. */
export interface CheckRequest {
  readonly id: string;
  /** The code of the partner that is asked. */
  readonly responder: string;
  /** The team there that answers. */
  readonly team: string;
  readonly state: RequestState;
  readonly requestedAt: Date;
  /** What it told, encrypted (`SealedContents`); null once it was deleted, and where nothing was told. */
  readonly contentId: string | null;
  /** A keyed hash of the addresses and people in it: the same question has the same. */
  readonly question: string;
  readonly acknowledged: Done | null;
  readonly chased: number;
  readonly chasedAt: Date | null;
  /** The clocks of one that was not asked mean nothing. */
  readonly targetAt: Date;
  readonly breachAt: Date;
  /** When the sweep must look at it next: to chase, to expire, to ask again; null when it has nothing to do. */
  readonly nextAt: Date | null;
  readonly answer: RequestAnswer | null;
  readonly accepted: Done | null;
  readonly withdrawn: Done | null;
  /** The answer that stood here was taken back. */
  readonly recalled: Done | null;
  readonly supersededBy: string | null;
  /** Grows with every change of the request. */
  readonly version: number;
}

export interface RequestAnswer {
  readonly outcome: CheckOutcome;
  /** Of `UNABLE`: a code of the policy. */
  readonly reason: string | null;
  readonly automatic: boolean;
  readonly by: string;
  readonly at: Date;
  /** The last day of release for which it counts. */
  readonly validUntil: Day;
  /** Everything else that was said, encrypted. */
  readonly contentId: string | null;
}

/** A row of `changes`: that something happened, to whom, and never what it became. */
export interface NewEvent {
  readonly id: string;
  /** A kind of `policies/events.yaml`. */
  readonly kind: string;
  readonly at: Date;
  readonly person: string;
  /** Only this partner's people are told; null for everybody whom the policy names. */
  readonly partner: string | null;
  readonly reference: string | null;
}

export interface SavedEvent extends NewEvent {
  /** Its place in the order in which events became known: grows, and is never given twice. */
  readonly sequence: bigint;
}

/** One change of one check, with all that belongs to it. */
export interface CheckChange {
  /** Null where the check is new. */
  readonly before: Check | null;
  readonly after: Check;
  /** What is to be kept encrypted with it. */
  readonly contents: readonly SealedText[];
  /** Own words, kept beside the log like all of them. */
  readonly texts: readonly SealedText[];
  readonly events: readonly NewEvent[];
}

/** An action that may be sent again: the same key, from the same account, for the same thing, is done once. */
export interface Command {
  /** The id of the request to the gateway. */
  readonly id: string;
  readonly partner: string;
  readonly practitioner: string;
  /** The root field. */
  readonly field: string;
  readonly idempotencyKey: string;
  /** A keyed hash of the input, its key left out: the same key with other content is refused. */
  readonly input: string;
  /** What was answered, as references and codes: ids of checks, a code. */
  readonly result: unknown;
}

export interface KeptCommand extends Command {
  readonly at: Date;
  /** False until the log has its entry: what it asks or answers is not in force before. */
  readonly recorded: boolean;
}

export interface ListedCheck extends Check {
  /** Its place in the list: the soonest `breachAt` of those of its requests that the list is about and have no answer. */
  readonly dueAt: Date;
}

export interface CheckPage {
  readonly checks: readonly ListedCheck[];
  /** Of everything that matches, whatever the page. */
  readonly total: number;
}

/** Keyset: rows after this one, by `dueAt` and then `id`. */
export interface CheckCursor {
  readonly dueAt: Date;
  readonly id: string;
}

/** The `dueAt` of a check that waits for no answer: after every other. */
export const NEVER_DUE = new Date('9999-12-31T00:00:00Z');

export interface CheckListing {
  readonly type: CheckType | null;
  /** Only with a request that is late at this moment; null for all. */
  readonly lateAt: Date | null;
  readonly after: CheckCursor | null;
  readonly limit: number;
}

/** The work of one practitioner's desk: of the partner's teams that they are in, or on duty for, on the day. */
export interface Desk {
  readonly partner: string;
  readonly practitioner: string;
  readonly day: Day;
}

/**
 * The port to what is kept of checks. Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be
 * reached. What a command asks or answers is in force only after `activate`: the entry in the audit log comes between.
 * Every method gives what is in force, unless it says otherwise.
 */
export interface Checks {
  /**
   * In no order; those that there are.
   * @param command its changes are taken as made, though they are not in force yet
   */
  byIds(ids: readonly string[], command?: string): Promise<readonly Check[]>;
  /** The checks that these requests belong to. */
  byRequests(ids: readonly string[]): Promise<readonly Check[]>;
  /** Of these people, not yet closed, or closed too. By person, then oldest first. */
  ofPeople(people: readonly string[], options: { readonly closed: boolean }): Promise<readonly Check[]>;
  /**
   * Not closed, asked by the partner, about these people: soonest due first, those that wait for no answer last.
   * @param people the gateway's keys of whom the caller may see: the caller has decided about them
   */
  asked(listing: CheckListing & { readonly partner: string; readonly people: readonly string[] }): Promise<CheckPage>;
  /**
   * With an unanswered request to a team of the desk, soonest due first. A team has a relationship with everybody about
   * whom it is asked, so that nobody need be decided about to be counted but those `guarded`; whom the page shows
   * is decided about as ever.
   * @param except people whom the caller may not see
   */
  awaiting(listing: CheckListing & { readonly desk: Desk; readonly except: readonly string[] }): Promise<CheckPage>;
  /**
   * People of whom the desk is asked and about whom something is kept that may close them to it: a restriction, or a tie of
   * the practitioner's own. To decide about before `awaiting`. Oldest key first, at most `limit`.
   */
  guarded(desk: Desk, limit: number): Promise<readonly string[]>;
  command(of: Pick<Command, 'partner' | 'practitioner' | 'idempotencyKey'>): Promise<KeptCommand | null>;
  /**
   * All of it or nothing, and only where every `before` is still what is kept (by `version`) and no other command's change
   * of the check waits to be recorded. One check of a type is open about a person at a partner: another is a conflict.
   * Without a command it is in force at once. `OPEN_CHECK` relationships of the responders' teams begin and end with
   * their requests, on the day of `at`.
   * @returns `conflict` where a check changed meanwhile; `repeated` where the command is kept already
   */
  save(changes: readonly CheckChange[], command: Command | null, at: Date): Promise<'saved' | 'conflict' | 'repeated'>;
  /** Puts in force what a command made, and forgets the `messages` of its result. Idempotent. */
  activate(command: string): Promise<void>;
  /**
   * Commands that were done before this instant and have no entry in the log: a gateway died between. Those of
   * `Referrals` are among them. Each is given once in a minute, whoever asks.
   */
  unrecorded(before: Date, limit: number): Promise<readonly KeptCommand[]>;
  /**
   * Checks with a request that is due to be looked at, soonest first. Several gateways may ask at once: each check is
   * given to one, and again after a minute where it was not changed by then.
   */
  due(now: Date, limit: number): Promise<readonly Check[]>;
  /** Open checks, not held, whose person is no longer the person they were asked about, and why, as `held` says it. */
  movedPeople(
    limit: number,
  ): Promise<readonly { readonly check: Check; readonly why: 'PERSON_MERGED' | 'PERSON_SPLIT' }[]>;
  /**
   * Checks that are neither withdrawn nor held and count for a day of release from this one on; those that are open also
   * where none is known. By id, from after one on.
   */
  watched(from: Day, after: string | null, limit: number): Promise<readonly Check[]>;
  /** Requests that wait for an answer, and those of them that are late. */
  counts(now: Date): Promise<{ readonly waiting: number; readonly late: number }>;
  readonly contents: SealedContents;
}

/** What checks and referrals tell and are told, encrypted; unlike own words it is deleted when its time is over. */
export interface SealedContents {
  /** To be kept with a change. */
  seal(text: string): SealedText;
  /** Null for what was deleted. */
  read(id: string): Promise<string | null>;
  /** Whether there is anything for `deleteOld`. */
  hasOld(closedBefore: Date): Promise<boolean>;
  /**
   * Deletes what checks closed before this instant kept, and the `contentId`s that name it. At most `limit` checks a call.
   * @returns how many texts
   */
  deleteOld(closedBefore: Date, limit: number): Promise<number>;
}
