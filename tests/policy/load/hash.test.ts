import { describe, expect, test } from 'vitest';
import { buildBundle } from '../../../src/policy/load/load.ts';
import { buildRecord } from '../../../src/record/model.ts';
import type { SourceText } from '../../../src/record/problem.ts';
import { gateway, record, sources, texts, vary } from './real.ts';

const hash = (files: readonly SourceText[], model = record) => buildBundle(files, model).hash;
const usual = hash(texts);

test('the hash is a SHA-256 in hexadecimal, and the same each time', () => {
  expect(usual).toMatch(/^[0-9a-f]{64}$/);
  expect(hash(texts)).toBe(usual);
});

describe('what changes no answer leaves the hash as it is', () => {
  test.each<[string, () => readonly SourceText[]]>([
    [
      'comments',
      () => texts.map(({ name, text }) => ({ name, text: `${text.replaceAll(/^ *#.*\n/gm, '')}# another\n` })),
    ],
    ['blank lines', () => texts.map(({ name, text }) => ({ name, text: text.replaceAll('\n\n', '\n') }))],
    ['Windows line ends', () => texts.map(({ name, text }) => ({ name, text: text.replaceAll('\n', '\r\n') }))],
    ['the order of files', () => texts.toReversed()],
    [
      'the order of a list',
      () =>
        vary(texts, 'roles/work-coach.yaml', (text) => text.replace('[NINO, PRISON_NUMBER]', '[PRISON_NUMBER, NINO]')),
    ],
    [
      'the order of keys',
      () =>
        vary(texts, 'permissions.yaml', (text) =>
          text.replace(/(CONFIDENTIALITY:\n.*\n)/, '').concat(/CONFIDENTIALITY:\n.*\n/.exec(text)?.[0] ?? ''),
        ),
    ],
    [
      'the words of a necessity',
      () =>
        vary(texts, 'agreements/POL-PRB-03.yaml', (text) =>
          text.replace(/necessity: .*\n( .*\n)*/, 'necessity: Shorter\n'),
        ),
    ],
  ])('%s', (_, files) => {
    expect(hash(files())).toBe(usual);
  });
});

describe('what changes an answer changes the hash', () => {
  const change = (name: string, from: string | RegExp, to: string) => () =>
    vary(texts, name, (text) => text.replace(from, to));
  test.each<[string, () => readonly SourceText[]]>([
    ['a class that a role needs', change('roles/work-coach.yaml', ', accommodation.address]', ']')],
    [
      'existence',
      change(
        'roles/work-coach.yaml',
        /holdMilliseconds: 0([\s\S]*)existence: open/,
        'holdMilliseconds: 9$1existence: hidden',
      ),
    ],
    ['a hold', change('roles/childrens-services.yaml', 'holdMilliseconds: 500', 'holdMilliseconds: 501')],
    ['a look-up', change('roles/work-coach.yaml', '[NINO, PRISON_NUMBER]', '[NINO]')],
    ['a class that an agreement gives', change('agreements/DWP-HMP-01.yaml', '  - employment.outcome\n', '')],
    ['a purpose of an agreement', change('agreements/POL-PRB-02.yaml', '[PUBLIC_PROTECTION, DA_CHECK]', '[DA_CHECK]')],
    ['a recipient', change('agreements/DWP-HOU-01.yaml', ', accommodation-providers]', ']')],
    ['the last day', change('agreements/POL-PRB-02.yaml', 'until: 2028', 'until: 2027')],
    [
      'a permission',
      change('agreements/TRT-PRB-01.yaml', '[TREATMENT_CONDITION, CONFIDENTIALITY]', '[CONFIDENTIALITY]'),
    ],
    [
      'a field’s class',
      change(
        'data-classes.yaml',
        /, Custody.releaseType([\s\S]*)\[Custody.handoverDate,/,
        '$1[Custody.releaseType, Custody.handoverDate,',
      ),
    ],
    ['a threshold', change('data-classes.yaml', 'matchThreshold: 0.95', 'matchThreshold: 0.94')],
    ['a pattern', change('identifiers.yaml', String.raw`^CS-\d{7}$`, String.raw`^CS-\d{6,7}$`)],
    [
      'a relationship of a purpose',
      change('purposes.yaml', '[TREATMENT_REFERRAL, CARE_TRANSFER]', '[TREATMENT_REFERRAL]'),
    ],
    ['a grace', change('relationships.yaml', 'graceDays: 7', 'graceDays: 8')],
    ['a scheme’s members', change('partners.yaml', '[harbour-homes, lantern-housing]', '[harbour-homes]')],
    ['a desk', change('desks.yaml', '01632 960200', '01632 960201')],
  ])('%s', (_, files) => {
    expect(hash(files())).not.toBe(usual);
  });

  test.each([
    ['the type of a field', 'linkedChildren: Int', 'linkedChildren: Float'],
    ['a description', 'The most protective plan', 'The plan'],
    ['how many hold a section', ' @tag(name: "many-holders")', ''],
  ])('%s', (_, from, to) => {
    const changed = sources.map(({ name, text }) => ({
      name,
      text: name.endsWith('childrens.graphql') ? text.replace(from, to) : text,
    }));
    const files = from.includes('@tag')
      ? vary(texts, 'data-classes.yaml', (text) => text.replace('  - Childrens.holder\n', ''))
      : texts;
    expect(hash(files, buildRecord({ gateway, sources: changed }))).not.toBe(usual);
  });

  test('but a comment in the schema does not', () => {
    const changed = sources.map(({ name, text }) => ({ name, text: `# a comment\n${text}` }));
    expect(hash(texts, buildRecord({ gateway, sources: changed }))).toBe(usual);
  });
});
