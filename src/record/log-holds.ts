/** Months of the log of which nothing is retired or erased while it lasts. Months are `YYYY-MM`, both included. */
export interface LogHold {
  readonly reference: string;
  readonly from: string;
  readonly until: string;
  readonly placedAt: Date;
  /** Null for the operator. */
  readonly placedBy: string | null;
  /** The first who asked to release it. */
  readonly releaseAskedBy: string | null;
  /** Null while it lasts. */
  readonly releasedAt: Date | null;
  readonly releasedBy: string | null;
}

/** Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be reached. */
export interface LogHolds {
  /** All that were ever placed, the newest first. */
  all(): Promise<LogHold[]>;
  /** @returns false where the reference was used before */
  place(hold: Pick<LogHold, 'reference' | 'from' | 'until'>, by: string): Promise<boolean>;
  /** The first who asks is kept, and a second person releases it. @returns whether it is released now */
  release(reference: string, by: string): Promise<boolean>;
}
