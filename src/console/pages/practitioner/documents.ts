import { ACCESS, type Access } from '../person/documents.ts';

export const PRACTITIONER_DOCUMENT = `query Practitioner($filter: LogFilter!, $first: Int, $after: ID) {
  logEntries(filter: $filter, first: $first, after: $after) { entries { ${ACCESS} } hasNextPage endCursor }
}`;

export interface PractitionerData {
  readonly logEntries: {
    readonly entries: readonly Access[];
    readonly hasNextPage: boolean;
    readonly endCursor: string | null;
  } | null;
}
