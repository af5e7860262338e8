import { expect, test } from 'vitest';
import { buildRecord } from '../../../src/record/model.ts';
import type { SourceText } from '../../../src/record/problem.ts';
import { gateway, problemsOf, sources, texts, vary } from './real.ts';

const swap = (from: string | RegExp, to: string) => (text: string) => text.replace(from, to);
const without = (name: string) => texts.filter((file) => file.name !== name);
const copyOf = (name: string, as: string, change: (text: string) => string = (text) => text): SourceText[] => [
  ...texts,
  ...texts.filter((file) => file.name === name).map(({ text }) => ({ name: as, text: change(text) })),
];

const AGREEMENT = 'agreements/TRT-PRB-01.yaml';
const ROLE = 'roles/work-coach.yaml';
const POM = 'roles/prison-offender-manager.yaml';

const CASES: [name: string, files: () => SourceText[], problems: string[]][] = [
  // What YAML would let an author hide.
  [
    'a duplicate key',
    () => vary('permissions.yaml', (text) => `${text}\nCONFIDENTIALITY:\n  label: Again\n`),
    ['permissions.yaml:16:1 this key is in the mapping already'],
  ],
  [
    'an anchor and an alias',
    () => vary(ROLE, (text) => text.replace('[NINO, PRISON_NUMBER]', '&a [NINO]').replace('[identifiers.nino]', '*a')),
    [
      'roles/work-coach.yaml:8:13 an anchor; write the value out where it is needed',
      'roles/work-coach.yaml:13:18 an alias; write the value out',
    ],
  ],
  [
    'a merge',
    () => vary('permissions.yaml', (text) => `${text}\n<<: { OTHER: { label: Hidden } }\n`),
    ['permissions.yaml:16:1 a merge; write the keys out'],
  ],
  [
    'a tag',
    () => vary('permissions.yaml', swap('label: A licence', 'label: !!str A licence')),
    ['permissions.yaml:13:16 a tag; leave it out'],
  ],
  [
    'a directive',
    () => vary('permissions.yaml', (text) => `%YAML 1.1\n---\n${text}`),
    ['permissions.yaml:1:1 a directive; leave it out'],
  ],
  [
    'a key that is not text',
    () => vary('permissions.yaml', (text) => `${text}\n1: { label: One }\n`),
    ['permissions.yaml:16:1 a key must be text'],
  ],
  [
    'tabs',
    () => vary('permissions.yaml', (text) => `${text}\nOTHER:\n\tlabel: Other\n`),
    ['permissions.yaml:17:1 a tab; indent and separate with spaces'],
  ],
  [
    'two documents',
    () => vary('permissions.yaml', (text) => `${text}\n---\nOTHER: { label: Other }\n`),
    ['permissions.yaml:16:1 a file holds one document'],
  ],
  ['an empty file', () => vary('permissions.yaml', () => ''), ['permissions.yaml:1:1 nothing is not a mapping']],

  // Which files there are.
  ['a missing file', () => without('permissions.yaml'), ['permissions.yaml:1:1 the file is missing']],
  [
    'a file that nothing reads',
    () => copyOf('permissions.yaml', 'permision.yaml'),
    ['permision.yaml:1:1 there is no policy file of this name; did you mean permissions.yaml'],
  ],
  [
    'a role in another file',
    () => copyOf(ROLE, 'roles/coach.yaml'),
    ['roles/coach.yaml:4:7 work-coach belongs in roles/work-coach.yaml'],
  ],

  // Shape.
  ['a member left out', () => vary(ROLE, swap(/review: .*\n/, '')), ['roles/work-coach.yaml:4:1 review is missing']],
  [
    'an agreement without review',
    () => vary(AGREEMENT, swap(/review: .*\n/, '')),
    [`${AGREEMENT}:3:1 review is missing`],
  ],
  [
    'existence left out',
    () => vary(ROLE, swap(/employment:\n\s+existence: open\n/, 'employment:\n')),
    ['roles/work-coach.yaml:29:7 existence is missing'],
  ],
  [
    'a key misspelt',
    () => vary(ROLE, swap('lookups:', 'lookup:')),
    [
      'roles/work-coach.yaml:4:1 lookups is missing',
      'roles/work-coach.yaml:8:1 unknown key lookup; did you mean lookups',
    ],
  ],
  [
    'a word misspelt',
    () => vary(ROLE, swap('existence: open', 'existence: opne')),
    ['roles/work-coach.yaml:16:20 opne is not one of open, hidden; did you mean open'],
  ],
  [
    'a name of the wrong form',
    () => vary('permissions.yaml', swap('CONFIDENTIALITY:', 'confidentiality:')),
    ['permissions.yaml:10:1 confidentiality is not capitals joined by underscores'],
  ],
  [
    'text for a list',
    () => vary(ROLE, swap('[NINO, PRISON_NUMBER]', 'NINO')),
    ['roles/work-coach.yaml:8:10 NINO is not a list'],
  ],
  [
    'a list with one thing twice',
    () => vary(ROLE, swap('[NINO, PRISON_NUMBER]', '[NINO, NINO]')),
    ['roles/work-coach.yaml:8:17 this is in the list already'],
  ],
  [
    'an empty list',
    () => vary(ROLE, swap('[benefits-department]', '[]')),
    ['roles/work-coach.yaml:5:1 this may not be empty'],
  ],
  [
    'a number out of bounds',
    () => vary('relationships.yaml', swap('graceDays: 7', 'graceDays: -1')),
    ['relationships.yaml:7:14 -1 is not days, from 0 to 366'],
  ],
  [
    'Article 6 under Part 3',
    () => vary('agreements/OWN-PRI.yaml', swap('regime: part-3', 'regime: part-3\n  article6: 6(1)(e)')),
    ['agreements/OWN-PRI.yaml:45:3 article6 has no place here'],
  ],
  [
    'no Article 6 under UK GDPR',
    () => vary('agreements/OWN-HOU.yaml', swap(/ {2}article6: .*\n/, '')),
    ['agreements/OWN-HOU.yaml:30:1 article6 is missing'],
  ],
  [
    'no basis for the recipient',
    () => vary('agreements/POL-POL-01.yaml', swap(/recipient:\n( {2}.*\n)*/, '')),
    ['agreements/POL-POL-01.yaml:3:1 recipient is missing'],
  ],

  // Identifiers.
  [
    'an unknown key field',
    () => vary('identifiers.yaml', swap('key: crn', 'key: crm')),
    [
      'identifiers.yaml:6:1 source probation knows people by crn, and no type has that key',
      'identifiers.yaml:15:8 unknown key field crm; did you mean crn',
    ],
  ],
  [
    'a key field twice',
    () => vary('identifiers.yaml', swap('key: crn', 'key: nino')),
    [
      'identifiers.yaml:6:1 source probation knows people by crn, and no type has that key',
      'identifiers.yaml:31:8 nino is the key of CRN already',
    ],
  ],
  [
    'an example that is not well formed',
    () => vary('identifiers.yaml', swap('2099/0000000F', '2099/0000000G')),
    ['identifiers.yaml:27:12 2099/0000000G is not well formed by its own pattern and check'],
  ],
  [
    'a pattern that does not compile',
    () => vary('identifiers.yaml', swap("'^[A-Z]\\d{6}$'", "'^([A-Z]$'")),
    ['identifiers.yaml:16:12 this is not a regular expression'],
  ],

  // Classes.
  [
    'a coordinate in no class',
    () => vary('data-classes.yaml', swap('[Custody.bankAccount]', '[Custody.handover]')),
    [
      'data-classes.yaml:53:1 Custody.bankAccount (schema/sources/prison.graphql) is in no class; every field of the record is in exactly one',
      'data-classes.yaml:148:14 Custody.handover is in custody.handover already',
    ],
  ],
  [
    'an unknown coordinate',
    () => vary('data-classes.yaml', swap('[Custody.bankAccount]', '[Custody.bankAcount]')),
    [
      'data-classes.yaml:53:1 Custody.bankAccount (schema/sources/prison.graphql) is in no class; every field of the record is in exactly one',
      'data-classes.yaml:148:14 unknown coordinate Custody.bankAcount; did you mean Custody.bankAccount',
    ],
  ],
  [
    'a coordinate in a class and the envelope',
    () => vary('data-classes.yaml', swap('- Person.id\n', '- Person.id\n  - Custody.offence\n')),
    [
      'data-classes.yaml:35:5 Custody.offence says something of a person, and belongs in a class',
      'data-classes.yaml:119:14 Custody.offence is in the envelope already',
    ],
  ],
  [
    'a section in the envelope',
    () => vary('data-classes.yaml', swap('- Person.id\n', '- Person.id\n  - Person.custody\n')),
    ['data-classes.yaml:35:5 Person.custody is a section: it follows from its content, leave it out'],
  ],
  [
    'an envelope field in a class',
    () =>
      vary('data-classes.yaml', (text) =>
        text.replace('  - Person.id\n', '').replace('[Custody.bankAccount]', '[Custody.bankAccount, Person.id]'),
      ),
    ['data-classes.yaml:147:36 Person.id belongs in the envelope'],
  ],
  [
    'a class across two sections',
    () =>
      vary('data-classes.yaml', (text) =>
        text
          .replace('[Identity.aliases]', '[Risk.summary]')
          .replace('[Risk.summary]\n  risk.scores', '[Identity.aliases]\n  risk.scores')
          .replace('[Custody.offence]', '[Custody.offence, Risk.riskToStaff]')
          .replace('    fields: [Risk.riskToStaff]\n', ''),
      ),
    [],
  ],
  [
    'a class that no role needs',
    () =>
      vary(POM, swap(', risk.scores]', ']')).map((file) =>
        file.name.startsWith('roles/probation')
          ? { ...file, text: file.text.replaceAll('risk.scores,', '').replaceAll(', risk.scores', '') }
          : file,
      ),
    ['data-classes.yaml:234:3 no role needs risk.scores: a class without a rule'],
  ],
  [
    'an identifier type in two classes',
    () => vary('data-classes.yaml', swap('identifiers: [CRN]', 'identifiers: [NINO]')),
    [
      'data-classes.yaml:53:1 identifier type CRN is in no class',
      'data-classes.yaml:71:19 NINO is in identifiers.crn already',
    ],
  ],
  [
    'an unknown section',
    () => vary('data-classes.yaml', swap('  custody: {', '  custdy: {')),
    [
      'data-classes.yaml:8:1 section custody has no limits here',
      'data-classes.yaml:10:3 unknown section custdy; did you mean custody',
    ],
  ],

  // Purposes, partners, desks.
  [
    'an unknown relationship',
    () => vary('purposes.yaml', swap('[BENEFIT_CLAIM]', '[BENEFITS_CLAIM]')),
    ['purposes.yaml:31:19 unknown relationship BENEFITS_CLAIM; did you mean BENEFIT_CLAIM'],
  ],
  [
    'an unknown source type',
    () => vary('partners.yaml', swap('holds: benefits', 'holds: benefit')),
    ['agreements/DWP-HMP-01.yaml:8:5 employment.ready is held by benefits; benefits-department holds benefit'],
  ],
  [
    'an unknown scheme member',
    () => vary('partners.yaml', swap('[harbour-homes,', '[harbor-homes,')),
    ['partners.yaml:134:29 unknown partner harbor-homes; did you mean harbour-homes'],
  ],
  ['a scheme with a partner’s code', () => vary('partners.yaml', swap('  police-forces:', '  hmpps-prisons:')), []],
  [
    'an unknown legal gateway of a partner',
    () => vary('partners.yaml', swap('OMA-2007-s14: s14(1)', 'OMA-2007-s15: s14(1)')),
    [],
  ],
  [
    'a word that the law does not use',
    () => vary('partners.yaml', swap('OMA-2007-s14: listed', 'OMA-2007-s14: lister')),
    [],
  ],
  [
    'a partner without a desk',
    () => vary('desks.yaml', swap(/ {2}lantern-housing:\n( {4}.*\n)*/, '')),
    ['desks.yaml:5:1 partner lantern-housing has no desk'],
  ],
  [
    'a source type without a desk',
    () => vary('desks.yaml', swap(/ {2}housing:\n( {4}.*\n)*/, '')),
    ['desks.yaml:68:1 source type housing has no desk'],
  ],
  [
    'desks of nobody',
    () =>
      vary(
        'desks.yaml',
        swap('byPartner:\n  probation-service:\n    police:', 'byPartner:\n  probation:\n    polices:'),
      ),
    ['desks.yaml:104:3 unknown partner probation', 'desks.yaml:105:5 unknown source type polices; did you mean police'],
  ],

  // Roles.
  [
    'an unknown partner type',
    () => vary(ROLE, swap('[benefits-department]', '[benefit-department]')),
    ['roles/work-coach.yaml:5:16 unknown partner type benefit-department; did you mean benefits-department'],
  ],
  [
    'an unknown identifier type',
    () => vary(ROLE, swap('[NINO, PRISON_NUMBER]', '[NINO, PRISON_NUMBERS]')),
    ['roles/work-coach.yaml:8:17 unknown identifier type PRISON_NUMBERS; did you mean PRISON_NUMBER'],
  ],
  [
    'an unknown purpose',
    () => vary(ROLE, swap('  BENEFITS_EMPLOYMENT:', '  BENEFIT_EMPLOYMENT:')),
    ['roles/work-coach.yaml:11:3 unknown purpose BENEFIT_EMPLOYMENT; did you mean BENEFITS_EMPLOYMENT'],
  ],
  [
    'an unknown section of a view',
    () => vary(ROLE, swap('      employment:', '      employmnt:')),
    ['roles/work-coach.yaml:29:7 unknown section employmnt; did you mean employment'],
  ],
  [
    'an unknown class',
    () => vary(ROLE, swap('[risk.to-staff]', '[risk.to-staf]')),
    ['roles/work-coach.yaml:28:19 unknown class risk.to-staf; did you mean risk.to-staff'],
  ],
  [
    'a class of another section',
    () => vary(ROLE, swap('[risk.to-staff]', '[risk.to-staff, custody.offence]')),
    ['roles/work-coach.yaml:28:34 custody.offence is not a class of section risk'],
  ],
  [
    'a field class among identifiers',
    () => vary(ROLE, swap('[identifiers.nino]', '[identifiers.nino, custody.offence]')),
    ['roles/work-coach.yaml:13:36 custody.offence is not a class of identifiers'],
  ],
  [
    'an identifier class among fields',
    () => vary(ROLE, swap('[risk.to-staff]', '[risk.to-staff, identifiers.crn]')),
    ['roles/work-coach.yaml:28:34 identifiers.crn is not a class of section risk'],
  ],
  [
    'hidden without a hold',
    () => vary(POM, swap('holdMilliseconds: 250', 'holdMilliseconds: 0')),
    ['roles/prison-offender-manager.yaml:14:23 a view with a hidden section holds its answers: give a hold above 0'],
  ],
  [
    'a hold with nothing hidden',
    () => vary(ROLE, swap('holdMilliseconds: 0', 'holdMilliseconds: 250')),
    ['roles/work-coach.yaml:12:23 a view without a hidden section has nothing to hold for: give 0'],
  ],
  [
    'a day that the calendar has not',
    () => vary(ROLE, swap('2026-12-31', '2026-02-30')),
    ['roles/work-coach.yaml:7:9 2026-02-30 is not a day of the calendar'],
  ],

  // Agreements.
  [
    'unknown names',
    () =>
      vary(AGREEMENT, (text) =>
        text
          .replace('[treatment-services]', '[treatment-service]')
          .replace('[probation-service]', '[probation-services]')
          .replace('[SENTENCE_MANAGEMENT,', '[SENTENCE_MANAGMENT,')
          .replace('- treatment.referral', '- treatment.referal')
          .replace('party: probation-service', 'party: probation-servce'),
      ),
    [],
  ],
  [
    'an unknown permission',
    () => vary(AGREEMENT, swap('[TREATMENT_CONDITION, CONFIDENTIALITY]', '[TREATMENT_CONDITIONS]')),
    [`${AGREEMENT}:13:24 unknown permission TREATMENT_CONDITIONS; did you mean TREATMENT_CONDITION`],
  ],
  [
    'a permission for a class that it does not give',
    () => vary(AGREEMENT, swap('  - treatment.referral\n', '')),
    [`${AGREEMENT}:12:3 treatment.referral is not among the classes of this agreement`],
  ],
  [
    'an unknown legal gateway',
    () => vary(AGREEMENT, swap('power: COMMON-LAW-PERMISSION', 'power: COMMON-LAW-PERMISION')),
    [`${AGREEMENT}:26:10 unknown legal gateway COMMON-LAW-PERMISION; did you mean COMMON-LAW-PERMISSION`],
  ],
  [
    'a power that does not reach the recipient',
    () => vary('agreements/DWP-HOU-01.yaml', swap('power: WRA-2012-s131', 'power: OMA-2007-s14')),
    [],
  ],
  [
    'a change of regime without a law',
    () => vary(AGREEMENT, swap(/regimeCrossing: .*\n/, '')),
    [`${AGREEMENT}:34:11 data passes from uk-gdpr to part-3: name the law that allows it, as regimeCrossing`],
  ],
  [
    'a law for no change of regime',
    () => vary('agreements/POL-POL-01.yaml', (text) => `${text}regimeCrossing: COMMON-LAW-POLICING\n`),
    [],
  ],
  [
    'dates reversed',
    () => vary(AGREEMENT, swap('until: 2028-12-31', 'until: 2025-12-31')),
    [`${AGREEMENT}:18:8 it ends on 2025-12-31, before it begins on 2026-01-01`],
  ],
  [
    'what the holder does not hold',
    () => vary(AGREEMENT, swap('- treatment.referral\n', '- treatment.referral\n  - custody.release\n')),
    [
      `${AGREEMENT}:9:5 custody.release is held by prison; northmere-treatment holds treatment`,
      `${AGREEMENT}:9:5 custody.release is held by prison; southdale-treatment holds treatment`,
    ],
  ],
  [
    'a holder that holds nothing',
    () => vary(AGREEMENT, swap('[treatment-services]', '[treatment-services, harbour-homes]')),
    [`${AGREEMENT}:4:31 harbour-homes holds nothing, and can give nothing`],
  ],
  [
    'a recipient that is the holder',
    () => vary('agreements/PRI-PRB-01.yaml', swap('[probation-service]', '[hmpps-prisons]')),
    ["agreements/PRI-PRB-01.yaml:5:13 a holder's own practitioners are said with own"],
  ],
  [
    'two agreements for one thing',
    () => copyOf(AGREEMENT, 'agreements/TRT-PRB-02.yaml', swap('TRT-PRB-01', 'TRT-PRB-02')),
    [
      'agreements/TRT-PRB-02.yaml:8:5 treatment.referral for SENTENCE_MANAGEMENT from northmere-treatment to probation-service is in TRT-PRB-01 on the same days',
    ],
  ],
];

test.each(CASES)('%s', (_, files, problems) => {
  expect(problemsOf(files())).toEqual(problems);
});

test('agreements that follow one another do not overlap', () => {
  const later = copyOf(AGREEMENT, 'agreements/TRT-PRB-02.yaml', (text) =>
    text
      .replaceAll('TRT-PRB-01', 'TRT-PRB-02')
      .replace('from: 2026-01-01', 'from: 2029-01-01')
      .replace('until: 2028', 'until: 2029'),
  );
  expect(problemsOf(later)).toEqual([]);
});

test('problems of all files come together, sorted', () => {
  const files = texts.map(({ name, text }) => {
    if (name === ROLE) return { name, text: text.replace('[risk.to-staff]', '[risk.to-staf]') };
    if (name === AGREEMENT) return { name, text: text.replace('until: 2028-12-31', 'until: 2025-12-31') };
    return name === 'permissions.yaml' ? { name, text: '[' } : { name, text };
  });
  const problems = problemsOf(files);
  expect(problems.map((problem) => problem.split(':')[0])).toEqual([AGREEMENT, 'permissions.yaml', ROLE]);
});

test('SHARE-01: a field added to the schema does not build until it is in a class', () => {
  const more = sources.map(({ name, text }) => ({
    name,
    text: text.replace('\n  compliance: Compliance', '\n  curfewHours: Int\n  compliance: Compliance'),
  }));
  expect(problemsOf(texts, buildRecord({ gateway, sources: more }))).toEqual([
    'data-classes.yaml:53:1 Supervision.curfewHours (schema/sources/probation.graphql) is in no class; every field of the record is in exactly one',
  ]);
});
