const REQUEST = 'reference partner kind subject receivedOn dueOn extended openedBy outcome closedBy closedOn version';

export const REQUESTS_DOCUMENT = `query SubjectRequests {
  open: subjectRequests(list: OPEN, first: 200) { ${REQUEST} }
  closed: subjectRequests(list: CLOSED, first: 50) { ${REQUEST} }
}`;

export const OPEN_REQUEST_DOCUMENT = `mutation OpenSubjectRequest($input: OpenSubjectRequestInput!) {
  openSubjectRequest(input: $input) { ok code reference dueOn }
}`;

export const EXTEND_REQUEST_DOCUMENT = `mutation ExtendSubjectRequest($input: ExtendSubjectRequestInput!) {
  extendSubjectRequest(input: $input) { ok code }
}`;

export const CLOSE_REQUEST_DOCUMENT = `mutation CloseSubjectRequest($input: CloseSubjectRequestInput!) {
  closeSubjectRequest(input: $input) { ok code }
}`;

export const REPORT_DOCUMENT = `query SubjectReport($input: SubjectReportInput!) {
  subjectReport(input: $input) { note total rows { month organisation purpose kinds times } }
}`;

export const TELLINGS_DOCUMENT = `query Tellings($list: TellingList!) {
  tellings(list: $list, first: 100) {
    entry at recipient purpose classes because dueAt decision ground reviewOn version
  }
}`;

export const DECIDE_DOCUMENT = `mutation DecideTelling($input: DecideTellingInput!) {
  decideTelling(input: $input) { ok code }
}`;

/** A row of the register. */
export interface SubjectRequest {
  readonly reference: string;
  readonly partner: string;
  readonly kind: string;
  readonly subject: string;
  readonly receivedOn: string;
  readonly dueOn: string;
  readonly extended: string | null;
  readonly openedBy: string;
  readonly outcome: string | null;
  readonly closedBy: string | null;
  readonly closedOn: string | null;
  readonly version: number;
}

/** What the gateway says of something that was done. */
export interface Done {
  readonly ok: boolean;
  readonly code: string | null;
}
