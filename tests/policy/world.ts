import type { Agreement, Bundle, DataClass, Role, RoleView } from '../../src/policy/bundle.ts';
import type { Caller } from '../../src/policy/decide.ts';
import { compileView, type Territory, type View } from '../../src/policy/view.ts';
import { type HeldRelationship, NO_FACTS, type SubjectFacts } from '../../src/record/facts.ts';

/**
 * A policy small enough to reason about. Probation, the only recipient, sees prison, two police forces, a treatment
 * service and a housing authority; and it asks the forces and the authority by messages.
 */
export const DAY = '2026-11-22';
export const NOW = new Date(`${DAY}T12:00:00Z`);
export const ME = 'PRO-0001';
export const PURPOSE = 'RELEASE_PLANNING';

const SECTIONS = [
  ['custody', 'prison', 'prisonNumber', ['Custody.releaseDate', 'Custody.offence']],
  ['policing', 'police', 'pncId', ['Policing.markers', 'Policing.text']],
  ['treatment', 'treatment', 'nhsNumber', ['Treatment.engaged']],
  ['accommodation', 'housing', 'housingApplication', ['Accommodation.duty']],
] as const;

const CLASSES = {
  'custody.release': ['Custody.releaseDate'],
  'custody.offence': ['Custody.offence'],
  'policing.markers': ['Policing.markers'],
  'policing.text': ['Policing.text'],
  'treatment.engagement': ['Treatment.engaged'],
  'accommodation.duty': ['Accommodation.duty'],
} as const;

const MESSAGES = {
  'check-request.subject': ['CheckRequest.subject'],
  'check-request.third-parties': ['CheckRequest.adults', 'CheckRequest.children'],
} as const;

const PROTECTIVE = ['policing.markers'];

const classes = new Map<string, DataClass>([
  ...Object.entries(CLASSES).map(([name, fields]) => [name, dataClass(name, { fields })] as const),
  ...Object.entries(MESSAGES).map(([name, messages]) => [name, dataClass(name, { messages })] as const),
  ['identifiers.prison-number', dataClass('identifiers.prison-number', { identifiers: ['PRISON_NUMBER'] })],
]);

function dataClass(name: string, covers: Partial<DataClass>): DataClass {
  const protective = PROTECTIVE.includes(name);
  const empty = { fields: [], messages: [], identifiers: [] };
  return { name, handling: 'OFFICIAL', description: '', protective, ...empty, ...covers };
}

function agreement(reference: string, holders: readonly string[], more: Partial<Agreement>): Agreement {
  return {
    reference,
    holders,
    recipients: ['probation-service'],
    purposes: [PURPOSE],
    classes: [],
    requires: new Map(),
    emergency: new Map(),
    powers: [],
    necessity: '',
    review: '2027-12-31',
    from: '2026-01-01',
    until: '2027-12-31',
    ...more,
  };
}

const agreements: Agreement[] = [
  agreement('PRI-01', ['hmpps-prisons'], {
    classes: ['custody.release', 'custody.offence', 'identifiers.prison-number'],
    emergency: new Map([['probation-practitioner', ['custody.release']]]),
  }),
  agreement('POL-01', ['northmere-police', 'southdale-police'], {
    classes: ['policing.markers', 'policing.text'],
    emergency: new Map([['probation-practitioner', ['policing.markers']]]),
  }),
  agreement('TRT-01', ['northmere-treatment'], {
    classes: ['treatment.engagement'],
    requires: new Map([['treatment.engagement', ['CONFIDENTIALITY', 'TREATMENT_CONDITION']]]),
  }),
  agreement('HOU-01', ['northmere-housing'], {
    classes: ['accommodation.duty'],
    requires: new Map([['accommodation.duty', ['AGREEMENT_TO_REFER']]]),
  }),
  agreement('ASK-01', ['probation-service'], {
    recipients: ['northmere-police', 'northmere-housing'],
    purposes: ['DA_CHECK'],
    classes: ['check-request.subject', 'check-request.third-parties'],
    requires: new Map([['check-request.third-parties', ['CONFIDENTIALITY']]]),
  }),
];

type Section = NonNullable<ReturnType<RoleView['sections']['get']>>;
const open = (...names: string[]): Section => ({ existence: 'open', why: '', classes: names });

function roleView(more: Partial<RoleView>): RoleView {
  return { holdMilliseconds: 0, identifiers: [], sections: new Map(), receives: [], ...more };
}

function role(name: string, partnerType: string, purposes: Record<string, RoleView>): Role {
  return {
    name,
    title: '',
    partnerTypes: [partnerType],
    owner: '',
    review: '2027-12-31',
    lookups: ['CRN'],
    actions: [],
    queues: [],
    peoplePerDay: 3,
    purposes: new Map(Object.entries(purposes)),
  };
}

const roles = [
  role('probation-practitioner', 'probation-service', {
    [PURPOSE]: roleView({
      identifiers: ['identifiers.prison-number'],
      sections: new Map<string, Section>([
        ['custody', open('custody.release', 'custody.offence')],
        ['policing', open('policing.markers', 'policing.text')],
        ['treatment', { ...open('treatment.engagement'), existence: 'hidden' }],
        ['accommodation', open('accommodation.duty')],
      ]),
    }),
    DA_CHECK: roleView({}),
  }),
  role('police-public-protection', 'police-force', {
    DA_CHECK: roleView({ receives: ['check-request.subject', 'check-request.third-parties'] }),
  }),
  role('housing-officer', 'housing-authority', { DA_CHECK: roleView({ receives: ['check-request.subject'] }) }),
];

const PARTNERS = {
  'probation-service': 'probation-service',
  'hmpps-prisons': 'prison-service',
  'northmere-police': 'police-force',
  'southdale-police': 'police-force',
  'northmere-treatment': 'treatment-service',
  'northmere-housing': 'housing-authority',
} as const;

const desk = { name: 'Duty desk', telephone: '01632 960000', hours: 'every day' };
export const SIGNPOST = { message: 'A restriction applies. Ring the desk.', desk };

export const bundle: Bundle = {
  hash: '0'.repeat(64),
  identifiers: new Map(
    SECTIONS.map(([, , key]) => {
      const name = key.replaceAll(/[A-Z]/g, '_$&').toUpperCase();
      return [name, { name, label: '', key, pattern: /^.*$/, check: 'none', issuedBy: 'nation', example: '' }] as const;
    }),
  ),
  classes,
  classOf: new Map([...classes.values()].flatMap(({ name, fields }) => fields.map((field) => [field, name] as const))),
  envelope: new Set(),
  sections: new Map(SECTIONS.map(([field]) => [field, { staleAfterHours: 24, matchThreshold: 0.9 }] as const)),
  purposes: new Map([
    [PURPOSE, { code: PURPOSE, label: '', relationships: ['SUPERVISION_ALLOCATION', 'MAPPA_MANAGEMENT'] }],
    ['DA_CHECK', { code: 'DA_CHECK', label: '', relationships: ['SUPERVISION_ALLOCATION'] }],
  ]),
  roles: new Map(roles.map((each) => [each.name, each])),
  partners: new Map(
    Object.entries(PARTNERS).map(([code, type]) => [
      code,
      { code, name: code, type, nation: 'england', clients: [`${code}-tool`] },
    ]),
  ),
  schemes: new Map(),
  agreements,
  relationships: new Map([
    ['SUPERVISION_ALLOCATION', { type: 'SUPERVISION_ALLOCATION', label: '', graceDays: 7 }],
    ['MAPPA_MANAGEMENT', { type: 'MAPPA_MANAGEMENT', label: '', graceDays: 0 }],
  ]),
  permissions: new Map([
    ['AGREEMENT_TO_REFER', { type: 'AGREEMENT_TO_REFER', label: '', names: ['holder'] }],
    ['CONFIDENTIALITY', { type: 'CONFIDENTIALITY', label: '', names: ['recipient'] }],
    ['TREATMENT_CONDITION', { type: 'TREATMENT_CONDITION', label: '', names: [] }],
  ]),
  legalGateways: new Map(),
  messages: new Map(
    [...classes.values()].flatMap(({ name, messages }) => messages.map((field) => [field, name] as const)),
  ),
  governance: new Set(),
  restrictions: new Map([
    ['probation-service', { freshnessHours: 24, page: desk, signpost: SIGNPOST, needToKnowDays: 28 }],
    ['northmere-police', { freshnessHours: 24, page: desk, signpost: null, needToKnowDays: 28 }],
  ]),
  breakGlass: {
    minutes: 60,
    banner: 'Break-glass',
    reasons: new Map([['RISK_TO_LIFE', 'A risk to life']]),
    roles: ['probation-practitioner'],
    reviewers: [],
    reviewHours: 72,
  },
  telling: {
    paragraph: 'Some uses may be left out.',
    organisations: new Map(),
    named: [],
    purposes: new Map(),
    kinds: new Map(),
    waits: { recipients: [], purposes: [], classes: [] },
    grounds: new Map(),
    longestReviewDays: 180,
    holdMilliseconds: 1,
    names: { hours: 24, reasons: new Map() },
  },
  desks: { duty: new Map(), bySource: new Map(), byPartner: new Map() },
  checks: {
    types: new Map(),
    responders: new Map(),
    askers: ['probation-practitioner'],
    managers: ['probation-manager'],
    unableReasons: new Map(),
    largestNarrative: 4000,
    retentionDays: 90,
  },
  areas: new Map(),
  regions: new Map(),
  calendar: { from: '2026-01-01', until: '2026-12-31', holidays: new Map() },
  gaps: new Map(),
  events: new Map(),
  watching: { everySeconds: 300, deliveryAttempts: 12 },
  referrals: {
    providers: [],
    purpose: PURPOSE,
    roles: new Map(),
    teams: new Map(),
    refusals: new Map(),
    broughtBy: new Map(),
    openDays: 1,
  },
  flags: {
    baselineDays: 28,
    cases: { threshold: 6, windowDays: 28, sameRule: 3, practitioners: 2, dueDays: 14 },
    explains: new Map(),
    hours: new Map(),
    feeds: new Map(),
    rules: new Map(),
  },
  logUses: new Map(),
};

export const territory: Territory = {
  sections: SECTIONS.map(([field, source, keyField, coordinates]) => ({
    field,
    source,
    many: source === 'police',
    keyField,
    coordinates,
  })),
  holders: [
    { code: 'hmpps-prisons', source: 'prison' },
    { code: 'northmere-police', source: 'police' },
    { code: 'southdale-police', source: 'police' },
    { code: 'northmere-treatment', source: 'treatment' },
    { code: 'northmere-housing', source: 'housing' },
  ],
};

/** Every coordinate of every section. */
export const COORDINATES = territory.sections.flatMap(({ coordinates }) => coordinates);

export function view(policy: Bundle = bundle, purpose = PURPOSE): View {
  const asked = { role: 'probation-practitioner', purpose, partner: 'probation-service', day: DAY };
  const compiled = compileView(policy, territory, asked);
  if (!compiled) throw new Error('no view');
  return compiled;
}

export const caller: Caller = { practitioner: ME, now: NOW, alone: true, asked: 1 };

export const allocation: HeldRelationship = {
  type: 'SUPERVISION_ALLOCATION',
  partner: 'probation-service',
  practitioner: ME,
  team: null,
  assertedBy: 'probation-service:allocation-feed',
  evidence: 'ALLOC-1',
  from: '2026-01-01',
  until: null,
  standing: 'SELF',
  cover: null,
};

const TYPE_OF: Readonly<Record<string, string>> = {
  prison: 'PRISON_NUMBER',
  police: 'PNC_ID',
  treatment: 'NHS_NUMBER',
  housing: 'HOUSING_APPLICATION',
};

/** Somebody known to every holder, allocated to the caller, with nothing in the way. */
export function facts(overrides: Partial<SubjectFacts> = {}): SubjectFacts {
  return {
    ...NO_FACTS,
    person: '00000000-0000-4000-8000-000000000001',
    links: territory.holders.map(({ code, source }) => ({
      holder: code,
      type: TYPE_OF[source] ?? '',
      value: 'X000001',
      confidence: 1,
    })),
    relationships: [allocation],
    ...overrides,
  };
}
