import { covers, type Day, type Restriction, type SubjectFacts } from '../record/facts.ts';
import { pass, type Reason, refuse } from './gates.ts';

/** Whom a restriction is judged for: a practitioner's account with their teams, or the desk a message goes to. */
export interface Reader {
  readonly partner: string;
  /** `<partner>/<practitioner>`, or null for a desk. */
  readonly account: string | null;
  /** `<partner>/<team>` */
  readonly teams: readonly string[];
}

/**
 * SHARE-06: binds everyone. A restriction opens only by name or listed desk; an exclusion closes by name, and closes a
 * partner whole while a name there is unresolved. One that cannot be read closes the person.
 */
export function restrictionReasons(
  { restrictions, interests }: Pick<SubjectFacts, 'restrictions' | 'interests'>,
  reader: Reader,
  day: Day,
): readonly Reason[] {
  if (interests.length === 0 && restrictions.length === 0) return NONE;
  const reasons = [
    ...interests.filter((interest) => covers(interest, day)).map(({ type }) => refuse('restriction', type)),
    ...restrictions.filter((restriction) => covers(restriction, day)).map((each) => judge(each, reader)),
  ];
  return reasons.length > 0 ? reasons : NONE;
}

const NONE = [pass('restriction', 'NONE')];

function judge({ type, owner, accounts, desks, unresolved }: Restriction, reader: Reader): Reason {
  if (accounts === null) return refuse('restriction', 'UNREADABLE', owner);
  const named = reader.account !== null && accounts.includes(reader.account);
  switch (type) {
    case 'RESTRICTION':
      if (named) return pass('restriction', 'LISTED', owner);
      return reader.teams.some((team) => desks.includes(team))
        ? pass('restriction', 'LISTED_DESK', owner)
        : refuse('restriction', 'RESTRICTED', owner);
    case 'EXCLUSION':
      if (named) return refuse('restriction', 'EXCLUDED', owner);
      return unresolved.includes(reader.partner)
        ? refuse('restriction', 'UNRESOLVED_NAME', owner)
        : pass('restriction', 'NOT_NAMED', owner);
    default:
      // A kind this code does not know closes the person.
      return refuse('restriction', 'UNKNOWN_RESTRICTION', owner);
  }
}
