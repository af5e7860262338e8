import { randomUUID } from 'node:crypto';
import { type Canonical, canonicalBytes } from './canonical.ts';

/** What kind of event an entry records. */
export type EntryKind =
  | 'request'
  | 'disclosure'
  | 'refusal'
  | 'explanation'
  | 'watch'
  | 'break-glass'
  | 'review'
  | 'search'
  | 'export'
  | 'policy-change'
  | 'key-change'
  | 'start'
  | 'stop';

/** The words of the Data Protection Act 2018, section 62(1); null for what processes nobody's data. */
export type Processing = 'collection' | 'alteration' | 'consultation' | 'disclosure' | 'combination' | 'erasure' | null;

/** Who acted, as far as a verified token said so. Everything is null for a caller whose token did not verify. */
export interface Actor {
  readonly practitioner: string | null;
  readonly name: string | null;
  readonly subject: string | null;
  readonly issuer: string | null;
  readonly role: string | null;
  readonly partner: string | null;
  readonly client: string | null;
  readonly tokenId: string | null;
}

export const NOBODY: Actor = {
  practitioner: null,
  name: null,
  subject: null,
  issuer: null,
  role: null,
  partner: null,
  client: null,
  tokenId: null,
};

/** One gate's outcome, as the log keeps it. */
export type LoggedReason = {
  readonly gate: string;
  readonly outcome: string;
  readonly code: string;
  readonly ref: string | null;
};

/** What every entry of one operation shares. */
export interface OperationFacts {
  readonly requestId: string;
  /** The trace id of W3C Trace Context, 32 hexadecimal digits; null where the caller sent none that is well formed. */
  readonly trace: string | null;
  /** The address that the connection came from. */
  readonly network: string | null;
  /** Which gateway answered. */
  readonly node: string;
  readonly actor: Actor;
  readonly purpose: string | null;
  readonly policy: string;
  readonly operation: { readonly name: string | null; readonly hash: string | null };
}

/** One operation, answered or refused. */
export interface RequestFacts {
  /**
   * `answered`, `explained` (`Prefer: explain`), the public code of the refusal or fault; or, in an entry after the one
   * that says so, `not-delivered`.
   */
  readonly outcome: string;
  readonly status: number;
  readonly reasons: readonly LoggedReason[];
  /** Codes of the holders that were asked, sorted. */
  readonly sources: readonly string[];
  readonly counts: { readonly subjects: number; readonly shown: number; readonly considered: number };
  /** What a mutation did; absent where nothing was to be done. Codes and references, nobody's words. */
  readonly deed?: {
    readonly field: string;
    readonly ok: boolean;
    readonly code: string | null;
    readonly reference: string | null;
    /** What was written to say why; absent where nothing was. */
    readonly text?: WrittenText;
  };
}

/** What one operation told, or refused to tell, about one person. */
export interface SubjectOutcome {
  /** A keyed pseudonym of the person, or of the identifier asked for when it names nobody. */
  readonly subject: Pseudonym;
  /** `explained`: told what would be shown, and shown nothing. */
  readonly outcome: 'shown' | 'explained' | 'nothing-to-show';
  readonly reasons: readonly LoggedReason[];
  readonly relationship: { readonly type: string; readonly evidence: string; readonly assertedBy: string } | null;
  readonly agreements: readonly string[];
  /** The legal gateways that those agreements stand on, sorted. */
  readonly basis: readonly string[];
  /** The data classes of what was released, sorted. */
  readonly classes: readonly string[];
  /** Under which break-glass it was shown; null where a relationship carried it. */
  readonly breakGlass: string | null;
  readonly sections: readonly {
    readonly section: string;
    readonly holder: string | null;
    readonly status: string;
    readonly asked: boolean;
  }[];
  /** `holder|Type.field`, or `Type.field` for what the gateway itself holds; sorted. Coordinates, never values. */
  readonly released: readonly string[];
  readonly withheld: readonly {
    readonly field: string;
    readonly holder: string | null;
    readonly reason: LoggedReason;
    /** The public code that the caller was told; null where nothing was told. */
    readonly told: string | null;
  }[];
  /** Who was told instead of the caller; absent where it was the caller. */
  readonly recipient?: Told;
  /** Others who are named in what was told: keyed pseudonyms of name and date of birth; absent where it was the caller. */
  readonly thirdParties?: readonly Pseudonym[];
}

/** What one partner was told of a person by a message, such as a request for a check (SHARE-11). */
export interface Told {
  readonly partner: string;
  /** By which it has what it was told. */
  readonly reference: string | null;
}

/** Somebody's own words, which are kept beside the log and may be erased. */
export interface WrittenText {
  readonly id: string;
  /** SHA-256 of a salt and the text, base64url. */
  readonly commitment: string;
}

export interface Pseudonym {
  /** HMAC-SHA-256, base64url. */
  readonly ref: string;
  /** Which key made it. */
  readonly epoch: number;
}

/** An entry as it is stored: the exact bytes that were decided on, and the columns that are derived from them. */
export interface StoredEntry {
  readonly id: string;
  readonly at: Date;
  readonly kind: EntryKind;
  readonly requestId: string | null;
  readonly partner: string | null;
  readonly practitioner: string | null;
  readonly subject: string | null;
  readonly body: Uint8Array;
}

/** One `request` (or `explanation`, or `refusal`) entry for an operation. */
export function requestEntry(at: Date, operation: OperationFacts, facts: RequestFacts): StoredEntry {
  const processing = facts.deed ? 'alteration' : facts.sources.length > 1 ? 'combination' : 'consultation';
  return seal(REQUEST_KINDS[facts.outcome] ?? 'refusal', processing, at, operation, facts);
}

/** The caller had gone before the whole answer was written. What was released is said by the entries before this one. */
export function notDeliveredEntry(at: Date, operation: OperationFacts, status: number): StoredEntry {
  const counts = { subjects: 0, shown: 0, considered: 0 };
  return seal('request', null, at, operation, { outcome: 'not-delivered', status, reasons: [], sources: [], counts });
}

/** One entry per (operation, person): a disclosure, or the refusal that the constant answer stands for. */
export function subjectEntry(at: Date, operation: OperationFacts, outcome: SubjectOutcome): StoredEntry {
  const processing = outcome.outcome === 'shown' ? 'disclosure' : 'consultation';
  return seal(SUBJECT_KINDS[outcome.outcome], processing, at, operation, outcome);
}

/** One attempt at break-glass, granted or refused. What its practitioner wrote is not in it. */
export interface BreakGlassFacts {
  /** As in `SubjectOutcome`: somebody who does not exist leaves as much as somebody who does. */
  readonly subject: Pseudonym;
  readonly outcome: 'granted' | 'refused';
  readonly reasons: readonly LoggedReason[];
  readonly breakGlass: string | null;
  /** A code of `policies/break-glass.yaml`. */
  readonly reason: string;
  /** Null where the attempt was made before. */
  readonly text: WrittenText | null;
  /** RFC 3339; null when refused. */
  readonly until: string | null;
}

export function breakGlassEntry(at: Date, operation: OperationFacts, facts: BreakGlassFacts): StoredEntry {
  return seal('break-glass', 'consultation', at, operation, facts);
}

/** What somebody whose work it is to look decided: of break-glass, of what a person is told, of who may learn names. */
export interface ReviewFacts {
  /** Null where it is about nobody, or about somebody who is not the reviewer's to know. */
  readonly subject: Pseudonym | null;
  /** What was found or decided, or the code of the refusal. */
  readonly outcome: string;
  /** The break-glass that was reviewed. */
  readonly breakGlass: string | null;
  /** The entry that was looked at. */
  readonly entry: string | null;
  /** What else was looked at: a request, a decision, a hold. */
  readonly reference: string | null;
  readonly text: WrittenText | null;
  /** Of a hold the months that it is placed over, `YYYY-MM`, both included; absent of anything else. */
  readonly from?: string;
  readonly to?: string;
}

export function reviewEntry(at: Date, operation: OperationFacts, facts: ReviewFacts): StoredEntry {
  return seal('review', 'alteration', at, operation, facts);
}

/** A look into the log itself. */
export interface SearchFacts {
  /** Whom it was about; null where it was about nobody by name. */
  readonly subject: Pseudonym | null;
  /** The root field. */
  readonly field: string;
  /** RFC 3339, or a day; null where the search has no such end. */
  readonly from: string | null;
  readonly to: string | null;
  readonly found: number;
  /** `answered`, or the code of the refusal. */
  readonly outcome: string;
  readonly reference: string | null;
}

export function searchEntry(at: Date, operation: OperationFacts, facts: SearchFacts): StoredEntry {
  return seal('search', 'consultation', at, operation, facts);
}

/** What somebody takes out of the log, recorded before it leaves. Whom it is about is in the entry of its search. */
export interface OfficerExportFacts {
  /** `log`, or the page that it is made of. */
  readonly what: string;
  /** `CSV`, `NDJSON` or `SIGNED`. */
  readonly format: string;
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
  /** How many entries or rows; null where that shows only as they are found. */
  readonly entries: number | null;
  /** By what else they were picked: names, without what was looked for; of whom it is for, the code. */
  readonly filters: readonly string[];
  /** `answered`, or the code of the refusal. */
  readonly outcome: string;
  readonly reference: string | null;
}

export function officerExportEntry(at: Date, operation: OperationFacts, facts: OfficerExportFacts): StoredEntry {
  return seal('export', 'disclosure', at, operation, facts);
}

/**
 * What the gateway did by itself, on behalf of the partner in `actor`: what it did, or what it looked at of one person.
 * What it told another partner by it is a disclosure like any other and has `subjectEntry`.
 */
export function watchEntry(
  at: Date,
  operation: OperationFacts,
  facts: RequestFacts | SubjectOutcome,
  processing: Processing = Object.hasOwn(facts, 'deed') ? 'alteration' : 'consultation',
): StoredEntry {
  return seal('watch', processing, at, operation, facts);
}

const REQUEST_KINDS: Readonly<Record<string, EntryKind>> = { answered: 'request', explained: 'explanation' };
const SUBJECT_KINDS = { shown: 'disclosure', explained: 'explanation', 'nothing-to-show': 'refusal' } as const;

/**
 * With a `blind`, which no reader is told: whoever knows all else of an entry, their own above all, can try no guess at what
 * is kept from them against the hashes that a proof is made of.
 */
function seal(
  kind: EntryKind,
  processing: Processing,
  at: Date,
  operation: OperationFacts,
  facts: RequestFacts | (SubjectOutcome | BreakGlassFacts | ReviewFacts | SearchFacts) | OfficerExportFacts,
): StoredEntry {
  const id = randomUUID();
  const blind = randomUUID();
  const content = { v: 2, id, at: at.toISOString(), kind, processing, blind, ...operation, ...facts };
  return {
    id,
    at,
    kind,
    requestId: operation.requestId,
    partner: operation.actor.partner,
    practitioner: operation.actor.practitioner,
    subject: 'subject' in facts ? (facts.subject?.ref ?? null) : null,
    body: canonicalBytes(content as unknown as Canonical),
  };
}
