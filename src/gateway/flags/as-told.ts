import type { Logged } from '../../audit/logged.ts';
import { isOthersRestriction } from '../../audit/reading.ts';
import { explain } from '../../flags/explain.ts';
import type { Access, Explanation } from '../../flags/types.ts';
import type { FlagsPolicy } from '../../policy/practice.ts';

/*
 * Flags about a practitioner are for their own officer, who reads what the practitioner was told and no more (AUDIT-03,
 * SHARE-04). So rules are given no more: whatever they made of the rest, would tell of it.
 */

/** Of what was withheld, what was told, under the code that was told. */
export function asTold(entry: Logged): Logged {
  const withheld = entry.withheld.flatMap((each) =>
    each.told === null ? [] : [{ ...each, reason: { ...each.reason, gate: each.told } }],
  );
  return { ...entry, withheld };
}

/**
 * A stranger to the practitioner's partner, when nothing was shown, is like a number that names nobody.
 * @param isKnown whether the partner ever had a number or a reason of its own for the person
 */
export function withoutStranger(access: Access, isKnown: boolean): Access {
  return access.shown || isKnown || access.kind === 'break-glass' ? access : { ...access, reasons: NOBODY };
}

/** To the owner of a restriction another partner's practitioner is in no flag for a tie, which is that partner's to know. */
export function withoutTies(access: Access, owner: string): Access {
  if (access.partner === owner) return access;
  return { ...access, reasons: access.reasons.filter((reason) => !isOthersRestriction(reason, owner)) };
}

/**
 * What another partner than the practitioner's own reads of it: by what they looked, which the log tells it too, and else
 * no more than whether there was a reason. Of what else they have to do with the person it may not know.
 */
export function asOthersRead(access: Access, full: Explanation, policy: Pick<FlagsPolicy, 'explains'>): Explanation {
  if (full.kind === 'BREAK_GLASS') return full;
  if (!full.explained) return { ...full, text: 'No open reason was found for that day.' };
  const logged = explain(access, [], policy);
  return logged.explained
    ? logged
    : { ...full, text: 'There was an open reason that day, which their own partner knows.' };
}

const NOBODY: Access['reasons'] = [{ gate: 'relationship', outcome: 'refuse', code: 'UNKNOWN', ref: null }];
