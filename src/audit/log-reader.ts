/** An entry's place in the log, and its exact bytes. */
export interface LogRow {
  readonly index: number;
  readonly body: Buffer;
}

/** From an instant up to, and without, another. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}

/** Which entries; what is absent is not asked. */
export interface LogFilter extends Partial<Span> {
  /** Pseudonyms' `ref`s, of any epoch. */
  readonly subjects?: readonly string[];
  readonly kind?: string;
  readonly partner?: string;
  readonly practitioner?: string;
  readonly requestId?: string;
  /** Texts that stand in the entry's bytes: it is looked for there, where no column says it. */
  readonly mentions?: readonly string[];
  /** Those about these pseudonyms, and those in whose bytes the text stands. */
  readonly concerns?: { readonly text: string; readonly subjects: readonly string[] };
  /** Only those that are older than the entry at this place in the log, or as old and before it. */
  readonly before?: number;
}

/**
 * Reads the audit log, and nothing else. Oldest first but for `page`.
 * @throws GatewayError STORE_UNAVAILABLE, or TOO_COMPLEX for what takes too long to look for
 */
export interface LogReader {
  /** Every entry of these operations, or those of one kind. */
  byRequests(requestIds: readonly string[], kind?: string): Promise<readonly LogRow[]>;
  byIds(ids: readonly string[]): Promise<readonly LogRow[]>;
  /** The first `limit` entries about any of these pseudonyms. */
  bySubjects(refs: readonly string[], span: Span, limit: number): Promise<readonly LogRow[]>;
  byPractitioner(partner: string, practitioner: string, span: Span, limit: number): Promise<readonly LogRow[]>;
  /** The newest `limit` entries that the filter lets through, newest first. */
  page(filter: LogFilter, limit: number): Promise<readonly LogRow[]>;
  /** Of those that the filter lets through in the order of SHA-256 of `seed` and id, so many, after so many. */
  draw(filter: LogFilter, seed: string, limit: number, skip: number): Promise<readonly LogRow[]>;
  /** The days, in the United Kingdom, of the `limit` entries from a place of the log on, with the place after each. */
  daysOnward(from: number, limit: number): Promise<readonly DayOfLog[]>;
  close(): Promise<void>;
}

/** What a stretch of the log has of one day. */
export interface DayOfLog {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly entries: number;
  /** After the last of them. */
  readonly next: number;
}
