/** Of what an export is made: the forms of `LogExportFormat`. */
export type ExportFormat = 'CSV' | 'NDJSON' | 'SIGNED';

/** An export of the log that an officer asked for. */
export interface LogExport {
  /** A UUID. */
  readonly id: string;
  readonly idempotencyKey: string;
  readonly partner: string;
  readonly practitioner: string;
  readonly format: ExportFormat;
  readonly from: Date;
  readonly to: Date;
  /** `name=value`, or a name alone for what is about a person. */
  readonly filters: readonly string[];
  readonly state: ExportState;
  /** How many were found so far. */
  readonly entries: number;
  /** Everything at or after it was looked through. */
  readonly reachedAt: Date;
  readonly startedAt: Date;
}

/** `INTERRUPTED`: it is no longer heard of. */
export type ExportState = 'RUNNING' | 'READY' | 'INTERRUPTED' | 'TOO_MANY' | 'FAILED';

/** What was given out of one part. */
export interface GivenPart {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly entries: number;
}

/**
 * The port through which the gateway keeps which entries an export found: their ids, and nothing that stands in them.
 * Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be reached.
 */
export interface LogExports {
  /** @returns false where the officer has one under this key */
  begin(begun: LogExport): Promise<boolean>;
  /** An officer's own that began since, newest first. */
  ofOfficer(partner: string, practitioner: string, since: Date): Promise<LogExport[]>;
  addPart(id: string, part: number, entries: readonly string[], reachedAt: Date): Promise<void>;
  /** That it is still under way, as far as it is. */
  beat(id: string, reachedAt: Date): Promise<void>;
  end(id: string, state: ExportState): Promise<void>;
  /** Ids of the log's entries; null where there is no such part. */
  part(id: string, part: number): Promise<readonly string[] | null>;
  keepGiven(id: string, part: number, given: GivenPart): Promise<void>;
  /** Of every part, in order; null for one that was not given out. */
  given(id: string): Promise<readonly (GivenPart | null)[]>;
  /** Takes away all that began earlier. */
  forget(before: Date): Promise<void>;
}
