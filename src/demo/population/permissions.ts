import { type DayNumber, dayText } from './calendar.ts';
import type { PermissionFact, RestrictionFact } from './fact.ts';
import { type HolderCode, includes } from './holders.ts';
import type { Life } from './life.ts';
import type { Person } from './person.ts';
import { POSTS, type Post, practitionerFor, practitionerId } from './practitioners.ts';
import { stream } from './random.ts';

const HOUSING: readonly HolderCode[] = ['northmere-housing', 'southdale-housing'];

/** To whom a person ordinarily lets health and treatment data go. */
const ORDINARY_RECIPIENTS = ['prison-service', 'probation-service'];

/** Every type of partner that could be told: people of a trait have given them all, or taken them all back. */
const ALL_RECIPIENTS = [
  ...ORDINARY_RECIPIENTS,
  'police-force',
  'childrens-authority',
  'benefits-department',
  'health-service',
  'treatment-service',
  'housing-authority',
  'accommodation-provider',
];

/** Days before the anchor on which a permission that was taken back ended. */
const WITHDRAWN_BEFORE = 7;

/** Agreements to be referred, permissions for confidential data to go further, and treatment that is a condition. */
export function permissionFacts(person: Person, uuid: string, life: Life, anchor: DayNumber): PermissionFact[] {
  const withdrawn = dayText(anchor - WITHDRAWN_BEFORE);
  const permission = (
    type: string,
    holder: string | null,
    recipientType: string | null,
    from: DayNumber,
    isWithdrawn: boolean,
  ): PermissionFact => {
    const until = isWithdrawn ? withdrawn : null;
    return { kind: 'permission', person: uuid, type, holder, recipientType, from: dayText(from), until };
  };
  const { agreedToReferOn, confidentiality } = life;
  const facts: PermissionFact[] = [];
  if (agreedToReferOn !== null) {
    const isWithdrawn = confidentiality === 'WITHDRAWN' && agreedToReferOn < anchor - WITHDRAWN_BEFORE;
    for (const holder of HOUSING.filter((code) => includes(person.links.linked, code))) {
      facts.push(permission('AGREEMENT_TO_REFER', holder, null, agreedToReferOn, isWithdrawn));
    }
  }
  if (confidentiality !== 'NEVER') {
    const recipients = person.trait === null ? ORDINARY_RECIPIENTS : ALL_RECIPIENTS;
    for (const recipientType of recipients) {
      facts.push(permission('CONFIDENTIALITY', null, recipientType, anchor - 60, confidentiality === 'WITHDRAWN'));
    }
  }
  if (life.treatmentBasis !== 'VOLUNTARY' && includesTreatment(person)) {
    facts.push(permission('TREATMENT_CONDITION', null, null, anchor - 60, false));
  }
  return facts;
}

function includesTreatment({ links }: Person): boolean {
  return includes(links.linked, 'northmere-treatment') || includes(links.linked, 'southdale-treatment');
}

/** Limited access: a restriction for one person in 150, an exclusion for one in 300, and the people of the traits. */
export function restrictionFacts(
  person: Person,
  uuid: string,
  { seed, size }: { seed: number; size: number },
  anchor: DayNumber,
): RestrictionFact[] {
  const restriction = (type: RestrictionFact['type'], accounts: readonly string[]): RestrictionFact[] => [
    {
      kind: 'restriction',
      person: uuid,
      type,
      owner: 'probation-service',
      accounts,
      from: dayText(anchor - 120),
      until: null,
    },
  ];
  if (person.trait === 'restricted')
    return restriction('RESTRICTION', [
      'probation-service/PRO-0002',
      'probation-service/PRM-0002',
      'northmere-police/NPO-0002',
    ]);
  if (person.trait === 'restrictedListed')
    return restriction('RESTRICTION', ['PRO-0001', 'PRO-0002', 'PRM-0002'].map(atProbation));
  if (person.trait === 'excluded') {
    return restriction(
      'EXCLUSION',
      Object.values(POSTS).map((post: Post) => `${post.partner}/${practitionerId(post, 1)}`),
    );
  }
  if (person.trait !== null) return [];
  const draw = stream(seed, person.index, 'restriction').next();
  const own = practitionerFor(POSTS.probationPractitioner, size, person);
  if (draw < 1 / 150) return restriction('RESTRICTION', [own, 'PRM-0002'].map(atProbation));
  return draw < 1 / 100
    ? restriction('EXCLUSION', [own === 'PRO-0002' ? 'PRO-0003' : 'PRO-0002'].map(atProbation))
    : [];
}

function atProbation(practitioner: string): string {
  return `probation-service/${practitioner}`;
}
