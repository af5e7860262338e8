const KEPT = `incidents(first: 100) {
  reference partner practitioner from to awareAt dueAt keptBy keptAt version
  notices { to toldAt how partner recordedBy }
}`;
const REQUESTS = `nameRequests { reference askedBy askedAt reason asked own agreedBy until subjects }`;

/** What is open, before anything is asked. */
export const OPEN_DOCUMENT = `query OpenIncidents { ${KEPT} ${REQUESTS} }`;

export const INCIDENT_DOCUMENT = `query Incident($input: IncidentInput!) {
  incident(input: $input) {
    people { subject first last times classes controllers parts { partner classes } }
    controllers { partner people classes }
    refused
  }
  ${KEPT}
  ${REQUESTS}
}`;

export const NAMES_DOCUMENT = `query Names($reference: ID!) {
  names(reference: $reference) { ok code until people { subject identifiers { holder type value } } }
}`;

export const KEEP_DOCUMENT = `mutation KeepIncident($input: KeepIncidentInput!) {
  keepIncident(input: $input) { ok code }
}`;

export const NOTICE_DOCUMENT = `mutation RecordNotice($input: RecordNoticeInput!) {
  recordNotice(input: $input) { ok code }
}`;

export const ASK_DOCUMENT = `mutation AskForNames($input: AskForNamesInput!) {
  askForNames(input: $input) { ok code }
}`;

export const AGREE_DOCUMENT = `mutation AgreeToNames($input: AgreeToNamesInput!) {
  agreeToNames(input: $input) { ok code }
}`;

export const EXPORT_DOCUMENT = `mutation RecordExport($input: RecordExportInput!) {
  recordExport(input: $input) { ok code }
}`;

export interface IncidentData extends OpenData {
  readonly incident: {
    readonly people: readonly IncidentPerson[];
    readonly controllers: readonly {
      readonly partner: string;
      readonly people: number;
      readonly classes: readonly string[];
    }[];
    readonly refused: number;
  } | null;
}

export interface IncidentPerson {
  readonly subject: string;
  readonly first: string;
  readonly last: string;
  readonly times: number;
  readonly classes: readonly string[];
  readonly controllers: readonly string[];
  readonly parts: readonly { readonly partner: string; readonly classes: readonly string[] }[];
}

export interface OpenData {
  readonly incidents: readonly KeptIncident[];
  readonly nameRequests: readonly NameRequest[];
}

export interface KeptIncident {
  readonly reference: string;
  readonly partner: string;
  readonly practitioner: string;
  readonly from: string;
  readonly to: string;
  readonly awareAt: string;
  readonly dueAt: string;
  readonly keptBy: string;
  readonly keptAt: string;
  readonly version: number;
  readonly notices: readonly Notice[];
}

export interface Notice {
  readonly to: string;
  readonly toldAt: string;
  readonly how: string;
  readonly partner: string;
  readonly recordedBy: string | null;
}

export interface NameRequest {
  readonly reference: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly reason: string;
  readonly asked: number;
  readonly own: boolean;
  readonly agreedBy: string | null;
  readonly until: string | null;
  readonly subjects: readonly string[];
}

export interface NamesData {
  readonly names: {
    readonly ok: boolean;
    readonly code: string | null;
    readonly until: string | null;
    readonly people: readonly {
      readonly subject: string;
      readonly identifiers: readonly { readonly holder: string; readonly type: string; readonly value: string }[];
    }[];
  } | null;
}

/** How a mutation answers. */
export type Done<Field extends string> = Readonly<
  Record<Field, { readonly ok: boolean; readonly code: string | null } | null>
>;
