import type { RecordModel } from '../../record/model.ts';
import type { Problem } from '../../record/problem.ts';
import { checkAgreements } from './check-agreements.ts';
import { checkBreakGlass } from './check-break-glass.ts';
import { checkClasses } from './check-classes.ts';
import { checkIdentifiers } from './check-identifiers.ts';
import { checkLegalGateways } from './check-law.ts';
import { checkDesks, checkPartners, checkRestrictions } from './check-partners.ts';
import { checkPractice } from './check-practice.ts';
import { checkRoles } from './check-roles.ts';
import { checkTelling } from './check-telling.ts';
import type { ReadFiles } from './files.ts';
import { type Check, checkAllKnown, checkKnown, collectNames } from './names.ts';

/** What the shape of one file cannot say: that the files agree with the schema and with one another. */
export function checkPolicies(files: ReadFiles, record: RecordModel, problems: Problem[]): void {
  const names = collectNames(files, record);
  const check: Check = { files, record, names, report: (problem) => problems.push(problem) };
  checkIdentifiers(check);
  checkClasses(check);
  checkPurposes(check);
  checkPartners(check);
  checkDesks(check);
  checkLegalGateways(check);
  checkRestrictions(check);
  checkBreakGlass(check);
  checkTelling(check);
  checkRoles(check);
  checkAgreements(check);
  checkPractice(check);
  checkLogUses(check);
}

/** Each use is decided under a purpose that there is. */
function checkLogUses(check: Check): void {
  const { logUses } = check.files;
  for (const [code, { purpose }] of Object.entries(logUses?.content ?? {})) {
    if (logUses) checkKnown(check, 'purpose', logUses, [code, 'purpose'], purpose);
  }
}

function checkPurposes(check: Check): void {
  const { purposes } = check.files;
  for (const [code, { relationships }] of Object.entries(purposes?.content ?? {})) {
    if (purposes) checkAllKnown(check, 'relationship', purposes, [code, 'relationships'], relationships);
  }
}
