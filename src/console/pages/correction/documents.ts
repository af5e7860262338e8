export const CORRECTION_DOCUMENT = `query Correction($input: CorrectionInput!) {
  correction(input: $input) {
    recipients {
      entry at partner practitioner role purpose delivered
      fields { holder field }
      notice { toldAt how partner recordedBy }
    }
  }
}`;

export const TOLD_DOCUMENT = `mutation RecordCorrection($input: RecordNoticeInput!) {
  recordNotice(input: $input) { ok code }
}`;

export const SAVED_DOCUMENT = `mutation RecordCorrectionExport($input: RecordExportInput!) {
  recordExport(input: $input) { ok code }
}`;

export interface Recipient {
  readonly entry: string;
  readonly at: string;
  readonly partner: string | null;
  readonly practitioner: string | null;
  readonly role: string | null;
  readonly purpose: string | null;
  readonly delivered: boolean;
  readonly fields: readonly { readonly holder: string; readonly field: string }[];
  readonly notice: {
    readonly toldAt: string;
    readonly how: string;
    readonly partner: string;
    readonly recordedBy: string | null;
  } | null;
}

export interface CorrectionData {
  readonly correction: { readonly recipients: readonly Recipient[] } | null;
}
