import type { Interest } from './facts.ts';

/** A practitioner's own word of a tie to somebody. It closes the record to them until their employer says it is none. */
export interface DeclaredInterest extends Interest {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly partner: string;
  readonly practitioner: string;
  /** The gateway's key; null where the number names nobody. */
  readonly person: string | null;
  /** Keyed hash of the number as it was sent: what tells another declaration from the same one, whoever they name. */
  readonly sent: string;
  readonly declaredAt: Date;
  /** Null while it waits. */
  readonly confirmed: boolean | null;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly version: number;
}

/** The register of declared interests. Every method throws GatewayError STORE_UNAVAILABLE where the store cannot be reached. */
export interface Interests {
  /** Not in force until `activate`. Returns what is kept: by the same partner, practitioner and key, the first one. */
  declare(declared: DeclaredInterest): Promise<DeclaredInterest>;
  activate(id: string): Promise<void>;
  /** One in force. */
  find(id: string): Promise<DeclaredInterest | null>;
  /** Those of a partner in force: that wait, oldest first, or all, newest first. */
  of(partner: string, list: 'WAITING' | 'ALL', limit: number): Promise<DeclaredInterest[]>;
  /** One that is not confirmed closes nothing from then on. @returns false when somebody decided meanwhile */
  decide(
    decided: Pick<DeclaredInterest, 'id' | 'version'> & {
      readonly confirmed: boolean;
      readonly by: string;
      readonly at: Date;
    },
  ): Promise<boolean>;
}
