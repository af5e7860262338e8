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
   * Relationships come back when they are held by the principal, by a team the principal belongs to or is on duty for
   * on `day`, or by a colleague whom the principal covers then. Interests and break-glass are the principal's own, the
   * latter when it was in force on `day` or since the day before. All other facts come back whatever their dates:
   * deciding is not the store's business.
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
  /**
   * Notes that the principal asked about these references on the day, and answers how many different ones that makes
   * that day. Known and unknown ones count alike.
   * @param references keyed hashes of what was asked: no identifier is kept
   * @throws GatewayError STORE_UNAVAILABLE
   */
  asked(principal: Principal, day: Day, references: readonly Uint8Array[]): Promise<number>;
}
