const REVIEWS = `reviews: workItems(kind: "BREAK_GLASS_REVIEW", first: 100) {
  reference openedAt dueAt
  review { partner practitioner role purpose reason text until version whyNot shown { holder classes } }
}`;

export const REVIEWS_DOCUMENT = `query BreakGlassReviews { ${REVIEWS} }`;

const CLOSED = `closedBreakGlassReviews(first: 100) {
  reference partner practitioner reason granted openedAt dueAt closedAt reviewer outcome text
}`;

/** The lead has no data of its own that could have been shown. */
export const LEAD_QUEUE_DOCUMENT = `query BreakGlass { ${REVIEWS} ${CLOSED} }`;

export const QUEUE_DOCUMENT = `query BreakGlass {
  ${REVIEWS}
  ${CLOSED}
  disclosed: workItems(kind: "BREAK_GLASS_DISCLOSED", first: 100) { reference openedAt dueAt }
}`;

/** What was read of the officer's own partner's data in one request. */
export const DISCLOSED_DOCUMENT = `query Disclosed($filter: LogFilter!) {
  logEntries(filter: $filter, first: 20) { entries { id partner practitioner role released } }
}`;

export const CLOSE_DOCUMENT = `mutation CloseReview($input: CloseBreakGlassReviewInput!) {
  closeBreakGlassReview(input: $input) { ok code }
}`;

export const ACKNOWLEDGE_DOCUMENT = `mutation Acknowledge($input: AcknowledgeWorkItemInput!) {
  acknowledgeWorkItem(input: $input) { ok code }
}`;

export interface Item {
  readonly reference: string;
  readonly openedAt: string;
  readonly dueAt: string;
}

export interface ReviewItem extends Item {
  readonly review: {
    readonly partner: string;
    readonly practitioner: string;
    readonly role: string;
    readonly purpose: string;
    readonly reason: string;
    readonly text: string | null;
    readonly until: string | null;
    readonly version: number;
    readonly whyNot: string | null;
    readonly shown: readonly { readonly holder: string; readonly classes: readonly string[] }[];
  } | null;
}

export interface ReviewsData {
  readonly reviews: readonly ReviewItem[];
}

export interface QueueData extends ReviewsData {
  readonly closedBreakGlassReviews: readonly {
    readonly reference: string;
    readonly partner: string;
    readonly practitioner: string;
    readonly reason: string;
    readonly granted: boolean;
    readonly openedAt: string;
    readonly dueAt: string;
    readonly closedAt: string;
    readonly reviewer: string;
    readonly outcome: string;
    readonly text: string | null;
  }[];
  readonly disclosed?: readonly Item[];
}

export interface DisclosedEntry {
  readonly id: string;
  readonly partner: string | null;
  readonly practitioner: string | null;
  readonly role: string | null;
  /** `holder|Type.field`. */
  readonly released: readonly string[];
}

export interface DisclosedData {
  readonly logEntries: { readonly entries: readonly DisclosedEntry[] } | null;
}
