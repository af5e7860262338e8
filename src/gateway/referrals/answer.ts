import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { ReferralPack } from '../../record/referrals.ts';
import { repeatable } from '../checks/command.ts';
import type { Errand } from '../errand.ts';
import { readText } from '../input.ts';
import { again, keep, refused } from './act.ts';
import { findPack } from './find.ts';
import { answerMessage } from './messages.ts';
import { stateOf } from './standing.ts';
import { allowedOn } from './told.ts';

interface AnswerReferralInput {
  readonly pack: string;
  readonly expectedVersion: number;
  readonly accepts: boolean;
  readonly reason?: string | null;
  readonly text?: string | null;
  readonly idempotencyKey: string;
}

/**
 * The provider takes the person, or says why not. What it says besides goes to whoever asked by both keys, or not at all.
 * @throws GatewayError BAD_USER_INPUT with everything that is wrong with it, before anything is looked up
 */
export async function answerReferral(errand: Errand): Promise<object> {
  const { engine, request } = errand;
  const input = errand.args['input'] as AnswerReferralInput;
  const given = readAnswer(errand, input);
  const command = await repeatable(errand, input);
  if (command.kept) return again(errand, command, 'NOT_OPEN');

  const seen = await findPack(errand, input.pack);
  if (seen?.as !== 'PROVIDER' || !seen.subject.facts) return refused(errand, 'NOT_OPEN');
  const { pack: before, subject } = seen;
  const allowedNow = allowedOn(errand, seen);
  if (stateOf(before, errand) !== 'SENT') return refused(errand, 'NOT_NOW', { seen, allowedNow });
  if (before.version !== input.expectedVersion) return refused(errand, 'VERSION_CONFLICT', { seen, allowedNow });

  const text = given.text === null ? null : engine.texts.seal(given.text);
  const after: ReferralPack = {
    ...before,
    state: input.accepts ? 'ACCEPTED' : 'REFUSED',
    answeredBy: request.principal.practitioner,
    answeredAt: request.now,
    reason: given.reason,
    textId: text?.id ?? null,
    endedAt: input.accepts ? null : request.now,
    version: before.version + 1,
  };
  const sent = answerMessage(errand, after, seen.subject.facts);
  const messages = sent ? [sent] : [];
  if (sent?.sent === false) return refused(errand, 'NOT_SHARED', { seen, allowedNow: [], messages });
  const event = {
    id: randomUUID(),
    kind: input.accepts ? 'REFERRAL_ANSWERED' : 'BED_REFUSED',
    at: request.now,
    person: before.person,
    partner: before.partner,
    reference: before.id,
  };
  const changes = [{ before, after, contents: [], texts: text ? [text] : [], events: [event] }];
  return keep(
    errand,
    input,
    command,
    { seen: { pack: after, subject, as: 'PROVIDER' }, changes, text, messages },
    'NOT_OPEN',
  );
}

/** Why not is said by a code and in words. Whoever takes somebody may say something too. */
function readAnswer({ engine }: Errand, { accepts, reason, text }: AnswerReferralInput) {
  const { refusals } = engine.policy.bundle.referrals;
  const problems: string[] = [];
  let written: string | null = null;
  try {
    written = accepts && text == null ? null : readText('text', text ?? '');
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    problems.push(error.message);
  }
  if (accepts && reason != null) problems.push('"reason" is of a refusal: leave it out.');
  if (!accepts && !refusals.has(reason ?? ''))
    problems.push(`"reason" needs one of: ${[...refusals.keys()].join(', ')}.`);
  if (problems.length > 0) throw new GatewayError('BAD_USER_INPUT', problems.join(' '));
  return { reason: accepts ? null : (reason ?? null), text: written };
}
