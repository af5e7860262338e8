import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseQuestion,
  type Question,
  questionIdentity,
  questionProblems,
  writeQuestion,
} from '../../src/checks/question.ts';

const TODAY = '2026-11-22';
const question: Question = {
  name: 'Name One',
  dateOfBirth: '1990-02-28',
  addresses: [
    { kind: 'RELEASE', line: '1 Mill Street', town: 'Northmere', postcode: 'QN1 4AB' },
    { kind: 'PARTNER', line: '2 Mill Street', town: null, postcode: 'QS1 4AB' },
  ],
  adults: [{ name: 'Name Two', dateOfBirth: null, relationship: 'partner' }],
  children: [
    { name: 'Name Three', dateOfBirth: '2020-05-01', relationship: 'child' },
    { name: null, dateOfBirth: '2021-05-01', relationship: 'child of partner' },
  ],
  childrenBelievedPresent: false,
  more: 'Stays at the second address\nat weekends.',
};
const [release, partner] = question.addresses as [Question['addresses'][0], Question['addresses'][0]];
const [adult] = question.adults as [Question['adults'][0]];
const [child] = question.children as [Question['children'][0]];

test('a question within its bounds has no problem, empty or full', () => {
  expect(questionProblems(question, TODAY, '')).toEqual([]);
  const empty = { name: null, dateOfBirth: null, addresses: [], adults: [], children: [], more: null };
  expect(questionProblems({ ...empty, childrenBelievedPresent: true }, TODAY, '')).toEqual([]);
  const full: Question = {
    ...question,
    addresses: Array.from({ length: 10 }, () => ({ ...release, line: 'x'.repeat(200) })),
    adults: Array.from({ length: 20 }, () => ({ ...adult, name: 'é'.repeat(100), dateOfBirth: TODAY })),
    children: Array.from({ length: 20 }, () => child),
    more: 'x'.repeat(500),
  };
  expect(questionProblems(full, TODAY, '')).toEqual([]);
});

describe('each field is held to its bounds, and named', () => {
  const cases: readonly (readonly [string, Partial<Question>])[] = [
    ['name', { name: '' }],
    ['name', { name: '   ' }],
    ['name', { name: '\u200b' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 'SECRET\nline' }],
    ['name', { name: 'SECRET\u0000' }],
    ['name', { name: 'SECRET\ud800' }],
    ['name', { name: 'SECRET\u202e' }],
    ['dateOfBirth', { dateOfBirth: '1990-02-30' }],
    ['dateOfBirth', { dateOfBirth: '28/02/1990' }],
    ['dateOfBirth', { dateOfBirth: '2026-11-23' }],
    ['addresses', { addresses: Array.from({ length: 11 }, () => release) }],
    ['addresses[1].line', { addresses: [release, { ...partner, line: 'x'.repeat(201) }] }],
    ['addresses[0].line', { addresses: [{ ...release, line: ' ' }] }],
    ['addresses[0].town', { addresses: [{ ...release, town: 'SECRET\u0007' }] }],
    ['addresses[0].town', { addresses: [{ ...release, town: 'x'.repeat(101) }] }],
    ['addresses[0].postcode', { addresses: [{ ...release, postcode: 'SECRET' }] }],
    ['adults', { adults: Array.from({ length: 21 }, () => adult) }],
    ['adults[0].name', { adults: [{ ...adult, name: '' }] }],
    ['adults[0].dateOfBirth', { adults: [{ ...adult, dateOfBirth: '2026-11-23' }] }],
    ['adults[0].relationship', { adults: [{ ...adult, relationship: '' }] }],
    ['children', { children: Array.from({ length: 21 }, () => child) }],
    ['children[0].name', { children: [{ ...child, name: 'x'.repeat(101) }] }],
    ['children[0].dateOfBirth', { children: [{ ...child, dateOfBirth: 'SECRET' }] }],
    ['children[0].relationship', { children: [{ ...child, relationship: 'x'.repeat(101) }] }],
    ['children[0]', { children: [{ ...child, name: null, dateOfBirth: null }] }],
    ['more', { more: 'too short' }],
    ['more', { more: 'x'.repeat(501) }],
    ['more', { more: 'SECRET text with \u0001 in it' }],
  ];
  test.each(cases)('%s', (field, change) => {
    const problems = questionProblems({ ...question, ...change }, TODAY, 'people[3].');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(`"people[3].${field}"`);
    expect(problems[0]).not.toMatch('SECRET');
  });

  test('every problem at once', () => {
    const many = {
      ...question,
      name: '',
      dateOfBirth: 'x',
      adults: [{ name: '', dateOfBirth: 'x', relationship: '' }],
    };
    expect(questionProblems(many, TODAY, '')).toHaveLength(5);
  });
});

test('what was written is read again, tidied', () => {
  const untidy: Question = {
    ...question,
    name: '  Name   One ',
    addresses: [{ ...release, postcode: 'qn14ab' }, partner],
  };
  expect(parseQuestion(writeQuestion(untidy))).toEqual(question);
});

test('nothing that an input may carry besides is kept', () => {
  const input = { ...question, addresses: [{ ...release, uprn: 'SECRET' }], note: 'SECRET' };
  expect(writeQuestion(input)).not.toMatch('SECRET');
});

describe('the same question', () => {
  test.each<readonly [string, Partial<Question>]>([
    ['in another order', { addresses: [partner, release], children: [...question.children].reverse() }],
    ['in other case and spacing', { name: ' NAME one', addresses: [{ ...release, postcode: 'qn14ab' }, partner] }],
    ['with an address twice', { addresses: [release, partner, { ...release, line: '1  Mill Street' }] }],
  ])('%s', (_, change) => {
    expect(questionIdentity({ ...question, ...change })).toBe(questionIdentity(question));
  });

  test.each<readonly [string, Partial<Question>]>([
    ['another name', { name: 'Name Ten' }],
    ['another date of birth', { dateOfBirth: null }],
    ['an address less', { addresses: [release] }],
    ['an address of another kind', { addresses: [release, { ...partner, kind: 'CURFEW' }] }],
    ['another adult', { adults: [adult, { ...adult, name: 'Name Ten' }] }],
    ['a child less', { children: [child] }],
    ['an adult who was a child', { adults: [...question.adults, child as Question['adults'][0]], children: [] }],
    ['children believed present', { childrenBelievedPresent: true }],
    ['more said', { more: null }],
  ])('not with %s', (_, change) => {
    expect(questionIdentity({ ...question, ...change })).not.toBe(questionIdentity(question));
  });

  test('is what is kept: what reads alike again is the same', () => {
    const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
    fc.assert(
      fc.property(text, text, (name, line) => {
        const drawn = { ...question, name, addresses: [{ ...release, line }] };
        expect(questionIdentity(parseQuestion(writeQuestion(drawn)))).toBe(questionIdentity(drawn));
      }),
    );
  });
});
