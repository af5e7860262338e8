import { Kind, parse } from 'graphql';
import type { RecordModel } from '../../record/model.ts';
import { didYouMean, type Problem } from '../../record/problem.ts';
import type { ReadFiles } from './files.ts';
import type { Path, Yaml } from './yaml.ts';

/**
 * Every name that one file defines and another may use. Null where the defining file cannot be read: then nothing is
 * said of its names, because the file's own problem comes first.
 */
export type Names = Readonly<Record<NameKind, ReadonlySet<string> | null>>;

type NameKind =
  | 'coordinate'
  | 'field or input field'
  | 'section'
  | 'source type'
  | 'key field'
  | 'identifier type'
  | 'class'
  | 'purpose'
  | 'relationship'
  | 'permission'
  | 'role'
  | 'action'
  | 'partner'
  | 'partner or scheme'
  | 'partner type'
  | 'legal gateway'
  | 'region';

export function collectNames(files: ReadFiles, record: RecordModel): Names {
  const { partners = {}, schemes = {} } = files.partners?.content ?? {};
  const keys = (file: Yaml<object> | null) => (file === null ? null : new Set(Object.keys(file.content)));
  const { governance = [] } = files.dataClasses?.content ?? {};
  const ofPartners = (names: Iterable<string>) => (files.partners === null ? null : new Set(names));
  return {
    coordinate: new Set(record.coordinates),
    'field or input field': new Set([...record.coordinates, ...inputFields(record)]),
    section: new Set(record.sections.map(({ field }) => field)),
    'source type': new Set(record.sources.map(({ name }) => name)),
    'key field': new Set(record.sources.map(({ keyField }) => keyField)),
    'identifier type': keys(files.identifiers),
    class: files.dataClasses === null ? null : new Set(Object.keys(files.dataClasses.content.classes)),
    purpose: keys(files.purposes),
    relationship: keys(files.relationships),
    permission: keys(files.permissions),
    role: files.everyRole ? new Set(files.roles.map(({ content }) => content.role)) : null,
    action: files.dataClasses === null ? null : new Set(governance.flatMap(actionOf)),
    partner: ofPartners(Object.keys(partners)),
    'partner or scheme': ofPartners([...Object.keys(partners), ...Object.keys(schemes)]),
    'partner type': ofPartners(Object.values(partners).map(({ type }) => type)),
    'legal gateway': keys(files.legalGateways),
    region: files.areas === null ? null : new Set(Object.keys(files.areas.content.regions)),
  };
}

/** What every check of the files is given. */
export interface Check {
  readonly files: ReadFiles;
  readonly record: RecordModel;
  readonly names: Names;
  readonly report: (problem: Problem) => void;
}

/** Reports a name that nothing defines, with the nearest that something does. */
export function checkKnown(
  { names, report }: Check,
  kind: NameKind,
  file: Yaml<unknown>,
  path: Path,
  name: string,
  on: 'value' | 'key' = 'value',
): void {
  const known = names[kind];
  if (known === null || known.has(name)) return;
  report(file.problemAt(path, `unknown ${kind} ${name}${didYouMean(name, known)}`, on));
}

/** The same for a list of names at a path. */
export function checkAllKnown(
  check: Check,
  kind: NameKind,
  file: Yaml<unknown>,
  path: Path,
  names: readonly string[],
): void {
  for (const [index, name] of names.entries()) checkKnown(check, kind, file, [...path, index], name);
}

/** A file is found by what it is about. */
export function checkFileName({ report }: Check, file: Yaml<unknown>, member: string, value: string): void {
  if (file.name.endsWith(`/${value}.yaml`)) return;
  report(file.problemAt([member], `${value} belongs in ${file.name.replace(/[^/]*$/, `${value}.yaml`)}`));
}

/** The root field by which a role may use something of the gateway's own: `breakGlass` for `Mutation.breakGlass`. */
function actionOf(coordinate: string): string[] {
  const [type, field = ''] = coordinate.split('.');
  return type === 'Query' || type === 'Mutation' ? [field] : [];
}

/** Every `Type.field` of every input type of the public schema. */
function inputFields({ publicSdl }: RecordModel): string[] {
  return parse(publicSdl).definitions.flatMap((definition) =>
    definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
      ? (definition.fields ?? []).map(({ name }) => `${definition.name.value}.${name.value}`)
      : [],
  );
}
