import { type DayNumber, dayText } from './calendar.ts';
import type { RelationshipFact } from './fact.ts';
import { type HolderCode, includes } from './holders.ts';
import type { CheckDates, Life } from './life.ts';
import { handoverOn } from './outcomes.ts';
import type { Person } from './person.ts';
import { POSTS, type Post, practitionerFor, type RelationshipType } from './practitioners.ts';
import { mix } from './random.ts';
import { oversightTeam, WAITING_POSTS, waitingTeam } from './teams.ts';

/** The feed that asserts each type of relationship, and how its evidence is numbered. */
const FEEDS: Readonly<Record<RelationshipType, readonly [feed: string, evidence: string]>> = {
  CUSTODY_ALLOCATION: ['hmpps-prisons:allocation-feed', 'CUSTODY'],
  SUPERVISION_ALLOCATION: ['probation-service:allocation-feed', 'ALLOC'],
  TEAM_OVERSIGHT: ['probation-service:allocation-feed', 'UNIT'],
  MAPPA_MANAGEMENT: ['probation-service:mappa-feed', 'MAPPA'],
  OPEN_CHECK: ['probation-service:check-feed', 'CHECK'],
  BENEFIT_CLAIM: ['benefits-department:claim-feed', 'CLAIM'],
  HOUSING_REFERRAL: ['probation-service:referral-feed', 'REFER'],
  PLACEMENT_REFERRAL: ['probation-service:placement-feed', 'PLACE'],
  TREATMENT_REFERRAL: ['hmpps-prisons:healthcare-feed', 'TREAT'],
  CARE_TRANSFER: ['hmpps-prisons:healthcare-feed', 'CARE'],
};

interface Held {
  readonly post: Post;
  readonly type: RelationshipType;
  readonly from: DayNumber;
  /** Null while it lasts. */
  readonly until: DayNumber | null;
}

/** Every relationship with one person that has begun by the anchor, those that have ended included. */
export function relationshipFacts(
  person: Person,
  uuid: string,
  life: Life,
  size: number,
  anchor: DayNumber,
): RelationshipFact[] {
  if (person.trait === 'breakGlass') return [];
  const held = person.trait === null ? ordinaryRelationships(person, life) : everyRelationship(anchor);
  return held
    .filter(({ from }) => from <= anchor)
    .map(({ post, type, from, until }) => {
      const practitioner = practitionerFor(post, size, person);
      const team = teamFor(post, type, person, practitioner);
      const [feed, evidence] = FEEDS[type];
      return {
        kind: 'relationship',
        person: uuid,
        type,
        partner: post.partner,
        practitioner: team === null ? practitioner : null,
        team,
        assertedBy: feed,
        evidence: `${evidence}-${String(person.index + 1).padStart(6, '0')}`,
        from: dayText(from),
        until: until !== null && until < anchor ? dayText(until) : null,
      };
    });
}

/** Managers hold people through their unit. A few others' people wait in a team until somebody has them. */
function teamFor(post: Post, type: RelationshipType, person: Person, practitioner: string): string | null {
  // Cover carries what a colleague holds, and a team's is the team's.
  if (person.trait === 'covered') return null;
  if (type === 'TEAM_OVERSIGHT') return oversightTeam(practitioner);
  const isWaiting = WAITING_POSTS.includes(post) && type !== 'MAPPA_MANAGEMENT' && mix(person.index + 77) % 20 === 0;
  return isWaiting && (person.trait === null || person.trait === 'unrelated') ? waitingTeam(post) : null;
}

function everyRelationship(anchor: DayNumber): Held[] {
  return Object.values(POSTS).flatMap((post: Post) =>
    post.relationships.map((type) => ({ post, type, from: anchor - 90, until: null })),
  );
}

const PLACEMENTS: ReadonlySet<string> = new Set([
  'A02_APPROVED_PREMISES',
  'A03_SHORT_TERM',
  'A04_SUPPORTED',
  'A17_CAS3',
]);

function ordinaryRelationships(person: Person, life: Life): Held[] {
  const { timeline, links, outcomes } = person;
  const target = life.standing.releaseDate ?? timeline.firstRelease;
  const isLinked = ({ partner }: Post) => includes(links.linked, partner as HolderCode);
  const placedWith = links.area === 'northmere' ? POSTS.harbourHomes : POSTS.lanternHousing;
  const isPlaced = life.agreedToReferOn !== null && PLACEMENTS.has(outcomes.firstNight);
  return [
    ...custody(person),
    ...supervision(person),
    ...mappa(person, life).filter(({ post }) => isLinked(post)),
    ...check([POSTS.northmerePolice, POSTS.southdalePolice].filter(isLinked), life.domesticAbuseCheck),
    ...check([POSTS.northmereChildren, POSTS.southdaleChildren].filter(isLinked), life.childrensCheck),
    ...held([POSTS.workCoach].filter(isLinked), 'BENEFIT_CLAIM', target - 84, target + 365),
    ...held(
      [POSTS.northmereHousing, POSTS.southdaleHousing].filter(isLinked),
      'HOUSING_REFERRAL',
      life.agreedToReferOn,
      target + 180,
    ),
    ...held(isPlaced ? [placedWith] : [], 'PLACEMENT_REFERRAL', target - 28, target + 84),
    ...held(
      [POSTS.northmereTreatment, POSTS.southdaleTreatment].filter(isLinked),
      'TREATMENT_REFERRAL',
      life.referredToTreatmentOn,
      target + 180,
    ),
    ...held(
      life.careIsTransferred ? [POSTS.healthPractitioner].filter(isLinked) : [],
      'CARE_TRANSFER',
      target - 56,
      target + 90,
    ),
  ];
}

function held(posts: readonly Post[], type: RelationshipType, from: DayNumber | null, until: DayNumber | null): Held[] {
  return from === null ? [] : posts.map((post) => ({ post, type, from, until }));
}

/** From the last year inside until release, and again from a recall to the release after it. */
function custody({ timeline }: Person): Held[] {
  const { sentenceStart, firstRelease, recall, secondRelease } = timeline;
  const from = Math.max(sentenceStart, firstRelease - 365);
  const posts = [POSTS.prisonOffenderManager];
  return [
    ...held(posts, 'CUSTODY_ALLOCATION', from, firstRelease),
    ...held(posts, 'CUSTODY_ALLOCATION', recall?.on ?? null, secondRelease),
  ];
}

function supervision({ timeline }: Person): Held[] {
  const from = handoverOn(timeline) ?? timeline.sentenceStart;
  return [
    ...held([POSTS.probationPractitioner], 'SUPERVISION_ALLOCATION', from, timeline.licenceEnd),
    ...held([POSTS.probationManager], 'TEAM_OVERSIGHT', from, timeline.licenceEnd),
  ];
}

/** Level 1 is one agency's ordinary work. Sexual offenders are managed by the police at any level. */
function mappa({ timeline, links }: Person, life: Life): Held[] {
  if (life.mappa === null || (life.mappa.level === 1 && life.mappa.category !== 1)) return [];
  const force = links.area === 'northmere' ? POSTS.northmerePolice : POSTS.southdalePolice;
  const from = timeline.firstRelease - 180;
  return held([POSTS.probationPractitioner, force], 'MAPPA_MANAGEMENT', from, timeline.licenceEnd);
}

function check(posts: readonly Post[], dates: CheckDates | null): Held[] {
  return held(posts, 'OPEN_CHECK', dates?.askedOn ?? null, dates?.consideredOn ?? null);
}
