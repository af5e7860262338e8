import { type AnswerSearch, answerProblems, type GivenAnswer, writeAnswer } from '../../checks/answer.ts';
import { answer } from '../../checks/respond.ts';
import { GatewayError } from '../../errors.ts';
import type { CheckOutcome } from '../../record/checks.ts';
import type { Errand } from '../errand.ts';
import { actOn, momentOf } from './act.ts';
import { answerMessage } from './outward.ts';
import { typeAnswered } from './standing.ts';

interface AnswerRequestInput {
  readonly request: string;
  readonly expectedVersion: number;
  readonly outcome: CheckOutcome;
  readonly reason?: string | null;
  readonly searched: readonly AnswerSearch[];
  readonly findings?: readonly { readonly code: string; readonly on?: string | null; readonly about: never }[] | null;
  readonly narrative?: string | null;
  readonly handling?: string | null;
  readonly mayBeTold?: boolean | null;
  readonly idempotencyKey: string;
}

/**
 * What a responder says, by a person there. It goes to the partner that asked by both keys, or not at all.
 * @throws GatewayError BAD_USER_INPUT with everything that is wrong with it, before anything is looked up
 */
export function answerRequest(errand: Errand): Promise<object> {
  const { engine, request } = errand;
  const input = errand.args['input'] as AnswerRequestInput;
  const given = readAnswer(errand, input);
  const content = engine.checks.contents.seal(writeAnswer(given));
  return actOn(errand, { request: input.request }, input, ({ check, subject, party }, moment) => {
    const { request: id, expectedVersion } = input;
    const outcome = answer(check, { request: id, expectedVersion, given, contentId: content.id }, party, moment);
    const ground = { bundle: engine.policy.bundle, day: request.view.day };
    const sent = answerMessage(ground, check, { id, responder: request.principal.partner }, given, subject.facts);
    return {
      outcome,
      content,
      messages: [sent],
      ...(outcome.ok && !sent.sent && { refusal: 'NOT_SHARED' as const }),
    };
  });
}

/** By the type of check that the caller answers. Who answers none is told so of any request. */
function readAnswer(errand: Errand, input: AnswerRequestInput): GivenAnswer {
  const { outcome, reason, searched, findings, narrative, handling, mayBeTold } = input;
  if (handling != null && !HANDLING.some((each) => each === handling)) {
    throw new GatewayError('BAD_USER_INPUT', `"handling" needs one of: ${HANDLING.join(', ')}.`);
  }
  const given: GivenAnswer = {
    outcome,
    reason: reason ?? null,
    automatic: false,
    searched: searched.map(({ system, by, match }) => ({ system, by, match })),
    findings: (findings ?? []).map(({ code, on, about }) => ({ code, on: on ?? null, about })),
    narrative: narrative ?? null,
    handling: handling === 'OFFICIAL' ? handling : 'OFFICIAL-SENSITIVE',
    mayBeTold: mayBeTold ?? false,
  };
  const answered = typeAnswered(errand);
  const { practice } = momentOf(errand);
  const problems = answered ? answerProblems(given, answered.type, practice, errand.request.view.day) : [];
  if (problems.length > 0) throw new GatewayError('BAD_USER_INPUT', problems.join(' '));
  return given;
}

const HANDLING = ['OFFICIAL', 'OFFICIAL-SENSITIVE'] as const;
