import type { AgreementFile } from './files.ts';
import { type Check, checkAllKnown, checkKnown } from './names.ts';
import { expandParties } from './parties.ts';
import type { Yaml } from './yaml.ts';

export function checkBreakGlass(check: Check): void {
  const { breakGlass: file } = check.files;
  if (file === null) return;
  checkAllKnown(check, 'role', file, ['roles'], file.content.roles);
  checkAllKnown(check, 'role', file, ['reviewers'], file.content.reviewers);
}

/** What an agreement marks for emergencies is part of what it gives, for a role of a recipient that may break the glass. */
export function checkEmergency(check: Check, file: Yaml<AgreementFile>): void {
  const { breakGlass, dataClasses } = check.files;
  const { emergency = {}, classes } = file.content;
  const types = recipientTypes(check, file.content);
  for (const [name, marked] of Object.entries(emergency)) {
    const tell = (message: string) => check.report(file.problemAt(['emergency', name], message, 'key'));
    checkKnown(check, 'role', file, ['emergency', name], name, 'key');
    const role = check.files.roles.find(({ content }) => content.role === name)?.content;
    if (role && breakGlass && !breakGlass.content.roles.includes(name)) {
      tell(`${name} is not among the roles of break-glass.yaml`);
    }
    if (role && types && !role.partnerTypes.some((type) => types.has(type))) tell(`${name} is a role of no recipient`);
    for (const [index, dataClass] of marked.entries()) {
      const path = ['emergency', name, index];
      const entry = dataClasses?.content.classes[dataClass];
      if (!classes.includes(dataClass)) {
        check.report(file.problemAt(path, `${dataClass} is not among the classes of this agreement`));
      } else if (entry !== undefined && entry.fields === undefined) {
        check.report(file.problemAt(path, `${dataClass} has no fields, and break-glass shows nothing else`));
      }
    }
  }
}

function recipientTypes({ files: { partners } }: Check, agreement: AgreementFile): Set<string> | null {
  if (partners === null) return null;
  const { holders, recipients } = agreement;
  const codes = expandParties(partners.content, recipients === 'own' ? holders : recipients);
  return new Set(codes.flatMap((code) => partners.content.partners[code]?.type ?? []));
}
