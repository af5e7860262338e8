import { describe, expect, test } from 'vitest';
import { answerProblems, type GivenAnswer, parseAnswer, writeAnswer } from '../../src/checks/answer.ts';
import { ANSWERS, practice } from './scene.ts';

const TODAY = '2026-11-22';
const { NIL, INFORMATION, NO_TRACE, UNABLE } = ANSWERS;
const problems = (given: GivenAnswer) => answerProblems(given, 'DOMESTIC_ABUSE', practice, TODAY);
const search = (by: GivenAnswer['searched'][0]['by'], match: GivenAnswer['searched'][0]['match'], system = 'PNC') => ({
  system,
  by,
  match,
});
const finding = { code: 'INCIDENT', on: TODAY, about: 'PERSON' } as const;

test.each<readonly [string, GivenAnswer]>([
  ['a nil, the person found', NIL],
  ['a nil, the address found', { ...NIL, searched: [search('ADDRESS', 'PROBABLE')] }],
  [
    'a nil, found in one of two systems',
    { ...NIL, searched: [search('NAME_AND_DATE_OF_BIRTH', 'NONE', 'LOCAL'), search('CONFIRMED_NUMBER', 'CONFIRMED')] },
  ],
  [
    'an automatic nil by a confirmed number',
    { ...NIL, automatic: true, searched: [search('CONFIRMED_NUMBER', 'CONFIRMED')] },
  ],
  ['information in words', INFORMATION],
  ['information of 4,000 characters over lines', { ...INFORMATION, narrative: `a\n${'é'.repeat(3998)}` }],
  ['information in findings', { ...INFORMATION, narrative: null, findings: [finding, { ...finding, on: null }] }],
  ['nobody found', NO_TRACE],
  ['nobody found by a system', { ...NO_TRACE, automatic: true }],
  ['unable', UNABLE],
])('%s has no problem', (_, given) => {
  expect(problems(given)).toEqual([]);
});

describe('what is wrong is said, each by its field', () => {
  test.each<readonly [string, RegExp, GivenAnswer]>([
    ['a nil with nobody found', /NO_TRACE/, { ...NIL, searched: [search('CONFIRMED_NUMBER', 'NONE')] }],
    ['a nil on a likely match', /CONFIRMED/, { ...NIL, searched: [search('NAME_AND_DATE_OF_BIRTH', 'PROBABLE')] }],
    ['a nil where the address was not found', /ADDRESS/, { ...NIL, searched: [search('ADDRESS', 'NONE')] }],
    ['a nil without a search', /"searched"/, { ...NIL, searched: [] }],
    ['a nil with words', /"narrative"/, { ...NIL, narrative: 'SECRET' }],
    ['a nil with findings', /"findings"/, { ...NIL, findings: [finding] }],
    ['a nil with a reason', /"reason"/, { ...NIL, reason: 'SYSTEM_DOWN' }],
    ['an automatic nil by name', /CONFIRMED_NUMBER/, { ...NIL, automatic: true }],
    [
      'an automatic nil by address',
      /CONFIRMED_NUMBER/,
      { ...NIL, automatic: true, searched: [search('ADDRESS', 'CONFIRMED')] },
    ],
    [
      'an automatic nil by a likely number',
      /CONFIRMED_NUMBER/,
      { ...NIL, automatic: true, searched: [search('CONFIRMED_NUMBER', 'PROBABLE'), search('ADDRESS', 'CONFIRMED')] },
    ],
    [
      'no trace with somebody found',
      /NO_TRACE/,
      { ...NO_TRACE, searched: [...NO_TRACE.searched, search('ADDRESS', 'PROBABLE')] },
    ],
    ['no trace without a search', /"searched"/, { ...NO_TRACE, searched: [] }],
    ['no trace with words', /"narrative"/, { ...NO_TRACE, narrative: 'SECRET' }],
    ['information without any', /INFORMATION/, { ...INFORMATION, narrative: null }],
    ['information without a search', /"searched"/, { ...INFORMATION, searched: [] }],
    ['an empty narrative', /"narrative"/, { ...INFORMATION, narrative: ' \n' }],
    ['a narrative too long', /"narrative".*4000/, { ...INFORMATION, narrative: 'x'.repeat(4001) }],
    ['a narrative with a control character', /"narrative"/, { ...INFORMATION, narrative: 'SECRET \u0008 words' }],
    [
      'an unknown system',
      /"searched\[0\]\.system".*PNC, LOCAL/,
      { ...INFORMATION, searched: [search('ADDRESS', 'NONE', 'SECRET')] },
    ],
    [
      'too many searches',
      /"searched"/,
      { ...NO_TRACE, searched: Array.from({ length: 21 }, () => search('ADDRESS', 'NONE')) },
    ],
    [
      'an unknown finding',
      /"findings\[0\]\.code".*INCIDENT/,
      { ...INFORMATION, findings: [{ ...finding, code: 'SECRET' }] },
    ],
    [
      'a finding to come',
      /"findings\[1\]\.on"/,
      { ...INFORMATION, findings: [finding, { ...finding, on: '2026-11-23' }] },
    ],
    ['a finding of no day', /"findings\[0\]\.on"/, { ...INFORMATION, findings: [{ ...finding, on: 'SECRET' }] }],
    ['too many findings', /"findings"/, { ...INFORMATION, findings: Array.from({ length: 51 }, () => finding) }],
    ['unable without a reason', /"reason".*SYSTEM_DOWN/, { ...UNABLE, reason: null }],
    ['unable for an unknown reason', /"reason".*SYSTEM_DOWN/, { ...UNABLE, reason: 'SECRET' }],
    ['unable after a search', /"searched"/, { ...UNABLE, searched: NIL.searched }],
    ['unable with words', /"narrative"/, { ...UNABLE, narrative: 'SECRET' }],
    ['unable with findings', /"findings"/, { ...UNABLE, findings: [finding] }],
  ])('%s', (_, words, given) => {
    const said = problems(given);
    expect(said.join('\n')).toMatch(words);
    expect(said.join('\n')).not.toMatch('SECRET');
  });

  test('all at once', () => {
    expect(problems({ ...NIL, reason: 'x', searched: [search('ADDRESS', 'NONE', 'x')], narrative: '' })).toHaveLength(
      4,
    );
  });
});

test('what is kept of an answer is read again, without its outcome', () => {
  const { searched, findings, narrative, handling, mayBeTold } = { ...INFORMATION, findings: [finding] };
  const written = writeAnswer({ ...INFORMATION, findings: [finding] });
  expect(parseAnswer(written)).toEqual({ searched, findings, narrative, handling, mayBeTold });
  expect(written).not.toMatch('INFORMATION');
});
