import { didYouMean } from '../../record/problem.ts';
import { type Check, checkKnown } from './names.ts';

/** SHARE-01: every coordinate of the record is in exactly one class or in the envelope, and every class is needed. */
export function checkClasses(check: Check): void {
  checkSections(check);
  checkCoordinates(check);
  checkContent(check);
  checkNeeded(check);
}

function checkSections({ files: { dataClasses }, names, report }: Check): void {
  if (dataClasses === null) return;
  const { sections } = dataClasses.content;
  for (const section of Object.keys(sections)) {
    if (names.section?.has(section)) continue;
    const hint = didYouMean(section, names.section ?? []);
    report(dataClasses.problemAt(['sections', section], `unknown section ${section}${hint}`, 'key'));
  }
  for (const section of names.section ?? []) {
    if (Object.hasOwn(sections, section)) continue;
    report(dataClasses.problemAt(['sections'], `section ${section} has no limits here`, 'key'));
  }
}

function checkCoordinates(check: Check): void {
  const { dataClasses } = check.files;
  if (dataClasses === null) return;
  const { envelope, classes } = dataClasses.content;
  const placed = new Map<string, string>();
  const place = (coordinate: string, where: string, path: (string | number)[]) => {
    checkKnown(check, 'coordinate', dataClasses, path, coordinate);
    const other = placed.get(coordinate);
    if (other !== undefined) check.report(dataClasses.problemAt(path, `${coordinate} is in ${other} already`));
    placed.set(coordinate, where);
  };
  for (const [index, coordinate] of envelope.entries()) place(coordinate, 'the envelope', ['envelope', index]);
  for (const [name, { fields = [] }] of Object.entries(classes)) {
    for (const [index, coordinate] of fields.entries()) place(coordinate, name, ['classes', name, 'fields', index]);
  }
  const ofSections = new Set(check.record.sections.map(({ field }) => `Person.${field}`));
  for (const coordinate of check.record.coordinates) {
    if (placed.has(coordinate) || ofSections.has(coordinate)) continue;
    const file = check.record.fileOf.get(coordinate) ?? 'the schema';
    const message = `${coordinate} (${file}) is in no class; every field of the record is in exactly one`;
    check.report(dataClasses.problemAt(['classes'], message, 'key'));
  }
}

/** The envelope must not hold what a section says, and a class holds fields of one section or identifiers, not both. */
function checkContent(check: Check): void {
  const { dataClasses } = check.files;
  if (dataClasses === null) return;
  const { sections, coordinates } = check.record;
  const ofSection = new Map(sections.map(({ field }) => [`Person.${field}`, field]));
  const holders = new Set(sections.flatMap(({ type, many }) => (many ? `${type}.holder` : [])));
  const inSection = new Set(sections.flatMap((section) => section.coordinates));
  const tell = (path: (string | number)[], message: string) => check.report(dataClasses.problemAt(path, message));
  const known = new Set(coordinates);

  for (const [index, coordinate] of dataClasses.content.envelope.entries()) {
    const path = ['envelope', index];
    if (ofSection.has(coordinate)) tell(path, `${coordinate} is a section: it follows from its content, leave it out`);
    else if (inSection.has(coordinate) && !holders.has(coordinate)) {
      tell(path, `${coordinate} says something of a person, and belongs in a class`);
    }
  }
  const classOfIdentifier = new Map<string, string>();
  for (const [name, { fields = [], identifiers = [] }] of Object.entries(dataClasses.content.classes)) {
    const path = ['classes', name];
    if ((fields.length === 0) === (identifiers.length === 0)) tell(path, 'a class has either fields or identifiers');
    for (const [index, coordinate] of fields.entries()) {
      const at = [...path, 'fields', index];
      if (ofSection.has(coordinate)) tell(at, `${coordinate} is a section: it follows from its content, leave it out`);
      else if (holders.has(coordinate)) tell(at, `${coordinate} belongs in the envelope`);
      else if (known.has(coordinate) && !inSection.has(coordinate)) tell(at, `${coordinate} belongs in the envelope`);
    }
    const record = fields.filter((coordinate) => inSection.has(coordinate));
    if (!sections.some((section) => record.every((coordinate) => section.coordinates.includes(coordinate)))) {
      tell(path, `${name} has fields of more than one section`);
    }
    for (const [index, type] of identifiers.entries()) {
      const at = [...path, 'identifiers', index];
      checkKnown(check, 'identifier type', dataClasses, at, type);
      const other = classOfIdentifier.get(type);
      if (other !== undefined) tell(at, `${type} is in ${other} already`);
      classOfIdentifier.set(type, name);
    }
  }
  for (const type of check.names['identifier type'] ?? []) {
    if (!classOfIdentifier.has(type)) tell(['classes'], `identifier type ${type} is in no class`);
  }
}

/** No class without a rule: one that no role needs is either forgotten or should not be shared. */
function checkNeeded({ files: { dataClasses, roles, everyRole }, report }: Check): void {
  if (dataClasses === null || !everyRole) return;
  const views = roles.flatMap(({ content }) => Object.values(content.purposes));
  const needed = new Set(
    views.flatMap(({ identifiers, sections }) => [
      ...identifiers,
      ...Object.values(sections).flatMap(({ classes }) => classes),
    ]),
  );
  for (const name of Object.keys(dataClasses.content.classes)) {
    if (needed.has(name)) continue;
    report(dataClasses.problemAt(['classes', name], `no role needs ${name}: a class without a rule`, 'key'));
  }
}
