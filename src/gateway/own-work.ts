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
import { acknowledgeGap } from './gaps/acknowledge-gap.ts';
import { caseFile, correction } from './log/case-file.ts';
import { incident } from './log/incident.ts';
import { logEntries } from './log/log-entries.ts';
import { needToKnow } from './need-to-know.ts';
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
  logEntries,
  caseFile,
  incident,
  correction,
  subjectReport,
  tellings,
  decideTelling,
  askForNames,
  agreeToNames,
  names,
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
};
