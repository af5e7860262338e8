import { describe, expect, test } from 'vitest';
import type { Bundle } from '../../src/policy/bundle.ts';
import { uncovered } from '../../src/policy/cases/coverage.ts';
import { put } from '../../src/policy/cases/mutants/mutant.ts';
import { roleMutants } from '../../src/policy/cases/mutants/roles.ts';
import { mutate } from '../../src/policy/cases/mutate.ts';
import { runCases } from '../../src/policy/cases/run.ts';
import { read, textWith } from './change.ts';
import { bundle, cases, territory } from './real.ts';

const [coach] = cases.filter(({ content }) => content.role === 'work-coach');
const others = cases.filter((file) => file !== coach);

/** What the work coach's cases say of a policy, without where. */
function told(changed: Bundle): string[] {
  return runCases(changed, territory, coach ? [coach] : []).map(({ message }) => message);
}

function withCustody(classes: (classes: readonly string[]) => readonly string[]): Bundle {
  const role = bundle.roles.get('work-coach');
  const view = role?.purposes.get('BENEFITS_EMPLOYMENT');
  const custody = view?.sections.get('custody');
  if (!role || !view || !custody) throw new Error('the work coach has changed');
  const sections = put(view.sections, 'custody', { ...custody, classes: classes(custody.classes) });
  const purposes = put(role.purposes, 'BENEFITS_EMPLOYMENT', { ...view, sections });
  return { ...bundle, roles: put(bundle.roles, 'work-coach', { ...role, purposes }) };
}

function withAgreement(reference: string, changed: Partial<Bundle['agreements'][number]>): Bundle {
  return {
    ...bundle,
    agreements: bundle.agreements.map((each) => (each.reference === reference ? { ...each, ...changed } : each)),
  };
}

describe('a policy that decides otherwise than its cases', () => {
  test('shows what no case lists', () => {
    const [prison] = bundle.agreements.filter(({ reference }) => reference === 'PRI-DWP-01');
    const given = withAgreement('PRI-DWP-01', { classes: [...(prison?.classes ?? []), 'custody.offence'] });
    expect(told(given)).toEqual([]);
    const needed = { ...withCustody((classes) => [...classes, 'custody.offence']), agreements: given.agreements };
    expect(told(needed)[0]).toMatch(
      /^A .* \(at benefits-department on .*\): also sees custody\.offence at hmpps-prisons under PRI-DWP-01, which the case does not list$/,
    );
  });

  test('does not show what a case lists, and says which key is missing', () => {
    expect(told(withCustody((classes) => classes.filter((name) => name !== 'custody.release')))[0]).toMatch(
      /does not see custody\.release at hmpps-prisons\. The role does not need it for the purpose\./,
    );
    expect(told(withAgreement('PRI-DWP-01', { purposes: [] }))[0]).toMatch(
      /does not see .* at hmpps-prisons\. No agreement in force that day gives it to this partner for the purpose\./,
    );
  });

  test('shows something on a day outside the days of a case', () => {
    expect(told(withAgreement('PRI-DWP-01', { until: null })).join('\n')).toMatch(
      /also sees custody\.release at hmpps-prisons under PRI-DWP-01, on a day that is outside the case's/,
    );
  });

  test('opens a record that stays closed in the case', () => {
    const purpose = bundle.purposes.get('BENEFITS_EMPLOYMENT');
    if (!purpose) throw new Error('the purpose is gone');
    const relationships = [...purpose.relationships, 'HOUSING_REFERRAL'];
    const changed = { ...bundle, purposes: put(bundle.purposes, purpose.code, { ...purpose, relationships }) };
    expect(told(changed).join('\n')).toContain('the record opens, and the case says nothing is seen');
  });

  test('lets a role do something that its cases do not list', () => {
    const role = bundle.roles.get('work-coach');
    if (!role) throw new Error('the role is gone');
    const lookups = [...role.lookups, 'CRN'];
    const told_ = told({ ...bundle, roles: put(bundle.roles, 'work-coach', { ...role, lookups }) });
    expect(told_).toEqual(['lookups of work-coach is CRN, NINO, PRISON_NUMBER, and the cases say NINO, PRISON_NUMBER']);
  });

  test('says why nothing is seen, gate by gate', () => {
    const file = read(textWith('sees: nothing', 'sees: {}'));
    expect(runCases(bundle, territory, file).map(({ message }) => message)).toContain(
      "A work coach sees nothing of somebody else's claim (at benefits-department on 2026-06-15): nothing is seen. " +
        'No relationship of the caller carries the purpose that day.',
    );
  });
});

describe('the coverage gate', () => {
  test('names a role that has no cases, its purposes and every cell that they can open', () => {
    const problems = uncovered(bundle, territory, others).map(({ file, message }) => `${file} ${message}`);
    expect(problems).toContain('cases/work-coach.yaml the role work-coach has no cases');
    expect(problems).toContain('cases/work-coach.yaml no case has the purpose BENEFITS_EMPLOYMENT');
    expect(problems).toContain(
      'cases/work-coach.yaml no case at benefits-department for BENEFITS_EMPLOYMENT sees custody.release at hmpps-prisons, which PRI-DWP-01 gives',
    );
    expect(problems).toContain(
      'cases/work-coach.yaml no case at benefits-department for BENEFITS_EMPLOYMENT sees the identifier NINO at benefits-department, which OWN-DWP gives',
    );
  });

  test('names a permission that no case lacks or has, and a message that no case sends', () => {
    const problems = uncovered(bundle, territory, []).map(({ file, message }) => `${file} ${message}`);
    expect(problems).toContain(
      'agreements/TRT-PRB-01.yaml no case has TREATMENT_CONDITION or CONFIDENTIALITY and sees treatment.engagement',
    );
    expect(problems).toContain(
      'agreements/TRT-PRB-01.yaml no case is without TREATMENT_CONDITION or CONFIDENTIALITY and does not see treatment.engagement',
    );
    expect(problems).toContain(
      'data-classes.yaml no case sends CheckRequest.subject, of the class check-request.subject',
    );
  });

  test('does not count a case that fails', () => {
    const changed = withCustody((classes) => classes.filter((name) => name !== 'custody.documents'));
    const problems = uncovered(changed, territory, cases).map(({ message }) => message);
    expect(problems).toContain(
      'no case at benefits-department for BENEFITS_EMPLOYMENT sees custody.release at hmpps-prisons, which PRI-DWP-01 gives',
    );
  });
});

describe('a change that no case notices', () => {
  test("survives without its role's cases, and not with them", () => {
    const mutants = [...roleMutants(bundle, territory)].filter(
      ({ where, what }) =>
        where === 'roles/work-coach.yaml' && what.startsWith('BENEFITS_EMPLOYMENT: employment without employment.c'),
    );
    expect(mutants.length).toBeGreaterThan(1);
    const without = mutate(bundle, territory, others, mutants);
    expect(without.survivors).toHaveLength(mutants.length);
    expect(mutate(bundle, territory, cases, mutants).survivors).toEqual([]);
  });

  test('is told apart from one that changes no decision', () => {
    const [mutant] = [...roleMutants(bundle, territory)].filter(
      ({ where, what }) =>
        where === 'roles/work-coach.yaml' && what === 'BENEFITS_EMPLOYMENT: custody with custody.offence',
    );
    // The role would need it, and no agreement gives it to benefits.
    expect(mutate(bundle, territory, cases, mutant ? [mutant] : [])).toMatchObject({ tried: 1, withoutEffect: 1 });
  });
});
