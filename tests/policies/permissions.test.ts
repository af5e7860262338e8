import { describe, expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import { compileView, type View } from '../../src/policy/view.ts';
import type { HeldRelationship, Objection, Permission, SubjectFacts } from '../../src/record/facts.ts';
import { coordinatesOf, type Field, SECTIONS } from '../contract/oracle/record.ts';
import { bundle, territory } from './real.ts';

const DAY = '2026-11-22';
const ME = 'ME-0001';
const SPAN = { from: '2026-01-01', until: null };
const PROTECTIVE = [...bundle.classes.values()].filter((each) => each.protective && each.fields.length > 0);

/** Every view that holds a section, of every role, purpose and partner. */
const VIEWS: readonly View[] = [...bundle.roles.values()].flatMap((role) =>
  [...role.purposes.keys()].flatMap((purpose) =>
    [...bundle.partners.values()].flatMap(({ code: partner }) => {
      const view = compileView(bundle, territory, { role: role.name, purpose, partner, day: DAY });
      return view && view.sections.size > 0 ? [view] : [];
    }),
  ),
);

/** What is open of one person, as `holder Type.field`. */
function openTo(view: View, given: Partial<SubjectFacts>): ReadonlySet<string> {
  const relationship: HeldRelationship = {
    ...SPAN,
    type: view.purpose.relationships[0] ?? '',
    partner: view.partner,
    practitioner: ME,
    team: null,
    assertedBy: 'FEED',
    evidence: 'E-1',
    standing: 'SELF',
    cover: null,
  };
  const facts: SubjectFacts = {
    person: '00000000-0000-4000-8000-000000000001',
    links: [],
    relationships: [relationship],
    permissions: [],
    objections: [],
    restrictions: [],
    interests: [],
    breakGlass: [],
    callerTeams: [],
    ...given,
  };
  const caller = { practitioner: ME, now: new Date(`${DAY}T12:00:00Z`), alone: true, asked: 1 };
  const { permitted, sections } = decide(bundle, view, caller, facts);
  expect(permitted).toBe(true);
  return new Set(
    [...sections.values()].flatMap(({ holders }) =>
      holders.flatMap(({ holder, fields }) => [...fields].map((field) => `${holder} ${field}`)),
    ),
  );
}

/** What both keys give of the classes that protect somebody. */
function protectiveOf(view: View): string[] {
  return [...view.sections.values()].flatMap(({ holders }) =>
    [...holders.values()].flatMap(({ holder, fields }) =>
      [...fields].flatMap(([field, { dataClass }]) =>
        bundle.classes.get(dataClass)?.protective ? [`${holder} ${field}`] : [],
      ),
    ),
  );
}

const recipients = [...new Set([...bundle.partners.values()].map(({ type }) => type))];
const withdrawn = (type: string): Permission[] => [
  { type, holder: null, recipientType: null, from: '2026-01-01', until: '2026-11-21' },
  ...territory.holders.flatMap(({ code: holder }) =>
    recipients.map((recipientType) => ({ type, holder, recipientType, from: '2026-01-01', until: '2026-11-21' })),
  ),
];
const everything: readonly Objection[] = [...bundle.classes.keys()].map((dataClass) => ({
  ...SPAN,
  holder: null,
  recipientType: null,
  dataClass,
  decidedBy: 'DPO-1',
}));

describe.each<[string, Partial<SubjectFacts>]>([
  ['an agreement to refer that was never given', { permissions: [] }],
  ['an agreement to refer that was withdrawn', { permissions: withdrawn('AGREEMENT_TO_REFER') }],
  ['a confidentiality permission that was withdrawn', { permissions: withdrawn('CONFIDENTIALITY') }],
  ['a condition of treatment that ended', { permissions: withdrawn('TREATMENT_CONDITION') }],
  ['an objection to everything, upheld', { objections: everything }],
])('none of the permission records hides what protects somebody: %s', (_, facts) => {
  test.each(PROTECTIVE.map(({ name, fields }) => [name, fields] as const))('%s', (_name, fields) => {
    let met = 0;
    for (const view of VIEWS) {
      const given = protectiveOf(view).filter((each) => fields.includes(each.split(' ')[1] ?? ''));
      if (given.length === 0) continue;
      met += 1;
      const open = openTo(view, facts);
      expect(given.filter((each) => !open.has(each))).toEqual([]);
    }
    // A class that no view has would prove nothing.
    expect(met).toBeGreaterThan(0);
  });
});

test('an objection to everything does close something: what is said above is not said of nothing', () => {
  const closed = VIEWS.filter((view) => openTo(view, { objections: everything }).size < openTo(view, {}).size);
  expect(closed.length).toBeGreaterThan(VIEWS.length / 2);
});

test('what protects somebody: risk to staff, licence conditions, safeguarding, recall and an alert to life', () => {
  const protective = new Set(PROTECTIVE.flatMap(({ fields }) => fields));
  for (const field of [
    'Risk.riskToStaff',
    'Risk.overall',
    'Risk.toChildren',
    'Risk.toStaff',
    'Risk.mappaLevel',
    'Supervision.licenceConditions',
    'Supervision.placementConditions',
    'LicenceCondition.category',
    'LicenceCondition.text',
    'LicenceCondition.exclusionZone',
    'Supervision.recallDate',
    'Supervision.recallType',
    'Supervision.checks',
    'Policing.domesticAbuse',
    'Policing.markers',
    'Policing.orders',
    'Childrens.plan',
    'Childrens.enquiries',
    'Childrens.contactRestricted',
    'Health.riskToLife',
    'Identity.contactFirst',
  ]) {
    expect(protective, field).toContain(field);
  }
});

test('what protects somebody stands below nothing that could be closed', () => {
  const protective = new Set(PROTECTIVE.flatMap(({ fields }) => fields));
  const walk = ({ coordinate, below }: Field): void => {
    if (coordinatesOf(below).some((each) => protective.has(each))) expect(protective).toContain(coordinate);
    for (const field of below) walk(field);
  };
  for (const { fields } of SECTIONS) for (const field of fields) walk(field);
});
