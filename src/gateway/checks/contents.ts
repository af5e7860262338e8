import { type AnswerContent, parseAnswer } from '../../checks/answer.ts';
import { parseQuestion, type Question } from '../../checks/question.ts';
import { isLive } from '../../checks/state.ts';
import type { CheckRequest } from '../../record/checks.ts';
import type { Day } from '../../record/facts.ts';
import type { Errand } from '../errand.ts';
import type { Root } from '../scope.ts';
import { type Keys, turnKeys } from './keys.ts';
import type { Seen } from './standing.ts';

/** What a request told, or an answer says, as far as the caller may know it today (SHARE-07). */
export interface Told {
  readonly value: object | null;
  /** Why it is null though there is one. */
  readonly closed: 'NOT_SHARED' | 'DELETED' | 'RECALLED' | null;
  /** Whose words they are. */
  readonly holder: string;
  readonly given: Root['given'];
  /** Field of the answer to the message field that gives it. */
  readonly messageOf: Readonly<Record<string, string>>;
}

/** To the responder by both keys; to whoever asked, their own partner's words. */
export async function questionTold(errand: Errand, seen: Seen, request: CheckRequest): Promise<Told> {
  const { engine } = errand;
  const { check, party } = seen;
  if (request.state === 'NOT_ASKED') return { ...CLOSED, closed: 'NOT_SHARED' };
  // What was taken back before it was answered is the desk's business no more.
  if (party?.as === 'RESPONDER' && request.answer === null && !isLive(request)) {
    return { ...CLOSED, closed: 'NOT_SHARED' };
  }
  const text = request.contentId && (await engine.checks.contents.read(request.contentId));
  if (text === null) return { ...CLOSED, closed: 'DELETED' };
  const question = parseQuestion(text);
  const fields = fieldsOfQuestion(question, check.release);
  const keys = keysToRead(errand, seen, 'RESPONDER', { from: check.partner, fields });
  if (!keys.permitted) return { ...CLOSED, closed: 'NOT_SHARED' };
  return {
    value: toldOf(question, check.release, engine.policy.bundle.checks.types.get(check.type)?.question ?? null),
    closed: null,
    holder: check.partner,
    given: keys.given,
    messageOf: MESSAGE_OF_QUESTION,
  };
}

/** To whoever asked by both keys; to the responder, its own words. */
export async function answerTold(errand: Errand, seen: Seen, request: CheckRequest): Promise<Told> {
  const { answer, recalled, responder } = request;
  if (!answer) return { ...CLOSED, closed: recalled ? 'RECALLED' : null };
  const text = answer.contentId && (await errand.engine.checks.contents.read(answer.contentId));
  if (text === null) return { ...CLOSED, closed: 'DELETED' };
  const content = parseAnswer(text);
  const fields = fieldsOfAnswer(content);
  const keys = keysToRead(errand, seen, 'ASKER', { from: responder, fields });
  if (!keys.permitted) return { ...CLOSED, closed: 'NOT_SHARED' };
  const { outcome, reason, automatic } = answer;
  return {
    value: { outcome, reason, automatic, ...content },
    closed: null,
    holder: responder,
    given: keys.given,
    messageOf: MESSAGE_OF_ANSWER,
  };
}

/**
 * Whether the caller may know today what came back. To those who may not, what can be done with it would tell (SHARE-07);
 * and nobody decides on what they cannot read.
 */
export function knowsAnswers(errand: Errand, seen: Seen): boolean {
  const answered = seen.check.requests.filter((request) => request.answer !== null && isLive(request));
  const outcome = ['CheckAnswer.outcome'];
  return answered.every(
    ({ responder: from }) => keysToRead(errand, seen, 'ASKER', { from, fields: outcome }).permitted,
  );
}

/** Of what the state of a check allows, what the caller's role does and what tells them nothing that they may not know. */
export function allowedTo(errand: Errand, seen: Seen, actions: readonly string[]): string[] {
  const own = actions.filter((action) => errand.request.view.role.actions.includes(action));
  return knowsAnswers(errand, seen) ? own : own.filter((action) => !ON_ANSWERS.includes(action));
}

const ON_ANSWERS = ['considerCheck', 'countersignCheck', 'acceptIncomplete'];

/** A question as `CheckQuestion` of the schema has it. */
export function toldOf(question: Question, release: Day | null, standing: string | null) {
  const { name, dateOfBirth, addresses, adults, children, childrenBelievedPresent, more } = question;
  return {
    name,
    dateOfBirth,
    addresses,
    adults,
    children,
    childrenBelievedPresent,
    release,
    question: standing,
    more,
  };
}

/** The message fields of a question that hold something. */
export function fieldsOfQuestion(question: Question, release: Day | null): string[] {
  const { addresses, adults, children, childrenBelievedPresent } = question;
  return [
    'CheckRequest.subject',
    ...(addresses.length > 0 ? ['CheckRequest.addresses'] : []),
    ...(adults.length > 0 ? ['CheckRequest.adults'] : []),
    ...(children.length > 0 || childrenBelievedPresent ? ['CheckRequest.children'] : []),
    ...(release === null ? [] : ['CheckRequest.release']),
    'CheckRequest.question',
  ];
}

/** The message fields of an answer that hold something. */
export function fieldsOfAnswer({
  searched,
  findings,
  narrative,
}: Pick<AnswerContent, 'searched' | 'findings' | 'narrative'>): string[] {
  return [
    'CheckAnswer.outcome',
    ...(searched.length > 0 ? ['CheckAnswer.searched'] : []),
    ...(findings.length > 0 ? ['CheckAnswer.findings'] : []),
    ...(narrative === null ? [] : ['CheckAnswer.narrative']),
  ];
}

const CLOSED = { value: null, closed: null, holder: '', given: new Map(), messageOf: {} } as const;

const MESSAGE_OF_QUESTION: Told['messageOf'] = {
  name: 'CheckRequest.subject',
  dateOfBirth: 'CheckRequest.subject',
  addresses: 'CheckRequest.addresses',
  adults: 'CheckRequest.adults',
  children: 'CheckRequest.children',
  childrenBelievedPresent: 'CheckRequest.children',
  release: 'CheckRequest.release',
  question: 'CheckRequest.question',
  more: 'CheckRequest.question',
};

const MESSAGE_OF_ANSWER: Told['messageOf'] = {
  outcome: 'CheckAnswer.outcome',
  reason: 'CheckAnswer.outcome',
  handling: 'CheckAnswer.outcome',
  mayBeTold: 'CheckAnswer.outcome',
  automatic: 'CheckAnswer.outcome',
  searched: 'CheckAnswer.searched',
  findings: 'CheckAnswer.findings',
  narrative: 'CheckAnswer.narrative',
};

const OWN: Keys = { permitted: true, given: new Map(), reasons: [] };

/**
 * What either side wrote is its own; the other reads it by both keys, as they are turned today. Whether the person is
 * restricted for the reader was judged by name, with who they are to the check.
 */
function keysToRead(
  errand: Errand,
  { check, subject, party }: Seen,
  other: 'ASKER' | 'RESPONDER',
  { from, fields }: { readonly from: string; readonly fields: readonly string[] },
): Keys {
  const isOther = (party?.as === 'RESPONDER') === (other === 'RESPONDER');
  if (!isOther) return OWN;
  if (!subject.facts) return { ...OWN, permitted: false };
  const { principal, view } = errand.request;
  const to = other === 'RESPONDER' ? principal.partner : check.partner;
  const message = { from, to, role: view.role.name, desk: null, purpose: view.purpose.code, day: view.day, fields };
  return turnKeys(errand.engine.policy.bundle, message, { ...subject.facts, restrictions: [] });
}
