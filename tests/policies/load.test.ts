import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCases } from '../../src/policy/cases/load.ts';
import { problemsOf, TEXT, textWith } from './change.ts';
import { bundle, territory } from './real.ts';

const at = (place: string, message: string) => [`cases/work-coach.yaml:${place} ${message}`];

describe('a file of worked cases', () => {
  test('is read when every name in it is known', () => {
    expect(problemsOf(TEXT)).toEqual([]);
  });

  test.each([
    [
      '[benefits-department]\n    on',
      '[benefits-departmnt]\n    on',
      '12:10',
      'unknown partner benefits-departmnt; did you mean benefits-department',
    ],
    ['purpose: BENEFITS_EMPLOYMENT', 'purpose: BENEFITS', '11:14', 'unknown purpose BENEFITS'],
    [
      '[NINO, PRISON_NUMBER]',
      '[NINO, PRISONNUMBER]',
      '4:19',
      'unknown identifier type PRISONNUMBER; did you mean PRISON_NUMBER',
    ],
    [
      'relationship: HOUSING_REFERRAL',
      'relationship: [BENEFIT_CLAIM, HOUSING]',
      '15:37',
      'unknown relationship HOUSING',
    ],
    ['sees: nothing', 'sees: { custdy: [custody.release] }', '16:13', 'unknown section custdy; did you mean custody'],
    [
      'sees: nothing',
      'sees: { custody: [custody.relese] }',
      '16:23',
      'unknown class custody.relese; did you mean custody.release',
    ],
    ['sees: nothing', 'sees: { custody: [risk.rosh] }', '16:23', 'risk.rosh is not a class of section custody'],
    ['sees: nothing', 'sees: { custody: { prison: [custody.release] } }', '16:24', 'unknown holder prison'],
    ['sees: nothing', 'sees: nothin', '16:11', 'nothin is not one of nothing, as usual; did you mean nothing'],
    [
      'sees: nothing',
      'sees: as usual',
      '16:11',
      'the first case of BENEFITS_EMPLOYMENT must list what is seen as usual',
    ],
    ['sees: nothing', 'sees: nothing\n    except: { custody: [] }', '17:5', 'except stands beside sees: as usual'],
    ['sees: nothing', 'sees: {}\n    withheld: [custdy]', '17:16', 'unknown section custdy; did you mean custody'],
    ['on: 2026-06-15', 'on: 2026-06-31', '13:9', '2026-06-31 is not a day of the calendar'],
    [
      'on: 2026-06-15',
      'from: 2026-06-15\n    until: 2026-06-14',
      '14:12',
      'it ends on 2026-06-14, before it begins on 2026-06-15',
    ],
    ['on: 2026-06-15', 'from: 2026-06-15', '10:3', 'until is missing'],
    ['on: 2026-06-15', 'on: 2026-06-15\n    from: 2026-06-15', '14:5', 'from has no place here'],
    ['    sees: nothing\n', '', '10:3', 'sees is missing'],
    ['sees: nothing', 'sees: nothing\n    sent: yes', '17:5', 'sent has no place here'],
    ['    purpose:', '    porpose: x\n    purpose:', '11:5', 'unknown key porpose; did you mean purpose'],
    [
      'person:\n',
      'person:\n      permissions: [{ type: CONFIDENTIALITI }]\n',
      '15:29',
      'unknown permission CONFIDENTIALITI; did you mean CONFIDENTIALITY',
    ],
    ['person:\n', 'person:\n      notLinked: [harbour-homes]\n', '15:19', 'unknown holder harbour-homes'],
  ])('%s becomes %s', (piece, replacement, place, message) => {
    expect(problemsOf(textWith(piece, replacement))).toEqual(at(place, message));
  });

  test('is named for its role, and names no case twice', () => {
    expect(problemsOf(TEXT.replace('role: work-coach', 'role: work-coah'))).toEqual([
      ...at('1:7', 'unknown role work-coah; did you mean work-coach'),
      ...at('1:7', 'work-coah belongs in cases/work-coah.yaml'),
    ]);
    expect(problemsOf(TEXT, 'cases/coach.yaml')).toEqual([
      'cases/coach.yaml:1:7 work-coach belongs in cases/work-coach.yaml',
    ]);
    const twice = TEXT + TEXT.slice(TEXT.indexOf('  - case'));
    expect(problemsOf(twice)).toEqual(at('17:11', 'another case of this file has the same name'));
  });

  test('tells every problem at once', () => {
    const text = TEXT.replace('HOUSING_REFERRAL', 'HOUSING').replace('[NINO, PRISON_NUMBER]', '[NINA]');
    expect(problemsOf(text)).toHaveLength(2);
  });

  test('a policy folder without cases says so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'throughgate-cases-'));
    await expect(loadCases(folder, bundle, territory)).rejects.toThrow('cases:1:1 there is no folder of worked cases');
    rmSync(folder, { recursive: true });
  });
});
