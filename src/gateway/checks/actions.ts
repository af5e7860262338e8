import { acceptIncomplete as accept, consider, countersign, resume, withdraw } from '../../checks/decide.ts';
import { acknowledge, recall } from '../../checks/respond.ts';
import type { CheckDecisionCode } from '../../record/checks.ts';
import type { Errand } from '../errand.ts';
import { readText } from '../input.ts';
import { actOn, type Own } from './act.ts';
import { knowsAnswers } from './contents.ts';
import { type Risk, riskOf } from './risk.ts';

interface OnRequestInput {
  readonly request: string;
  readonly expectedVersion: number;
  readonly idempotencyKey: string;
}

interface OnCheckInput {
  readonly check: string;
  readonly expectedVersion: number;
  readonly text: string;
  readonly idempotencyKey: string;
}

/** The responder has the request, and somebody is at work on it. */
export function acknowledgeRequest(errand: Errand): Promise<object> {
  const input = errand.args['input'] as OnRequestInput;
  return actOn(errand, { request: input.request }, input, ({ check, party }, moment) => ({
    outcome: acknowledge(check, input, party, moment),
  }));
}

/** What the practitioner decides on the answers. */
export function considerCheck(errand: Errand): Promise<object> {
  const input = errand.args['input'] as OnCheckInput & { readonly decision: CheckDecisionCode };
  const text = ownWords(errand, input);
  return actOn(errand, { check: input.check }, input, async (own, moment) => {
    const { check, subject, party } = own;
    const { expectedVersion, decision } = input;
    const decided = (risk: Risk) =>
      consider(check, { expectedVersion, decision, textId: text.id, ...risk }, party, moment);
    // Nobody's risk is asked for a decision that is not to be made now.
    const first = decided({ highRisk: true, childPlan: true });
    const closed = unlessRead(errand, own);
    const outcome = first.ok && !closed.refusal ? decided(await riskOf(errand, subject)) : first;
    return { outcome, text, ...closed };
  });
}

/** A manager of whoever decided agrees, or does not. */
export function countersignCheck(errand: Errand): Promise<object> {
  const input = errand.args['input'] as OnCheckInput & { readonly agrees: boolean };
  const text = ownWords(errand, input);
  return actOn(errand, { check: input.check }, input, async (own, moment) => {
    const { check, party } = own;
    const { expectedVersion, agrees } = input;
    const outcome = countersign(check, { expectedVersion, agrees, textId: text.id }, party, moment);
    return { outcome, text, ...(await unlessOverseen(errand, own, outcome.ok, check.decision?.by ?? '')) };
  });
}

/** A manager of whoever asked accepts that there is no answer. */
export function acceptIncomplete(errand: Errand): Promise<object> {
  const input = errand.args['input'] as OnRequestInput & { readonly text: string };
  const text = ownWords(errand, input);
  return actOn(errand, { request: input.request }, input, async (own, moment) => {
    const { check, party } = own;
    const outcome = accept(check, { ...onRequest(input), textId: text.id }, party, moment);
    return { outcome, text, ...(await unlessOverseen(errand, own, outcome.ok, check.askedBy)) };
  });
}

/** The one who asked takes a request back. */
export function withdrawRequest(errand: Errand): Promise<object> {
  const input = errand.args['input'] as OnRequestInput & { readonly text: string };
  const text = ownWords(errand, input);
  return actOn(errand, { request: input.request }, input, ({ check, party }, moment) => ({
    outcome: withdraw(check, { ...onRequest(input), textId: text.id }, party, moment),
    text,
  }));
}

/** The responder takes its answer back. */
export function recallAnswer(errand: Errand): Promise<object> {
  const input = errand.args['input'] as OnRequestInput & { readonly text: string };
  const text = ownWords(errand, input);
  return actOn(errand, { request: input.request }, input, ({ check, party }, moment) => ({
    outcome: recall(check, { ...onRequest(input), textId: text.id }, party, moment),
    text,
  }));
}

/** Somebody decides whom a check is about, after records of people were merged or split. */
export function resumeCheck(errand: Errand): Promise<object> {
  const input = errand.args['input'] as OnCheckInput & { readonly goesOn: boolean };
  const text = ownWords(errand, input);
  return actOn(errand, { check: input.check }, input, ({ check, party }, moment) => {
    const { expectedVersion, goesOn } = input;
    return { outcome: resume(check, { expectedVersion, goesOn, textId: text.id }, party, moment), text };
  });
}

/** @throws GatewayError BAD_USER_INPUT */
function ownWords({ engine }: Errand, { text }: { readonly text: string }) {
  return engine.texts.seal(readText('text', text));
}

function onRequest({ request, expectedVersion }: OnRequestInput) {
  return { request, expectedVersion };
}

/** Nobody decides on what they may not read; and what came of trying would tell what it is. */
function unlessRead(errand: Errand, own: Own): { readonly refusal?: 'NOT_SHARED' } {
  return knowsAnswers(errand, own) ? {} : { refusal: 'NOT_SHARED' };
}

/** Oversight is by a manager of a team that the practitioner is in: not by any manager. */
async function unlessOverseen(errand: Errand, own: Own, isPossible: boolean, practitioner: string) {
  const closed = unlessRead(errand, own);
  if (closed.refusal || !isPossible) return closed;
  const { engine, request } = errand;
  const { partner, practitioner: manager } = request.principal;
  const isTheirs = await engine.governance.manages(partner, manager, [practitioner], request.view.day);
  return isTheirs ? {} : ({ refusal: 'NOT_THEIR_MANAGER' } as const);
}
