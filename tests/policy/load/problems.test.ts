import { describe, expect, test } from 'vitest';
import { buildRecord } from '../../../src/record/model.ts';
import type { SourceText } from '../../../src/record/problem.ts';
import { gateway, problem, problemsOf, sources, texts, vary } from './real.ts';

const ROLE = 'roles/work-coach.yaml';
const KEPT = /TRT-PRB-01|OWN-PRI|OWN-HOU|POL-POL-01|HOU-CAS-01|HEA-RTL-02|PRI-PRB-01/;
const POM = 'roles/prison-offender-manager.yaml';
const AGREEMENT = 'agreements/TRT-PRB-01.yaml';

/** The policies with the agreements that are varied here, so that each case is quick. */
const few = texts.filter(({ name }) => !name.startsWith('agreements/') || KEPT.test(name));

/** One mistake: the file, what is changed into what, and what is told where. No place means the top of the file. */
type Mistake = [
  name: string,
  file: string,
  from: string | RegExp,
  to: string,
  ...told: [piece: string, message: string][],
];

const END = /$(?![\s\S])/;

const YAML: Mistake[] = [
  [
    'a duplicate key',
    'permissions.yaml',
    END,
    'CONFIDENTIALITY:\n  label: Again\n',
    ['|CONFIDENTIALITY:\n  label: Again', 'this key is in the mapping already'],
  ],
  [
    'an anchor',
    ROLE,
    '[NINO, PRISON_NUMBER]',
    '&types [NINO, PRISON_NUMBER]',
    ['&types |[NINO', 'an anchor; write the value out where it is needed'],
  ],
  ['an alias', ROLE, '[NINO, PRISON_NUMBER]', '*types', ['|*types', 'an alias; write the value out']],
  ['a merge', 'permissions.yaml', END, '<<: { OTHER: { label: Hidden } }\n', ['|<<', 'a merge; write the keys out']],
  ['a tag', 'permissions.yaml', 'label: A licence', 'label: !!str A licence', ['!!str |A', 'a tag; leave it out']],
  ['a directive', 'permissions.yaml', /^/, '%YAML 1.1\n---\n', ['|%YAML', 'a directive; leave it out']],
  ['a key that is not text', 'permissions.yaml', END, '1: { label: One }\n', ['|1: {', 'a key must be text']],
  [
    'a tab',
    'permissions.yaml',
    END,
    'OTHER:\n\tlabel: Other\n',
    ['|\tlabel', 'a tab; indent and separate with spaces'],
  ],
  [
    'a tab before an item',
    ROLE,
    '    holdMilliseconds: 0',
    '\tholdMilliseconds: 0',
    ['|\tholdMilliseconds', 'a tab; indent and separate with spaces'],
  ],
  [
    'text with a colon',
    ROLE,
    'why: Housing costs',
    'why: Housing: costs',
    ['why: |Housing', 'a mapping may not begin here: put text that holds a colon in quotes'],
  ],
  ['two documents', 'permissions.yaml', END, '---\nOTHER: { label: Other }\n', ['|---', 'a file holds one document']],
  ['nothing', 'permissions.yaml', /[\s\S]*/, '', ['|', 'nothing is not a mapping']],
];

const SHAPE: Mistake[] = [
  ['a member left out', ROLE, /review: .*\n/, '', ['|role: work-coach', 'review is missing']],
  ['an agreement without review', AGREEMENT, /review: .*\n/, '', ['|reference:', 'review is missing']],
  [
    'existence left out',
    ROLE,
    /(employment:\n.*\n)\s+existence: open\n/,
    '$1',
    ['|employment:\n', 'existence is missing'],
  ],
  [
    'a key misspelt',
    ROLE,
    'lookups:',
    'lookup:',
    ['|role: work-coach', 'lookups is missing'],
    ['|lookup:', 'unknown key lookup; did you mean lookups'],
  ],
  [
    'a word misspelt',
    ROLE,
    'existence: open',
    'existence: opne',
    ['|opne', 'opne is not one of open, hidden; did you mean open'],
  ],
  [
    'a name of the wrong form',
    'permissions.yaml',
    'CONFIDENTIALITY:',
    'confidentiality:',
    ['|confidentiality:', 'confidentiality is not capitals joined by underscores'],
  ],
  ['text for a list', ROLE, '[NINO, PRISON_NUMBER]', 'NINO', ['lookups: |NINO', 'NINO is not a list']],
  ['one thing twice', ROLE, '[NINO, PRISON_NUMBER]', '[NINO, NINO]', ['[NINO, |NINO]', 'this is in the list already']],
  ['an empty list', ROLE, '[benefits-department]', '[]', ['|partnerTypes', 'this may not be empty']],
  [
    'a number out of bounds',
    'relationships.yaml',
    'graceDays: 7',
    'graceDays: -1',
    ['|-1', '-1 is not days, from 0 to 366'],
  ],
  [
    'a view without its hold',
    ROLE,
    /\s+holdMilliseconds: 0/,
    '',
    ['|BENEFITS_EMPLOYMENT', 'holdMilliseconds is missing'],
  ],
  [
    'Article 6 under Part 3',
    'agreements/OWN-PRI.yaml',
    'regime: part-3',
    'regime: part-3\n  article6: 6(1)(e)',
    ['|article6', 'article6 has no place here'],
  ],
  [
    'no Article 6 under UK GDPR',
    'agreements/OWN-HOU.yaml',
    / {2}article6: .*\n/,
    '',
    ['|discloser:', 'article6 is missing'],
  ],
  [
    'no basis for the recipient',
    'agreements/POL-POL-01.yaml',
    /recipient:\n( {2}.*\n)*/,
    '',
    ['|reference:', 'recipient is missing'],
  ],
];

const IDENTIFIERS: Mistake[] = [
  [
    'an unknown key field',
    'identifiers.yaml',
    'key: crn',
    'key: crm',
    ['|PRISON_NUMBER:', 'source probation knows people by crn, and no type has that key'],
    ['|crm', 'unknown key field crm; did you mean crn'],
  ],
  [
    'an example that is not well formed',
    'identifiers.yaml',
    '2099/0000000F',
    '2099/0000000G',
    ['|2099/', '2099/0000000G is not well formed by its own pattern and check'],
  ],
  [
    'a pattern that does not compile',
    'identifiers.yaml',
    "'^CS-\\d{7}$'",
    '"^(CS$"',
    ['|"^(CS', 'this is not a regular expression'],
  ],
  [
    'a pattern that is not anchored',
    'identifiers.yaml',
    "'^CS-\\d{7}$'",
    'CS-\\d{7}$',
    ['|CS-\\d', 'CS-\\d{7}$ is not an anchored regular expression, ^...$'],
  ],
];

const NO_CLASS = '(schema/sources/prison.graphql) is in no class; every field of the record is in exactly one';
const CLASSES: Mistake[] = [
  [
    'a coordinate in no class, and one in two',
    'data-classes.yaml',
    '[Custody.bankAccount]',
    '[Custody.handover]',
    ['|classes:', `Custody.bankAccount ${NO_CLASS}`],
    ['[|Custody.handover]', 'Custody.handover is in custody.handover already'],
  ],
  [
    'an unknown coordinate',
    'data-classes.yaml',
    '[Custody.bankAccount]',
    '[Custody.bankAcount]',
    ['|classes:', `Custody.bankAccount ${NO_CLASS}`],
    ['|Custody.bankAcount', 'unknown coordinate Custody.bankAcount; did you mean Custody.bankAccount'],
  ],
  [
    'content in the envelope',
    'data-classes.yaml',
    '- Person.id\n',
    '- Custody.offence\n  - Person.id\n',
    ['- |Custody.offence\n', 'Custody.offence says something of a person, and belongs in a class'],
    ['[|Custody.offence]', 'Custody.offence is in the envelope already'],
  ],
  [
    'a section in the envelope',
    'data-classes.yaml',
    '- Person.id\n',
    '- Person.custody\n  - Person.id\n',
    ['- |Person.custody', 'Person.custody is a section: it follows from its content, leave it out'],
  ],
  [
    'a section in a class',
    'data-classes.yaml',
    '[Custody.bankAccount]',
    '[Custody.bankAccount, Person.custody]',
    ['|Person.custody', 'Person.custody is a section: it follows from its content, leave it out'],
  ],
  [
    'an envelope field in a class',
    'data-classes.yaml',
    /( {2}- Person.id\n)([\s\S]*)\[Custody.bankAccount\]/,
    '$2[Custody.bankAccount, Person.id]',
    ['|Person.id]', 'Person.id belongs in the envelope'],
  ],
  [
    'the gateway’s holder in a class',
    'data-classes.yaml',
    /( {2}risk.scores:[\s\S]*)Risk.reoffendingScore, ([\s\S]*)$/,
    '$1$2  risk.more:\n    handling: OFFICIAL\n    description: More\n    fields: [Risk.reoffendingScore, Policing.holder]\n',
    ['|risk.more', 'no role needs risk.more: a class without a rule'],
    ['|Policing.holder]', 'Policing.holder belongs in the envelope'],
    ['|Policing.holder]', 'Policing.holder is in the envelope already'],
  ],
  [
    'a class across sections',
    'data-classes.yaml',
    /(fields: \[Custody.bankAccount)(\][\s\S]*) {4}fields: \[Risk.summary\]\n/,
    '$1, Risk.summary$2    fields: [Risk.sumary]\n',
    ['|custody.bank-account:', 'custody.bank-account has fields of more than one section'],
    ['|Risk.sumary', 'unknown coordinate Risk.sumary; did you mean Risk.summary'],
  ],
  [
    'a class of nothing',
    'data-classes.yaml',
    END,
    '  custody.nothing: { handling: OFFICIAL, description: Nothing }\n',
    ['|custody.nothing', 'a class has one of fields, identifiers and messages'],
    ['|custody.nothing', 'no role needs custody.nothing: a class without a rule'],
  ],
  [
    'an identifier type in two classes',
    'data-classes.yaml',
    'identifiers: [NINO]',
    'identifiers: [NINO, CRN]',
    ['[NINO, |CRN', 'CRN is in identifiers.crn already'],
  ],
  [
    'an unknown section',
    'data-classes.yaml',
    '  custody: {',
    '  custdy: {',
    ['|sections:', 'section custody has no limits here'],
    ['|custdy', 'unknown section custdy; did you mean custody'],
  ],
];

const PARTIES: Mistake[] = [
  [
    'an unknown relationship',
    'purposes.yaml',
    '[BENEFIT_CLAIM]',
    '[BENEFITS_CLAIM]',
    ['|BENEFITS_CLAIM', 'unknown relationship BENEFITS_CLAIM; did you mean BENEFIT_CLAIM'],
  ],
  [
    'an unknown source type',
    'partners.yaml',
    'holds: benefits',
    'holds: benefit',
    ['|benefit\n', 'unknown source type benefit; did you mean benefits'],
  ],
  [
    'an unknown member',
    'partners.yaml',
    '[harbour-homes,',
    '[harbor-homes,',
    ['|harbor-homes', 'unknown partner harbor-homes; did you mean harbour-homes'],
  ],
  [
    'a scheme with a partner’s code',
    'partners.yaml',
    END,
    '  health-service: [health-service]\n',
    ['|health-service: [', "health-service is a partner's code already"],
  ],
  [
    'an unknown law',
    'partners.yaml',
    'type: oversight-board',
    'type: oversight-board\n    classified: { OMA-2007-s41: listed }',
    ['|OMA-2007-s41', 'unknown legal gateway OMA-2007-s41; did you mean OMA-2007-s14'],
  ],
  [
    'a word that the law does not use',
    'partners.yaml',
    'type: oversight-board',
    'type: oversight-board\n    classified: { OMA-2007-s14: lister }',
    ['|lister', 'OMA-2007-s14 has no flow from or to lister; did you mean listed'],
  ],
  [
    'a partner without a desk',
    'desks.yaml',
    / {2}lantern-housing:\n( {4}.*\n)*/,
    '',
    ['|duty:', 'partner lantern-housing has no desk'],
  ],
  [
    'a source type without a desk',
    'desks.yaml',
    / {2}housing:\n( {4}.*\n)*/,
    '',
    ['|bySource:', 'source type housing has no desk'],
  ],
  [
    'desks for nobody',
    'desks.yaml',
    'byPartner:\n  probation-service:\n    police:',
    'byPartner:\n  probation-servce:\n    polices:',
    ['|probation-servce', 'unknown partner probation-servce; did you mean probation-service'],
    ['|polices', 'unknown source type polices; did you mean police'],
  ],
];

const ROLES: Mistake[] = [
  [
    'another file’s role',
    'roles/analyst.yaml',
    'role: analyst',
    'role: statistician',
    ['role: |statistician', 'statistician belongs in roles/statistician.yaml'],
  ],
  [
    'an unknown partner type',
    ROLE,
    '[benefits-department]',
    '[benefit-department]',
    ['|benefit-department', 'unknown partner type benefit-department; did you mean benefits-department'],
  ],
  [
    'an unknown identifier type',
    ROLE,
    ', PRISON_NUMBER]',
    ', PRISON_NUMBERS]',
    ['|PRISON_NUMBERS', 'unknown identifier type PRISON_NUMBERS; did you mean PRISON_NUMBER'],
  ],
  [
    'an unknown purpose',
    ROLE,
    'BENEFITS_EMPLOYMENT',
    'BENEFIT_EMPLOYMENT',
    ['|BENEFIT_EMPLOYMENT', 'unknown purpose BENEFIT_EMPLOYMENT; did you mean BENEFITS_EMPLOYMENT'],
  ],
  [
    'an unknown section',
    ROLE,
    '      employment:',
    '      employmnt:',
    ['|employmnt', 'unknown section employmnt; did you mean employment'],
  ],
  [
    'an unknown class',
    ROLE,
    '[risk.to-staff]',
    '[risk.to-staf]',
    ['|risk.to-staf]', 'unknown class risk.to-staf; did you mean risk.to-staff'],
  ],
  [
    'a class of another section',
    ROLE,
    '[risk.to-staff]',
    '[risk.to-staff, custody.offence]',
    ['|custody.offence', 'custody.offence is not a class of section risk'],
  ],
  [
    'a class of fields among identifiers',
    ROLE,
    '[identifiers.nino]',
    '[identifiers.nino, custody.offence]',
    ['|custody.offence', 'custody.offence is not a class of identifiers'],
  ],
  [
    'a class of identifiers among fields',
    ROLE,
    '[risk.to-staff]',
    '[risk.to-staff, identifiers.crn]',
    [', |identifiers.crn]', 'identifiers.crn is not a class of section risk'],
  ],
  [
    'a hidden section without a hold',
    POM,
    /(RELEASE_PLANNING:\n\s+holdMilliseconds: )500/,
    '$1 0',
    ['  |0\n', 'a view with a hidden section holds its answers: give a hold above 0'],
  ],
  [
    'a hold with nothing hidden',
    ROLE,
    'holdMilliseconds: 0',
    'holdMilliseconds: 250',
    ['|250', 'a view without a hidden section has nothing to hold for: give 0'],
  ],
  [
    'a day that is not one',
    ROLE,
    '2026-12-31',
    '2026-02-30',
    ['|2026-02-30', '2026-02-30 is not a day of the calendar'],
  ],
];

const AGREEMENTS: Mistake[] = [
  [
    'another agreement’s file',
    AGREEMENT,
    'reference: TRT-PRB-01',
    'reference: TRT-PRB-09',
    ['|TRT-PRB-09', 'TRT-PRB-09 belongs in agreements/TRT-PRB-09.yaml'],
  ],
  [
    'an unknown holder',
    AGREEMENT,
    '[treatment-services]',
    '[treatment-services, treatment-servces]',
    ['|treatment-servces', 'unknown partner or scheme treatment-servces; did you mean treatment-services'],
  ],
  [
    'an unknown recipient',
    AGREEMENT,
    '[probation-service]',
    '[probation-services]',
    ['|probation-services', 'unknown partner or scheme probation-services; did you mean probation-service'],
  ],
  [
    'an unknown purpose',
    AGREEMENT,
    '[SENTENCE_MANAGEMENT,',
    '[SENTENCE_MANAGMENT,',
    ['|SENTENCE_MANAGMENT', 'unknown purpose SENTENCE_MANAGMENT; did you mean SENTENCE_MANAGEMENT'],
  ],
  [
    'an unknown class',
    AGREEMENT,
    '- treatment.referral\n',
    '- treatment.referral\n  - treatment.referal\n',
    ['|treatment.referal\n', 'unknown class treatment.referal; did you mean treatment.referral'],
  ],
  [
    'an unknown signatory',
    AGREEMENT,
    'party: probation-service',
    'party: probation-servce',
    ['|probation-servce', 'unknown partner or scheme probation-servce; did you mean probation-service'],
  ],
  [
    'an unknown permission',
    AGREEMENT,
    '[TREATMENT_CONDITION, CONFIDENTIALITY]',
    '[TREATMENT_CONDITIONS]',
    ['|TREATMENT_CONDITIONS', 'unknown permission TREATMENT_CONDITIONS; did you mean TREATMENT_CONDITION'],
  ],
  [
    'a permission for what it does not give',
    AGREEMENT,
    '  - treatment.referral\n',
    '',
    ['|treatment.referral:', 'treatment.referral is not among the classes of this agreement'],
  ],
  [
    'an unknown power',
    AGREEMENT,
    /(discloser:\n {2}power: )COMMON-LAW-PERMISSION/,
    '$1COMMON-LAW-PERMISION',
    ['|COMMON-LAW-PERMISION', 'unknown legal gateway COMMON-LAW-PERMISION; did you mean COMMON-LAW-PERMISSION'],
  ],
  [
    'a power that does not reach the recipient',
    'agreements/HOU-CAS-01.yaml',
    /(discloser:\n {2}power: )HA-1996-part-7/,
    '$1OMA-2007-s14',
    [
      '|OMA-2007-s14',
      'Offender Management Act 2007, section 14 (OMA-2007-s14) carries nothing from northmere-housing (listed) to harbour-homes (arrangement)',
    ],
    [
      '|OMA-2007-s14',
      'Offender Management Act 2007, section 14 (OMA-2007-s14) carries nothing from northmere-housing (listed) to lantern-housing (arrangement)',
    ],
    [
      '|OMA-2007-s14',
      'Offender Management Act 2007, section 14 (OMA-2007-s14) carries nothing from southdale-housing (listed) to harbour-homes (arrangement)',
    ],
    [
      '|OMA-2007-s14',
      'Offender Management Act 2007, section 14 (OMA-2007-s14) carries nothing from southdale-housing (listed) to lantern-housing (arrangement)',
    ],
  ],
  [
    'a power that does not know the recipient',
    'agreements/HEA-RTL-02.yaml',
    /(discloser:\n {2}power: )COMMON-LAW-PUBLIC-INTEREST/,
    '$1CDA-1998-s115',
    [
      '|CDA-1998-s115',
      'Crime and Disorder Act 1998, section 115 (CDA-1998-s115) carries nothing from health-service (relevant-authority) to harbour-homes (unclassified)',
    ],
    [
      '|CDA-1998-s115',
      'Crime and Disorder Act 1998, section 115 (CDA-1998-s115) carries nothing from health-service (relevant-authority) to lantern-housing (unclassified)',
    ],
  ],
  [
    'a change of regime without a law',
    AGREEMENT,
    /regimeCrossing: .*\n/,
    '',
    ['|part-3', 'data passes from uk-gdpr to part-3: name the law that allows it, as regimeCrossing'],
  ],
  [
    'a law for no change of regime',
    'agreements/POL-POL-01.yaml',
    END,
    'regimeCrossing: COMMON-LAW-POLICING\n',
    ['regimeCrossing: |COMMON', 'both sides are under part-3: nothing is crossed'],
  ],
  [
    'days reversed',
    AGREEMENT,
    'until: 2028-12-31',
    'until: 2025-12-31',
    ['|2025-12-31', 'it ends on 2025-12-31, before it begins on 2026-01-01'],
  ],
  [
    'a day that is not one',
    AGREEMENT,
    'from: 2026-01-01',
    'from: 2026-13-01',
    ['|2026-13-01', '2026-13-01 is not a day of the calendar'],
  ],
  [
    'what the holder does not hold',
    'agreements/HEA-RTL-02.yaml',
    '- health.risk-to-life',
    '- health.risk-to-life\n  - custody.release',
    ['|custody.release', 'custody.release is held by prison; health-service holds health'],
  ],
  [
    'an identifier that the holder does not know',
    'agreements/HEA-RTL-02.yaml',
    '- health.risk-to-life',
    '- health.risk-to-life\n  - identifiers.nino',
    ['|identifiers.nino', 'identifiers.nino is held by benefits; health-service holds health'],
  ],
  [
    'a holder that holds nothing',
    AGREEMENT,
    '[treatment-services]',
    '[treatment-services, harbour-homes]',
    ['|harbour-homes]', 'harbour-homes holds nothing, and can give nothing'],
  ],
  [
    'the holder as the only recipient',
    'agreements/PRI-PRB-01.yaml',
    'recipients: [probation-service]',
    'recipients: [hmpps-prisons]',
    ['recipients: |[', "a holder's own practitioners are said with own"],
    ['|probation-practitioner:', 'probation-practitioner is a role of no recipient'],
    ['|probation-manager:', 'probation-manager is a role of no recipient'],
  ],
  [
    'a recipient that is a word',
    AGREEMENT,
    'recipients: [probation-service]',
    'recipients: owner',
    ['|owner', 'owner is not a list of partners or schemes, or the word own'],
  ],
];

describe.each([
  ['YAML', YAML],
  ['shape', SHAPE],
  ['identifiers', IDENTIFIERS],
  ['classes', CLASSES],
  ['parties', PARTIES],
  ['roles', ROLES],
  ['agreements', AGREEMENTS],
])('%s', (_, mistakes) => {
  test.each(mistakes)('%s', (_name, file, from, to, ...told) => {
    const files = vary(few, file, (text) => text.replace(from, to));
    const expected = told.map(([piece, message]) => problem(files, file, piece, message));
    expect(problemsOf(files)).toEqual(expected);
  });
});

function added(from: string, as: string, change: (text: string) => string = (text) => text): SourceText[] {
  const text = few.find(({ name }) => name === from)?.text ?? '';
  return [...few, { name: as, text: change(text) }];
}

test('a key field of two types', () => {
  const files = vary(few, 'identifiers.yaml', (text) => text.replace('key: housingApplication', 'key: crn'));
  expect(problemsOf(files)).toContain(
    problem(files, 'identifiers.yaml', "key: |crn\n  pattern: '^HA", 'crn is the key of CRN already'),
  );
});

test('brackets without end', () => {
  const files = vary(few, 'permissions.yaml', () => '['.repeat(100_000));
  expect(problemsOf(files)).toContainEqual(
    expect.stringMatching(/^permissions.yaml:\d+:\d+ this is nested too deeply$/),
  );
});

test('a missing file', () => {
  const files = few.filter(({ name }) => name !== 'permissions.yaml');
  expect(problemsOf(files)).toEqual(['permissions.yaml:1:1 the file is missing']);
});

test('a file that nothing reads', () => {
  expect(problemsOf(added('permissions.yaml', 'permision.yaml'))).toEqual([
    'permision.yaml:1:1 there is no policy file of this name; did you mean permissions.yaml',
  ]);
});

test('a class that no role needs', () => {
  const files = few.map(({ name, text }) => ({
    name,
    text: name.startsWith('roles/') ? text.replaceAll(', risk.scores', '') : text,
  }));
  expect(problemsOf(files)).toEqual([
    problem(files, 'data-classes.yaml', '|risk.scores', 'no role needs risk.scores: a class without a rule'),
  ]);
});

describe('two agreements for one thing', () => {
  const second = (change: (text: string) => string) =>
    added(AGREEMENT, 'agreements/TRT-PRB-02.yaml', (text) => change(text.replaceAll('TRT-PRB-01', 'TRT-PRB-02')));

  test('on the same days', () => {
    const files = second((text) => text);
    expect(problemsOf(files)).toEqual([
      problem(
        files,
        'agreements/TRT-PRB-02.yaml',
        '- |treatment.referral\n',
        'treatment.referral for SENTENCE_MANAGEMENT from northmere-treatment to probation-service is in TRT-PRB-01 on the same days',
      ),
    ]);
  });

  test('that meet on one day', () => {
    const files = second((text) =>
      text.replace('from: 2026-01-01', 'from: 2028-12-31').replace('until: 2028', 'until: 2029'),
    );
    expect(problemsOf(files)).toHaveLength(1);
  });

  test('by scheme and by member', () => {
    const files = second((text) => text.replace('[treatment-services]', '[southdale-treatment]'));
    expect(problemsOf(files)).toEqual([expect.stringContaining('from southdale-treatment to probation-service')]);
  });

  test.each([
    [
      'one day after the other',
      (text: string) => text.replace('from: 2026-01-01', 'from: 2029-01-01').replace('until: 2028', 'until: 2029'),
    ],
    [
      'for another purpose',
      (text: string) => text.replace('[SENTENCE_MANAGEMENT, RELEASE_PLANNING]', '[COURT_REPORT]'),
    ],
  ])('%s', (_, change) => {
    expect(problemsOf(second(change))).toEqual([]);
  });
});

test('problems of all files come together, sorted', () => {
  const changes: Record<string, [string, string]> = {
    [ROLE]: ['[risk.to-staff]', '[risk.to-staf]'],
    [AGREEMENT]: ['until: 2028-12-31', 'until: 2025-12-31'],
    'permissions.yaml': ['CONFIDENTIALITY:', '- CONFIDENTIALITY:'],
  };
  const files = few.map(({ name, text }) => ({ name, text: text.replace(...(changes[name] ?? ['', ''])) }));
  const told = problemsOf(files).map((line) => line.replace(/:.*/, ''));
  expect([...new Set(told)]).toEqual([AGREEMENT, 'permissions.yaml', ROLE]);
});

test('SHARE-01: a field added to the schema does not build until it is in a class', () => {
  const more = sources.map(({ name, text }) => ({
    name,
    text: text.replace('\n  compliance: Compliance', '\n  curfewHours: Int\n  compliance: Compliance'),
  }));
  const record = buildRecord({ gateway, sources: more });
  const message =
    'Supervision.curfewHours (schema/sources/probation.graphql) is in no class; every field of the record is in exactly one';
  expect(problemsOf(few, record)).toEqual([problem(few, 'data-classes.yaml', '|classes:', message)]);
});
