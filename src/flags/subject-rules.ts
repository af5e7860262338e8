import type { FlagsPolicy } from '../policy/practice.ts';
import { daysBetween } from '../record/day.ts';
import { countsUntil } from './explain.ts';
import {
  type Finding,
  finding,
  isUnexplained,
  type Look,
  namesNobody,
  numberOf,
  type PractitionersDay,
} from './finding.ts';
import { counted, dayInWords, timesOf } from './words.ts';

/** What a practitioner's look-ups of each one person give. */
export function subjectFindings(day: PractitionersDay, policy: FlagsPolicy): Finding[] {
  return bySubject(day.looks).flatMap(([subject, looks]) => [
    ...noExplanation(day, subject, looks, policy),
    ...afterEnd(day, subject, looks, policy),
    ...interest('OWN_RECORD', day, subject, looks),
    ...interest('DECLARED_INTEREST', day, subject, looks),
    ...purposeChanged(day, subject, looks, policy),
  ]);
}

/** Several of one partner's practitioners, without an open reason, on one person. Of other partners' nothing is told. */
export function staffFindings(looks: readonly Look[], policy: FlagsPolicy): Finding[] {
  const least = numberOf(policy, 'MANY_STAFF', 'staff');
  return bySubject(looks.filter(isUnexplained)).flatMap(([subject, about]) =>
    [...Map.groupBy(about, ({ partner }) => partner).values()].flatMap((ofPartner) => {
      const staff = [...Map.groupBy(ofPartner, ({ practitioner }) => practitioner)];
      if (staff.length < least) return [];
      return staff.map(([practitioner, theirs]) =>
        finding(
          'MANY_STAFF',
          { partner: ofPartner[0]?.partner ?? '', practitioner },
          theirs,
          { staff: String(staff.length), times: timesOf(theirs) },
          { subject, evidence: theirs.map(({ explanation }) => explanation.text) },
        ),
      );
    }),
  );
}

function bySubject(looks: readonly Look[]): [string, Look[]][] {
  return [...Map.groupBy(looks, ({ subject }) => subject)];
}

function noExplanation({ account }: PractitionersDay, subject: string, all: readonly Look[], policy: FlagsPolicy) {
  const looks = all.filter((look) => isUnexplained(look) && !namesNobody(look));
  if (looks.length === 0) return [];
  const shown = looks.filter((look) => look.shown).length;
  const answered = shown === 0 ? 'not answered' : shown === looks.length ? 'answered' : `${shown} answered`;
  const kinds = new Set(looks.flatMap(({ classes }) => classes)).size;
  return [
    finding(
      'NO_EXPLANATION',
      account,
      looks,
      { looks: counted(looks.length, 'look-up'), shown: answered, times: timesOf(looks) },
      {
        subject,
        evidence: [
          ...looks.map(({ explanation }) => explanation.text),
          shown > 0 ? `${counted(kinds, 'kind')} of information came with the answers.` : 'Nothing was shown.',
        ],
        ...(shown === 0 && { weight: numberOf(policy, 'NO_EXPLANATION', 'refusedWeight') }),
      },
    ),
  ];
}

function afterEnd(
  { account }: PractitionersDay,
  subject: string,
  all: readonly Look[],
  policy: FlagsPolicy,
): Finding[] {
  const looks = all.filter((look) => isUnexplained(look) && !namesNobody(look));
  const [first] = looks;
  if (first === undefined) return [];
  const ended = first.held.flatMap(({ type, evidence, ...each }) => {
    const explains = policy.explains.get(type);
    const until = explains && countsUntil(each, explains);
    if (!explains || !until || until >= first.day) return [];
    return [{ until, evidence, words: explains.words, days: daysBetween(each.until ?? until, first.day) }];
  });
  const [last] = ended.sort((one, other) => one.days - other.days || (one.evidence < other.evidence ? -1 : 1));
  if (last === undefined || last.days > numberOf(policy, 'AFTER_END', 'withinDays')) return [];
  const { words, days, evidence } = last;
  return [
    finding(
      'AFTER_END',
      account,
      looks,
      {
        looks: counted(looks.length, 'look-up'),
        times: timesOf(looks),
        days: counted(days, 'day'),
        words,
        reference: evidence,
      },
      { subject, evidence: [`It counted until ${dayInWords(last.until)}, days of grace included.`] },
    ),
  ];
}

function interest(
  rule: 'OWN_RECORD' | 'DECLARED_INTEREST',
  { account }: PractitionersDay,
  subject: string,
  all: readonly Look[],
): Finding[] {
  const looks = all.filter(({ reasons }) =>
    reasons.some(({ gate, code, outcome }) => gate === 'restriction' && code === rule && outcome === 'refuse'),
  );
  if (looks.length === 0) return [];
  const figures = { looks: counted(looks.length, 'look-up'), times: timesOf(looks) };
  const evidence = ['The gateway refused it for the declaration, whatever relationship there is.'];
  return [finding(rule, account, looks, figures, { subject, evidence })];
}

/** Something was withheld under one purpose, and asked for again under another. */
function purposeChanged({ account }: PractitionersDay, subject: string, all: readonly Look[], policy: FlagsPolicy) {
  const within = numberOf(policy, 'PURPOSE_CHANGED', 'minutes');
  const asked = all.filter(({ alone, purpose, kind }) => alone && purpose !== null && kind !== 'break-glass');
  const changed = asked.flatMap((later, index) => {
    const earlier = asked
      .slice(0, index)
      .filter(
        ({ purpose, at, shown, withheldBy }) =>
          purpose !== later.purpose &&
          later.at.getTime() - at.getTime() <= within * 60_000 &&
          (!shown || withheldBy.length > 0),
      );
    return earlier.length > 0 ? [...earlier, later] : [];
  });
  const looks = asked.filter((look) => changed.includes(look));
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined) return [];
  const purposes = [...new Set(looks.map(({ purpose }) => purpose))];
  return [
    finding(
      'PURPOSE_CHANGED',
      account,
      looks,
      {
        purposes: String(purposes.length),
        minutes: String(Math.ceil((last.at.getTime() - first.at.getTime()) / 60_000)),
        times: timesOf(looks),
      },
      { subject, evidence: [`Declared one after another: ${purposes.join(', ')}.`, ...gates(looks)] },
    ),
  ];
}

function gates(looks: readonly Look[]): string[] {
  const withheld = [...new Set(looks.flatMap(({ withheldBy }) => withheldBy))].sort();
  const refused = looks.filter(({ shown }) => !shown).length;
  return [
    ...(refused > 0 ? [`${counted(refused, 'look-up')} of them showed nothing.`] : []),
    ...(withheld.length > 0 ? [`Something was withheld by: ${withheld.join(', ')}.`] : []),
  ];
}
