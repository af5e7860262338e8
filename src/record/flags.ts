import type { Day } from './facts.ts';
import type { Figure } from './figures.ts';
import type { SealedText } from './governance.ts';

/**
 * Whose flags these are: `PARTNER` for the officers of `reader` and the lead, `OWNER` for the officers of `reader` alone,
 * who own a restriction of the person.
 */
export interface FlagScope {
  readonly scope: 'PARTNER' | 'OWNER';
  readonly reader: string;
}

/** What a rule found on one day. Ids are UUIDs made of what they name, so that the same is found once. */
export interface KeptFlag extends FlagScope {
  readonly id: string;
  readonly rule: string;
  readonly day: Day;
  readonly partner: string;
  /** Null where it is about a feed of relationships; then `relationship` is its type. */
  readonly practitioner: string | null;
  readonly relationship: string | null;
  /** A pseudonym; null where it is about no one person. */
  readonly subject: { readonly ref: string; readonly epoch: number } | null;
  /** Pseudonyms of everybody whom its accesses were about: who may not know of one of them, may not know of it. */
  readonly subjects: readonly string[];
  readonly weight: number;
  readonly sentence: string;
  readonly evidence: readonly string[];
  /** Explanations that were looked for, as sentences. */
  readonly considered: readonly string[];
  /** Ids of entries. */
  readonly entries: readonly string[];
}

/** A flag with what has become of it: it never again counts for a case like those of its kind that are closed. */
export interface CountedFlag extends KeptFlag {
  /** `about` of closed cases of the same readers that it is in; of the board's, `BOARD`. */
  readonly closedAs: readonly string[];
}

export type CaseAbout = 'PRACTITIONER' | 'SUBJECT' | 'FEED';

/** Flags that are to be looked at together, as they are found now. */
export interface FoundCase {
  readonly id: string;
  /** `BOARD`: of several partners about one person; nobody but the lead reads it. */
  readonly scope: 'PARTNER' | 'BOARD' | 'OWNER';
  readonly reader: string | null;
  readonly about: CaseAbout;
  readonly partner: string | null;
  readonly practitioner: string | null;
  readonly relationship: string | null;
  readonly subject: KeptFlag['subject'];
  readonly weight: number;
  readonly flags: readonly string[];
}

/** What practitioners did on a day. */
export interface KeptTally {
  readonly day: Day;
  readonly partner: string;
  readonly practitioner: string;
  readonly role: string;
  readonly accesses: number;
  readonly people: number;
  readonly refused: number;
  readonly breakGlass: number;
}

export interface DigestProgress {
  /** Entries before this place have been gone through. */
  readonly next: number;
  readonly upTo: Date;
  /** Pseudonyms of those who are in no figure. */
  readonly setApart: readonly string[];
}

/**
 * What the digest of the log keeps. Done again with the same it changes nothing, and nothing that is closed.
 * @throws GatewayError STORE_UNAVAILABLE
 */
export interface FlagDigest {
  /** Null before the log was first gone through. */
  progress(): Promise<DigestProgress | null>;
  keepProgress(progress: DigestProgress): Promise<void>;
  /** Of a partner's practitioners on those days, both included. */
  tallies(partner: string, from: Day, until: Day): Promise<readonly KeptTally[]>;
  /**
   * Takes the place of everything that was found on these days, but for flags of closed cases.
   * @returns flags that were found on them before, and are no more
   */
  keepDays(
    days: readonly Day[],
    found: { flags: readonly KeptFlag[]; tallies: readonly KeptTally[]; figures: readonly Figure[] },
  ): Promise<readonly KeptFlag[]>;
  /** Every flag of these practitioners, feeds and people. */
  flagsAbout(of: CaseReaders, touched: Touched): Promise<readonly CountedFlag[]>;
  /** Cases of these that are not closed. */
  openCases(of: CaseReaders, touched: Touched): Promise<readonly OpenCase[]>;
  /** Opens the cases that are not there, gives the others their flags and weight unless they were closed meanwhile. */
  saveCases(found: readonly FoundCase[], at: Date, dueAt: Date): Promise<void>;
  /** Those that somebody took up stay, and so do closed ones. */
  dropCases(ids: readonly string[]): Promise<void>;
  forgetTallies(before: Day): Promise<void>;
}

/** Whose cases: of a partner's officers and the lead, of the lead alone, or of the owner of restrictions. */
export type CaseReaders = FlagScope | { readonly scope: 'BOARD'; readonly reader: null };

export interface Touched {
  readonly practitioners: readonly string[];
  readonly relationships: readonly string[];
  /** Pseudonyms. */
  readonly subjects: readonly string[];
}

export interface OpenCase {
  readonly id: string;
  readonly about: CaseAbout;
  readonly flags: readonly string[];
}

/** A case as its list needs it. */
export interface CaseHead extends Omit<FoundCase, 'flags'> {
  readonly state: 'OPEN' | 'CONFIRMING' | 'CLOSED';
  readonly openedAt: Date;
  readonly dueAt: Date;
  readonly assignedTo: string | null;
  readonly outcome: string | null;
  readonly proposedBy: string | null;
  readonly closedBy: string | null;
  readonly closedAt: Date | null;
  readonly version: number;
  readonly flags: readonly KeptFlag[];
  readonly steps: readonly CaseStep[];
}

export interface CaseStep {
  readonly at: Date;
  /** Null for what the gateway did by itself. */
  readonly by: string | null;
  readonly step: 'OPENED' | 'GREW' | 'ASSIGNED' | 'NOTED' | 'PROPOSED' | 'CLOSED';
  readonly detail: string | null;
  /** Of what was written, in the free texts. */
  readonly textId: string | null;
  readonly idempotencyKey: string | null;
}

/** Which cases somebody may read. */
export interface CaseReader {
  readonly partner: string;
  readonly isLead: boolean;
}

/** What is done with a case: it changes nothing unless `version` is current and the case is not closed. */
export interface CaseChange {
  readonly case: string;
  readonly version: number;
  readonly at: Date;
  readonly by: string;
  readonly step: 'ASSIGNED' | 'NOTED' | 'PROPOSED' | 'CLOSED';
  readonly detail: string | null;
  readonly text: SealedText | null;
  readonly idempotencyKey: string | null;
}

/** @throws GatewayError STORE_UNAVAILABLE */
export interface FlagCases {
  /**
   * Not closed, heaviest and then oldest first; or closed, newest first: at most `limit`.
   * @param assignedTo only those that this officer has
   */
  list(
    reader: CaseReader,
    which: { readonly closed: boolean; readonly about: CaseAbout | null; readonly assignedTo: string | null },
    limit: number,
  ): Promise<readonly CaseHead[]>;
  find(reader: CaseReader, id: string): Promise<CaseHead | null>;
  /** @returns false where somebody else changed it meanwhile */
  change(change: CaseChange): Promise<boolean>;
}
