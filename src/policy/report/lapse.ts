import { addDays } from '../../record/day.ts';
import { covers, type Day } from '../../record/facts.ts';
import type { Agreement } from '../bundle.ts';
import type { Policy } from '../territory.ts';
import { from } from './access-sentence.ts';
import { MESSAGES } from './cells.ts';
import { groupedShifts } from './diff-cells.ts';
import { type Part, parts } from './pairs.ts';
import type { Shift } from './shift.ts';
import { forPurposes, inSentence, list, parties, permissionsNeeded, roles } from './words.ts';

/** One day on which agreements end or are to be looked at again. */
export interface Lapse {
  /** The last day of what ends; the day by which the rest is to be looked at. */
  readonly day: Day;
  readonly ends: readonly LapsingAgreement[];
  /** What is lost on the morning after, in sentences: what another agreement still gives is not lost. */
  readonly lost: readonly Loss[];
  readonly reviews: readonly LapsingAgreement[];
}

export type LapsingAgreement = Pick<Agreement, 'reference' | 'necessity' | 'classes'> & {
  readonly holders: string;
  readonly recipients: string;
  readonly purposes: string;
};

export interface Loss {
  readonly role: string;
  readonly purpose: string;
  readonly agreements: readonly string[];
  readonly sentence: string;
}

/** What ends or is due for review from one day to another, both included, soonest first. */
export function lapses(policy: Policy, first: Day, last: Day): Lapse[] {
  const { agreements } = policy.bundle;
  const isDue = (day: Day | null): day is Day => day !== null && first <= day && day <= last;
  const inForce = agreements.filter((agreement) => agreement.until === null || agreement.until >= first);
  const days = [...new Set(inForce.flatMap(({ until, review }) => [until, review].filter(isDue)))].sort();
  return days.map((day) => {
    const on = (of: 'until' | 'review') =>
      inForce.filter((agreement) => agreement[of] === day).map((agreement) => described(policy, agreement));
    const ends = on('until');
    return { day, ends, lost: ends.length > 0 ? lossesAfter(policy, day) : [], reviews: on('review') };
  });
}

/** The next day on which anything ends or is to be looked at; null where nothing is. */
export function nextLapse({ bundle }: Policy, after: Day): Day | null {
  const days = bundle.agreements.flatMap(({ until, review }) => [until, review]);
  return days.filter((day) => day !== null && day > after).sort()[0] ?? null;
}

function described(
  { bundle }: Policy,
  { reference, necessity, classes, holders, recipients, purposes }: Agreement,
): LapsingAgreement {
  return {
    reference,
    necessity,
    classes,
    holders: parties(bundle, holders),
    recipients: recipients === 'own' ? 'their own practitioners' : parties(bundle, recipients),
    purposes: forPurposes(bundle, purposes),
  };
}

/** Whoever sees something on the day and not on the next, or only with a permission or without break-glass. */
function lossesAfter(policy: Policy, day: Day): Loss[] {
  const groups = groupedShifts(asOn(policy, day), asOn(policy, addDays(day, 1)));
  // One sentence for each role and purpose, whatever sections and classes it is about.
  const found = new Map<
    string,
    { readonly lost: Lost; readonly things: Set<string>; readonly agreements: Set<string> }
  >();
  for (const { role, section, shift, classes, purposes, pairs } of groups) {
    if (shift.before === null || !LOST.includes(shift.kind)) continue;
    for (const part of parts(pairs)) {
      for (const purpose of purposes) {
        const isMessage = section === MESSAGES;
        const lost: Lost = { role, purpose, part, isMessage, kind: shift.kind, needs: shift.after?.requires ?? [] };
        const key = JSON.stringify(lost);
        const known = found.get(key) ?? { lost, things: new Set<string>(), agreements: new Set<string>() };
        found.set(key, known);
        known.agreements.add(shift.before.agreement);
        for (const each of classes) known.things.add(thing(policy, each));
      }
    }
  }
  return [...found.values()].map(({ lost, things, agreements }) => ({
    role: lost.role,
    purpose: lost.purpose,
    agreements: [...agreements].sort(),
    sentence: sentenceOf(policy, lost, [...things]),
  }));
}

interface Lost {
  readonly role: string;
  readonly purpose: string;
  readonly part: Part;
  readonly isMessage: boolean;
  readonly kind: Shift['kind'];
  /** The permissions that it waits for from then on. */
  readonly needs: readonly string[];
}

const LOST: readonly Shift['kind'][] = ['lost', 'tightened', 'emergency-lost'];

/** The policy as it is on one day, for good: what differs between two of these differs between the two days. */
function asOn({ bundle, record }: Policy, day: Day): Policy {
  const agreements = bundle.agreements
    .filter((agreement) => covers(agreement, day))
    .map((agreement) => ({ ...agreement, from: FIRST, until: null }));
  return { bundle: { ...bundle, agreements }, record };
}

const FIRST: Day = '1900-01-01';

function sentenceOf({ bundle }: Policy, lost: Lost, things: readonly string[]): string {
  const { role, purpose, part, isMessage, kind, needs } = lost;
  const who = `${roles(bundle, role)} at ${parties(bundle, part.partners)}`;
  const see = isMessage ? 'are told in a message' : 'see';
  const may = kind === 'tightened' ? see : `no longer ${see}${kind === 'lost' ? '' : ' under break-glass'}`;
  const but = kind === 'tightened' ? `, only with ${permissionsNeeded(needs)}` : '';
  const whose = from(bundle, part, isMessage ? MESSAGES : '');
  // Descriptions have commas in them.
  return `${who} ${may}, ${whose} ${forPurposes(bundle, [purpose])}${but}: ${things.join('; ')}.`;
}

/** A class in words; only some items of it where not all of it shifts. */
function thing({ bundle }: Policy, [name, items]: readonly [string, readonly string[] | null]): string {
  const words = inSentence(bundle.classes.get(name)?.description ?? name);
  return items === null ? words : `${list(items)} of ${words}`;
}
