import { expect, test } from 'vitest';
import { buildBundle } from '../../../src/policy/load/load.ts';
import { problem, problemsOf, record, texts, vary } from './real.ts';

const FILE = 'log-uses.yaml';

test('what the log may be read for is what the law lets it be read for, each under a purpose of both roles', () => {
  const { logUses, roles } = buildBundle(texts, record);
  expect([...logUses.values()].map(({ code, law }) => `${code}: ${law}`)).toEqual([
    'LAWFULNESS: Data Protection Act 2018, section 62(4)(a)',
    'SELF_MONITORING: Data Protection Act 2018, section 62(4)(b)',
    'SECURITY: Data Protection Act 2018, section 62(4)(c)',
    'CRIMINAL_PROCEEDINGS: Data Protection Act 2018, section 62(4)(d)',
    'SUBJECT_RIGHTS: UK GDPR, articles 15 to 21; Data Protection Act 2018, sections 45 to 48',
  ]);
  for (const { purpose } of logUses.values()) {
    expect(['ig-officer', 'ig-lead'].every((role) => roles.get(role)?.purposes.has(purpose))).toBe(true);
  }
});

test('a use has a purpose that there is', () => {
  const files = vary(texts, FILE, (text) => text.replace('purpose: SUBJECT_RIGHTS', 'purpose: SUBJECT_RIGHT'));
  expect(problemsOf(files)).toEqual([
    problem(files, FILE, 'purpose: |SUBJECT_RIGHT\n', 'unknown purpose SUBJECT_RIGHT; did you mean SUBJECT_RIGHTS'),
  ]);
});

test('the purpose of a use is in the hash, and its words are not', () => {
  const hash = (from: string, to: string) =>
    buildBundle(
      vary(texts, FILE, (text) => text.replace(from, to)),
      record,
    ).hash;
  const real = buildBundle(texts, record).hash;
  expect(hash('purpose: SUBJECT_RIGHTS', 'purpose: IG_ASSURANCE')).not.toBe(real);
  expect(hash('label: Criminal proceedings', 'label: In criminal proceedings')).toBe(real);
});
