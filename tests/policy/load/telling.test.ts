import { describe, expect, test } from 'vitest';
import { buildBundle } from '../../../src/policy/load/load.ts';
import { tellingRules, tellingWords } from '../../../src/policy/telling.ts';
import { texts as all, problem, problemsOf, record, vary } from './real.ts';

const NAME = 'telling.yaml';
/** The policies with one agreement, so that each case is quick. */
const texts = all.filter(({ name }) => !name.startsWith('agreements/') || name === 'agreements/OWN-POL.yaml');

describe('telling.yaml', () => {
  test.each<[string, string | RegExp, string, readonly [string, string][]]>([
    [
      'a purpose without words',
      /^ {2}DA_CHECK: .*\n/m,
      '',
      [['|purposes:\n  SENT', 'purpose DA_CHECK has no plain words']],
    ],
    [
      'a type of partner without words',
      '  police-force: A police force\n',
      '',
      [['|organisations:', 'partner type police-force has no plain words']],
    ],
    ['a class without words', 'health.clinical,', '', [['|kinds:', 'class health.clinical has no plain words']]],
    [
      'a class with two kinds of words',
      'classes: [identity.adjustments]',
      'classes: [identity.adjustments, identity.core]',
      [['identity.adjustments, |identity.core', 'identity.core is told as "Who you are" already']],
    ],
    [
      'a class that there is not',
      '    - risk.text\n',
      '    - risk.txt\n',
      [['- |risk.txt', 'unknown class risk.txt; did you mean risk.text']],
    ],
    [
      'a purpose that there is not',
      'purposes: [PUBLIC_PROTECTION, DA_CHECK,',
      'purposes: [PUBLIC_PROTECTION, DA_CHEK,',
      [['|DA_CHEK,', 'unknown purpose DA_CHEK; did you mean DA_CHECK']],
    ],
    [
      'a partner that there is not',
      'named: [benefits-department,',
      'named: [benefit-department,',
      [['|benefit-department,', 'unknown partner benefit-department; did you mean benefits-department']],
    ],
    [
      'a longer hold than a report may have',
      'holdMilliseconds: 300',
      'holdMilliseconds: 60000',
      [['holdMilliseconds: |60000', '60000 is not milliseconds, from 1 to 5000']],
    ],
  ])('%s is told where it stands', (_, from, to, expected) => {
    const files = vary(texts, NAME, (text) => text.replace(from, to));
    expect(problemsOf(files)).toEqual(
      expect.arrayContaining(expected.map(([piece, message]) => problem(files, NAME, piece, message))),
    );
  });

  test('changes the hash where it changes what is told', () => {
    const hash = (from: string, to: string) =>
      buildBundle(
        vary(texts, NAME, (text) => text.replace(from, to)),
        record,
      ).hash;
    const usual = buildBundle(texts, record).hash;
    expect(hash('    - risk.text\n', '')).not.toBe(usual);
    expect(hash('Who you are', 'Your name')).not.toBe(usual);
  });
});

describe('what is told', () => {
  const bundle = buildBundle(texts, record);
  const rules = tellingRules(bundle);
  const words = tellingWords(bundle);

  test('is looked up by field and by type of identifier', () => {
    expect(rules.classOf('Policing.markers')).toBe('policing.markers');
    expect(rules.classOf('Person.identifiers:PNC_ID')).toBe('identifiers.pnc-id');
    expect(rules.classOf('Custody.former')).toBeNull();
  });

  test('waits by recipient, purpose or class, and where policy does not know the name any more', () => {
    expect(['northmere-police', 'northmere-housing', 'former'].map(rules.recipientWaits)).toEqual([true, false, true]);
    expect(['DA_CHECK', 'RELEASE_PLANNING', 'FORMER'].map(rules.purposeWaits)).toEqual([true, false, true]);
    expect(['policing.markers', 'identity.core'].map(rules.classWaits)).toEqual([true, false]);
  });

  test('has words, with a name only where it is marked, and for what there is no more', () => {
    expect(['northmere-housing', 'northmere-treatment', 'former'].map(words.organisation)).toEqual([
      'Northmere Housing',
      'A drug and alcohol treatment service',
      'An organisation that no longer takes part',
    ]);
    expect(words.purpose('FORMER')).toBe('For a purpose that is no longer used');
    expect(words.kind('former.class')).toBe('Other information');
  });

  test('all that police, children’s services and checks hold or ask waits', () => {
    const police = [...bundle.classes.keys()].filter((name) =>
      /^(policing|childrens|check-request|check-answer)\./.test(name),
    );
    expect(police.filter((name) => !rules.classWaits(name))).toEqual([]);
    const named = bundle.telling.named.map((code) => bundle.partners.get(code)?.type);
    expect(named.filter((type) => /police|children|treatment|health/.test(type ?? ''))).toEqual([]);
  });
});
