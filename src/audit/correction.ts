import { isDelivered } from './case-file.ts';
import { coordinateOf, holderOf, type Read } from './reading.ts';

/** One answer that carried what some holders hold of the wrong person. */
export interface Misled {
  /** The id of the entry that says so. */
  readonly entry: string;
  readonly at: string;
  readonly requestId: string | null;
  readonly partner: string | null;
  readonly practitioner: string | null;
  readonly role: string | null;
  readonly purpose: string | null;
  /** Which of the holders' fields it carried. */
  readonly fields: readonly { readonly holder: string; readonly field: string }[];
  readonly delivered: boolean;
}

/**
 * Two people were joined by mistake: who received fields of the holders that knew the wrong one.
 * @param reads about the person who stood for both, in the order of the log
 * @param holders codes of those whose link was the mistake
 * @param lost ids of the requests whose answer did not reach the caller
 */
export function correction(
  reads: readonly Read[],
  holders: ReadonlySet<string>,
  lost: ReadonlySet<string>,
): readonly Misled[] {
  return reads.flatMap((read) => {
    if (read.outcome !== 'shown') return [];
    const fields = read.released.flatMap((released) => {
      const holder = holderOf(released);
      return holder !== null && holders.has(holder) ? [{ holder, field: coordinateOf(released) }] : [];
    });
    if (fields.length === 0) return [];
    const { id: entry, at, requestId, purpose } = read;
    // Another partner that was told has nobody here who asked.
    const told =
      read.recipient === null ? read.actor : { partner: read.recipient.partner, practitioner: null, role: null };
    const { partner = null, practitioner = null, role = null } = told ?? {};
    return [{ entry, at, requestId, partner, practitioner, role, purpose, fields, delivered: isDelivered(read, lost) }];
  });
}
