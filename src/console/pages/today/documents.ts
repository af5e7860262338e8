const QUEUE = `
  workItems(first: 100) { kind reference openedAt dueAt review { practitioner reason } }
  tellings(list: WAITING, first: 100) { entry recipient at dueAt }
  nameRequests { reference askedBy askedAt asked own agreedBy }
  flagCases(list: OPEN, first: 100) { hasNextPage cases { reference partner practitioner summary openedAt dueAt state barred } }
  subjectRequests(list: OPEN, first: 100) { reference partner kind receivedOn dueOn }
  restrictionHealth {
    owner state asOf staleSince freshnessHours problem unreadable unresolved ring { name telephone hours }
  }
  logFigures(from: $from, to: $to, by: MONTH) { upTo rows { measure partner key dataClass count } }`;

/** What waits for the lead. */
export const LEAD_DOCUMENT = `query TodayOfLead($from: Date!, $to: Date!) {${QUEUE}
}`;

/** What waits for an officer: interests that staff declared are their own partner's to confirm. */
export const OFFICER_DOCUMENT = `query TodayOfOfficer($from: Date!, $to: Date!) {${QUEUE}
  declaredInterests(list: WAITING, first: 100) { reference practitioner declaredAt }
}`;

export const ACKNOWLEDGE_DOCUMENT = `mutation AcknowledgeWorkItem($input: AcknowledgeWorkItemInput!) {
  acknowledgeWorkItem(input: $input) { ok code }
}`;

export interface TodayData {
  readonly workItems: readonly {
    kind: string;
    reference: string;
    openedAt: string;
    dueAt: string;
    review: { practitioner: string; reason: string } | null;
  }[];
  readonly tellings: readonly { entry: string; recipient: string; at: string; dueAt: string }[];
  readonly nameRequests: readonly {
    reference: string;
    askedBy: string;
    askedAt: string;
    asked: number;
    own: boolean;
    agreedBy: string | null;
  }[];
  readonly flagCases: {
    readonly hasNextPage: boolean;
    readonly cases: readonly {
      reference: string;
      partner: string | null;
      practitioner: string | null;
      summary: string;
      openedAt: string;
      dueAt: string;
      state: string;
      barred: string | null;
    }[];
  };
  readonly subjectRequests: readonly {
    reference: string;
    partner: string;
    kind: string;
    receivedOn: string;
    dueOn: string;
  }[];
  readonly restrictionHealth: readonly Health[];
  readonly logFigures: { readonly upTo: string | null; readonly rows: readonly Figure[] };
  readonly declaredInterests?: readonly { reference: string; practitioner: string; declaredAt: string }[];
}

/** A row of `logFigures`. */
export interface Figure {
  readonly measure: string;
  readonly partner: string;
  readonly key: string;
  readonly dataClass: string | null;
  readonly count: number;
}

/** How one owner's list of restrictions comes. */
export interface Health {
  readonly owner: string;
  readonly state: 'FRESH' | 'STALE' | 'REFUSED' | 'NEVER';
  readonly asOf: string | null;
  readonly staleSince: string | null;
  readonly freshnessHours: number;
  readonly problem: string | null;
  readonly unreadable: number | null;
  readonly unresolved: number | null;
  readonly ring: { readonly name: string; readonly telephone: string; readonly hours: string };
}
