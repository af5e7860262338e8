import type { RecordModel } from '../../record/model.ts';
import type { Agreement, Bundle, DataClass, Role, RoleView, TellingPolicy } from '../bundle.ts';
import { compilePattern } from './check-identifiers.ts';
import { compilePractice } from './compile-practice.ts';
import type { AgreementFile, PartnersFile, PolicyFiles, RoleFile, TellingFile } from './files.ts';
import { hashOf } from './hash.ts';
import { mapValues } from './map-values.ts';
import { expandParties } from './parties.ts';

/** Turns files that were checked into a bundle. */
export function compileBundle(files: PolicyFiles, record: RecordModel): Bundle {
  const { dataClasses, partners, desks, restrictions, breakGlass } = files;
  const classes = mapValues(
    dataClasses.content.classes,
    ({ handling, description, protective = false, fields = [], identifiers = [], messages = [] }, name): DataClass => ({
      name,
      handling,
      description,
      protective,
      fields,
      identifiers,
      messages,
    }),
  );
  const compiled: Omit<Bundle, 'hash'> = {
    identifiers: mapValues(files.identifiers.content, ({ pattern, ...rest }, name) => {
      const expression = compilePattern(pattern);
      if (expression === null) throw new Error(`the pattern of ${name} was not checked`);
      return { ...rest, name, pattern: expression };
    }),
    classes,
    classOf: new Map(
      [...classes.values()].flatMap(({ name, fields }) => fields.map((field) => [field, name] as const)),
    ),
    envelope: new Set(dataClasses.content.envelope),
    sections: mapValues(dataClasses.content.sections, (section) => section),
    purposes: mapValues(files.purposes.content, (purpose, code) => ({ ...purpose, code })),
    roles: new Map(files.roles.map(({ content }) => [content.role, compileRole(content)])),
    partners: mapValues(partners.content.partners, ({ name, type, nation, clients }, code) => ({
      code,
      name,
      type,
      nation,
      clients,
    })),
    schemes: mapValues(partners.content.schemes ?? {}, (members) => members),
    agreements: files.agreements
      .map(({ content }) => compileAgreement(partners.content, content))
      .sort((a, b) => (a.reference < b.reference ? -1 : 1)),
    relationships: mapValues(files.relationships.content, (relationship, type) => ({ ...relationship, type })),
    permissions: mapValues(files.permissions.content, (permission, type) => ({ ...permission, type })),
    legalGateways: mapValues(files.legalGateways.content, ({ title, allows }, name) => ({ name, title, allows })),
    messages: new Map(
      [...classes.values()].flatMap(({ name, messages }) => messages.map((field) => [field, name] as const)),
    ),
    governance: new Set(dataClasses.content.governance ?? []),
    restrictions: mapValues(restrictions.content.owners, ({ signpost = null, ...policy }) => ({
      ...policy,
      signpost,
    })),
    breakGlass: { ...breakGlass.content, reasons: mapValues(breakGlass.content.reasons, (label) => label) },
    telling: compileTelling(files.telling.content),
    logUses: mapValues(files.logUses.content, (use, code) => ({ ...use, code })),
    desks: {
      duty: mapValues(desks.content.duty, (desk) => desk),
      bySource: mapValues(desks.content.bySource, (desk) => desk),
      byPartner: mapValues(desks.content.byPartner ?? {}, (own) => mapValues(own, (desk) => desk)),
    },
    ...compilePractice(files),
  };
  return { hash: hashOf(compiled, record), ...compiled };
}

function compileTelling({ kinds, grounds, names, ...rest }: TellingFile): TellingPolicy {
  return {
    ...rest,
    organisations: mapValues(rest.organisations, (words) => words),
    purposes: mapValues(rest.purposes, (words) => words),
    kinds: new Map(kinds.flatMap(({ words, classes }) => classes.map((name) => [name, words] as const))),
    grounds: mapValues(grounds, ({ words, provision }) => ({ words, provision })),
    names: { hours: names.hours, reasons: mapValues(names.reasons, (label) => label) },
  };
}

/** What prose a role's file has about the starting matrix stays in the file. */
function compileRole({ role, purposes, differs: _, ...rest }: RoleFile): Role {
  const views = mapValues(
    purposes,
    ({ holdMilliseconds, identifiers, sections, receives = [] }): RoleView => ({
      holdMilliseconds,
      identifiers,
      sections: mapValues(sections, (section) => section),
      receives,
    }),
  );
  return { ...rest, name: role, purposes: views };
}

function compileAgreement(partners: PartnersFile, file: AgreementFile): Agreement {
  const {
    reference,
    holders,
    recipients,
    purposes,
    classes,
    requires = {},
    emergency = {},
    from,
    until,
    review,
  } = file;
  return {
    reference,
    holders: expandParties(partners, holders),
    recipients: recipients === 'own' ? 'own' : expandParties(partners, recipients),
    purposes,
    classes,
    requires: mapValues(requires, (types) => types),
    emergency: mapValues(emergency, (names) => names),
    powers: [file.discloser.power, ...(file.recipient ? [file.recipient.power] : [])],
    necessity: file.necessity,
    from,
    until,
    review,
  };
}
