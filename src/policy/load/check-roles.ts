import { sectionsOf } from './check-classes.ts';
import { checkDay } from './day.ts';
import type { RoleFile } from './files.ts';
import { type Check, checkAllKnown, checkFileName, checkKnown } from './names.ts';

import type { Path, Yaml } from './yaml.ts';

export function checkRoles(check: Check): void {
  for (const file of check.files.roles) {
    const { role, partnerTypes, review, lookups, actions, differs = {}, purposes } = file.content;
    checkFileName(check, file, 'role', role);
    checkAllKnown(check, 'partner type', file, ['partnerTypes'], partnerTypes);
    checkAllKnown(check, 'identifier type', file, ['lookups'], lookups);
    checkAllKnown(check, 'action', file, ['actions'], actions);
    checkDay(check, file, ['review'], review);
    for (const name of Object.keys(differs)) checkKnown(check, 'class', file, ['differs', name], name, 'key');
    for (const [purpose, view] of Object.entries(purposes)) {
      checkKnown(check, 'purpose', file, ['purposes', purpose], purpose, 'key');
      checkView(check, file, ['purposes', purpose], view);
    }
  }
}

function checkView(check: Check, file: Yaml<RoleFile>, path: Path, view: RoleFile['purposes'][string]): void {
  const { holdMilliseconds, identifiers, sections, receives = [] } = view;
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
  checkAllKnown(check, 'class', file, [...path, 'receives'], receives);
  for (const [index, name] of receives.entries()) {
    if (classes === undefined || !Object.hasOwn(classes, name) || classes[name]?.messages?.length) continue;
    check.report(file.problemAt([...path, 'receives', index], `${name} is not a class of messages`));
  }
  if (sections[RELEASES]?.existence === 'hidden') {
    const message = `${RELEASES} may not be hidden: releases lists people by it, and a list tells whom it leaves out`;
    check.report(file.problemAt([...path, 'sections', RELEASES, 'existence'], message));
  }
  for (const [field, { classes: granted }] of Object.entries(sections)) {
    const at = [...path, 'sections', field];
    checkKnown(check, 'section', file, at, field, 'key');
    checkAllKnown(check, 'class', file, [...at, 'classes'], granted);
    for (const [index, name] of granted.entries()) {
      if (!check.names.section?.has(field) || classes === undefined || !Object.hasOwn(classes, name)) continue;
      const { fields = [] } = classes[name] ?? {};
      const homes = sectionsOf(check.record, fields).map((section) => section.field);
      if (homes.includes(field) || (homes.length === 0 && fields.length > 0)) continue;
      check.report(file.problemAt([...at, 'classes', index], `${name} is not a class of section ${field}`));
    }
  }
}

/** The section whose dates `Query.releases` lists people by. */
const RELEASES = 'custody';
