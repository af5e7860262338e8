export interface Verification {
  readonly reference: string;
  readonly state: 'RUNNING' | 'GOOD' | 'TAMPERED' | 'KEY' | 'FAILED' | 'INTERRUPTED';
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly partner: string;
  readonly checked: number;
  readonly of: number;
  readonly problem: string | null;
  readonly entry: number | null;
}

export interface LogStatus {
  readonly key: string;
  readonly olderKeys: readonly string[];
  readonly size: number;
  readonly checkpoint: string | null;
  readonly at: string | null;
  readonly witnesses: readonly {
    readonly name: string;
    readonly key: string;
    readonly size: number | null;
    readonly at: string | null;
  }[];
  readonly need: number | null;
  readonly witnessed: number | null;
  readonly latest: Verification | null;
  readonly finished: Verification | null;
  readonly outside: {
    readonly who: string;
    readonly partner: string;
    readonly at: string;
    readonly size: number;
    readonly agrees: boolean;
  } | null;
}

const VERIFICATION = 'reference state startedAt finishedAt partner checked of problem entry';

export const LOG_STATUS_DOCUMENT = `query LogStatus {
  logStatus {
    key olderKeys size checkpoint at need witnessed witnesses { name key size at }
    latest { ${VERIFICATION} } finished { ${VERIFICATION} } outside { who partner at size agrees }
  }
}`;

export interface LogStatusData {
  readonly logStatus: LogStatus;
}

export const VERIFICATION_DOCUMENT = `query Verification($reference: ID!) {
  verification(reference: $reference) { ${VERIFICATION} }
}`;

export interface VerificationData {
  readonly verification: Verification | null;
}

export const VERIFY_LOG_DOCUMENT = `mutation VerifyLog($input: VerifyLogInput!) {
  verifyLog(input: $input) { ok code reference }
}`;

export interface VerifyLogData {
  readonly verifyLog: { readonly ok: boolean; readonly code: string | null; readonly reference: string | null };
}

export const RECORD_OUTSIDE_DOCUMENT = `mutation RecordOutsideVerification($input: RecordOutsideVerificationInput!) {
  recordOutsideVerification(input: $input) { ok code reference }
}`;

export interface RecordOutsideData {
  readonly recordOutsideVerification: { readonly ok: boolean; readonly code: string | null };
}
