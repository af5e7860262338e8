import type { FlagsPolicy } from '../policy/practice.ts';
import type { Day } from '../record/facts.ts';
import { byTime } from './access.ts';
import { dayFindings } from './day-rules.ts';
import { explain } from './explain.ts';
import { feedFindings } from './feed-rules.ts';
import type { Finding, Look, PractitionersDay } from './finding.ts';
import { nameId } from './name-id.ts';
import { staffFindings, subjectFindings } from './subject-rules.ts';
import { usualOf } from './tally.ts';
import type { About, Access, Flag, Surroundings, Tally } from './types.ts';

/**
 * The flags of one day, explained first, in the order of practitioner, rule and subject. The same accesses in any order give
 * the same flags with the same ids. Where a whole team is concerned there is a flag on what feeds its relationships, in the
 * place of those that the same accesses would have been for its practitioners.
 * @param accesses of `surroundings.day`, of everybody
 */
export function flagsOf(accesses: readonly Access[], surroundings: Surroundings, policy: FlagsPolicy): Flag[] {
  const looks = [...accesses]
    .sort(byTime)
    .map((access): Look => ({ ...access, ...whyOf(access, surroundings, policy) }));
  const days = [...Map.groupBy(looks, ({ partner, practitioner }) => `${partner}\n${practitioner}`)]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, theirs]): PractitionersDay[] => {
      const [first] = theirs;
      if (!first) return [];
      const { partner, practitioner, role } = first;
      return [{ account: { partner, practitioner }, role, looks: theirs }];
    });
  const usual = usualOfPeers(surroundings);
  const feeds = feedFindings(days, policy);
  const findings = [
    ...feeds,
    ...days.flatMap((each) => [...subjectFindings(each, policy), ...dayFindings(each, surroundings, usual, policy)]),
    ...staffFindings(looks, policy),
  ].filter((finding) => !feeds.some((feed) => feed !== finding && feed.standsFor?.(finding)));
  return findings.flatMap((finding) => flagOf(finding, surroundings.day, policy) ?? []).sort(byAbout);
}

function whyOf(access: Access, surroundings: Surroundings, policy: FlagsPolicy) {
  const held = surroundings.held(access);
  return { held, explanation: explain(access, held, policy) };
}

/** Once for each role at each partner: of a large one there are many days. */
function usualOfPeers({ peers }: Surroundings) {
  const known = new Map<string, ReturnType<typeof usualOf>>();
  return (measure: 'accesses' | 'people', partner: string, role: string) => {
    const key = [measure, partner, role].join('\n');
    const found = known.get(key);
    if (found !== undefined) return found;
    const usual = usualOf(peers(partner, role).map((tally: Tally) => tally[measure]));
    known.set(key, usual);
    return usual;
  };
}

function flagOf(finding: Finding, day: Day, { rules }: FlagsPolicy): Flag | null {
  const { rule, about, subject, looks, figures, evidence } = finding;
  const policy = rules.get(rule);
  if (policy === undefined) return null;
  const sentence = policy.sentence.replace(/\{([^{}]*)\}/g, (_, figure: string) => figures[figure] ?? '');
  return {
    id: nameId([rule, day, nameOf(about), subject ?? '']),
    rule,
    about,
    subject,
    day,
    accesses: looks.map(({ id }) => id),
    weight: finding.weight ?? policy.weight,
    sentence: sentence.charAt(0).toUpperCase() + sentence.slice(1),
    evidence: [...new Set(evidence)],
  };
}

/** The same for the same practitioner or feed. */
export function nameOf(about: About): string {
  const parts =
    about.kind === 'PRACTITIONER' ? [about.partner, about.practitioner] : [about.partner, about.relationship];
  return [about.kind, ...parts].join('\n');
}

function byAbout(one: Flag, other: Flag): number {
  const [first, second] = [one, other].map(({ about, rule, subject, id }) =>
    [nameOf(about), rule, subject ?? '', id].join('\n'),
  );
  return (first ?? '') < (second ?? '') ? -1 : 1;
}
