import { checkEmergency } from './check-break-glass.ts';
import { sectionsOf } from './check-classes.ts';
import { checkLaw } from './check-law.ts';
import { checkDay, checkSpan } from './day.ts';
import type { AgreementFile } from './files.ts';
import { type Check, checkAllKnown, checkFileName, checkKnown } from './names.ts';
import { expandParties, recipientsByHolder } from './parties.ts';
import type { Yaml } from './yaml.ts';

export function checkAgreements(check: Check): void {
  for (const file of check.files.agreements) {
    checkNamesOf(check, file);
    checkDays(check, file);
    checkHeld(check, file);
    checkProtective(check, file);
    checkEmergency(check, file);
    checkLaw(check, file);
  }
  checkOverlaps(check);
}

function checkNamesOf(check: Check, file: Yaml<AgreementFile>): void {
  const { reference, holders, recipients, purposes, classes, requires = {}, signatories } = file.content;
  checkFileName(check, file, 'reference', reference);
  checkAllKnown(check, 'partner or scheme', file, ['holders'], holders);
  if (recipients !== 'own') checkAllKnown(check, 'partner or scheme', file, ['recipients'], recipients);
  checkAllKnown(check, 'purpose', file, ['purposes'], purposes);
  checkAllKnown(check, 'class', file, ['classes'], classes);
  for (const [dataClass, permissions] of Object.entries(requires)) {
    const path = ['requires', dataClass];
    checkAllKnown(check, 'permission', file, path, permissions);
    if (classes.includes(dataClass)) continue;
    check.report(file.problemAt(path, `${dataClass} is not among the classes of this agreement`, 'key'));
  }
  for (const [index, { party }] of signatories.entries()) {
    checkKnown(check, 'partner or scheme', file, ['signatories', index, 'party'], party);
  }
}

function checkDays(check: Check, file: Yaml<AgreementFile>): void {
  checkSpan(check, file, [], file.content);
  checkDay(check, file, ['review'], file.content.review);
}

/** Risk to staff, licence conditions, safeguarding and recall wait for nobody's leave. */
function checkProtective(check: Check, file: Yaml<AgreementFile>): void {
  const classes = check.files.dataClasses?.content.classes ?? {};
  for (const name of Object.keys(file.content.requires ?? {})) {
    if (!Object.hasOwn(classes, name) || classes[name]?.protective === undefined) continue;
    const message = `${name} is protective: no permission may stand between it and whom it protects`;
    check.report(file.problemAt(['requires', name], message, 'key'));
  }
}

/** A controller gives what it holds, to somebody else. What it says in a message of its own it need not hold. */
function checkHeld(check: Check, file: Yaml<AgreementFile>): void {
  const { partners, dataClasses } = check.files;
  if (partners === null) return;
  const { holders, recipients, classes } = file.content;
  const sourceOf = (code: string) => partners.content.partners[code]?.holds;
  const codes = expandParties(partners.content, holders);
  const onlyMessages = classes.every((name) => dataClasses?.content.classes[name]?.messages !== undefined);
  for (const [index, name] of holders.entries()) {
    if (onlyMessages) break;
    for (const holder of expandParties(partners.content, [name])) {
      if (sourceOf(holder) !== undefined) continue;
      check.report(file.problemAt(['holders', index], `${holder} holds nothing, and can give nothing`));
    }
  }
  const others = recipients === 'own' ? [] : expandParties(partners.content, recipients);
  if (others.length === 1 && codes.length === 1 && others[0] === codes[0]) {
    check.report(file.problemAt(['recipients'], "a holder's own practitioners are said with own"));
  }
  for (const [index, name] of classes.entries()) {
    const entry = dataClasses?.content.classes[name];
    if (entry === undefined) continue;
    const heldBy = new Set([
      ...sectionsOf(check.record, entry.fields ?? []).map(({ source }) => source),
      ...check.record.sources.flatMap((source) =>
        entry.identifiers?.some((type) => check.files.identifiers?.content[type]?.key === source.keyField)
          ? source.name
          : [],
      ),
    ]);
    for (const holder of codes) {
      const source = sourceOf(holder);
      if (source === undefined || !check.names['source type']?.has(source)) continue;
      if (heldBy.size === 0 || heldBy.has(source)) continue;
      const message = `${name} is held by ${[...heldBy].join(' and ')}; ${holder} holds ${source}`;
      check.report(file.problemAt(['classes', index], message));
    }
  }
}

/** One key, not two that might differ: a class reaches a recipient for a purpose from a holder by one agreement a day. */
function checkOverlaps(check: Check): void {
  const { partners, agreements } = check.files;
  if (partners === null) return;
  const all = agreements.map((file) => ({ file, pairs: recipientsByHolder(partners.content, file.content) }));
  for (const [index, { file, pairs }] of all.entries()) {
    for (const earlier of all.slice(0, index)) {
      const [a, b] = [file.content, earlier.file.content];
      if (a.from > b.until || b.from > a.until) continue;
      const purpose = a.purposes.find((code) => b.purposes.includes(code));
      const dataClass = a.classes.find((name) => b.classes.includes(name));
      const pair = firstCommon(pairs, earlier.pairs);
      if (purpose === undefined || dataClass === undefined || pair === undefined) continue;
      const message = `${dataClass} for ${purpose} from ${pair.holder} to ${pair.recipient} is in ${b.reference} on the same days`;
      check.report(file.problemAt(['classes', a.classes.indexOf(dataClass)], message));
    }
  }
}

function firstCommon(
  a: ReadonlyMap<string, readonly string[]>,
  b: ReadonlyMap<string, readonly string[]>,
): { holder: string; recipient: string } | undefined {
  for (const [holder, recipients] of a) {
    const recipient = recipients.find((code) => b.get(holder)?.includes(code));
    if (recipient !== undefined) return { holder, recipient };
  }
  return undefined;
}
