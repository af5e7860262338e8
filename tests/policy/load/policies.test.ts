import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildSchema, getNamedType, isObjectType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { buildBundle, loadBundle } from '../../../src/policy/load/load.ts';
import { record, texts } from './real.ts';

/** The policies of the repository themselves. */
const bundle = buildBundle(texts, record);
const schema = buildSchema(record.publicSdl);
const views = [...bundle.roles.values()].flatMap((role) =>
  [...role.purposes].map(([purpose, view]) => ({ name: `${role.name} for ${purpose}`, role, purpose, view })),
);
const opening = views.filter(({ purpose }) => bundle.purposes.get(purpose)?.relationships.length);
const classesOf = (view: (typeof views)[number]['view']) =>
  [...view.sections.values()].flatMap(({ classes }) => classes);
const rolesOf = (...types: string[]) =>
  views.filter(({ role }) => role.partnerTypes.some((type) => types.includes(type)) && role.partnerTypes.length === 1);

test('load without problems, read from the folder as from texts', async () => {
  expect((await loadBundle('policies', record)).hash).toBe(bundle.hash);
});

test('every file begins with its schema, for editors', () => {
  for (const { name, text } of texts) {
    const path = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1];
    expect([name, path !== undefined && existsSync(join('policies', dirname(name), path))]).toEqual([name, true]);
  }
});

test('there is a role for each persona, and each opens records only by a relationship', () => {
  expect([...bundle.roles.keys()].sort()).toMatchInlineSnapshot(`
    [
      "accommodation-provider",
      "analyst",
      "childrens-services",
      "health-practitioner",
      "housing-officer",
      "ig-lead",
      "ig-officer",
      "police-public-protection",
      "prison-offender-manager",
      "probation-manager",
      "probation-practitioner",
      "treatment-keyworker",
      "work-coach",
    ]
  `);
  expect(
    [...bundle.purposes.values()].filter(({ relationships }) => relationships.length === 0).map(({ code }) => code),
  ).toEqual(['CRS_DELIVERY', 'IG_ASSURANCE', 'SUBJECT_RIGHTS', 'STATISTICS']);
  expect(
    views.filter(
      ({ view, purpose }) => view.sections.size > 0 !== (bundle.purposes.get(purpose)?.relationships.length ?? 0) > 0,
    ),
  ).toEqual([]);
});

test('SHARE-01: every coordinate is in one class, in the envelope, in governance, or a section', () => {
  const sections = new Set(record.sections.map(({ field }) => `Person.${field}`));
  for (const coordinate of record.coordinates) {
    const places = [
      bundle.classOf.has(coordinate),
      bundle.envelope.has(coordinate),
      bundle.governance.has(coordinate),
      sections.has(coordinate),
    ];
    expect([coordinate, places.filter(Boolean).length]).toEqual([coordinate, 1]);
  }
});

test('what a role needs, some agreement gives to each of its partners', () => {
  const missing = views.flatMap(({ name, role, purpose, view }) =>
    [...bundle.partners.values()]
      .filter(({ type }) => role.partnerTypes.includes(type))
      .flatMap(({ code }) =>
        classesOf(view)
          .filter(
            (dataClass) =>
              !bundle.agreements.some(
                ({ holders, recipients, purposes, classes }) =>
                  purposes.includes(purpose) &&
                  classes.includes(dataClass) &&
                  (recipients === 'own' ? holders : recipients).includes(code),
              ),
          )
          .map((dataClass) => `${dataClass} to ${name} at ${code}`),
      ),
  );
  expect(missing).toEqual([]);
});

test('what an agreement gives, some role needs', () => {
  const useless = bundle.agreements.flatMap(({ reference, holders, recipients, classes, purposes }) => {
    const codes = recipients === 'own' ? holders : recipients;
    const types = new Set(codes.map((code) => bundle.partners.get(code)?.type ?? ''));
    const needed = new Set(
      views
        .filter(({ role, purpose }) => purposes.includes(purpose) && role.partnerTypes.some((type) => types.has(type)))
        .flatMap(({ view }) => [...classesOf(view), ...view.identifiers, ...view.receives]),
    );
    return classes.filter((name) => !needed.has(name)).map((name) => `${reference}: ${name}`);
  });
  expect(useless).toEqual([]);
});

test('no class is given without the object that its fields stand in, and no object without a field', () => {
  const stranded = views.flatMap(({ name, view }) =>
    [...view.sections].flatMap(([field, { classes }]) => {
      const section = record.sections.find((candidate) => candidate.field === field);
      const given = section?.coordinates.filter((one) => classes.includes(bundle.classOf.get(one) ?? '')) ?? [];
      const parents = new Set([section?.type, ...given.map(objectOf)]);
      const children = new Set(given.map((one) => one.split('.')[0]));
      return given
        .filter(
          (one) => !parents.has(one.split('.')[0]) || (objectOf(one) !== undefined && !children.has(objectOf(one))),
        )
        .map((one) => `${name}: ${one}`);
    }),
  );
  expect(stranded).toEqual([]);

  function objectOf(coordinate: string): string | undefined {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    const named = isObjectType(type) ? getNamedType(type.getFields()[fieldName]?.type) : undefined;
    return isObjectType(named) ? named.name : undefined;
  }
});

describe('what may never be hidden by a permission', () => {
  const NEVER = /^(risk\.|supervision\.|policing\.|childrens\.|health\.risk-to-life|custody\.|identity\.)/;

  test('risk to staff, licence conditions, safeguarding and recall wait for none', () => {
    const waiting = bundle.agreements.flatMap(({ requires }) => [...requires.keys()]);
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.filter((name) => NEVER.test(name))).toEqual([]);
  });

  test.each(opening)('$name has risk to staff and recall', ({ view }) => {
    expect(classesOf(view)).toEqual(expect.arrayContaining(['risk.to-staff', 'supervision.recall']));
  });
});

test('a section in which anything waits for confidentiality or a condition is hidden outside direct care', () => {
  const waiting = new Set(
    bundle.agreements.flatMap(({ requires }) =>
      [...requires].filter(([, types]) => types.includes('CONFIDENTIALITY')).map(([name]) => name),
    ),
  );
  const open = views
    .filter(
      ({ role }) => !role.partnerTypes.includes('health-service') && !role.partnerTypes.includes('treatment-service'),
    )
    .flatMap(({ name, view }) =>
      [...view.sections]
        .filter(([, { existence, classes }]) => existence === 'open' && classes.some((one) => waiting.has(one)))
        .map(([field]) => `${name}: ${field}`),
    );
  expect(waiting.size).toBeGreaterThan(0);
  expect(open).toEqual([]);
});

describe('the matrix', () => {
  const none = (types: string[], pattern: RegExp) =>
    expect(
      rolesOf(...types).flatMap(({ name, view }) =>
        classesOf(view)
          .filter((one) => pattern.test(one))
          .map((one) => `${name}: ${one}`),
      ),
    ).toEqual([]);
  const ALL = [...new Set([...bundle.partners.values()].map(({ type }) => type))];
  const but = (...types: string[]) => ALL.filter((type) => !types.includes(type));

  test('housing and accommodation have nothing from police, no MAPPA and no risk text', () => {
    none(['housing-authority', 'accommodation-provider'], /^policing\.|^risk\.(mappa|text|scores)|^childrens\./);
  });
  test('exclusion zones go to probation, prison and police only', () => {
    none(but('probation-service', 'prison-service', 'police-force'), /exclusion-zone|condition-text/);
  });
  test('clinical detail stays within direct care', () => {
    none(but('health-service', 'treatment-service'), /\.clinical$/);
    none(['treatment-service'], /^health\.clinical/);
  });
  test('a work coach and councils have no health flag', () => {
    none(['benefits-department', 'housing-authority', 'childrens-authority'], /^(health|treatment)\./);
  });
  test('names of children go to probation and children’s services, for probation in the check only', () => {
    none(but('probation-service', 'childrens-authority'), /childrens\.names/);
    const probation = rolesOf('probation-service').filter(({ view }) => classesOf(view).includes('childrens.names'));
    expect([...new Set(probation.map(({ purpose }) => purpose))]).toEqual(['CHILD_CHECK']);
  });
  test('the text of a risk assessment stays with probation', () => {
    none(but('probation-service'), /^risk\.text/);
  });
  test('what a person witnessed stays with police', () => {
    none(but('police-force'), /as-witness/);
  });
  test('sex and ethnic group go to those who need more than an adjustment', () => {
    none(but('prison-service', 'probation-service', 'health-service', 'treatment-service'), /characteristics/);
  });
  test('SHARE-08: identifiers beyond a partner’s own are those of the working keys', () => {
    const rows = opening.map(
      ({ role, view }) => `${role.name}: ${view.identifiers.map((one) => one.replace('identifiers.', '')).join(' ')}`,
    );
    expect([...new Set(rows)].sort()).toMatchInlineSnapshot(`
      [
        "accommodation-provider: prison-number crn",
        "childrens-services: childrens-case",
        "health-practitioner: nhs-number",
        "housing-officer: housing-application",
        "police-public-protection: pnc-id crn prison-number",
        "prison-offender-manager: prison-number crn",
        "probation-manager: crn prison-number",
        "probation-manager: crn prison-number pnc-id",
        "probation-practitioner: crn prison-number",
        "probation-practitioner: crn prison-number pnc-id",
        "treatment-keyworker: nhs-number",
        "work-coach: nino",
      ]
    `);
  });
});

test('one holder may give less than another of its kind', () => {
  const given = (holder: string) =>
    bundle.agreements
      .filter(({ holders, recipients }) => holders.includes(holder) && recipients.includes('hmpps-prisons'))
      .flatMap(({ classes }) => classes)
      .sort();
  expect(given('northmere-police')).toEqual(['policing.contact', 'policing.markers', 'policing.orders']);
  expect(given('southdale-police')).toEqual(['policing.orders']);
});

test('an agreement is found by its reference', () => {
  const references = bundle.agreements.map(({ reference }) => reference);
  expect(references).toEqual([...new Set(references)].sort());
  expect(references).toHaveLength(texts.filter(({ name }) => name.startsWith('agreements/')).length);
});

test('a scheme is replaced by its members', () => {
  const between = bundle.agreements.find(({ reference }) => reference === 'POL-POL-01');
  expect(between?.holders).toEqual(['northmere-police', 'southdale-police']);
  expect(between?.recipients).toEqual(between?.holders);
});

test('each role looks people up by its own partner’s identifier', () => {
  const own = {
    'prison-service': 'PRISON_NUMBER',
    'probation-service': 'CRN',
    'police-force': 'PNC_ID',
    'childrens-authority': 'CHILDRENS_CASE',
    'benefits-department': 'NINO',
    'health-service': 'NHS_NUMBER',
    'treatment-service': 'NHS_NUMBER',
    'housing-authority': 'HOUSING_APPLICATION',
  } as const;
  for (const [type, identifier] of Object.entries(own)) {
    for (const { role } of rolesOf(type)) expect(role.lookups).toContain(identifier);
  }
});

describe('break-glass', () => {
  const roles = [...bundle.roles.values()];
  const having = (action: string) => roles.filter(({ actions }) => actions.includes(action)).map(({ name }) => name);
  const emergency = (role: string) => bundle.agreements.flatMap(({ emergency }) => emergency.get(role) ?? []);

  test('whoever may break the glass, and whoever closes reviews, has the action for it', () => {
    expect(having('breakGlass').sort()).toEqual([...bundle.breakGlass.roles].sort());
    expect(having('closeBreakGlassReview').sort()).toEqual([...bundle.breakGlass.reviewers].sort());
  });

  test.each(bundle.breakGlass.roles)('%s is told who it is, where they are and of danger to staff', (role) => {
    expect(emergency(role)).toEqual(expect.arrayContaining(['identity.core', 'custody.location', 'risk.to-staff']));
  });

  test.each(bundle.breakGlass.roles)('what an agreement marks for %s, the role needs', (role) => {
    const needed = views.filter(({ role: { name } }) => name === role).flatMap(({ view }) => classesOf(view));
    expect(emergency(role).filter((dataClass) => !needed.includes(dataClass))).toEqual([]);
  });
});

test('telephone numbers are from the range kept for drama', () => {
  const { duty, bySource, byPartner } = bundle.desks;
  const desks = [
    ...duty.values(),
    ...bySource.values(),
    ...[...byPartner.values()].flatMap((own) => [...own.values()]),
    ...[...bundle.restrictions.values()].flatMap(({ page, signpost }) => [page, ...(signpost ? [signpost.desk] : [])]),
  ];
  for (const { telephone } of desks) expect(telephone).toMatch(/^01632 960\d{3}$/);
});
