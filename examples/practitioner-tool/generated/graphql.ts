/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AccessNeed =
  | 'BRITISH_SIGN_LANGUAGE'
  | 'GROUND_FLOOR'
  | 'HEARING_LOOP'
  | 'LARGE_PRINT'
  | 'QUIET_ROOM'
  | 'STEP_FREE';

export type AnswerReferralInput = {
  accepts: boolean;
  expectedVersion: number;
  idempotencyKey: string | number;
  /** `ReferralPack.id` */
  pack: string | number;
  /** Of a refusal: a code of `policies/referrals.yaml`. */
  reason?: string | null | undefined;
  /** In 10 to 500 characters; a refusal needs it. */
  text?: string | null | undefined;
};

export type AnswerRequestInput = {
  expectedVersion: number;
  /** Only with `INFORMATION`, which needs findings or a narrative. */
  findings?: Array<CheckFindingInput> | null | undefined;
  /** `OFFICIAL-SENSITIVE` unless it says `OFFICIAL`. */
  handling?: string | null | undefined;
  idempotencyKey: string | number;
  mayBeTold?: boolean | null | undefined;
  /** At most 4,000 characters. */
  narrative?: string | null | undefined;
  outcome: CheckOutcome;
  /** Of `UNABLE`: a code of `policies/checks.yaml`. With any other outcome there is none. */
  reason?: string | null | undefined;
  request: string | number;
  /** At least one, but for `UNABLE`. */
  searched: Array<CheckSearchInput>;
};

export type CheckAddressInput = {
  kind: CheckAddressKind;
  line: string;
  postcode: string;
  town?: string | null | undefined;
};

export type CheckAddressKind =
  /** Where a child lives or is found. */
  | 'CHILD'
  | 'CURFEW'
  | 'HOME'
  | 'PARTNER'
  | 'RELEASE';

export type CheckAdultInput = {
  dateOfBirth?: string | null | undefined;
  name: string;
  relationship: string;
};

export type CheckChildInput = {
  dateOfBirth?: string | null | undefined;
  name?: string | null | undefined;
  relationship: string;
};

export type CheckFindingAbout =
  | 'ADDRESS'
  | 'ADULT'
  | 'CHILD'
  | 'PERSON';

export type CheckFindingInput = {
  about: CheckFindingAbout;
  code: string;
  on?: string | null | undefined;
};

export type CheckMatch =
  | 'CONFIRMED'
  | 'NONE'
  | 'PROBABLE';

export type CheckOutcome =
  | 'INFORMATION'
  /** Searched, found the person or the address, and holds nothing that was asked for. Only this is a nil return. */
  | 'NIL'
  /** Nobody was found. Not a nil return. */
  | 'NO_TRACE'
  /** Could not be answered: see `reason`. Not a nil return. */
  | 'UNABLE';

export type CheckRequestState =
  | 'ACKNOWLEDGED'
  /** Chased, and not yet answered. */
  | 'CHASED'
  /** No answer came in time, or the answer is too old for the day of release. */
  | 'EXPIRED'
  /**
   * Could not be told, so nobody there was asked: ring the desk. Not a nil return; a manager must accept it. Asked again, it
   * is asked as soon as it may be told.
   */
  | 'NOT_ASKED'
  | 'REQUESTED'
  | 'RETURNED'
  | 'SUPERSEDED'
  | 'WITHDRAWN';

export type CheckSearchInput = {
  by: CheckSearchKey;
  match: CheckMatch;
  system: string;
};

export type CheckSearchKey =
  | 'ADDRESS'
  | 'CONFIRMED_NUMBER'
  | 'NAME_AND_DATE_OF_BIRTH';

export type CheckState =
  /** Something asked has not come back. */
  | 'ASKED'
  /** Decided; a manager must countersign or accept, or an answer is too old for the day of release. */
  | 'CONSIDERED'
  /** Decided, and countersigned where that is needed. */
  | 'DONE'
  /** Held until a person decides: see `held`. */
  | 'HELD'
  /** Everything asked came back, or was accepted as it is; nobody has decided yet. */
  | 'RETURNED'
  | 'WITHDRAWN';

export type CheckType =
  | 'CHILDRENS_SERVICES'
  | 'DOMESTIC_ABUSE';

export type GapSeverity =
  | 'AMBER'
  | 'GREEN'
  | 'RED';

export type PlacementCondition =
  | 'CURFEW_AT_ADDRESS'
  | 'GROUND_FLOOR_NEEDED'
  | 'NOT_IN_SPECIFIED_DISTRICT'
  | 'NO_CHILDREN_IN_HOUSEHOLD'
  | 'NO_LONE_STAFF'
  | 'NO_SHARED_BEDROOM'
  | 'SINGLE_SEX';

export type ReferralState =
  | 'ACCEPTED'
  /** Another was sent, or the day passed. */
  | 'ENDED'
  | 'REFUSED'
  | 'SENT';

export type RequestChecksInput = {
  /** As in `BreakGlassInput`, for all of it. */
  idempotencyKey: string | number;
  /** From 1 to 200. Each has a result of its own. */
  people: Array<RequestChecksPersonInput>;
};

export type RequestChecksPersonInput = {
  /** Left out: the release address as the accommodation section has it. */
  addresses?: Array<CheckAddressInput> | null | undefined;
  adults?: Array<CheckAdultInput> | null | undefined;
  children?: Array<CheckChildInput> | null | undefined;
  /**
   * Left out, with no child named, a children's authority is told that children are believed to be there: not to know is
   * no reason not to ask.
   */
  childrenBelievedPresent?: boolean | null | undefined;
  /** To say more than the standing question, in 10 to 500 characters. */
  more?: string | null | undefined;
  /** The opaque id of the person. */
  person: string | number;
  /** Left out: the release date as the prison has it. Not in the past. */
  release?: string | null | undefined;
  /** At a border, or where the area table names nobody: codes of the partners to ask, besides those that it names. */
  responders?: Array<string> | null | undefined;
  /** Left out: every type that the policy asks before a release. */
  types?: Array<CheckType> | null | undefined;
};

export type SendReferralPackInput = {
  /** Not in the past. */
  arrivesAt: string;
  broughtBy: string;
  idempotencyKey: string | number;
  /** The opaque id of the person. */
  person: string | number;
  /** The code of the partner that is asked to take them. */
  provider: string;
};

export type ReleasesQueryVariables = Exact<{
  from: string;
  to: string;
  first: number;
  after?: string | null | undefined;
}>;


export type ReleasesQuery = { releases: { edges: Array<{ node: { id: string, identity: { name: string | null } | null, custody: { releaseDate: string | null } | null, sections: Array<{ section: string, asOf: string | null }>, gaps: { nothingMissing: boolean, items: Array<{ rule: string, words: string, severity: GapSeverity, dueOn: string | null, asOf: string | null, owner: { role: string, name: string | null, telephone: string, hours: string | null }, dates: Array<{ what: string, on: string }>, acknowledged: { by: string } | null }>, notLooked: Array<{ rule: string, why: string, holder: string | null }> } | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type OpenChecksQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type OpenChecksQuery = { checks: { edges: Array<{ node: { type: CheckType, state: CheckState | null, person: { id: string, identity: { name: string | null } | null } | null, requests: Array<{ responder: string, state: CheckRequestState, requestedAt: string, breachAt: string | null, overdue: boolean, returnedAt: string | null, closed: string | null, desk: { telephone: string } | null, answer: { outcome: CheckOutcome, reason: string | null, narrative: string | null, automatic: boolean, findings: Array<{ code: string }> | null, searched: Array<{ system: string, match: CheckMatch }> } | null }> | null } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

export type AskChecksMutationVariables = Exact<{
  input: RequestChecksInput;
}>;


export type AskChecksMutation = { requestChecks: { ok: boolean, code: string | null, results: Array<{ person: string, ok: boolean, code: string | null, checks: Array<{ type: CheckType, requests: Array<{ responder: string, state: CheckRequestState }> | null }>, choices: Array<{ district: string, responders: Array<string> }>, notAsked: Array<{ responder: string, desk: { telephone: string } | null }> }> } | null };

export type SendPackMutationVariables = Exact<{
  input: SendReferralPackInput;
}>;


export type SendPackMutation = { sendReferralPack: { ok: boolean, code: string | null } | null };

export type SentPacksQueryVariables = Exact<{ [key: string]: never; }>;


export type SentPacksQuery = { referralPack: { edges: Array<{ node: { provider: string, state: ReferralState, arrivesAt: string, answeredAt: string | null, sentAt: string, reason: string | null, text: string | null, person: { id: string, identity: { name: string | null } | null } | null } | null }> } | null };

export type WhatChangedQueryVariables = Exact<{
  since?: string | null | undefined;
}>;


export type WhatChangedQuery = { changes: { more: boolean, next: string, items: Array<{ kind: string, at: string, person: string }> } | null };

export type DeskQueryVariables = Exact<{ [key: string]: never; }>;


export type DeskQuery = { checks: { totalCount: number | null, edges: Array<{ node: { type: CheckType, requests: Array<{ id: string, version: number, requestedAt: string, targetAt: string | null, overdue: boolean, closed: string | null, told: { name: string | null, dateOfBirth: string | null, release: string | null, childrenBelievedPresent: boolean | null, question: string | null, more: string | null, addresses: Array<{ kind: CheckAddressKind, line: string, town: string | null, postcode: string }> | null, adults: Array<{ name: string, dateOfBirth: string | null, relationship: string }> | null, children: Array<{ name: string | null, dateOfBirth: string | null, relationship: string }> | null } | null }> | null } | null }> } | null };

export type AnswerMutationVariables = Exact<{
  input: AnswerRequestInput;
}>;


export type AnswerMutation = { answerRequest: { ok: boolean, code: string | null, allowedNow: Array<string> } | null };

export type PacksQueryVariables = Exact<{ [key: string]: never; }>;


export type PacksQuery = { referralPack: { totalCount: number | null, edges: Array<{ node: { id: string, sentAt: string, arrivesAt: string, broughtBy: string, version: number, contacts: Array<{ hours: string, name: string, telephone: string }>, person: { identity: { name: string | null, accessNeeds: Array<AccessNeed> | null } | null, supervision: { placementConditions: Array<PlacementCondition> | null } | null, risk: { riskToStaff: boolean | null } | null, sections: Array<{ section: string, asOf: string | null }> } | null } | null }> } | null };

export type AnswerPackMutationVariables = Exact<{
  input: AnswerReferralInput;
}>;


export type AnswerPackMutation = { answerReferral: { ok: boolean, code: string | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const ReleasesDocument = new TypedDocumentString(`
    query Releases($from: Date!, $to: Date!, $first: Int!, $after: String) {
  releases(from: $from, to: $to, orderBy: SEVERITY, first: $first, after: $after) {
    edges {
      node {
        id
        identity {
          name
        }
        custody {
          releaseDate
        }
        sections {
          section
          asOf
        }
        gaps {
          items {
            rule
            words
            severity
            dueOn
            asOf
            owner {
              role
              name
              telephone
              hours
            }
            dates {
              what
              on
            }
            acknowledged {
              by
            }
          }
          notLooked {
            rule
            why
            holder
          }
          nothingMissing
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ReleasesQuery, ReleasesQueryVariables>;
export const OpenChecksDocument = new TypedDocumentString(`
    query OpenChecks($after: String) {
  checks(list: MINE, first: 100, after: $after) {
    edges {
      node {
        type
        state
        person {
          id
          identity {
            name
          }
        }
        requests {
          responder
          state
          requestedAt
          breachAt
          overdue
          returnedAt
          closed
          desk {
            telephone
          }
          answer {
            outcome
            reason
            narrative
            automatic
            findings {
              code
            }
            searched {
              system
              match
            }
          }
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<OpenChecksQuery, OpenChecksQueryVariables>;
export const AskChecksDocument = new TypedDocumentString(`
    mutation AskChecks($input: RequestChecksInput!) {
  requestChecks(input: $input) {
    ok
    code
    results {
      person
      ok
      code
      checks {
        type
        requests {
          responder
          state
        }
      }
      choices {
        district
        responders
      }
      notAsked {
        responder
        desk {
          telephone
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AskChecksMutation, AskChecksMutationVariables>;
export const SendPackDocument = new TypedDocumentString(`
    mutation SendPack($input: SendReferralPackInput!) {
  sendReferralPack(input: $input) {
    ok
    code
  }
}
    `) as unknown as TypedDocumentString<SendPackMutation, SendPackMutationVariables>;
export const SentPacksDocument = new TypedDocumentString(`
    query SentPacks {
  referralPack(list: MINE, first: 100) {
    edges {
      node {
        provider
        state
        arrivesAt
        answeredAt
        sentAt
        reason
        text
        person {
          id
          identity {
            name
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SentPacksQuery, SentPacksQueryVariables>;
export const WhatChangedDocument = new TypedDocumentString(`
    query WhatChanged($since: String) {
  changes(since: $since, first: 500) {
    items {
      kind
      at
      person
    }
    more
    next
  }
}
    `) as unknown as TypedDocumentString<WhatChangedQuery, WhatChangedQueryVariables>;
export const DeskDocument = new TypedDocumentString(`
    query Desk {
  checks(list: AWAITING_MY_ANSWER, first: 100) {
    edges {
      node {
        type
        requests {
          id
          version
          requestedAt
          targetAt
          overdue
          closed
          told {
            name
            dateOfBirth
            release
            childrenBelievedPresent
            question
            more
            addresses {
              kind
              line
              town
              postcode
            }
            adults {
              name
              dateOfBirth
              relationship
            }
            children {
              name
              dateOfBirth
              relationship
            }
          }
        }
      }
    }
    totalCount
  }
}
    `) as unknown as TypedDocumentString<DeskQuery, DeskQueryVariables>;
export const AnswerDocument = new TypedDocumentString(`
    mutation Answer($input: AnswerRequestInput!) {
  answerRequest(input: $input) {
    ok
    code
    allowedNow
  }
}
    `) as unknown as TypedDocumentString<AnswerMutation, AnswerMutationVariables>;
export const PacksDocument = new TypedDocumentString(`
    query Packs {
  referralPack(list: AWAITING_MY_ANSWER, first: 100) {
    edges {
      node {
        id
        sentAt
        arrivesAt
        broughtBy
        version
        contacts {
          hours
          name
          telephone
        }
        person {
          identity {
            name
            accessNeeds
          }
          supervision {
            placementConditions
          }
          risk {
            riskToStaff
          }
          sections {
            section
            asOf
          }
        }
      }
    }
    totalCount
  }
}
    `) as unknown as TypedDocumentString<PacksQuery, PacksQueryVariables>;
export const AnswerPackDocument = new TypedDocumentString(`
    mutation AnswerPack($input: AnswerReferralInput!) {
  answerReferral(input: $input) {
    ok
    code
  }
}
    `) as unknown as TypedDocumentString<AnswerPackMutation, AnswerPackMutationVariables>;