/** What a page needs of an entry to say who did what to whom, and whether they had an open reason. */
export const ACCESS = `id at kind outcome partner practitioner role purpose subject recipient breakGlass agreements classes
  withheld { field } explanation { explained kind text }`;

export const PERSON_DOCUMENT = `query Person($input: CaseFileInput!) {
  caseFile(input: $input) { entries { delivered entry { ${ACCESS} } } }
}`;

export interface Access {
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  readonly kind: string;
  readonly outcome: string | null;
  readonly partner: string | null;
  readonly practitioner: string | null;
  readonly role: string | null;
  readonly purpose: string | null;
  readonly subject: string | null;
  /** Another partner that was told it. */
  readonly recipient: string | null;
  readonly breakGlass: string | null;
  readonly agreements: readonly string[];
  readonly classes: readonly string[];
  readonly withheld: readonly { readonly field: string }[];
  /** Null where it was no look at somebody, and where the reader may not know of a reason. */
  readonly explanation: { readonly explained: boolean; readonly kind: string; readonly text: string } | null;
}

export interface PersonData {
  readonly caseFile: {
    readonly entries: readonly { readonly delivered: boolean; readonly entry: Access }[];
  } | null;
}
