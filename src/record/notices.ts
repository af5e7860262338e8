/**
 * UK GDPR, Article 33(1), and Data Protection Act 2018, section 67(1): the Commissioner is told within 72 hours of
 * becoming aware, where feasible.
 */
export const HOURS_TO_TELL = 72;

/** An account that was misused from an instant up to, and without, another. */
export interface Incident {
  readonly id: string;
  /** The partner whose account it is. */
  readonly partner: string;
  readonly practitioner: string;
  readonly from: Date;
  readonly to: Date;
  /** When it became known, as an officer said. */
  readonly awareAt: Date;
  readonly keptBy: string;
  readonly keptAt: Date;
  /** 1 when it is first kept. */
  readonly version: number;
}

/** Somebody was told of an incident, or that what entries of the log gave them was of the wrong person. */
export interface Notice {
  readonly id: string;
  readonly idempotencyKey: string;
  /** That recorded it. */
  readonly partner: string;
  readonly recordedBy: string;
  readonly recordedAt: Date;
  /** Null for a correction. */
  readonly incidentId: string | null;
  /** Ids of entries, sorted; empty for an incident. */
  readonly entries: readonly string[];
  /** Whose data it was in those entries, sorted; empty for an incident. */
  readonly holders: readonly string[];
  /** A partner's code, or of an incident `COMMISSIONER` or `PEOPLE`. */
  readonly toldTo: string;
  readonly toldAt: Date;
  readonly how: string;
}

/**
 * The port through which the gateway keeps incidents and notices. No person is named in either.
 * Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be reached.
 */
export interface Notices {
  /** Those of a partner's accounts, or of every one, newest first. */
  incidents(partner: string | null, limit: number): Promise<Incident[]>;
  incident(id: string): Promise<Incident | null>;
  /** By its account and span. */
  find(of: Pick<Incident, 'partner' | 'practitioner' | 'from' | 'to'>): Promise<Incident | null>;
  /** @returns false when somebody kept it meanwhile: `version` does not follow */
  keep(incident: Incident): Promise<boolean>;
  /** Not in force until `activate`. Returns what is kept: by the same partner, recorder and key, the first one. */
  record(notice: Notice): Promise<Notice>;
  activate(notice: string): Promise<void>;
  /** Those in force, oldest first. */
  ofIncidents(incidents: readonly string[]): Promise<Notice[]>;
  ofEntries(entries: readonly string[]): Promise<Notice[]>;
}
