import { describe, expect, test } from 'vitest';
import { buildBundle } from '../../../src/policy/load/load.ts';
import { buildRecord } from '../../../src/record/model.ts';
import type { SourceText } from '../../../src/record/problem.ts';
import { edit, type Path } from './edit.ts';
import { texts as all, gateway, record, sources, vary } from './real.ts';

/** The policies with the agreements that are varied here, so that each case is quick. */
const KEPT = /DWP-HMP-01|DWP-HOU-01|POL-PRB-0[23]|TRT-PRB-01/;
const texts = all.filter(({ name }) => !name.startsWith('agreements/') || KEPT.test(name));

const hash = (files: readonly SourceText[], model = record) => buildBundle(files, model).hash;
const usual = hash(texts);

const COACH = 'roles/work-coach.yaml';
const POLICE = 'roles/police-public-protection.yaml';
const AGREEMENT = 'agreements/POL-PRB-02.yaml';
const VIEW: Path = ['purposes', 'BENEFITS_EMPLOYMENT'];
const HOMES: Path = ['partners', 'harbour-homes'];

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
          text.replace(/CONFIDENTIALITY:\n.*\n.*\n/, '').concat(/CONFIDENTIALITY:\n.*\n.*\n/.exec(text)?.[0] ?? ''),
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

describe('words that explain leave the hash as it is', () => {
  const law = ['OMA-2007-s14'];
  test.each<[string, string, Path, unknown]>([
    ['why a role needs a section', COACH, [...VIEW, 'sections', 'risk', 'why'], 'Another reason'],
    ['why a cell differs', COACH, ['differs', 'risk.rosh'], 'Another reason'],
    ['the title of a role', COACH, ['title'], 'Coach'],
    ['the owner of a role', COACH, ['owner'], 'Somebody else'],
    ['what a class is called', 'data-classes.yaml', ['classes', 'custody.offence', 'description'], 'An offence'],
    ['what a purpose is called', 'purposes.yaml', ['DA_CHECK', 'label'], 'A check'],
    ['what a relationship is called', 'relationships.yaml', ['CUSTODY_ALLOCATION', 'label'], 'Allocated'],
    ['what a permission is called', 'permissions.yaml', ['CONFIDENTIALITY', 'label'], 'Permitted'],
    ['what a law is called', 'legal-gateways.yaml', [...law, 'title'], 'An Act'],
    ['what a law allows', 'legal-gateways.yaml', [...law, 'allows'], 'Something'],
    ['where a law was read', 'legal-gateways.yaml', [...law, 'source'], 'Elsewhere'],
    ['whether a law needs advice', 'legal-gateways.yaml', [...law, 'advice'], 'needed'],
    ['a limit of a law, which says what builds', 'legal-gateways.yaml', ['SSAA-1992', 'purposes'], undefined],
    ['an arrangement, which says what builds', 'partners.yaml', [...HOMES, 'arrangement', 'until'], '2039-12-31'],
    ['the necessity of an agreement', AGREEMENT, ['necessity'], 'It is needed.'],
    ['its condition', AGREEMENT, ['discloser', 'condition'], 'Another'],
    ['its confidentiality', AGREEMENT, ['discloser', 'confidentiality'], 'Another'],
    ['its onward rule', AGREEMENT, ['onward'], 'To nobody at all'],
    ['its retention', AGREEMENT, ['retention'], 'A day'],
    ['its assessment', AGREEMENT, ['dpia'], 'DPIA-2'],
  ])('%s', (_, name, path, value) => {
    expect(hash(edit(texts, name, [path, value]))).toBe(usual);
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
        /, Custody.releaseType([\s\S]*) Custody.handoverDate,/,
        '$1 Custody.releaseType, Custody.handoverDate,',
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

  const DESK = { name: 'A desk', telephone: '01632 960999', hours: 'every day' };
  const OWNER: Path = ['owners', 'probation-service'];
  test.each<[string, string, Path, unknown]>([
    ['an action', COACH, ['actions'], ['workItems']],
    ['a queue', COACH, ['queues'], ['BREAK_GLASS_REVIEW']],
    ['how many people a day', COACH, ['peoplePerDay'], 1],
    ['the review date of a role', COACH, ['review'], '2026-12-30'],
    ['what a role may be sent', POLICE, ['purposes', 'DA_CHECK', 'receives'], ['check-request.subject']],
    ['the first day', AGREEMENT, ['from'], '2026-01-02'],
    ['the review date of an agreement', AGREEMENT, ['review'], '2026-12-30'],
    ['a class for emergencies', AGREEMENT, ['emergency', 'probation-practitioner'], ['policing.markers']],
    ['that nothing is for emergencies', AGREEMENT, ['emergency'], undefined],
    ['what a class protects', 'data-classes.yaml', ['classes', 'custody.offence', 'protective'], true],
    ['the handling of a class', 'data-classes.yaml', ['classes', 'custody.offence', 'handling'], 'OFFICIAL'],
    ['a message', 'data-classes.yaml', ['classes', 'check-request.release', 'messages'], ['CheckRequest.date']],
    ['what a permission must name', 'permissions.yaml', ['CONFIDENTIALITY', 'names'], []],
    ['a client', 'partners.yaml', [...HOMES, 'clients'], ['another']],
    ['that there is no client', 'partners.yaml', [...HOMES, 'clients'], []],
    ['the name of a partner, which is shown', 'partners.yaml', [...HOMES, 'name'], 'Homes'],
    ['the label of an identifier, which is shown', 'identifiers.yaml', ['CRN', 'label'], 'Case number'],
    ['how fresh restrictions must be', 'restrictions.yaml', [...OWNER, 'freshnessHours'], 23],
    ['when to ask who needs to know', 'restrictions.yaml', [...OWNER, 'needToKnowDays'], 27],
    ['whom to page', 'restrictions.yaml', [...OWNER, 'page'], DESK],
    ['a signpost', 'restrictions.yaml', [...OWNER, 'signpost', 'message'], 'Ring'],
    ['that there is no signpost', 'restrictions.yaml', [...OWNER, 'signpost'], undefined],
    ['an owner of restrictions', 'restrictions.yaml', OWNER, undefined],
    ['the minutes of break-glass', 'break-glass.yaml', ['minutes'], 59],
    ['its banner', 'break-glass.yaml', ['banner'], 'Reviewed'],
    ['a reason for it', 'break-glass.yaml', ['reasons', 'RISK_TO_LIFE'], undefined],
    ['a reviewer', 'break-glass.yaml', ['reviewers'], ['ig-lead']],
    ['the hours of a review', 'break-glass.yaml', ['reviewHours'], 71],
  ])('%s', (_, name, path, value) => {
    expect(hash(edit(texts, name, [path, value]))).not.toBe(usual);
  });

  test('the nation of a partner', () => {
    // A partner of no agreement, so that no law is in the way.
    const files = edit(texts, 'partners.yaml', [['partners', 'throughgate-board', 'nation'], 'wales']);
    expect(hash(files)).not.toBe(usual);
  });

  test('a role that may break the glass', () => {
    const roles = [...buildBundle(texts, record).breakGlass.roles, 'housing-officer'];
    expect(hash(edit(texts, 'break-glass.yaml', [['roles'], roles]))).not.toBe(usual);
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
