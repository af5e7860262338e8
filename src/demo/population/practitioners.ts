import type { HolderCode } from './holders.ts';
import type { Area } from './names.ts';
import { mix } from './random.ts';
import type { Trait } from './traits.ts';

/** A group of practitioners of one role at one partner: `PRO-0001`, `PRO-0002` and so on. */
export interface Post {
  readonly partner: HolderCode | 'harbour-homes' | 'lantern-housing' | 'throughgate-board';
  readonly prefix: string;
  readonly relationships: readonly RelationshipType[];
  /** People to a practitioner, of the whole population. */
  readonly caseload: number;
  readonly area: Area | null;
}

export type RelationshipType =
  | 'CUSTODY_ALLOCATION'
  | 'SUPERVISION_ALLOCATION'
  | 'TEAM_OVERSIGHT'
  | 'MAPPA_MANAGEMENT'
  | 'OPEN_CHECK'
  | 'BENEFIT_CLAIM'
  | 'HOUSING_REFERRAL'
  | 'PLACEMENT_REFERRAL'
  | 'TREATMENT_REFERRAL'
  | 'CARE_TRANSFER';

export const POSTS = {
  prisonOffenderManager: post('hmpps-prisons', 'PRI', ['CUSTODY_ALLOCATION'], 60),
  probationPractitioner: post('probation-service', 'PRO', ['SUPERVISION_ALLOCATION', 'MAPPA_MANAGEMENT'], 50),
  probationManager: post('probation-service', 'PRM', ['TEAM_OVERSIGHT'], 400),
  northmerePolice: post('northmere-police', 'NPO', ['MAPPA_MANAGEMENT', 'OPEN_CHECK'], 150, 'northmere'),
  southdalePolice: post('southdale-police', 'SPO', ['MAPPA_MANAGEMENT', 'OPEN_CHECK'], 150, 'southdale'),
  northmereChildren: post('northmere-children', 'NCH', ['OPEN_CHECK', 'MAPPA_MANAGEMENT'], 250, 'northmere'),
  southdaleChildren: post('southdale-children', 'SCH', ['OPEN_CHECK', 'MAPPA_MANAGEMENT'], 250, 'southdale'),
  workCoach: post('benefits-department', 'BEN', ['BENEFIT_CLAIM'], 100),
  northmereHousing: post('northmere-housing', 'NHO', ['HOUSING_REFERRAL'], 150, 'northmere'),
  southdaleHousing: post('southdale-housing', 'SHO', ['HOUSING_REFERRAL'], 150, 'southdale'),
  harbourHomes: post('harbour-homes', 'HAR', ['PLACEMENT_REFERRAL'], 300, 'northmere'),
  lanternHousing: post('lantern-housing', 'LAN', ['PLACEMENT_REFERRAL'], 300, 'southdale'),
  northmereTreatment: post('northmere-treatment', 'NTR', ['TREATMENT_REFERRAL'], 150, 'northmere'),
  southdaleTreatment: post('southdale-treatment', 'STR', ['TREATMENT_REFERRAL'], 150, 'southdale'),
  healthPractitioner: post('health-service', 'HEA', ['CARE_TRANSFER'], 120),
  informationGovernance: post('probation-service', 'IGO', [], 0),
  informationGovernanceLead: post('throughgate-board', 'IGL', [], 0),
  analyst: post('throughgate-board', 'ANA', [], 0),
} as const satisfies Record<string, Post>;

/** The practitioner of a post who has this person. The first of each post has the people of the traits and nobody else. */
export function practitionerFor(post: Post, size: number, person: { index: number; trait: Trait | null }): string {
  if (person.trait === 'covered') return practitionerId(post, COVERED);
  const number = isOfFirst(person.trait)
    ? 1
    : 2 + (mix(person.index ^ mix(post.prefix.charCodeAt(0) * 256 + post.prefix.charCodeAt(1))) % strength(post, size));
  return practitionerId(post, number);
}

/** The colleague for whom the first of each post covers, who has the `covered` people and nobody else. */
export const COVERED = 9001;

/** Who manages the first of each post where no persona does. */
export const MANAGER = 9002;

/** Whether the first practitioner of every post has the person. */
export function isOfFirst(trait: Trait | null): boolean {
  return trait !== null && !OF_OTHERS.includes(trait);
}

const OF_OTHERS: readonly Trait[] = ['unrelated', 'covered', 'breakGlass', 'sealed'];

export function practitionerId({ prefix }: Post, number: number): string {
  return `${prefix}-${String(number).padStart(4, '0')}`;
}

/** Practitioners of a post besides the first. */
export function strength({ caseload }: Post, size: number): number {
  return caseload === 0 ? 0 : Math.max(4, Math.ceil(size / caseload));
}

function post(
  partner: Post['partner'],
  prefix: string,
  relationships: readonly RelationshipType[],
  caseload: number,
  area: Area | null = null,
): Post {
  return { partner, prefix, relationships, caseload, area };
}
