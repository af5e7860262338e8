import type { RecordModel, Section } from '../../record/model.ts';
import type { DataClassesFile } from './files.ts';
import { type Check, checkKnown } from './names.ts';
import type { Path, Yaml } from './yaml.ts';

/** SHARE-01: every coordinate of the record is in exactly one class or in the envelope, and every class is needed. */
export function checkClasses(check: Check): void {
  const { dataClasses: file } = check.files;
  if (file === null) return;
  checkSections(check, file);
  checkOnce(check, file);
  checkEnvelope(check, file);
  checkGovernance(check, file);
  checkFields(check, file);
  checkIdentifierTypes(check, file);
  checkMessages(check, file);
  checkNeeded(check, file);
}

/** The sections that hold every one of these fields; fields that no section has are passed over. */
export function sectionsOf({ sections }: RecordModel, fields: readonly string[]): Section[] {
  const known = fields.filter((field) => sections.some(({ coordinates }) => coordinates.includes(field)));
  if (known.length === 0) return [];
  return sections.filter(({ coordinates }) => known.every((field) => coordinates.includes(field)));
}

function checkSections(check: Check, file: Yaml<DataClassesFile>): void {
  const { sections } = file.content;
  for (const section of Object.keys(sections))
    checkKnown(check, 'section', file, ['sections', section], section, 'key');
  for (const { field } of check.record.sections) {
    if (Object.hasOwn(sections, field)) continue;
    check.report(file.problemAt(['sections'], `section ${field} has no limits here`, 'key'));
  }
}

function checkOnce(check: Check, file: Yaml<DataClassesFile>): void {
  const { envelope, governance = [], classes } = file.content;
  const placed = new Map<string, string>();
  const place = (coordinate: string, where: string, path: Path) => {
    const kind = where === 'governance' ? 'field or input field' : 'coordinate';
    checkKnown(check, kind, file, path, coordinate);
    const other = placed.get(coordinate);
    if (other !== undefined) check.report(file.problemAt(path, `${coordinate} is in ${other} already`));
    placed.set(coordinate, where);
  };
  for (const [index, coordinate] of envelope.entries()) place(coordinate, 'the envelope', ['envelope', index]);
  for (const [index, coordinate] of governance.entries()) place(coordinate, 'governance', ['governance', index]);
  for (const [name, { fields = [] }] of Object.entries(classes)) {
    for (const [index, coordinate] of fields.entries()) place(coordinate, name, ['classes', name, 'fields', index]);
  }
  for (const coordinate of check.record.coordinates) {
    if (placed.has(coordinate) || isSection(check.record, coordinate)) continue;
    const definedIn = check.record.fileOf.get(coordinate) ?? 'the schema';
    const message = `${coordinate} (${definedIn}) is in no class; every field of the record is in exactly one`;
    check.report(file.problemAt(['classes'], message, 'key'));
  }
}

/** What a section says of a person is never in the envelope, where no rule would look at it. */
function checkEnvelope(check: Check, file: Yaml<DataClassesFile>): void {
  for (const [index, coordinate] of file.content.envelope.entries()) {
    const tell = (message: string) => check.report(file.problemAt(['envelope', index], message));
    if (isSection(check.record, coordinate)) tell(`${coordinate} ${A_SECTION}`);
    else if (isContent(check.record, coordinate))
      tell(`${coordinate} says something of a person, and belongs in a class`);
    else if (coordinate.startsWith('Mutation.')) tell(`${coordinate} ${AN_ACTION}`);
  }
}

/** A role's action opens these, whoever the person: so they say nothing of one. */
function checkGovernance(check: Check, file: Yaml<DataClassesFile>): void {
  for (const [index, coordinate] of (file.content.governance ?? []).entries()) {
    if (!isSection(check.record, coordinate) && !isContent(check.record, coordinate)) continue;
    const message = `${coordinate} says something of a person, and belongs in a class`;
    check.report(file.problemAt(['governance', index], message));
  }
}

function checkFields(check: Check, file: Yaml<DataClassesFile>): void {
  for (const [name, { fields = [], identifiers = [], messages = [] }] of Object.entries(file.content.classes)) {
    const tell = (path: Path, message: string, on?: 'key') =>
      check.report(file.problemAt(['classes', name, ...path], message, on));
    if ([fields, identifiers, messages].filter(({ length }) => length > 0).length !== 1) {
      tell([], 'a class has one of fields, identifiers and messages', 'key');
    }
    for (const [index, coordinate] of fields.entries()) {
      if (isSection(check.record, coordinate)) tell(['fields', index], `${coordinate} ${A_SECTION}`);
      else if (coordinate.startsWith('Mutation.')) tell(['fields', index], `${coordinate} ${AN_ACTION}`);
      else if (check.record.fileOf.has(coordinate) && !isContent(check.record, coordinate)) {
        tell(['fields', index], `${coordinate} belongs in the envelope`);
      }
    }
    const content = fields.filter((coordinate) => isContent(check.record, coordinate));
    if (content.length > 0 && sectionsOf(check.record, content).length === 0) {
      tell([], `${name} has fields of more than one section`, 'key');
    }
  }
}

function checkIdentifierTypes(check: Check, file: Yaml<DataClassesFile>): void {
  const classOf = new Map<string, string>();
  for (const [name, { identifiers = [] }] of Object.entries(file.content.classes)) {
    for (const [index, type] of identifiers.entries()) {
      const path = ['classes', name, 'identifiers', index];
      checkKnown(check, 'identifier type', file, path, type);
      const other = classOf.get(type);
      if (other !== undefined) check.report(file.problemAt(path, `${type} is in ${other} already`));
      classOf.set(type, name);
    }
  }
  for (const type of check.names['identifier type'] ?? []) {
    if (classOf.has(type)) continue;
    check.report(file.problemAt(['classes'], `identifier type ${type} is in no class`, 'key'));
  }
}

/** SHARE-11: what a message tells is in one class too. Messages are not of the record, so their fields are not in it. */
function checkMessages({ record, report }: Check, file: Yaml<DataClassesFile>): void {
  const classOf = new Map<string, string>();
  for (const [name, { messages = [] }] of Object.entries(file.content.classes)) {
    for (const [index, field] of messages.entries()) {
      const tell = (message: string) => report(file.problemAt(['classes', name, 'messages', index], message));
      const other = classOf.get(field);
      if (other !== undefined) tell(`${field} is in ${other} already`);
      if (isContent(record, field)) tell(`${field} is a field of the record, and belongs in fields`);
      classOf.set(field, name);
    }
  }
}

/** No class without a rule: one that no role needs is either forgotten or should not be shared. */
function checkNeeded({ files: { roles, everyRole }, report }: Check, file: Yaml<DataClassesFile>): void {
  if (!everyRole) return;
  const needed = neededBy(roles);
  for (const name of Object.keys(file.content.classes)) {
    if (needed.has(name)) continue;
    report(file.problemAt(['classes', name], `no role needs ${name}: a class without a rule`, 'key'));
  }
}

/** Classes that some role needs: without one, nothing of them is ever shown. */
export function neededBy(roles: Check['files']['roles']): Set<string> {
  const views = roles.flatMap(({ content }) => Object.values(content.purposes));
  return new Set(
    views.flatMap(({ identifiers, sections, receives = [] }) => [
      ...identifiers,
      ...receives,
      ...Object.values(sections).flatMap(({ classes }) => classes),
    ]),
  );
}

const AN_ACTION = 'does something, and belongs in governance: a role must have the action';
const A_SECTION = 'is a section: it follows from its content, leave it out';

function isSection({ sections }: RecordModel, coordinate: string): boolean {
  return sections.some(({ field }) => coordinate === `Person.${field}`);
}

/** Whether a field is part of what a section says. The gateway's own `holder` is not. */
function isContent({ sections }: RecordModel, coordinate: string): boolean {
  return sections.some(
    ({ type, many, coordinates }) => coordinates.includes(coordinate) && !(many && coordinate === `${type}.holder`),
  );
}
