import type { Pseudonym } from '../../audit/entry.ts';
import type { Pseudonyms } from '../../audit/pseudonym.ts';
import type { AnswerContent } from '../../checks/answer.ts';
import type { Question } from '../../checks/question.ts';
import type { Bundle } from '../../policy/bundle.ts';
import type { CheckTypePolicy } from '../../policy/practice.ts';
import type { Check, CheckRequest, CheckType } from '../../record/checks.ts';
import type { Day, SubjectFacts } from '../../record/facts.ts';
import type { Selection } from '../../record/selection.ts';
import type { SentMessage } from '../scope.ts';
import { fieldsOfAnswer, fieldsOfQuestion } from './contents.ts';
import { sentMessage, turnKeys } from './keys.ts';

/** By what a message is judged, today. */
interface Ground {
  readonly bundle: Bundle;
  readonly day: Day;
}

type About = Pick<Check, 'person' | 'partner' | 'type'>;
type Judged = Pick<SubjectFacts, 'restrictions' | 'permissions' | 'objections'>;

/**
 * What a request tells the desk that it goes to: all of it by both keys, or nothing (SHARE-11).
 * @param facts null for somebody of whom nothing is known any more: nothing is told of them
 */
export function requestMessage(
  { bundle, day, pseudonyms }: Ground & { readonly pseudonyms: Pseudonyms },
  check: About & Pick<Check, 'release'>,
  { id, responder, team }: Pick<CheckRequest, 'id' | 'responder' | 'team'>,
  question: Question,
  facts: Judged | null,
): SentMessage {
  const { role, purpose } = policyOf(bundle, check.type);
  const fields = facts ? fieldsOfQuestion(question, check.release) : [];
  const message = { from: check.partner, to: responder, role, desk: `${responder}/${team}`, purpose, day, fields };
  const keys = turnKeys(bundle, message, facts ?? UNKNOWN);
  return sentMessage(keys, {
    person: check.person,
    to: { partner: responder, reference: keys.permitted ? id : null },
    thirdParties: keys.permitted ? thirdPartiesOf(question, pseudonyms) : [],
  });
}

/**
 * What an answer tells the partner that asked: all of it by both keys, or nothing. Whether the person is restricted is
 * judged for whoever reads it, by name.
 */
export function answerMessage(
  { bundle, day }: Ground,
  check: About,
  { id, responder }: Pick<CheckRequest, 'id' | 'responder'>,
  content: Pick<AnswerContent, 'searched' | 'findings' | 'narrative'>,
  facts: Judged | null,
): SentMessage {
  const { purpose } = policyOf(bundle, check.type);
  const fields = facts ? fieldsOfAnswer(content) : [];
  const message = {
    from: responder,
    to: check.partner,
    role: askerAt(bundle, check.partner),
    desk: null,
    purpose,
    day,
    fields,
  };
  const keys = turnKeys(bundle, message, { ...(facts ?? UNKNOWN), restrictions: [] });
  const to = { partner: check.partner, reference: keys.permitted ? id : null };
  return sentMessage(keys, { person: check.person, to, thirdParties: [] });
}

/**
 * What of an answer a responder's system is asked for: what both keys let the partner that asked be told, and nothing else
 * (SHARE-02). Null where that is too little to tell a nil from anything else.
 */
export function answerAsked(
  { bundle, day }: Ground,
  { partner, type }: About,
  { responder }: Pick<CheckRequest, 'responder'>,
  facts: Judged,
): Selection | null {
  const { purpose } = policyOf(bundle, type);
  const message = { from: responder, to: partner, role: askerAt(bundle, partner), desk: null, purpose, day };
  const isOpen = (field: string) =>
    turnKeys(bundle, { ...message, fields: [`CheckAnswer.${field}`] }, { ...facts, restrictions: [] }).permitted;
  if (!isOpen('outcome') || !isOpen('searched')) return null;
  const leaves = (...fields: readonly string[]) => fields.map((field): [string, null] => [field, null]);
  return new Map<string, Selection | null>([
    ...leaves('outcome', 'reason', 'handling', 'mayBeTold'),
    ['searched', new Map(leaves('system', 'by', 'match'))],
    ...(isOpen('findings') ? [['findings', new Map(leaves('code', 'on', 'about'))] as const] : []),
    ...(isOpen('narrative') ? leaves('narrative') : []),
  ]);
}

/** The role that asks and decides at a partner. */
export function askerAt({ checks, partners, roles }: Bundle, partner: string): string {
  const type = partners.get(partner)?.type ?? '';
  return checks.askers.find((name) => roles.get(name)?.partnerTypes.includes(type)) ?? '';
}

/** Everybody who is named in a question besides the person, by a name that the log keeps to. */
function thirdPartiesOf({ adults, children }: Question, pseudonyms: Pseudonyms): Pseudonym[] {
  const named = [...adults, ...children].flatMap(({ name, dateOfBirth }) =>
    name === null ? [] : [`${name.toLowerCase()}|${dateOfBirth ?? ''}`],
  );
  return [...new Set(named)].sort().map((one) => pseudonyms.ofIdentifier('third-party', one));
}

function policyOf({ checks }: Bundle, type: CheckType): CheckTypePolicy {
  const policy = checks.types.get(type);
  if (!policy) throw new Error(`the policy has no check of type ${type}`);
  return policy;
}

const UNKNOWN: Judged = { restrictions: [], permissions: [], objections: [] };
