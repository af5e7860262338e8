import { expect, test } from 'vitest';
import { countWords, dayWords, timeWords, whenWords, wordsOf } from '../../src/console/words.ts';
import { buildBundle } from '../../src/policy/load/load.ts';
import { record, texts } from '../policy/load/real.ts';

const words = wordsOf(buildBundle(texts, record));

test('instants are told as clocks in the United Kingdom show them', () => {
  expect(whenWords('2026-11-03T14:07:31.123Z')).toBe('14:07 on 3 November 2026');
  expect(whenWords(new Date('2026-07-03T23:30:00Z'))).toBe('00:30 on 4 July 2026');
  expect(dayWords('2026-07-03')).toBe('3 July 2026');
  expect(dayWords('2026-07-03T23:30:00Z')).toBe('4 July 2026');
  expect(timeWords('2026-07-03T23:30:00Z')).toBe('00:30');
  expect([whenWords(null), whenWords(''), dayWords(undefined), timeWords('<b>')]).toEqual(['', '', '', '']);
});

test('counts have their noun', () => {
  expect([countWords(0, 'entry', 'entries'), countWords(1, 'person', 'people'), countWords(1_200, 'look')]).toEqual([
    '0 entries',
    '1 person',
    '1,200 looks',
  ]);
});

test('codes are words by the policy in force', () => {
  expect(words.partnerName('northmere-police')).toBe('Northmere Police');
  expect(words.roleTitle('ig-lead')).toBe('Information governance lead');
  expect(words.purposeLabel('IG_ASSURANCE')).toBe('Assuring that sharing is lawful, from the audit log');
  expect(words.className('identifiers.nino')).toBe('The National Insurance number');
  expect(words.agreementLabel('CAS-PRB-01')).toBe(
    'Harbour Homes and Lantern Housing to Probation Service (CAS-PRB-01)',
  );
  expect(words.kindWords('break-glass')).toBe('Break-glass');
  expect(words.outcomeWords('nothing-to-show')).toBe('Nothing shown');
});

test.each(['GONE-01', 'constructor', '__proto__'])('a code that nobody knows any more stays as it is: %s', (code) => {
  const asCodes = Object.values(words).map((word) => word(code));
  expect(new Set(asCodes)).toEqual(new Set([code]));
  expect(words.partnerName(null)).toBe('');
});
