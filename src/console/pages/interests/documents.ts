const FIELDS = `reference practitioner kind from until state declaredAt decidedBy decidedAt subject whyNot version`;

export const INTERESTS_DOCUMENT = `query DeclaredInterests {
  waiting: declaredInterests(list: WAITING, first: 500) { ${FIELDS} }
  all: declaredInterests(list: ALL, first: 200) { ${FIELDS} }
}`;

export const CONFIRM_DOCUMENT = `mutation ConfirmInterest($input: ConfirmInterestInput!) {
  confirmInterest(input: $input) { ok code }
}`;

export const DECLARE_DOCUMENT = `mutation DeclareInterest($input: DeclareInterestInput!) {
  declareInterest(input: $input) { ok code }
}`;

export interface Interest {
  readonly reference: string;
  readonly practitioner: string;
  readonly kind: string;
  readonly from: string;
  readonly until: string | null;
  readonly state: string;
  readonly declaredAt: string;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly subject: string | null;
  readonly whyNot: string | null;
  readonly version: number;
}

/** Null to the lead: a partner's own officers confirm what its staff declare. */
export interface InterestsData {
  readonly waiting: readonly Interest[] | null;
  readonly all: readonly Interest[] | null;
}

export interface ConfirmData {
  readonly confirmInterest: { readonly ok: boolean; readonly code: string | null } | null;
}

export interface DeclareData {
  readonly declareInterest: { readonly ok: boolean; readonly code: string | null } | null;
}
