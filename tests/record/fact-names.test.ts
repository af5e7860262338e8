import { expect, test } from 'vitest';
import { checkFact } from '../../src/record/fact-file.ts';
import type { FactNames } from '../../src/record/fact-names.ts';

const NAMES: FactNames = {
  partner: new Set(['hmpps-prisons', 'probation-service', 'northmere-police']),
  'partner type': new Set(['prison-service', 'probation-service']),
  'identifier type': new Set(['CRN']),
  relationship: new Set(['SUPERVISION_ALLOCATION']),
  permission: new Map([
    ['AGREEMENT_TO_REFER', ['holder']],
    ['CONFIDENTIALITY', ['recipient']],
    ['TREATMENT_CONDITION', []],
  ]),
  class: new Set(['custody.release', 'risk.to-staff']),
  protective: new Set(['risk.to-staff']),
};

const person = '00000001-0000-4000-8000-000000000000';
const span = { from: '2026-01-01', until: null };
const LINK = {
  kind: 'link',
  person,
  holder: 'probation-service',
  type: 'CRN',
  value: 'X1',
  confidence: 1,
  current: true,
};
const ALLOCATION = {
  ...{ kind: 'relationship', person, type: 'SUPERVISION_ALLOCATION', partner: 'probation-service' },
  ...{ practitioner: 'PRO-0001', team: null, assertedBy: 'feed', evidence: 'E-1', ...span },
};
const PERMISSION = {
  ...{ kind: 'permission', person, type: 'AGREEMENT_TO_REFER', holder: 'hmpps-prisons', recipientType: null },
  ...span,
};
const OBJECTION = {
  ...{ kind: 'objection', person, holder: null, recipientType: null, dataClass: 'custody.release' },
  ...{ decidedBy: 'data-protection-officer', ...span },
};
const EXCLUSION = {
  ...{ kind: 'restriction', person, type: 'EXCLUSION', owner: 'hmpps-prisons' },
  ...{ accounts: ['northmere-police/NPO-0001'], desks: [], unresolved: ['probation-service'], ...span },
};

test.each([LINK, ALLOCATION, PERMISSION, OBJECTION, EXCLUSION])('$kind: names of the policy are good', (fact) => {
  expect(checkFact(fact, NAMES)).toEqual([]);
});

test.each([
  [
    { ...LINK, holder: 'probation-servise' },
    'holder: there is no partner probation-servise; did you mean probation-service',
  ],
  [{ ...LINK, type: 'CNR' }, 'type: there is no identifier type CNR; did you mean CRN'],
  [
    { ...ALLOCATION, type: 'SUPERVISON_ALLOCATION' },
    'type: there is no relationship SUPERVISON_ALLOCATION; did you mean SUPERVISION_ALLOCATION',
  ],
  [{ ...PERMISSION, type: 'CONSENT' }, 'type: there is no permission CONSENT'],
  [{ ...PERMISSION, holder: null }, 'holder: AGREEMENT_TO_REFER counts at one holder, name it'],
  [
    { ...PERMISSION, type: 'CONFIDENTIALITY' },
    'recipientType: CONFIDENTIALITY counts for one kind of recipient, name it',
  ],
  [{ ...OBJECTION, recipientType: 'prison' }, 'recipientType: there is no partner type prison'],
  [
    { ...OBJECTION, dataClass: 'custody.releases' },
    'dataClass: there is no class custody.releases; did you mean custody.release',
  ],
  [
    { ...OBJECTION, dataClass: 'risk.to-staff' },
    'dataClass: risk.to-staff protects somebody, and no objection closes it',
  ],
  [{ ...EXCLUSION, owner: 'nobody' }, 'owner: there is no partner nobody'],
  [
    { ...EXCLUSION, accounts: ['nothmere-police/NPO-0001', 'nothmere-police/NPO-0002'] },
    'accounts: there is no partner nothmere-police; did you mean northmere-police',
  ],
  [{ ...EXCLUSION, unresolved: ['elsewhere'] }, 'unresolved: there is no partner elsewhere'],
])('$kind: a name that is none is told, because it would never count', (fact, problem) => {
  expect(checkFact(fact, NAMES)).toEqual([expect.stringContaining(problem)]);
});

test('without a policy no name is judged', () => {
  expect(checkFact({ ...LINK, holder: 'somewhere' })).toEqual([]);
});
