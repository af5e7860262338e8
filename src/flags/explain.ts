import type { ExplainsPolicy, FlagsPolicy } from '../policy/practice.ts';
import { addDays } from '../record/day.ts';
import { covers, type Day, type Standing } from '../record/facts.ts';
import type { Access, Explanation, Held } from './types.ts';
import { dayInWords } from './words.ts';

/**
 * Whether the practitioner had an open reason that day: held by themselves, by a team that they were on duty for or, where
 * policy says so, in, or by a colleague whom they covered. What they asserted themselves is none (SHARE-10). What the log
 * says to have carried the purpose is one too, though a feed may have ended it since, and back to before that day.
 * @param held of the access's practitioner with its subject, whatever the dates, in any order
 */
export function explain(
  access: Access,
  held: readonly Held[],
  { explains }: Pick<FlagsPolicy, 'explains'>,
): Explanation {
  const known = held.flatMap((each) => {
    const policy = explains.get(each.type);
    return policy && isTheirs(access, each) ? [{ ...each, policy }] : [];
  });
  const [open] = known.filter((each) => isOpen(each, access.day)).sort(bestFirst);
  if (open) return { explained: true, kind: kindOf(open), text: openText(open, access.day) };

  const logged = access.relationship;
  const byLog = logged && explains.get(logged.type);
  // A colleague's person stays a colleague's, whatever policy lets a team open.
  const isColleagues = known.some(
    ({ type, evidence, standing }) => type === logged?.type && evidence === logged.evidence && standing === 'TEAM',
  );
  if (byLog && !isColleagues && isTheirs(access, { ...access, ...logged })) {
    return {
      explained: true,
      kind: byLog.as,
      text: `When they looked, there was ${byLog.words} (${logged.evidence}).`,
    };
  }
  if (access.breakGlass !== null || access.kind === 'break-glass') return UNDER_BREAK_GLASS;
  return { explained: false, kind: 'NONE', text: noneText(known, access.day) };
}

type Known = Held & { readonly policy: ExplainsPolicy };

/** Until when it counts, grace included; null for no end. */
export function countsUntil(
  { until }: Pick<Held, 'until'>,
  { graceDays }: Pick<ExplainsPolicy, 'graceDays'>,
): Day | null {
  return until === null ? null : addDays(until, graceDays);
}

function isTheirs(
  { partner, practitioner }: Access,
  held: Pick<Held, 'partner' | 'practitioner' | 'assertedBy'>,
): boolean {
  const isOwnWord = held.assertedBy === practitioner || held.assertedBy === `${partner}/${practitioner}`;
  return held.partner === partner && held.practitioner === practitioner && !isOwnWord;
}

function isOpen(each: Known, day: Day): boolean {
  if (!covers({ from: each.from, until: countsUntil(each, each.policy) }, day)) return false;
  if (each.standing !== 'TEAM' || each.policy.members === 'everyone') return true;
  return !each.heldAlone.some((span) => covers(span, day));
}

const ORDER: readonly Standing[] = ['SELF', 'DUTY', 'COVER', 'TEAM'];

function bestFirst(one: Known, other: Known): number {
  const order = ORDER.indexOf(one.standing) - ORDER.indexOf(other.standing);
  return order || compare(keyOf(one), keyOf(other));
}

function keyOf({ type, from, evidence }: Known): string {
  return [type, from, evidence].join('\n');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function kindOf({ standing, policy }: Known): Explanation['kind'] {
  if (standing === 'COVER') return 'COVER';
  const isOfTeam = standing === 'DUTY' || (standing === 'TEAM' && policy.members === 'nobody-alone');
  return isOfTeam ? 'TEAM_ON_DUTY' : policy.as;
}

const HOLDERS: Readonly<Record<Standing, string>> = {
  SELF: 'They had',
  DUTY: 'They were on duty for a team that had',
  COVER: 'They covered for a colleague who had',
  TEAM: 'They were in a team that had',
};

function openText(open: Known, day: Day): string {
  const graced =
    open.until !== null && open.until < day ? `; it ended on ${dayInWords(open.until)} and still counts` : '';
  return `${HOLDERS[open.standing]} ${open.policy.words} (${open.evidence}), from ${dayInWords(open.from)}${graced}.`;
}

const UNDER_BREAK_GLASS: Explanation = {
  explained: false,
  kind: 'BREAK_GLASS',
  text: 'There was no open reason: it was by break-glass, which is reviewed by itself.',
};

function noneText(known: readonly Known[], day: Day): string {
  const none = 'No allocation, duty, cover, referral, check or appointment was open that day';
  const ended = known.filter(({ until }) => until !== null && until < day);
  const [last] = ended.sort((one, other) => compare(other.until ?? '', one.until ?? '') || bestFirst(one, other));
  return last?.until
    ? `${none}; ${last.policy.words} (${last.evidence}) had ended on ${dayInWords(last.until)}.`
    : `${none}.`;
}
