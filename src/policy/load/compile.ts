import { createHash } from 'node:crypto';
import type { RecordModel } from '../../record/model.ts';
import type { Agreement, Bundle, DataClass, Role, RoleView } from '../bundle.ts';
import { compilePattern } from './check-identifiers.ts';
import type { AgreementFile, PartnersFile, PolicyFiles, RoleFile, Table } from './files.ts';
import { expandParties } from './parties.ts';

/** Turns files that were checked into a bundle. */
export function compileBundle(files: PolicyFiles, record: RecordModel): Bundle {
  const { dataClasses, partners, desks } = files;
  const classes = mapValues(
    dataClasses.content.classes,
    ({ handling, description, fields = [], identifiers = [] }, name): DataClass => ({
      name,
      handling,
      description,
      fields,
      identifiers,
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
    partners: mapValues(partners.content.partners, ({ name, type }, code) => ({ code, name, type })),
    schemes: mapValues(partners.content.schemes ?? {}, (members) => members),
    agreements: files.agreements
      .map(({ content }) => compileAgreement(partners.content, content))
      .sort((a, b) => (a.reference < b.reference ? -1 : 1)),
    relationships: mapValues(files.relationships.content, (relationship, type) => ({ ...relationship, type })),
    permissions: mapValues(files.permissions.content, (permission, type) => ({ ...permission, type })),
    desks: {
      duty: mapValues(desks.content.duty, (desk) => desk),
      bySource: mapValues(desks.content.bySource, (desk) => desk),
      byPartner: mapValues(desks.content.byPartner ?? {}, (own) => mapValues(own, (desk) => desk)),
    },
  };
  return { hash: hashOf(compiled, record), ...compiled };
}

function compileRole({ role, purposes, ...rest }: RoleFile): Role {
  const views = mapValues(
    purposes,
    ({ holdMilliseconds, identifiers, sections }): RoleView => ({
      holdMilliseconds,
      identifiers,
      sections: mapValues(sections, (section) => section),
    }),
  );
  return { ...rest, name: role, purposes: views };
}

function compileAgreement(partners: PartnersFile, file: AgreementFile): Agreement {
  const { reference, holders, recipients, purposes, classes, requires = {}, from, until, review } = file;
  return {
    reference,
    holders: expandParties(partners, holders),
    recipients: recipients === 'own' ? 'own' : expandParties(partners, recipients),
    purposes,
    classes,
    requires: mapValues(requires, (types) => types),
    from,
    until,
    review,
  };
}

/**
 * SHA-256 over what was compiled and the schema it was compiled for. Order, comments and layout of the files leave it
 * as it is; anything that changes an answer changes it.
 */
function hashOf(compiled: Omit<Bundle, 'hash'>, { publicSdl, sources }: RecordModel): string {
  const schema = sources.map(({ name, keyField, sections }) => ({
    name,
    keyField,
    sections: sections.map(({ field }) => field),
  }));
  return createHash('sha256')
    .update(canonical({ policy: compiled, publicSdl, sources: schema }))
    .digest('hex');
}

/** JSON with sorted keys. Every list of a bundle is a set or is sorted already, so lists are sorted as well. */
function canonical(value: unknown): string {
  if (value instanceof RegExp) return JSON.stringify(value.source);
  if (value instanceof Set) return canonical([...value]);
  if (value instanceof Map) return canonical(Object.fromEntries(value));
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join()}}`;
}

function mapValues<T, U>(table: Table<T>, change: (value: T, key: string) => U): Map<string, U> {
  return new Map(Object.entries(table).map(([key, value]) => [key, change(value, key)]));
}
