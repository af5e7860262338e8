import { expect, test } from 'vitest';
import type { HolderGrant, View } from '../../src/policy/view.ts';
import { leafStates } from '../../src/shield/leaves.ts';

/** Each holder's coordinates: `x` always, `x?` with a permission. */
function view(sections: Readonly<Record<string, readonly (readonly string[])[]>>): View {
  const holders = (all: readonly (readonly string[])[]): Map<string, HolderGrant> =>
    new Map(
      all.map((coordinates, index) => {
        const grant = { dataClass: '', agreement: '', requires: [], emergency: false };
        return [
          `h${index}`,
          {
            holder: `h${index}`,
            fields: new Map(coordinates.map((each) => [each.replace('?', ''), grant])),
            unconditional: new Set(coordinates.filter((each) => !each.endsWith('?'))),
            conditional: coordinates.some((each) => each.endsWith('?')),
          },
        ];
      }),
    );
  return {
    sections: new Map(Object.entries(sections).map(([name, all]) => [name, { holders: holders(all) }])),
  } as unknown as View;
}

const RECORD = [
  { field: 'policing', coordinates: ['Policing.holder', 'Policing.marac', 'Shared.x'] },
  { field: 'checks', coordinates: ['Checks.at', 'Shared.x'] },
];

const states = (sections: Parameters<typeof view>[0]) =>
  Object.fromEntries(leafStates(view(sections), RECORD, new Set(['Policing.holder'])));

test.each<[string, Parameters<typeof view>[0], string]>([
  ['every holder gives it to anybody', { policing: [['Policing.marac'], ['Policing.marac']] }, 'always'],
  ['no holder gives it', { policing: [['Shared.x']] }, 'never'],
  ['the view has no holder', { policing: [] }, 'never'],
  ['the view does not have the section', {}, 'never'],
  ['one holder of two gives it', { policing: [['Policing.marac'], []] }, 'depends'],
  ['one asks for a permission', { policing: [['Policing.marac'], ['Policing.marac?']] }, 'depends'],
  ['all ask for a permission', { policing: [['Policing.marac?']] }, 'depends'],
])('%s', (_what, sections, expected) => {
  expect(states(sections)['Policing.marac']).toBe(expected);
});

test.each<[string, Parameters<typeof view>[0], string]>([
  ['always in both', { policing: [['Shared.x']], checks: [['Shared.x']] }, 'always'],
  ['never in both', { policing: [[]], checks: [[]] }, 'never'],
  ['always in one, never in the other', { policing: [['Shared.x']], checks: [[]] }, 'depends'],
  ['always in one, the other outside the view', { policing: [['Shared.x']] }, 'depends'],
  ['never in one, depending in the other', { policing: [[]], checks: [['Shared.x?']] }, 'depends'],
])('of a type that two sections share, the stricter word holds for both: %s', (_what, sections, expected) => {
  expect(states(sections)['Shared.x']).toBe(expected);
});

test.each([
  ['every holder gives it to anybody', { policing: [['Policing.marac'], ['Policing.marac']] }, 'depends'],
  ['one asks for a permission', { policing: [['Policing.marac'], ['Policing.marac?']] }, 'depends'],
  ['no holder gives it', { policing: [['Shared.x']] }, 'never'],
])(
  'where somebody has less open than the view gives everybody, no leaf stays bare: %s',
  (_what, sections, expected) => {
    const strict = leafStates(view(sections), RECORD, new Set(['Policing.holder']), true);
    expect(strict.get('Policing.marac')).toBe(expected);
  },
);

test('every classified coordinate has a state, and the envelope has none', () => {
  expect(Object.keys(states({})).sort()).toEqual(['Checks.at', 'Policing.marac', 'Shared.x']);
});
