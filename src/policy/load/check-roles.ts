import { sectionsOf } from './check-classes.ts';
import { checkDay } from './day.ts';
import type { RoleFile } from './files.ts';
import { type Check, checkAllKnown, checkFileName, checkKnown } from './names.ts';

import type { Path, Yaml } from './yaml.ts';

export function checkRoles(check: Check): void {
  for (const file of check.files.roles) {
    const { role, partnerTypes, review, lookups, purposes } = file.content;
    checkFileName(check, file, 'role', role);
    checkAllKnown(check, 'partner type', file, ['partnerTypes'], partnerTypes);
    checkAllKnown(check, 'identifier type', file, ['lookups'], lookups);
    checkDay(check, file, 'review', review);
    for (const [purpose, view] of Object.entries(purposes)) {
      checkKnown(check, 'purpose', file, ['purposes', purpose], purpose, 'key');
      checkView(check, file, ['purposes', purpose], view);
    }
  }
}

function checkView(check: Check, file: Yaml<RoleFile>, path: Path, view: RoleFile['purposes'][string]): void {
  const { holdMilliseconds, identifiers, sections } = view;
  const hidden = Object.values(sections).some(({ existence }) => existence === 'hidden');
  if (hidden !== holdMilliseconds > 0) {
    const message = hidden
      ? 'a view with a hidden section holds its answers: give a hold above 0'
      : 'a view without a hidden section has nothing to hold for: give 0';
    check.report(file.problemAt([...path, 'holdMilliseconds'], message));
  }
  const classes = check.files.dataClasses?.content.classes;
  checkAllKnown(check, 'class', file, [...path, 'identifiers'], identifiers);
  for (const [index, name] of identifiers.entries()) {
    if (classes === undefined || !Object.hasOwn(classes, name) || classes[name]?.identifiers?.length) continue;
    check.report(file.problemAt([...path, 'identifiers', index], `${name} is not a class of identifiers`));
  }
  for (const [field, { classes: granted }] of Object.entries(sections)) {
    const at = [...path, 'sections', field];
    checkKnown(check, 'section', file, at, field, 'key');
    checkAllKnown(check, 'class', file, [...at, 'classes'], granted);
    for (const [index, name] of granted.entries()) {
      if (!check.names.section?.has(field) || classes === undefined || !Object.hasOwn(classes, name)) continue;
      const { fields = [], identifiers = [] } = classes[name] ?? {};
      const homes = sectionsOf(check.record, fields).map((section) => section.field);
      if (homes.includes(field) || (homes.length === 0 && identifiers.length === 0)) continue;
      check.report(file.problemAt([...at, 'classes', index], `${name} is not a class of section ${field}`));
    }
  }
}
