export type VerificationState = 'RUNNING' | 'GOOD' | 'TAMPERED' | 'KEY' | 'FAILED' | 'INTERRUPTED';

/** A check of the whole log that an officer started. */
export interface Verification {
  /** A UUID. */
  readonly id: string;
  readonly idempotencyKey: string;
  /** Whose officer started it, and who. */
  readonly partner: string;
  readonly startedBy: string;
  readonly state: VerificationState;
  /** How many entries of how many have been checked. */
  readonly checked: number;
  readonly size: number;
  /** What is wrong, and the place of the first bad entry. */
  readonly problem: string | null;
  readonly entry: number | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

export type NewVerification = Pick<Verification, 'id' | 'idempotencyKey' | 'partner' | 'startedBy' | 'startedAt'>;

/** How a check ended. */
export type VerificationEnd = Pick<Verification, 'checked' | 'size' | 'problem' | 'entry'> & {
  readonly state: Exclude<VerificationState, 'RUNNING'>;
  readonly finishedAt: Date;
};

/** A checkpoint of the log that somebody outside kept, and brought. */
export interface OutsideVerification {
  /** A UUID. */
  readonly id: string;
  readonly idempotencyKey: string;
  /** Whose officer recorded it, and who. */
  readonly partner: string;
  readonly recordedBy: string;
  /** Who checked, in the words of whoever recorded it. */
  readonly who: string;
  /** A signed note. */
  readonly checkpoint: string;
  readonly size: number;
  /** Whether the log went on from it. */
  readonly agrees: boolean;
  readonly recordedAt: Date;
}

/**
 * The port through which the gateway keeps who has checked the log.
 * Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be reached.
 */
export interface Verifications {
  /** Keeps that it runs. @returns false when another one does: there is one at a time, whichever gateway runs it */
  start(verification: NewVerification): Promise<boolean>;
  /** That it is under way, and how far. */
  beat(id: string, checked: number, size: number): Promise<void>;
  end(id: string, end: VerificationEnd): Promise<void>;
  find(id: string): Promise<Verification | null>;
  /** By the idempotency key of whoever started it. */
  startedAs(asked: Pick<Verification, 'partner' | 'startedBy' | 'idempotencyKey'>): Promise<Verification | null>;
  /** Which was started last, and which was the last to find something out. */
  latest(): Promise<Verification | null>;
  finished(): Promise<Verification | null>;
  /** Keeps it, and returns what is kept: of the same recorder and key, the first one. */
  keepOutside(outside: OutsideVerification): Promise<OutsideVerification>;
  /** Which was recorded as this one, if it was before. */
  outsideAs(
    asked: Pick<OutsideVerification, 'partner' | 'recordedBy' | 'idempotencyKey'>,
  ): Promise<OutsideVerification | null>;
  latestOutside(): Promise<OutsideVerification | null>;
}
