import { randomUUID } from 'node:crypto';
import { type Canonical, canonicalBytes } from './canonical.ts';

/** What kind of event an entry records. */
export type EntryKind =
  | 'request'
  | 'disclosure'
  | 'refusal'
  | 'explanation'
  | 'break-glass'
  | 'review'
  | 'policy-change'
  | 'start'
  | 'stop';

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
  readonly actor: Actor;
  readonly purpose: string | null;
  readonly policy: string;
  readonly operation: { readonly name: string | null; readonly hash: string | null };
}

/** One operation, answered or refused. */
export interface RequestFacts {
  /** `answered`, `explained` (`Prefer: explain`), or the public code of the refusal or fault. */
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
  }[];
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
  return seal(REQUEST_KINDS[facts.outcome] ?? 'refusal', at, operation, null, facts);
}

/** One entry per (operation, person): a disclosure, or the refusal that the constant answer stands for. */
export function subjectEntry(at: Date, operation: OperationFacts, outcome: SubjectOutcome): StoredEntry {
  return seal(SUBJECT_KINDS[outcome.outcome], at, operation, outcome.subject.ref, outcome);
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
  /** RFC 3339; null when refused. */
  readonly until: string | null;
}

export function breakGlassEntry(at: Date, operation: OperationFacts, facts: BreakGlassFacts): StoredEntry {
  return seal('break-glass', at, operation, facts.subject.ref, facts);
}

/** The closing of a review of break-glass, or what came of wanting to. */
export interface ReviewFacts {
  /** Null where the break-glass was refused, or is not the reviewer's to know. */
  readonly subject: Pseudonym | null;
  /** What was found, or the code of the refusal. */
  readonly outcome: string;
  readonly breakGlass: string | null;
}

export function reviewEntry(at: Date, operation: OperationFacts, facts: ReviewFacts): StoredEntry {
  return seal('review', at, operation, facts.subject?.ref ?? null, facts);
}

const REQUEST_KINDS: Readonly<Record<string, EntryKind>> = { answered: 'request', explained: 'explanation' };
const SUBJECT_KINDS = { shown: 'disclosure', explained: 'explanation', 'nothing-to-show': 'refusal' } as const;

/** What became of an attempt to put another policy in force. Written before it is in force. */
export interface PolicyChange {
  /** The hash in force. */
  readonly from: string;
  /** The hash that was to follow; null where the files say nothing that could be one. */
  readonly to: string | null;
  readonly outcome: 'taken' | 'refused';
  readonly node: string;
}

export function policyChangeEntry(at: Date, change: PolicyChange): StoredEntry {
  const id = randomUUID();
  const body = canonicalBytes({ v: 1, id, at: at.toISOString(), kind: 'policy-change', ...change });
  return { id, at, kind: 'policy-change', requestId: null, partner: null, practitioner: null, subject: null, body };
}

/** The gateway began or ceased to serve. */
export function lifecycleEntry(
  at: Date,
  kind: 'start' | 'stop',
  facts: { readonly policy: string; readonly node: string },
): StoredEntry {
  const id = randomUUID();
  const body = canonicalBytes({ v: 1, id, at: at.toISOString(), kind, ...facts });
  return { id, at, kind, requestId: null, partner: null, practitioner: null, subject: null, body };
}

function seal(
  kind: EntryKind,
  at: Date,
  operation: OperationFacts,
  subject: string | null,
  facts: RequestFacts | SubjectOutcome | BreakGlassFacts | ReviewFacts,
): StoredEntry {
  const id = randomUUID();
  const content = { v: 1, id, at: at.toISOString(), kind, ...operation, ...facts };
  return {
    id,
    at,
    kind,
    requestId: operation.requestId,
    partner: operation.actor.partner,
    practitioner: operation.actor.practitioner,
    subject,
    body: canonicalBytes(content as unknown as Canonical),
  };
}
