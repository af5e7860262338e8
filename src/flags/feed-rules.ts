import type { FlagRule, FlagsPolicy } from '../policy/practice.ts';
import { type Finding, isUnexplained, type Look, numberOf, type PractitionersDay } from './finding.ts';
import { counted } from './words.ts';

/**
 * Where most of those who do the same work at a partner had no open reason on one day, it is likely that what says who holds
 * whom was late or wrong: that is looked into, and not the staff. Own records, interests, numbers in order and the like
 * stay what they are.
 */
export function feedFindings(days: readonly PractitionersDay[], policy: FlagsPolicy): Finding[] {
  return [...Map.groupBy(days, ({ account, role }) => `${account.partner}\n${role}`).values()].flatMap((team) => [
    ...ofTeam('FEED_UNEXPLAINED', team, isUnexplained, UNEXPLAINED, policy),
    ...ofTeam('FEED_BREAK_GLASS', team, ({ kind }) => kind === 'break-glass', BREAK_GLASS, policy),
  ]);
}

const UNEXPLAINED: readonly FlagRule[] = ['NO_EXPLANATION', 'AFTER_END', 'MANY_STAFF'];
const BREAK_GLASS: readonly FlagRule[] = ['REPEATED_BREAK_GLASS'];

function ofTeam(
  rule: 'FEED_UNEXPLAINED' | 'FEED_BREAK_GLASS',
  team: readonly PractitionersDay[],
  counts: (look: Look) => boolean,
  replaced: readonly FlagRule[],
  policy: FlagsPolicy,
): Finding[] {
  const [first] = team;
  const relationship = first && policy.feeds.get(first.role);
  const concerned = team.filter(({ looks }) => looks.some(counts));
  const percent = (concerned.length / team.length) * 100;
  if (!relationship || concerned.length < numberOf(policy, rule, 'staff')) return [];
  if (percent < numberOf(policy, rule, 'percent')) return [];
  const looks = concerned.flatMap((day) => day.looks.filter(counts));
  const people = new Set(looks.map(({ subject }) => subject)).size;
  // Many who look for one person are drawn by that person, and not by what a feed left out.
  if (people < concerned.length) return [];
  const names = new Set(concerned.map(({ account }) => account.practitioner));
  const { partner } = first.account;
  return [
    {
      rule,
      about: { kind: 'FEED', partner, relationship },
      subject: null,
      looks,
      figures: {
        staff: String(concerned.length),
        active: String(team.length),
        looks: counted(looks.length, 'look-up'),
        people: counted(people, 'person', 'people'),
      },
      evidence: [
        `They are ${Math.round(percent)} of 100 of those with the role ${first.role} at ${partner} who looked anybody up.`,
        'Flags that these accesses would have been for the practitioners are left out.',
      ],
      standsFor: ({ rule: other, about }) =>
        replaced.includes(other) &&
        about.kind === 'PRACTITIONER' &&
        about.partner === partner &&
        names.has(about.practitioner),
    },
  ];
}
