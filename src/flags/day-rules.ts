import type { FlagsPolicy, HoursPolicy } from '../policy/practice.ts';
import { daysBetween } from '../record/day.ts';
import { type Finding, finding, type Look, namesNobody, numberOf, type PractitionersDay } from './finding.ts';
import { figures, type Usual, usualOf } from './tally.ts';
import type { Surroundings } from './types.ts';
import { counted, timeOf, timesOf } from './words.ts';

/** What is usual at a partner for a role; null where too little is known. */
type OfPeers = (measure: 'accesses' | 'people', partner: string, role: string) => Usual | null;

/** What the whole of a practitioner's day gives. */
export function dayFindings(
  day: PractitionersDay,
  surroundings: Surroundings,
  ofPeers: OfPeers,
  policy: FlagsPolicy,
): Finding[] {
  return [
    ...refusedLookups(day, policy),
    ...sequential(day, surroundings, policy),
    ...outOfHours(day, surroundings, policy),
    ...volume(day, surroundings, ofPeers, policy),
    ...breadth(day, surroundings, ofPeers, policy),
    ...repeatedBreakGlass(day, surroundings, policy),
  ];
}

function refusedLookups({ account, looks: all }: PractitionersDay, policy: FlagsPolicy): Finding[] {
  const looks = all.filter(
    ({ alone, shown, kind, explanation }) => alone && !shown && kind !== 'break-glass' && !explanation.explained,
  );
  const people = peopleOf(looks);
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || people < numberOf(policy, 'REFUSED_LOOKUPS', 'people')) return [];
  const unknown = looks.filter(namesNobody).length;
  const told = {
    looks: counted(looks.length, 'look-up'),
    people: counted(people, 'person or number', 'people or numbers'),
    from: timeOf(first),
    to: timeOf(last),
  };
  const evidence = [`${unknown} of them named nobody whom their partner knows: a slip of the hand is one or two.`];
  return [finding('REFUSED_LOOKUPS', account, looks, told, { evidence })];
}

/** Numbers next to one another are few people's business: all but one of them were looked up without an open reason. */
function sequential(
  { account, looks }: PractitionersDay,
  { neighbours }: Surroundings,
  policy: FlagsPolicy,
): Finding[] {
  const run = numberOf(policy, 'SEQUENTIAL', 'run');
  const alone = looks.filter((look) => look.alone);
  // Neighbours are dear to find out, and most days have nothing unexplained.
  if (peopleOf(alone.filter(({ explanation }) => !explanation.explained)) < run - 1) return [];
  const groups = joined([...new Set(alone.map(({ subject }) => subject))], neighbours);
  return groups.flatMap((group) => {
    const theirs = alone.filter(({ subject }) => group.has(subject));
    const unexplained = peopleOf(theirs.filter(({ explanation }) => !explanation.explained));
    const [first, last] = [theirs[0], theirs.at(-1)];
    if (first === undefined || last === undefined || group.size < run || unexplained < run - 1) return [];
    const told = {
      people: counted(group.size, 'person or number', 'people or numbers'),
      from: timeOf(first),
      to: timeOf(last),
    };
    const evidence = [`For ${unexplained} of them there was no open reason that day.`];
    return [finding('SEQUENTIAL', account, theirs, told, { subject: first.subject, evidence })];
  });
}

/** Those that are next to one another, in groups; whoever stands alone is in none. */
function joined(subjects: readonly string[], neighbours: Surroundings['neighbours']): Set<string>[] {
  const groupOf = new Map<string, Set<string>>(subjects.map((subject) => [subject, new Set([subject])]));
  for (const subject of subjects) {
    for (const next of neighbours(subject)) {
      const [one, other] = [groupOf.get(subject), groupOf.get(next)];
      if (one === undefined || other === undefined || one === other) continue;
      for (const each of other) {
        one.add(each);
        groupOf.set(each, one);
      }
    }
  }
  return [...new Set(groupOf.values())].filter(({ size }) => size > 1);
}

/** One look at somebody of one's own is somebody who worked late; several, or one without a reason, are looked at. */
function outOfHours(
  { account, role, looks: all }: PractitionersDay,
  { onDuty, day }: Surroundings,
  policy: FlagsPolicy,
): Finding[] {
  const usual = policy.hours.get(role);
  if (usual === undefined || onDuty(account)) return [];
  const isWeekend = [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
  const looks = all.filter((look) => isOutside(usual, timeOf(look)) || (usual.days === 'weekdays' && isWeekend));
  const explained = looks.filter(({ explanation }) => explanation.explained).length;
  const isUsual = explained === looks.length && explained < numberOf(policy, 'OUT_OF_HOURS', 'explained');
  if (looks.length === 0 || isUsual) return [];
  const evidence = [`For ${explained} of them there was an open reason that day.`];
  const told = { looks: counted(looks.length, 'look-up'), times: timesOf(looks), hours: hoursInWords(usual) };
  return [finding('OUT_OF_HOURS', account, looks, told, { evidence })];
}

function isOutside({ from, to }: HoursPolicy, time: string): boolean {
  return time < from || time >= to;
}

function hoursInWords({ from, to, days }: HoursPolicy): string {
  return `${from} to ${to} ${days === 'weekdays' ? 'on weekdays' : 'on any day'}`;
}

function volume(day: PractitionersDay, surroundings: Surroundings, ofPeers: OfPeers, policy: FlagsPolicy): Finding[] {
  const { accesses } = figures(day.looks);
  const wild = isWild('accesses', accesses, day, surroundings, ofPeers, policy);
  if (wild === null) return [];
  return [finding('VOLUME', day.account, day.looks, { looks: counted(accesses, 'look-up'), ...wild.words }, wild)];
}

function breadth(day: PractitionersDay, surroundings: Surroundings, ofPeers: OfPeers, policy: FlagsPolicy): Finding[] {
  const { people } = figures(day.looks);
  const wild = isWild('people', people, day, surroundings, ofPeers, policy);
  if (wild === null) return [];
  const looks = day.looks.filter(({ alone }) => alone);
  const told = { people: counted(people, 'person', 'people'), ...wild.words };
  return [finding('BREADTH', day.account, looks, told, wild)];
}

/** Far above what is usual for them, and for those who do the same work. Where nothing is known of one, by the other. */
function isWild(
  measure: 'accesses' | 'people',
  count: number,
  { account, role, looks }: PractitionersDay,
  { past }: Surroundings,
  ofPeers: OfPeers,
  policy: FlagsPolicy,
): { readonly words: { own: string; peers: string }; readonly evidence: string[] } | null {
  const rule = measure === 'accesses' ? 'VOLUME' : 'BREADTH';
  if (!(count >= numberOf(policy, rule, 'least'))) return null;
  const own = usualOf(past(account).map((tally) => tally[measure]));
  const peers = ofPeers(measure, account.partner, role);
  const known = [own, peers].filter((usual) => usual !== null);
  const deviations = numberOf(policy, rule, 'deviations');
  if (known.length === 0 || known.some(({ median, spread }) => (count - median) / spread < deviations)) return null;
  const explained = looks.filter(({ explanation }) => explanation.explained).length;
  return {
    words: { own: usualInWords(own), peers: usualInWords(peers) },
    evidence: [
      `For ${explained} of ${looks.length} there was an open reason that day.`,
      'What is usual is the middle of the days before, which a few wild days do not move.',
    ],
  };
}

function usualInWords(usual: Usual | null): string {
  return usual === null ? 'not known yet' : String(usual.median);
}

function repeatedBreakGlass(
  { account, looks: all }: PractitionersDay,
  { past, day }: Surroundings,
  policy: FlagsPolicy,
) {
  const looks = all.filter(({ kind }) => kind === 'break-glass');
  const last = looks.at(-1);
  const days = numberOf(policy, 'REPEATED_BREAK_GLASS', 'days');
  const recent = past(account).filter((tally) => daysBetween(tally.day, day) <= days);
  const before = recent.reduce((sum, { breakGlass }) => sum + breakGlass, 0);
  const times = before + looks.length;
  if (last === undefined || times < numberOf(policy, 'REPEATED_BREAK_GLASS', 'times')) return [];
  return [
    finding(
      'REPEATED_BREAK_GLASS',
      account,
      looks,
      { times: String(times), days: String(days), last: timeOf(last) },
      { evidence: [`${looks.length} of them on this day, of ${counted(peopleOf(looks), 'person', 'people')}.`] },
    ),
  ];
}

function peopleOf(looks: readonly Look[]): number {
  return new Set(looks.map(({ subject }) => subject)).size;
}
