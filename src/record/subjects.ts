import type { Day, SubjectFacts } from './facts.ts';
import type { Principal } from './principal.ts';

/** How a caller named a person. `holder` narrows a type of identifier that each holder issues for itself. */
export type SubjectReference =
  | { readonly by: 'id'; readonly value: string }
  | {
      readonly by: 'identifier';
      readonly type: string;
      readonly value: string;
      readonly holder: string | null;
      /** A link with less confidence names nobody: the number may be somebody else's. */
      readonly confidence: number;
    };

/**
 * The port through which the gateway reads what it knows of people.
 * Every method does the same work for a person who does not exist as for one who does.
 */
export interface Subjects {
  /**
   * One batched read: each reference's person and facts, or null where it names nobody, or more than one person.
   * Relationships come back when they are held by the principal, or by a team the principal belongs to or is on duty
   * for on `day`. They and all other facts come back whatever their dates: deciding is not the store's business.
   * @throws GatewayError STORE_UNAVAILABLE
   */
  read(principal: Principal, references: readonly SubjectReference[], day: Day): Promise<(SubjectFacts | null)[]>;
  /**
   * The people with whom the principal has a relationship of one of these types that has begun on `day` and did not end
   * before `endedSince`, in a stable order, at most `limit`, with their facts.
   */
  caseload(
    principal: Principal,
    types: readonly string[],
    span: { readonly day: Day; readonly endedSince: Day },
    limit: number,
  ): Promise<SubjectFacts[]>;
  /** The opaque ids by which a partner knows these people, made on first use. */
  opaqueIds(partner: string, people: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
