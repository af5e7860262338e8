import { acknowledgeWorkItem } from './acknowledge.ts';
import { breakGlass } from './break-glass.ts';
import { closeBreakGlassReview } from './break-glass-review.ts';
import {
  acceptIncomplete,
  acknowledgeRequest,
  considerCheck,
  countersignCheck,
  recallAnswer,
  resumeCheck,
  withdrawRequest,
} from './checks/actions.ts';
import { answerRequest } from './checks/answer.ts';
import { check, checks } from './checks/list.ts';
import { requestChecks } from './checks/request.ts';
import { recordCover } from './cover.ts';
import type { Errand } from './errand.ts';
import { changes } from './events/changes.ts';
import { logHolds, placeLogHold, releaseLogHold } from './exports/holds.ts';
import { logExports } from './exports/list.ts';
import { logExportPart } from './exports/part.ts';
import { recordExport } from './exports/record.ts';
import { logSample } from './exports/sample.ts';
import { deleteSavedSearch, savedSearches, saveSearch } from './exports/saved-searches.ts';
import { startLogExport } from './exports/start.ts';
import { assignFlagCase, closeFlagCase, noteFlagCase } from './flags/act.ts';
import { flagCase, flagCases } from './flags/list.ts';
import { logFigures } from './flags/log-figures.ts';
import { acknowledgeGap } from './gaps/acknowledge-gap.ts';
import { beginVisit } from './log/begin-visit.ts';
import { caseFile, correction } from './log/case-file.ts';
import { incident } from './log/incident.ts';
import { logEntries } from './log/log-entries.ts';
import { needToKnow } from './need-to-know.ts';
import { closedBreakGlassReviews } from './notices/closed-reviews.ts';
import { declareInterest } from './notices/declare-interest.ts';
import { confirmInterest, declaredInterests } from './notices/declared-interests.ts';
import { incidents } from './notices/incidents.ts';
import { keepIncident } from './notices/keep-incident.ts';
import { nameRequests } from './notices/name-requests.ts';
import { recordNotice } from './notices/record-notice.ts';
import { policyApprovals, proposedPolicy } from './oversight/policies.ts';
import { policyReplay } from './oversight/replay.ts';
import { restrictionHealth } from './oversight/restriction-health.ts';
import {
  closeSubjectRequest,
  extendSubjectRequest,
  openSubjectRequest,
  subjectRequests,
} from './oversight/subject-requests.ts';
import { logEntry } from './proof/log-entry.ts';
import { logStatus, verification } from './proof/log-status.ts';
import { recordOutsideVerification, verifyLog } from './proof/verify-log.ts';
import { answerReferral } from './referrals/answer.ts';
import { referralPack } from './referrals/list.ts';
import { sendReferralPack } from './referrals/send.ts';
import { agreeToNames, askForNames } from './report/ask-names.ts';
import { decideTelling } from './report/decide-telling.ts';
import { names } from './report/names.ts';
import { subjectReport } from './report/subject-report.ts';
import { tellings } from './report/tellings.ts';
import { workItems } from './work.ts';

/**
 * Does it and returns what is answered, in the shape of the field's type.
 * @throws GatewayError for input that is wrong, or when the store cannot be reached
 */
export async function doOwnWork(errand: Errand): Promise<object | readonly object[] | null> {
  const { name } = errand.root.field;
  const work = WORK[name];
  if (!work) throw new Error(`nothing is known to do for ${name}`);
  return work(errand);
}

const WORK: Readonly<Record<string, (errand: Errand) => Promise<object | readonly object[] | null>>> = {
  acknowledgeGap,
  acknowledgeWorkItem,
  breakGlass,
  changes,
  closeBreakGlassReview,
  recordCover,
  workItems,
  needToKnow,
  beginVisit,
  logEntries,
  logEntry,
  logStatus,
  verification,
  verifyLog,
  recordOutsideVerification,
  caseFile,
  incident,
  correction,
  policyReplay,
  proposedPolicy,
  policyApprovals,
  restrictionHealth,
  subjectRequests,
  openSubjectRequest,
  extendSubjectRequest,
  closeSubjectRequest,
  subjectReport,
  tellings,
  decideTelling,
  askForNames,
  agreeToNames,
  names,
  flagCases,
  flagCase,
  assignFlagCase,
  noteFlagCase,
  closeFlagCase,
  logFigures,
  nameRequests,
  incidents,
  keepIncident,
  recordNotice,
  closedBreakGlassReviews,
  declareInterest,
  declaredInterests,
  confirmInterest,
  check,
  checks,
  requestChecks,
  acknowledgeRequest,
  answerRequest,
  considerCheck,
  countersignCheck,
  acceptIncomplete,
  withdrawRequest,
  recallAnswer,
  resumeCheck,
  referralPack,
  sendReferralPack,
  answerReferral,
  logExports,
  logExportPart,
  recordExport,
  startLogExport,
  savedSearches,
  saveSearch,
  deleteSavedSearch,
  logHolds,
  placeLogHold,
  releaseLogHold,
  logSample,
};
