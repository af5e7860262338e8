import { randomUUID } from 'node:crypto';
import { askAgain } from '../../ask-again.ts';
import { AskError, type Page, type PageAnswer, type PageRequest, type Visit } from '../../page.ts';
import {
  LOG_STATUS_DOCUMENT,
  type LogStatusData,
  RECORD_OUTSIDE_DOCUMENT,
  type RecordOutsideData,
  VERIFICATION_DOCUMENT,
  VERIFY_LOG_DOCUMENT,
  type VerificationData,
  type VerifyLogData,
} from './documents.ts';
import { commandOf, verdictOf, verificationWords, witnessWords } from './view.ts';

/** Whether anyone has altered the log, and how to check without us. */
export const PROOF_PAGES: readonly Page[] = [
  { path: '/proof', get: (visit, request) => show(visit, request, []), post: record },
  { path: '/proof/verify', post: verify, formAt: '/proof' },
  { path: '/proof/check/:reference', get: progress },
  {
    path: '/proof/checkpoint',
    get: async (visit) => textFile('checkpoint.txt', (await statusFor(visit)).checkpoint ?? ''),
  },
  {
    path: '/proof/key',
    get: async (visit) => {
      const { key, olderKeys } = await statusFor(visit);
      return textFile('log.vkey', [key, ...olderKeys].map((each) => `${each}\n`).join(''));
    },
  },
];

interface Problem {
  readonly text: string;
  readonly href: string;
}

async function statusFor(visit: Visit): Promise<LogStatusData['logStatus']> {
  return (await visit.ask<LogStatusData>(LOG_STATUS_DOCUMENT)).logStatus;
}

function textFile(name: string, body: string): PageAnswer {
  return { kind: 'file', name, type: 'text/plain; charset=utf-8', body };
}

async function show(visit: Visit, { query, form }: PageRequest, problems: readonly Problem[]): Promise<PageAnswer> {
  const status = await statusFor(visit);
  return {
    kind: 'page',
    template: 'pages/proof/proof.njk',
    status: problems.length > 0 ? 400 : 200,
    data: {
      title: 'Believe it',
      problems,
      status,
      verdict: verdictOf(status),
      latest: status.latest && { ...status.latest, text: verificationWords(status.latest) },
      witnesses: witnessWords(status),
      command: commandOf(status),
      wasRecorded: query.has('recorded'),
      typed: { who: form.get('who') ?? '', checkpoint: form.get('checkpoint') ?? '' },
      // One that was typed again after a refusal is another.
      key: randomUUID(),
    },
  };
}

async function verify(visit: Visit, { form }: PageRequest): Promise<PageAnswer> {
  const input = { idempotencyKey: form.get('key') ?? '' };
  const { verifyLog } = await askAgain<VerifyLogData>(visit, VERIFY_LOG_DOCUMENT, { input });
  // Where one runs already, that is the one to look at.
  return { kind: 'redirect', to: `/proof/check/${verifyLog.reference}` };
}

async function progress(visit: Visit, { parts }: PageRequest): Promise<PageAnswer> {
  const reference = parts['reference'] ?? '';
  const { verification } = await visit.ask<VerificationData>(VERIFICATION_DOCUMENT, { reference });
  const text = verification ? verificationWords(verification) : null;
  return {
    kind: 'page',
    template: 'pages/proof/check.njk',
    status: verification ? 200 : 404,
    data: { title: verification ? 'Check of the log' : 'No such check', check: verification, text },
  };
}

async function record(visit: Visit, request: PageRequest): Promise<PageAnswer> {
  const { form } = request;
  const [who, checkpoint] = [form.get('who')?.trim() ?? '', form.get('checkpoint')?.trim() ?? ''];
  const problems = [
    ...(who.length < 3 || who.length > 100 ? [{ text: 'Say who checked, in 3 to 100 characters', href: '#who' }] : []),
    ...(checkpoint === '' ? [{ text: 'Paste the checkpoint that they kept', href: '#checkpoint' }] : []),
  ];
  if (problems.length > 0) return show(visit, request, problems);
  const input = { who, checkpoint, idempotencyKey: form.get('key') ?? '' };
  try {
    const { recordOutsideVerification: told } = await visit.ask<RecordOutsideData>(RECORD_OUTSIDE_DOCUMENT, { input });
    switch (told.code) {
      case null:
      // The page says it before anything else.
      case 'LOG_DIFFERS':
        return { kind: 'redirect', to: '/proof?recorded=1' };
      case 'IDEMPOTENCY_KEY_REUSED':
        return show(visit, request, [
          { text: 'This was sent before with something else: send it again', href: '#who' },
        ]);
      default:
        return show(visit, request, [NOT_OURS]);
    }
  } catch (error) {
    if (!(error instanceof AskError) || error.code !== 'BAD_USER_INPUT') throw error;
    return show(visit, request, [{ text: 'Say who checked on one line, without control characters', href: '#who' }]);
  }
}

const NOT_OURS: Problem = {
  text: 'That is not a checkpoint that the key of this log has signed: paste the whole of it, from its first line to the signature',
  href: '#checkpoint',
};
