const HEAD = `reference about partner practitioner relationship subject state summary openedAt dueAt firstDay lastDay
  accesses assignedTo outcome barred`;

export const CASES_DOCUMENT = `query FlagCases($list: FlagCaseList!, $about: FlagAbout, $first: Int, $after: String) {
  flagCases(list: $list, about: $about, first: $first, after: $after) {
    cases { ${HEAD} } hasNextPage endCursor upTo
  }
}`;

export const CASE_DOCUMENT = `query FlagCase($reference: ID!) {
  flagCase(reference: $reference) {
    ${HEAD} proposedBy closedBy closedAt allowedNow version
    flags { id rule day partner practitioner relationship subject sentence evidence considered entries }
    notes { by at text }
    history { at by step detail }
  }
}`;

export const ASSIGN_DOCUMENT = `mutation AssignFlagCase($input: AssignFlagCaseInput!) {
  done: assignFlagCase(input: $input) { ok code }
}`;

export const NOTE_DOCUMENT = `mutation NoteFlagCase($input: NoteFlagCaseInput!) {
  done: noteFlagCase(input: $input) { ok code }
}`;

export const CLOSE_DOCUMENT = `mutation CloseFlagCase($input: CloseFlagCaseInput!) {
  done: closeFlagCase(input: $input) { ok code }
}`;

export interface DoneData {
  readonly done: { readonly ok: boolean; readonly code: string | null } | null;
}

export interface CaseHead {
  readonly reference: string;
  readonly about: 'PRACTITIONER' | 'SUBJECT' | 'FEED';
  readonly partner: string | null;
  readonly practitioner: string | null;
  readonly relationship: string | null;
  readonly subject: string | null;
  readonly state: 'OPEN' | 'CONFIRMING' | 'CLOSED';
  readonly summary: string;
  /** RFC 3339. */
  readonly openedAt: string;
  readonly dueAt: string;
  /** `YYYY-MM-DD` */
  readonly firstDay: string;
  readonly lastDay: string;
  readonly accesses: number;
  readonly assignedTo: string | null;
  readonly outcome: string | null;
  readonly barred: string | null;
}

export interface FlagCase extends CaseHead {
  readonly proposedBy: string | null;
  readonly closedBy: string | null;
  readonly closedAt: string | null;
  readonly allowedNow: readonly string[];
  readonly version: number;
  readonly flags: readonly Flag[];
  readonly notes: readonly { readonly by: string; readonly at: string; readonly text: string | null }[];
  readonly history: readonly {
    readonly at: string;
    readonly by: string | null;
    readonly step: string;
    readonly detail: string | null;
  }[];
}

export interface Flag {
  readonly id: string;
  readonly rule: string;
  readonly day: string;
  readonly partner: string;
  readonly practitioner: string | null;
  readonly relationship: string | null;
  readonly subject: string | null;
  readonly sentence: string;
  readonly evidence: readonly string[];
  readonly considered: readonly string[];
  readonly entries: readonly string[];
}

export interface CasesData {
  readonly flagCases: {
    readonly cases: readonly CaseHead[];
    readonly hasNextPage: boolean;
    readonly endCursor: string | null;
    readonly upTo: string | null;
  } | null;
}

export interface CaseData {
  readonly flagCase: FlagCase | null;
}
