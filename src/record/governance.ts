import type { Day } from './facts.ts';

/**
 * What the gateway keeps of its own work about people: break-glass and its reviews, cover, and what somebody must look at.
 * Ids are UUIDs. No value of any partner's record is here.
 */
export interface Governance {
  /**
   * Keeps an attempt, granted or refused, with what was written, its open review and the work items it makes, all or
   * nothing. A grant is
   * not in force until `activate`: the entry in the audit log comes between.
   * The same partner, practitioner and idempotency key again returns the attempt that was kept first.
   */
  openBreakGlass(
    attempt: BreakGlassAttempt,
    text: SealedText,
    items: readonly NewWorkItem[],
  ): Promise<BreakGlassAttempt>;
  activate(breakGlass: string): Promise<void>;
  /** An open review by its break-glass id, or null. */
  review(breakGlass: string): Promise<BreakGlassReview | null>;
  /** @returns false when the review was closed, or changed, meanwhile: `version` is not current */
  closeReview(closing: ReviewClosing): Promise<boolean>;
  /**
   * Reviews of a partner, or of every one, that were closed from then on, newest first. Those of the reader's own attempts
   * are left out, as in `workItems`.
   */
  closedReviews(
    partner: string | null,
    since: Date,
    limit: number,
    reader: { readonly partner: string; readonly practitioner: string },
  ): Promise<ClosedReview[]>;
  /**
   * Whether either practitioner manages a team that the other is in, or those who do, at whatever remove, or both share a
   * manager, on the day.
   */
  sameLine(partner: string, one: string, other: string, day: Day): Promise<boolean>;
  /** Whether the manager manages a team that both practitioners are in on the day. */
  manages(partner: string, manager: string, practitioners: readonly string[], day: Day): Promise<boolean>;
  /** Not in force until `activateCover`. Idempotent by partner, recorder and key, as `openBreakGlass`. */
  recordCover(cover: NewCover, reason: SealedText): Promise<NewCover>;
  activateCover(cover: string): Promise<void>;
  /**
   * Open items of a partner, or of every one, oldest due first, at most `limit`. Those about the reader's own attempts
   * at break-glass are somebody else's work, and are left out: that there is one would tell of a restriction (SHARE-04).
   */
  workItems(
    partner: string | null,
    kinds: readonly string[],
    limit: number,
    reader: { readonly partner: string; readonly practitioner: string },
  ): Promise<WorkItem[]>;
  /**
   * People whom a restriction of the owner's closes on the day, and who works with them by a relationship of the day while
   * nobody of theirs is listed, neither account nor desk. People without such a party are left out.
   */
  whoIsNotListed(owner: string, day: Day, limit: number): Promise<{ person: string; parties: readonly Party[] }[]>;
  isOpen(partner: string, kind: string, reference: string): Promise<boolean>;
  /** Takes an item off the partner's list. One that is off it stays so. */
  acknowledge(partner: string, kind: string, reference: string): Promise<void>;
  /** Passed over where an item of the same kind, partner and reference is open. */
  addWorkItems(items: readonly NewWorkItem[]): Promise<void>;
}

export type WorkKind =
  /** Somebody of the partner broke, or tried to break, the glass. */
  | 'BREAK_GLASS_REVIEW'
  /** Data that the partner holds was shown under break-glass. */
  | 'BREAK_GLASS_DISCLOSED'
  /** Somebody tried break-glass on a person whom the partner restricts. */
  | 'RESTRICTION_APPROACHED'
  /** An exclusion of the partner's names somebody who is not known by an account: it closes that person's whole partner. */
  | 'RESTRICTION_NAME_UNRESOLVED'
  /** A record of a restriction of the partner's could not be read: it closes the person to everybody. */
  | 'RESTRICTION_UNREADABLE'
  /** Somebody's report waits for what the partner decides to tell them. */
  | 'SUBJECT_REPORT_DECISION';

/** A partner that holds a relationship of a type with somebody. */
export interface Party {
  readonly partner: string;
  readonly relationship: string;
}

export interface NewWorkItem {
  readonly kind: WorkKind;
  /** Whose work it is. */
  readonly partner: string;
  /**
   * What it is about: a break-glass id, a request id, the owner's reference of a restriction, the log's pseudonym of a
   * person. Never an identifier.
   */
  readonly reference: string;
  /** The gateway's key of the person, for those who may know; null where no person is meant. */
  readonly person: string | null;
  readonly openedAt: Date;
  readonly dueAt: Date;
}

export interface WorkItem extends NewWorkItem {
  readonly id: string;
}

export interface BreakGlassAttempt {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly requestId: string;
  readonly partner: string;
  readonly practitioner: string;
  readonly role: string;
  readonly purpose: string;
  /** Null when the identifier names nobody. */
  readonly person: string | null;
  /** Keyed hash of the identifier as it was sent: what tells another attempt from the same one, whoever they name. */
  readonly sent: string;
  /** A code of `policies/break-glass.yaml`. */
  readonly reason: string;
  readonly openedAt: Date;
  /** Null when refused. */
  readonly until: Date | null;
}

export interface BreakGlassReview extends BreakGlassAttempt {
  /** Of the practitioner's own words: for reviewers of the same partner and for nobody else. */
  readonly textId: string | null;
  readonly version: number;
  readonly dueAt: Date;
}

export interface ClosedReview extends Omit<BreakGlassReview, 'version' | 'textId'> {
  readonly reviewer: string;
  readonly outcome: ReviewOutcome;
  readonly closedAt: Date;
  /** Of the reviewer's own words. */
  readonly reviewTextId: string | null;
}

export type ReviewOutcome = 'JUSTIFIED' | 'NOT_JUSTIFIED' | 'MISTAKE';

export interface ReviewClosing {
  readonly breakGlass: string;
  readonly version: number;
  readonly reviewer: string;
  readonly outcome: ReviewOutcome;
  readonly text: SealedText;
  readonly closedAt: Date;
}

/** Cover: what `practitioner` has open, `coveredBy` has open too, from one day to another. A manager records it. */
export interface NewCover {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly partner: string;
  readonly practitioner: string;
  readonly coveredBy: string;
  readonly recordedBy: string;
  readonly from: Day;
  readonly until: Day;
}

/** Somebody's own words, encrypted, on their way to where they are kept. */
export interface SealedText {
  readonly id: string;
  /** Of the key that they are encrypted with. */
  readonly epoch: number;
  readonly sealed: Uint8Array;
  /** What the log says of them. */
  readonly commitment: string;
}

/** What people write in their own words. It is kept beside the log, and may be erased without touching it. */
export interface FreeTexts {
  seal(text: string): SealedText;
  /** Null for what was erased, or never kept. @throws GatewayError STORE_UNAVAILABLE */
  read(id: string): Promise<string | null>;
}
