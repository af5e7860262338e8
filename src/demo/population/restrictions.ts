import { type DayNumber, dayText } from './calendar.ts';
import type { InterestFact, RestrictionFact } from './fact.ts';
import type { Person } from './person.ts';
import { POSTS, type Post, practitionerFor, practitionerId } from './practitioners.ts';
import { stream } from './random.ts';
import { unitTeam, waitingTeam } from './teams.ts';

/** Limited access: a restriction for one person in 150, an exclusion for one in 300, and the people of the traits. */
export function restrictionFacts(
  person: Person,
  uuid: string,
  { seed, size }: { seed: number; size: number },
  anchor: DayNumber,
): RestrictionFact[] {
  const restriction = (
    type: RestrictionFact['type'],
    accounts: readonly string[],
    more: Partial<Pick<RestrictionFact, 'desks' | 'unresolved'>> = {},
  ): RestrictionFact[] => [
    {
      kind: 'restriction',
      person: uuid,
      type,
      owner: 'probation-service',
      accounts,
      desks: [],
      unresolved: [],
      from: dayText(anchor - 120),
      until: null,
      ...more,
    },
  ];
  switch (person.trait) {
    case 'restricted':
      return restriction('RESTRICTION', [...['PRO-0002', 'PRM-0002'].map(atProbation), 'northmere-police/NPO-0002']);
    case 'restrictedListed':
      return restriction('RESTRICTION', ['PRO-0001', 'PRO-0002', 'PRM-0002'].map(atProbation));
    case 'restrictedDesk': {
      const { probationPractitioner, northmerePolice } = POSTS;
      const desks = [
        `${probationPractitioner.partner}/${unitTeam(probationPractitioner)}`,
        `${northmerePolice.partner}/${waitingTeam(northmerePolice)}`,
      ];
      return restriction('RESTRICTION', [], { desks });
    }
    case 'excluded':
      return restriction(
        'EXCLUSION',
        Object.values(POSTS).map((post: Post) => `${post.partner}/${practitionerId(post, 1)}`),
      );
    case 'excludedUnresolved':
      return restriction('EXCLUSION', [], { unresolved: ['northmere-police'] });
    case null:
      return ordinaryRestriction();
    default:
      return [];
  }

  function ordinaryRestriction(): RestrictionFact[] {
    const draw = stream(seed, person.index, 'restriction').next();
    const own = practitionerFor(POSTS.probationPractitioner, size, person);
    if (draw < 1 / 150) return restriction('RESTRICTION', [own, 'PRM-0002'].map(atProbation));
    return draw < 1 / 100
      ? restriction('EXCLUSION', [own === 'PRO-0002' ? 'PRO-0003' : 'PRO-0002'].map(atProbation))
      : [];
  }
}

/** The first probation practitioner finds their own record in the trait, and every other first one somebody they know. */
export function* interestFacts(person: Person, uuid: string, anchor: DayNumber): Generator<InterestFact> {
  if (person.trait !== 'ownRecord') return;
  for (const post of Object.values(POSTS)) {
    yield {
      kind: 'interest',
      person: uuid,
      partner: post.partner,
      practitioner: practitionerId(post, 1),
      type: post === POSTS.probationPractitioner ? 'OWN_RECORD' : 'DECLARED_INTEREST',
      from: dayText(anchor - 365),
      until: null,
    };
  }
}

function atProbation(practitioner: string): string {
  return `probation-service/${practitioner}`;
}
