/**
 * Who there is in the demonstration: partners, roles and practitioners. All of it is synthetic. The partners are
 * invented, and a practitioner's name is two words drawn from two lists.
 */

export interface DemoPartner {
  readonly code: string;
  readonly name: string;
  readonly type: string;
  /** The source type it holds data of, as named in `schema/sources/`; null when it holds nothing. */
  readonly source: string | null;
}

/** Holders first, in the order of their ports. */
export const DEMO_PARTNERS: readonly DemoPartner[] = [
  { code: 'hmpps-prisons', name: 'HM Prison Service', type: 'prison-service', source: 'prison' },
  { code: 'probation-service', name: 'Probation Service', type: 'probation-service', source: 'probation' },
  { code: 'northmere-police', name: 'Northmere Police', type: 'police-force', source: 'police' },
  { code: 'southdale-police', name: 'Southdale Police', type: 'police-force', source: 'police' },
  {
    code: 'northmere-children',
    name: "Northmere Children's Services",
    type: 'childrens-authority',
    source: 'childrens',
  },
  {
    code: 'southdale-children',
    name: "Southdale Children's Services",
    type: 'childrens-authority',
    source: 'childrens',
  },
  { code: 'benefits-department', name: 'Benefits Department', type: 'benefits-department', source: 'benefits' },
  { code: 'health-service', name: 'Health Service', type: 'health-service', source: 'health' },
  { code: 'northmere-treatment', name: 'Northmere Treatment Service', type: 'treatment-service', source: 'treatment' },
  { code: 'southdale-treatment', name: 'Southdale Treatment Service', type: 'treatment-service', source: 'treatment' },
  { code: 'northmere-housing', name: 'Northmere Housing', type: 'housing-authority', source: 'housing' },
  { code: 'southdale-housing', name: 'Southdale Housing', type: 'housing-authority', source: 'housing' },
  { code: 'harbour-homes', name: 'Harbour Homes', type: 'accommodation-provider', source: null },
  { code: 'lantern-housing', name: 'Lantern Housing', type: 'accommodation-provider', source: null },
  { code: 'throughgate-board', name: 'Throughgate Oversight Board', type: 'oversight-board', source: null },
];

export interface Persona {
  /** The role in the access token, which is also the persona's name. */
  readonly role: string;
  readonly title: string;
  readonly partnerTypes: readonly string[];
  readonly defaultPartner: string;
  /** Partner code to the first letters of its practitioners' ids; `*` stands for any other partner of those types. */
  readonly prefixes: Readonly<Record<string, string>>;
}

export const PERSONAS: readonly Persona[] = [
  {
    role: 'prison-offender-manager',
    title: 'Prison offender manager',
    partnerTypes: ['prison-service'],
    defaultPartner: 'hmpps-prisons',
    prefixes: { '*': 'PRI' },
  },
  {
    role: 'probation-practitioner',
    title: 'Probation practitioner',
    partnerTypes: ['probation-service'],
    defaultPartner: 'probation-service',
    prefixes: { '*': 'PRO' },
  },
  {
    role: 'probation-manager',
    title: 'Probation manager',
    partnerTypes: ['probation-service'],
    defaultPartner: 'probation-service',
    prefixes: { '*': 'PRM' },
  },
  {
    role: 'police-public-protection',
    title: 'Police public protection officer',
    partnerTypes: ['police-force'],
    defaultPartner: 'northmere-police',
    prefixes: { 'northmere-police': 'NPO', 'southdale-police': 'SPO' },
  },
  {
    role: 'childrens-services',
    title: "Children's services practitioner",
    partnerTypes: ['childrens-authority'],
    defaultPartner: 'northmere-children',
    prefixes: { 'northmere-children': 'NCH', 'southdale-children': 'SCH' },
  },
  {
    role: 'work-coach',
    title: 'Work coach',
    partnerTypes: ['benefits-department'],
    defaultPartner: 'benefits-department',
    prefixes: { '*': 'BEN' },
  },
  {
    role: 'housing-officer',
    title: 'Housing officer',
    partnerTypes: ['housing-authority'],
    defaultPartner: 'northmere-housing',
    prefixes: { 'northmere-housing': 'NHO', 'southdale-housing': 'SHO' },
  },
  {
    role: 'accommodation-provider',
    title: "Accommodation provider's key worker",
    partnerTypes: ['accommodation-provider'],
    defaultPartner: 'harbour-homes',
    prefixes: { 'harbour-homes': 'HAR', 'lantern-housing': 'LAN' },
  },
  {
    role: 'treatment-keyworker',
    title: 'Treatment keyworker',
    partnerTypes: ['treatment-service'],
    defaultPartner: 'northmere-treatment',
    prefixes: { 'northmere-treatment': 'NTR', 'southdale-treatment': 'STR' },
  },
  {
    role: 'health-practitioner',
    title: 'Health practitioner',
    partnerTypes: ['health-service'],
    defaultPartner: 'health-service',
    prefixes: { '*': 'HEA' },
  },
  {
    role: 'ig-officer',
    title: 'Information governance officer',
    partnerTypes: [...new Set(DEMO_PARTNERS.map(({ type }) => type))],
    defaultPartner: 'probation-service',
    prefixes: { '*': 'IGO' },
  },
  {
    role: 'ig-lead',
    title: 'Information governance lead',
    partnerTypes: ['oversight-board'],
    defaultPartner: 'throughgate-board',
    prefixes: { '*': 'IGL' },
  },
  {
    role: 'analyst',
    title: 'Analyst',
    partnerTypes: ['oversight-board'],
    defaultPartner: 'throughgate-board',
    prefixes: { '*': 'ANA' },
  },
];

export interface DemoPractitioner {
  /** `PRO-0001`. An information-governance officer's is unique within the partner only. */
  readonly id: string;
  readonly name: string;
}

/** The twelve practitioners who have the role at the partner, in the order of their ids; none when it has no such role. */
export function practitionersOf(role: string, partner: string): readonly DemoPractitioner[] {
  const group = GROUPS.findIndex((group) => group.role === role && group.partner === partner);
  const prefix = GROUPS[group]?.prefix;
  if (prefix === undefined) return [];
  return Array.from({ length: PER_GROUP }, (_, index) => ({
    id: `${prefix}-${String(index + 1).padStart(4, '0')}`,
    name: syntheticName(group * PER_GROUP + index),
  }));
}

/** The partners at which the persona exists, the default one first. */
export function partnersOf({ partnerTypes, defaultPartner }: Persona): readonly DemoPartner[] {
  const partners = DEMO_PARTNERS.filter(({ type }) => partnerTypes.includes(type));
  return [
    ...partners.filter(({ code }) => code === defaultPartner),
    ...partners.filter(({ code }) => code !== defaultPartner),
  ];
}

const PER_GROUP = 12;

const GROUPS = PERSONAS.flatMap((persona) =>
  partnersOf(persona).map(({ code }) => ({
    role: persona.role,
    partner: code,
    prefix: persona.prefixes[code] ?? persona.prefixes['*'],
  })),
);

const GIVEN =
  'Aisha Amara Bethan Callum Chidi Clara Daniel Dilys Ebele Elena Farah Gareth Hana Idris Ines Jonah Karim Leila Marek Nia Owen Priya Rhys Sofia Tomasz'.split(
    ' ',
  );
const FAMILY =
  'Abara Ahmed Baptiste Barlow Chaudhry Clarke Davies Dyer Eze Fenwick Garcia Hale Hussain Ibrahim Jarvis Kaur Kowalski Lacey Mensah Novak Okoro Parry Quill Rahman Rowe Silva Tanner Usman Vaughan Whelan Yilmaz'.split(
    ' ',
  );

/** The lengths of the two lists, 25 and 31, share no factor: no name comes twice among the first 775. */
function syntheticName(n: number): string {
  return `${GIVEN[n % GIVEN.length]} ${FAMILY[n % FAMILY.length]}`;
}
