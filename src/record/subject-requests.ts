import type { Day } from './facts.ts';

/** Somebody asked a partner for something about their own information. It does not say who. */
export interface SubjectRequest {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly partner: string;
  readonly kind: 'ACCESS' | 'RECTIFICATION' | 'ERASURE' | 'OBJECTION';
  /** A keyed name of the number that was given, the same for the same number, whomever it names. */
  readonly subject: string;
  readonly receivedOn: Day;
  readonly dueOn: Day;
  /** Why it takes longer; null while it does not. */
  readonly extended: 'COMPLEX' | 'NUMBER_OF_REQUESTS' | null;
  readonly openedBy: string;
  /** Null while it is open. */
  readonly outcome: 'GRANTED' | 'PARTLY_GRANTED' | 'REFUSED' | 'WITHDRAWN' | null;
  readonly closedBy: string | null;
  readonly closedOn: Day | null;
  /** 0 until the log has the entry of its opening: until then it is in no list. */
  readonly version: number;
}

/** What changes of a request once it is open. */
export type RequestChange = Pick<SubjectRequest, 'id' | 'dueOn' | 'extended' | 'outcome' | 'closedBy' | 'closedOn'>;

/** The port to the register of requests. Every method throws GatewayError STORE_UNAVAILABLE. */
export interface SubjectRequests {
  /** Keeps it, and returns what is kept: by the same partner, opener and key, the first one. */
  open(request: SubjectRequest): Promise<SubjectRequest>;
  /** To be called once the log has its entry. Called again, it changes nothing. */
  activate(id: string): Promise<void>;
  find(id: string): Promise<SubjectRequest | null>;
  /** Of one partner or of all, at most `limit`: open ones soonest due first, closed ones newest first. */
  list(partner: string | null, which: 'OPEN' | 'CLOSED', limit: number): Promise<SubjectRequest[]>;
  /** @returns false when it was changed meanwhile: `version` is not current */
  change(change: RequestChange, version: number): Promise<boolean>;
}
