import { expect, test } from 'vitest';
import type { QuestionAddress } from '../../../src/checks/question.ts';
import { concernedBy } from '../../../src/gateway/checks/concerned.ts';
import type { AreaPolicy } from '../../../src/policy/practice.ts';
import type { CheckType } from '../../../src/record/checks.ts';

const FORCES = ['north-police', 'south-police'];
const AUTHORITIES = ['north-children', 'south-children'];

const area = (police: readonly string[], childrens: readonly string[]): AreaPolicy => ({
  region: 'NORTH',
  responders: new Map([
    ['police', police],
    ['childrens', childrens],
  ]),
});
const policy = {
  bundle: {
    checks: {
      types: new Map([
        ['DOMESTIC_ABUSE', { source: 'police' }],
        ['CHILDRENS_SERVICES', { source: 'childrens' }],
      ]),
    },
    areas: new Map([
      ['QN1', area(['north-police'], ['north-children'])],
      ['QS1', area(['south-police'], ['south-children'])],
      ['QB1', area(FORCES, ['north-children'])],
    ]),
  },
  holdersOf: new Map([
    ['police', FORCES],
    ['childrens', AUTHORITIES],
  ]),
} as unknown as Parameters<typeof concernedBy>[3];

const at = (outward: string, kind: QuestionAddress['kind'] = 'HOME'): QuestionAddress => ({
  kind,
  line: '1 Mill Street',
  town: null,
  postcode: `${outward} 1AA`,
});

function concerned(addresses: QuestionAddress[], chosen: string[] = [], type: CheckType = 'DOMESTIC_ABUSE') {
  const { responders, choices, isOpen } = concernedBy(addresses, type, chosen, policy);
  const about = [...responders].map(([code, own]) =>
    [code, ...own.map(({ postcode }) => postcode.slice(0, 3))].join(' '),
  );
  return { about, choices: choices.map(({ district }) => district), isOpen };
}

test('each is asked about the addresses that are its own', () => {
  expect(concerned([at('QN1'), at('QS1'), at('QN1', 'CURFEW')])).toEqual({
    about: ['north-police QN1 QN1', 'south-police QS1'],
    choices: [],
    isOpen: false,
  });
});

test('where a child lives is for the children’s authority alone', () => {
  const places = [at('QN1'), at('QS1', 'CHILD')];
  expect(concerned(places).about).toEqual(['north-police QN1']);
  expect(concerned(places, [], 'CHILDRENS_SERVICES').about).toEqual(['north-children QN1', 'south-children QS1']);
  expect(concerned([at('QS1', 'CHILD')])).toEqual({ about: [], choices: [], isOpen: false });
});

test('a border waits for a choice, once for each district; what is chosen is asked about it', () => {
  expect(concerned([at('QB1'), at('QB1', 'PARTNER')])).toMatchObject({ about: [], choices: ['QB1'] });
  expect(concerned([at('QB1'), at('QN1')], ['south-police'])).toEqual({
    about: ['south-police QB1', 'north-police QN1'],
    choices: [],
    isOpen: false,
  });
});

test('where the table names nobody, whoever is chosen is asked, and nobody else', () => {
  expect(concerned([at('ZZ9'), at('QN1')])).toMatchObject({ isOpen: true });
  expect(concerned([at('ZZ9'), at('QN1')], ['south-police'])).toMatchObject({
    about: ['south-police ZZ9', 'north-police QN1'],
    isOpen: false,
  });
});

test('a choice takes nobody away whom the table names, and adds to them with every address', () => {
  expect(concerned([at('QN1'), at('QN1', 'PARTNER')], ['south-police', 'south-children']).about).toEqual([
    'north-police QN1 QN1',
    'south-police QN1 QN1',
  ]);
});
