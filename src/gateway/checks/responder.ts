import { randomUUID } from 'node:crypto';
import { isObjectType } from 'graphql';
import { answerProblems, type GivenAnswer, writeAnswer } from '../../checks/answer.ts';
import { parseQuestion, type Question } from '../../checks/question.ts';
import { answer } from '../../checks/respond.ts';
import type { Check, CheckRequest } from '../../record/checks.ts';
import type { SubjectFacts } from '../../record/facts.ts';
import { askForAnswer, type CheckReply } from '../../sources/check-request.ts';
import { toldOf } from './contents.ts';
import { answerAsked, answerMessage, requestMessage } from './outward.ts';
import { factsOf } from './sweep-facts.ts';
import {
  type Behalf,
  behalfOfAsker,
  commit,
  entriesOfDeeds,
  operationOf,
  type Round,
  SYSTEM,
  typeOf,
} from './sweep-round.ts';

const DEADLINE_MILLISECONDS = 5_000;

/**
 * Asks a responder that answers by its subgraph, and keeps its answer if it gives one that counts. What the request tells
 * goes by both keys as they are turned today, and is recorded before it leaves; so is what the answer tells, before it is
 * in force. Where there is no answer that counts, the request waits on, and a person there may answer it.
 * @returns the check as it is then; null where somebody else changed it
 */
export async function answerBySubgraph(round: Round, check: Check, request: CheckRequest): Promise<Check | null> {
  const { engine, moment } = round;
  const { bundle } = engine.policy;
  const [text, facts] = await Promise.all([
    request.contentId && engine.checks.contents.read(request.contentId),
    factsOf(round, check),
  ]);
  if (text === null) return check;
  const reply = await ask(round, check, request, parseQuestion(text), facts);
  if (reply?.state !== 'ANSWERED') {
    if (reply?.state === 'UNAVAILABLE') report(round, request, reply.detail);
    return check;
  }
  const given = readAnswer(reply.answer);
  const isKnown = facts !== null && numberAt(round, request.responder, facts) !== null;
  const problems = [
    ...answerProblems(given, check.type, bundle, round.day),
    ...(isKnown || given.searched.every(({ by }) => by !== 'CONFIRMED_NUMBER') ? [] : [NOBODY_CONFIRMED]),
  ];
  // What is wrong is told by fields and codes of the policy, never by what stood in them.
  if (problems.length > 0) return report(round, request, problems.join(' '), check);
  const sent = answerMessage({ bundle, day: round.day }, check, request, given, facts);
  if (!sent.sent) return report(round, request, 'may not tell the partner that asked what it answered', check);

  const content = engine.checks.contents.seal(writeAnswer(given));
  const party = { as: 'RESPONDER', by: SYSTEM, requests: new Set([request.id]) } as const;
  const input = { request: request.id, expectedVersion: request.version, given, contentId: content.id };
  const outcome = answer(check, input, party, moment);
  if (!outcome.ok) return report(round, request, `its answer could not be taken: ${outcome.code}`, check);
  const deed = { field: 'answer', ok: true, code: null, reference: request.id };
  const result = { behalf: behalfOfResponder(round, check, request), deeds: [deed], messages: [sent] };
  return (await commit(round, check, outcome, result, [content])) ? outcome.after : null;
}

/** Only of a number that the gateway gave is it known to be the person's. */
const NOBODY_CONFIRMED = '"searched" says CONFIRMED_NUMBER, and no number was given to search by.';

/** Null where it may not be told, or no answer of it. */
async function ask(
  round: Round,
  check: Check,
  request: CheckRequest,
  question: Question,
  facts: SubjectFacts | null,
): Promise<CheckReply | null> {
  const { engine, day, pseudonyms, log, metrics } = round;
  const { bundle } = engine.policy;
  const { responder, id } = request;
  const sent = requestMessage({ bundle, day, pseudonyms }, check, request, question, facts);
  const holder = engine.holders.get(responder);
  const selection = facts && answerAsked({ bundle, day }, check, request, facts);
  if (sent.sent && !holder) return { state: 'UNAVAILABLE', detail: 'is not in the sources file' };
  if (sent.sent && !selection) return { state: 'UNAVAILABLE', detail: 'may not tell what it would answer' };
  const operation = operationOf(round, randomUUID(), behalfOfAsker(round, check));
  const deed = { field: 'ask', ok: sent.sent, code: sent.sent ? null : 'NOT_SHARED', reference: id };
  const asked = sent.sent ? [responder] : [];
  await log.append(entriesOfDeeds(round, operation, { deeds: [deed], messages: [sent] }, asked));
  metrics.checkSwept('ask');
  if (!sent.sent || !facts || !holder || !selection) return null;
  const type = engine.schemas.shared.getType('CheckAnswer');
  if (!isObjectType(type)) throw new Error('the schema has no CheckAnswer');
  const reply = await askForAnswer(
    holder,
    {
      id,
      type: check.type,
      number: numberAt(round, responder, facts),
      told: toldOf(question, check.release, typeOf(round, check).question),
    },
    { type, selection },
    {
      requestId: operation.requestId,
      signal: AbortSignal.any([round.signal, AbortSignal.timeout(DEADLINE_MILLISECONDS)]),
    },
  );
  metrics.asked(responder, reply.state === 'UNAVAILABLE' ? 1 : 0);
  return reply;
}

/** The actor is the responder's system. */
function behalfOfResponder(round: Round, check: Check, { responder }: CheckRequest): Behalf {
  const { role, purpose } = typeOf(round, check);
  return { partner: responder, role, purpose };
}

/** SHARE-08: a responder is told no number but its own, and that only where it is sure. */
function numberAt({ engine }: Round, responder: string, { links }: SubjectFacts): string | null {
  const { bundle, territory } = engine.policy;
  const source = engine.holders.get(responder)?.source ?? '';
  const key = engine.keyField.get(source);
  const sections = territory.sections.filter((section) => section.source === source);
  const threshold = Math.max(...sections.map(({ field }) => bundle.sections.get(field)?.matchThreshold ?? 1));
  const own = links
    .filter(({ holder, type }) => holder === responder && bundle.identifiers.get(type)?.key === key)
    .filter(({ confidence }) => confidence >= threshold)
    .sort((one, other) => other.confidence - one.confidence);
  return own[0]?.value ?? null;
}

/** @param said conforms to `CheckAnswer` */
function readAnswer(said: Readonly<Record<string, unknown>>): GivenAnswer {
  const { outcome, reason, searched, findings, narrative, handling, mayBeTold } = said as unknown as Said;
  const told = { findings: findings ?? [], narrative: narrative ?? null };
  return { outcome, reason, automatic: true, searched, ...told, handling, mayBeTold };
}

/** What may not be told was not asked for. */
type Said = Omit<GivenAnswer, 'automatic' | 'findings' | 'narrative'> & {
  readonly findings?: GivenAnswer['findings'] | null;
  readonly narrative?: string | null;
};

function report<T>(round: Round, { id, responder }: CheckRequest, detail: string, then: T): T;
function report(round: Round, request: CheckRequest, detail: string): void;
function report<T>(round: Round, { id, responder }: CheckRequest, detail: string, then?: T): T | undefined {
  round.fault(`request ${id} at ${responder}`, detail);
  return then;
}
