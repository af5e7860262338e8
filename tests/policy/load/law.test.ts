import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { SourceText } from '../../../src/record/problem.ts';
import { edit, type Path, told } from './edit.ts';
import { problemsOf, texts } from './real.ts';

const LAWS = 'legal-gateways.yaml';
const PARTNERS = 'partners.yaml';
const FILE = 'agreements/TST-01.yaml';
const basis = {
  power: 'ACT-1',
  regime: 'uk-gdpr',
  article6: '6(1)(e) public task',
  condition: '9(2)(h)',
  confidentiality: 'As above',
};

/** One agreement that nothing is wrong with, resting on a law of its own. */
const AGREEMENT = {
  reference: 'TST-01',
  holders: ['northmere-treatment'],
  recipients: ['harbour-homes'],
  purposes: ['RELEASE_PLANNING'],
  classes: ['treatment.engagement'],
  requires: { 'treatment.engagement': ['CONFIDENTIALITY'] },
  from: '2026-01-01',
  until: '2026-12-31',
  review: '2026-12-31',
  dpia: 'DPIA-TST-01',
  signatories: [{ party: 'northmere-treatment', role: 'Caldicott guardian' }],
  discloser: basis,
  recipient: basis,
  necessity: 'It is needed.',
  onward: 'To nobody',
  retention: 'None',
};
const LAW = { title: 'Act of 2001, section 1', allows: 'Something', source: 'Read in full' };

interface Given {
  readonly law?: object;
  readonly agreement?: object;
  readonly partners?: readonly [Path, unknown][];
}

function world({ law = {}, agreement = {}, partners = [] }: Given): SourceText[] {
  const kept = texts.filter(({ name }) => !name.startsWith('agreements/'));
  const files = edit(kept, LAWS, [['ACT-1'], { ...LAW, ...law }]);
  const own = { name: FILE, text: stringify({ ...AGREEMENT, ...agreement }, { aliasDuplicateObjects: false }) };
  return [...(partners.length > 0 ? edit(files, PARTNERS, ...partners) : files), own];
}

type Told = [path: Path, message: string, on?: 'key'];
type Case = [name: string, given: Given, ...told: Told[]];

const ACT = 'Act of 2001, section 1 (ACT-1)';
const DISCLOSER = ['discloser', 'power'];
const RECIPIENT = ['recipient', 'power'];
const IN_WALES: [Path, unknown][] = [[['partners', 'harbour-homes', 'nation'], 'wales']];
const PROTECTIVE = ['risk.to-staff'];
const OWN = { recipients: 'own', recipient: undefined };
const arranged = (from: string, until: string): [Path, unknown][] => [
  [['partners', 'harbour-homes', 'classified'], { 'ACT-1': 'arrangement' }],
  [['partners', 'harbour-homes', 'arrangement'], { reference: 'CONTRACT-1', from, until }],
];
const BY_ARRANGEMENT = { flows: [{ from: 'any', to: 'arrangement' }] };

const LIMITS: Case[] = [
  ['no limit', {}],
  ['a purpose that it carries', { law: { purposes: ['RELEASE_PLANNING', 'COURT_REPORT'] } }],
  [
    'a purpose that it does not carry',
    {
      law: { purposes: ['SENTENCE_MANAGEMENT', 'COURT_REPORT'] },
      agreement: { purposes: ['SENTENCE_MANAGEMENT', 'RELEASE_PLANNING'] },
    },
    [['purposes', 1], `${ACT} carries data for SENTENCE_MANAGEMENT, COURT_REPORT only, not for RELEASE_PLANNING`],
  ],
  ['England, and both are there', { law: { nation: 'england' } }],
  [
    'England, and the recipient is in Wales',
    { law: { nation: 'england' }, partners: IN_WALES },
    [DISCLOSER, `${ACT} reaches England only, and harbour-homes is in Wales`],
    [RECIPIENT, `${ACT} reaches England only, and harbour-homes is in Wales`],
  ],
  [
    'England, and the holder is in Wales',
    {
      law: { nation: 'england' },
      partners: [[['partners', 'northmere-treatment', 'nation'], 'wales']],
      agreement: { recipient: { ...basis, power: 'CA-2004-s11', regime: 'uk-gdpr' }, purposes: ['CHILD_CHECK'] },
    },
    [DISCLOSER, `${ACT} reaches England only, and northmere-treatment is in Wales`],
    [
      RECIPIENT,
      'Children Act 2004, section 11 (CA-2004-s11) reaches England only, and northmere-treatment is in Wales',
    ],
  ],
  ['a permission that it asks for', { law: { requires: ['CONFIDENTIALITY'] } }],
  [
    'a permission that no class waits for',
    { law: { requires: ['AGREEMENT_TO_REFER'] }, agreement: { requires: undefined } },
    [['classes', 0], `${ACT} carries treatment.engagement only with AGREEMENT_TO_REFER: say so under requires`],
  ],
  [
    'a permission beside which another would do',
    {
      law: { requires: ['AGREEMENT_TO_REFER'] },
      agreement: { requires: { 'treatment.engagement': ['AGREEMENT_TO_REFER', 'CONFIDENTIALITY'] } },
    },
    [['classes', 0], `${ACT} carries treatment.engagement only with AGREEMENT_TO_REFER: say so under requires`],
  ],
  [
    'a permission that one of two classes waits for',
    {
      law: { requires: ['CONFIDENTIALITY'] },
      agreement: { classes: ['treatment.engagement', 'treatment.referral'] },
    },
    [['classes', 1], `${ACT} carries treatment.referral only with CONFIDENTIALITY: say so under requires`],
  ],
];

const CONFIDENCE: Case[] = [
  ['with the permission of the person', { law: { confidentiality: true } }],
  [
    'with a condition made in the open',
    {
      law: { confidentiality: true },
      agreement: { requires: { 'treatment.engagement': ['TREATMENT_CONDITION', 'CONFIDENTIALITY'] } },
    },
  ],
  [
    'within direct care',
    {
      law: { confidentiality: true },
      agreement: { recipients: ['health-service', 'southdale-treatment'], requires: undefined },
    },
  ],
  ['for the holder’s own', { law: { confidentiality: true }, agreement: { ...OWN, requires: undefined } }],
  [
    'without any',
    { law: { confidentiality: true }, agreement: { requires: undefined } },
    [
      ['classes', 0],
      `${ACT} lifts no duty of confidence: outside direct care treatment.engagement requires CONFIDENTIALITY or TREATMENT_CONDITION`,
    ],
  ],
  [
    'with a permission of another kind',
    {
      law: { confidentiality: true },
      agreement: { requires: { 'treatment.engagement': ['CONFIDENTIALITY', 'AGREEMENT_TO_REFER'] } },
    },
    [
      ['classes', 0],
      `${ACT} lifts no duty of confidence: outside direct care treatment.engagement requires CONFIDENTIALITY or TREATMENT_CONDITION`,
    ],
  ],
  [
    'to one in direct care and one that is not',
    {
      law: { confidentiality: true },
      agreement: { recipients: ['health-service', 'harbour-homes'], requires: undefined },
    },
    [
      ['classes', 0],
      `${ACT} lifts no duty of confidence: outside direct care treatment.engagement requires CONFIDENTIALITY or TREATMENT_CONDITION`,
    ],
  ],
];

const BETWEEN: Case[] = [
  ['a law that cites nobody else may be for all', { law: { flows: [{ from: 'any', to: 'any' }] } }],
  [
    'a law that knows neither',
    { law: { flows: [{ from: 'giver', to: 'taker' }] } },
    [DISCLOSER, `${ACT} carries nothing from northmere-treatment (unclassified) to harbour-homes (unclassified)`],
    [RECIPIENT, `${ACT} carries nothing from northmere-treatment (unclassified) to harbour-homes (unclassified)`],
  ],
  ['an arrangement that lasts as long', { law: BY_ARRANGEMENT, partners: arranged('2026-01-01', '2026-12-31') }],
  [
    'an arrangement that ends before',
    { law: BY_ARRANGEMENT, partners: arranged('2026-01-01', '2026-12-30') },
    [['until'], `${ACT} reaches harbour-homes by CONTRACT-1, which ends on 2026-12-30, before 2026-12-31`],
  ],
  [
    'an arrangement that begins after',
    { law: BY_ARRANGEMENT, partners: arranged('2026-01-02', '2026-12-31') },
    [['from'], `${ACT} reaches harbour-homes by CONTRACT-1, which begins on 2026-01-02, after 2026-01-01`],
  ],
];

describe.each([
  ['limits', LIMITS],
  ['confidence', CONFIDENCE],
  ['parties', BETWEEN],
])('what a law cannot carry does not build: %s', (_, cases) => {
  test.each(cases)('%s', (_name, given, ...expected) => {
    const files = world(given);
    expect(problemsOf(files)).toEqual(expected.map((each) => told(files, FILE, ...each)));
  });
});

describe('Offender Management Act 2007, section 14', () => {
  const between = (holder: string, recipient: string) =>
    problemsOf(
      world({
        agreement: {
          holders: [holder],
          recipients: [recipient],
          classes: holder.endsWith('police') ? ['policing.markers'] : ['accommodation.first-night'],
          requires: undefined,
          discloser: { ...basis, power: 'OMA-2007-s14' },
        },
      }),
    );

  test.each([
    ['northmere-police', 'probation-service'],
    ['northmere-housing', 'hmpps-prisons'],
  ])('carries from %s to %s', (holder, recipient) => {
    expect(between(holder, recipient)).toEqual([]);
  });

  test.each([
    ['northmere-police', 'northmere-housing', 'listed', 'listed'],
    ['northmere-police', 'southdale-police', 'listed', 'listed'],
    ['northmere-housing', 'harbour-homes', 'listed', 'arrangement'],
    ['northmere-housing', 'health-service', 'listed', 'unclassified'],
  ])('carries nothing between two others: %s to %s', (holder, recipient, from, to) => {
    expect(between(holder, recipient)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${FILE}:\\d+:\\d+ Offender Management Act 2007, section 14 \\(OMA-2007-s14\\) carries nothing from ${holder} \\(${from}\\) to ${recipient} \\(${to}\\)$`,
        ),
      ),
    ]);
  });
});

describe('arrangements of partners', () => {
  test.each<[string, [Path, unknown][], ...Told[]]>([
    [
      'one that is not given',
      [[['partners', 'harbour-homes', 'arrangement'], undefined]],
      [
        ['partners', 'harbour-homes', 'classified', 'OMA-2007-s14'],
        'Offender Management Act 2007, section 14 (OMA-2007-s14) reaches harbour-homes only under an arrangement: give its reference and days as arrangement',
      ],
    ],
    [
      'one that no law asks for',
      [[['partners', 'hmpps-prisons', 'arrangement'], { reference: 'X', from: '2026-01-01', until: '2026-12-31' }]],
      [
        ['partners', 'hmpps-prisons', 'arrangement'],
        'no law calls hmpps-prisons an arrangement: classify it so, or leave this out',
        'key',
      ],
    ],
    [
      'days reversed, and one that is not of the calendar',
      [[['partners', 'harbour-homes', 'arrangement'], { reference: 'X', from: '2026-02-30', until: '2026-01-01' }]],
      [['partners', 'harbour-homes', 'arrangement', 'from'], '2026-02-30 is not a day of the calendar'],
      [['partners', 'harbour-homes', 'arrangement', 'until'], 'it ends on 2026-01-01, before it begins on 2026-02-30'],
    ],
    [
      'one without its end',
      [[['partners', 'harbour-homes', 'arrangement'], { reference: 'X', from: '2026-01-01' }]],
      [['partners', 'harbour-homes', 'arrangement'], 'until is missing', 'key'],
    ],
    [
      'no nation',
      [[['partners', 'harbour-homes', 'nation'], undefined]],
      [['partners', 'harbour-homes'], 'nation is missing', 'key'],
    ],
    [
      'another nation',
      [[['partners', 'harbour-homes', 'nation'], 'walse']],
      [['partners', 'harbour-homes', 'nation'], 'walse is not one of england, wales; did you mean wales'],
    ],
    [
      'no clients',
      [[['partners', 'harbour-homes', 'clients'], undefined]],
      [['partners', 'harbour-homes'], 'clients is missing', 'key'],
    ],
  ])('%s', (_, partners, ...expected) => {
    const files = world({ partners });
    expect(problemsOf(files)).toEqual(expected.map((each) => told(files, PARTNERS, ...each)));
  });
});

describe('what a law says of itself', () => {
  test.each<[string, object, ...Told[]]>([
    ['no source', { source: undefined }, [['ACT-1'], 'source is missing', 'key']],
    [
      'an unknown purpose',
      { purposes: ['RELEASE_PLANNING', 'RELEASE_PLANING'] },
      [['ACT-1', 'purposes', 1], 'unknown purpose RELEASE_PLANING; did you mean RELEASE_PLANNING'],
    ],
    [
      'an unknown permission',
      { requires: ['CONFIDENTIALITY', 'CONFIDENTIALTY'] },
      [['ACT-1', 'requires', 1], 'unknown permission CONFIDENTIALTY; did you mean CONFIDENTIALITY'],
    ],
    ['a nation that no law is limited to', { nation: 'wales' }, [['ACT-1', 'nation'], 'wales is not one of england']],
    [
      'a limit that is no limit',
      { confidentiality: false },
      [['ACT-1', 'confidentiality'], 'false is not one of true'],
    ],
  ])('%s', (_, law, ...expected) => {
    const files = world({ law });
    expect(problemsOf(files)).toEqual(expected.map((each) => told(files, LAWS, ...each)));
  });
});

describe('protective classes', () => {
  const files = edit(world({}), 'data-classes.yaml', [['classes', 'treatment.engagement', 'protective'], true]);
  test('wait for no permission', () => {
    const message = 'treatment.engagement is protective: no permission may stand between it and whom it protects';
    expect(problemsOf(files)).toEqual([told(files, FILE, ['requires', 'treatment.engagement'], message, 'key')]);
  });

  test('are protective or say nothing of it', () => {
    const others = edit(world({}), 'data-classes.yaml', [['classes', ...PROTECTIVE, 'protective'], false]);
    const path = ['classes', ...PROTECTIVE, 'protective'];
    expect(problemsOf(others)).toEqual([told(others, 'data-classes.yaml', path, 'false is not one of true')]);
  });
});

describe('what is marked for emergencies', () => {
  const giving = (emergency: object) => world({ agreement: { ...GIVEN, emergency } });
  const GIVEN = {
    holders: ['northmere-police'],
    recipients: ['probation-service'],
    classes: ['policing.markers', 'policing.orders', 'identifiers.pnc-id'],
    requires: undefined,
  };
  test.each<[string, object, ...Told[]]>([
    ['part of what is given, for a role that may break the glass', { 'probation-practitioner': ['policing.markers'] }],
    [
      'an unknown role',
      { 'probation-practioner': ['policing.markers'] },
      [
        ['emergency', 'probation-practioner'],
        'unknown role probation-practioner; did you mean probation-practitioner',
        'key',
      ],
    ],
    [
      'a role of no recipient',
      { 'police-public-protection': ['policing.markers'] },
      [['emergency', 'police-public-protection'], 'police-public-protection is a role of no recipient', 'key'],
    ],
    [
      'a role that may not break the glass',
      { 'prison-offender-manager': ['policing.markers'] },
      [['emergency', 'prison-offender-manager'], 'prison-offender-manager is a role of no recipient', 'key'],
      [
        ['emergency', 'prison-offender-manager'],
        'prison-offender-manager is not among the roles of break-glass.yaml',
        'key',
      ],
    ],
    [
      'more than is given',
      { 'probation-practitioner': ['policing.markers', 'policing.contact'] },
      [['emergency', 'probation-practitioner', 1], 'policing.contact is not among the classes of this agreement'],
    ],
    [
      'an identifier',
      { 'probation-practitioner': ['identifiers.pnc-id'] },
      [
        ['emergency', 'probation-practitioner', 0],
        'identifiers.pnc-id has no fields, and break-glass shows nothing else',
      ],
    ],
    [
      'nothing, for a role',
      { 'probation-practitioner': [] },
      [['emergency', 'probation-practitioner'], 'this may not be empty', 'key'],
    ],
  ])('%s', (_, emergency, ...expected) => {
    const files = giving(emergency);
    expect(problemsOf(files)).toEqual(expected.map((each) => told(files, FILE, ...each)));
  });
});

describe('messages', () => {
  const asking = (classes: string[]) =>
    world({
      agreement: { holders: ['harbour-homes'], recipients: ['northmere-police'], classes, requires: undefined },
    });

  test('a partner that holds nothing gives what it says itself', () => {
    expect(problemsOf(asking(['check-request.subject', 'check-request.addresses']))).toEqual([]);
  });

  test('and nothing else', () => {
    const files = asking(['check-request.subject', 'policing.markers']);
    expect(problemsOf(files)).toEqual([
      told(files, FILE, ['holders', 0], 'harbour-homes holds nothing, and can give nothing'),
    ]);
  });
});
