/** How much of what may be written. Counted as people count: an accent or an emoji is one, what nobody sees is none. */
export interface TextBounds {
  readonly least: number;
  readonly most: number;
  /** Whether line breaks and tabs are writing. */
  readonly lines: boolean;
}

/** What is wrong with a text; the field is named, what was written is not. */
export function textProblems(field: string, text: string, { least, most, lines }: TextBounds): string[] {
  const length = [...text.trim()].length;
  const seen = [...text.replace(/\p{Cf}/gu, '').trim()].length;
  if (seen >= least && length <= most && !(lines ? NOT_WRITING : NOT_A_LINE).test(text)) return [];
  return [`"${field}" needs a text of ${least} to ${most} characters, without control characters.`];
}

// Half a character would not be kept as it is, and what turns letters round hides what is read.
const NOT_A_LINE = /\p{Cc}|\p{Cs}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const NOT_WRITING = /(?![\t\n\r])\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u;
