import { type Ask, askCheck, extendCheck } from '../../checks/ask.ts';
import { type Question, questionIdentity, writeQuestion } from '../../checks/question.ts';
import type { Check, CheckChange, CheckType } from '../../record/checks.ts';
import type { Errand } from '../errand.ts';
import type { SentMessage } from '../scope.ts';
import type { NamedSubject } from '../subjects-of.ts';
import { momentOf } from './act.ts';
import { concernedBy } from './concerned.ts';
import { requestMessage } from './outward.ts';
import type { Asked } from './request-input.ts';
import type { Standing } from './standing.ts';
import type { Values } from './values.ts';

/** What came of asking one type of check about one person. */
export interface Composed {
  readonly type: CheckType;
  /** As it is then; null where there is none. */
  readonly check: Check | null;
  /** Null where nothing changes. */
  readonly change: CheckChange | null;
  readonly messages: readonly SentMessage[];
  readonly code: string | null;
  readonly allowedNow: readonly string[];
  readonly choices: readonly { readonly district: string; readonly responders: readonly string[] }[];
  /** Partners that may not be told (SHARE-11). */
  readonly notAsked: readonly string[];
}

/** Everything that is known of whom is asked about: given, or read. */
export type Known = Pick<Values, 'name' | 'dateOfBirth'> & {
  readonly release: string | null;
  readonly addresses: Exclude<Values['addresses'], 'unknown'>;
};

/**
 * Asks one type of check anew, or once more. A check is asked of everybody whom it concerns or, until the asker chose or
 * the table knows, of nobody: one that lacks somebody could be done without them. Who may not be told is left out and said.
 * @param before the check that stands, if one does
 */
export function compose(
  errand: Errand,
  subject: NamedSubject,
  type: CheckType,
  before: Check | null,
  asked: Asked,
  known: Known,
): Composed {
  const { policy, checks } = errand.engine;
  const { choices, responders, isOpen } = concernedBy(known.addresses, type, asked.responders, policy);
  const none = {
    type,
    check: before,
    change: null,
    messages: [],
    allowedNow: ['requestChecks'],
    choices,
    notAsked: [],
  };
  if (choices.length > 0) return { ...none, code: 'CHOOSE_RESPONDER' };
  if (isOpen || responders.size === 0) return { ...none, code: 'NO_RESPONDER' };

  const asks = [...responders].map(([responder, addresses]) => {
    const question = questionOf(type, asked, { ...known, addresses });
    const content = checks.contents.seal(writeQuestion(question));
    return { responder, question, content, ask: askOf(errand, before, responder, question, content.id) };
  });
  const refused: SentMessage[] = [];
  for (;;) {
    const left = asks.filter(({ responder }) => !refused.some(({ to }) => to.partner === responder));
    const notAsked = refused.map(({ to }) => to.partner);
    const code = notAsked.length > 0 ? 'NOT_SHARED' : null;
    if (left.length === 0) return { ...none, messages: refused, allowedNow: [], code, notAsked };
    const outcome = make(
      errand,
      subject,
      type,
      before,
      known.release,
      left.map(({ ask }) => ask),
    );
    if (!outcome.ok) return { ...none, code: outcome.code, allowedNow: outcome.allowedNow };
    const { after, events } = outcome;
    const messages = after.requests.slice(before?.requests.length ?? 0).map((request) => {
      const told = left.find(({ responder }) => responder === request.responder);
      if (!told) throw new Error('a responder is asked what nobody wrote');
      return requestMessage(groundOf(errand), after, request, told.question, subject.facts);
    });
    const closed = messages.filter(({ sent }) => !sent);
    if (closed.length === 0) {
      const used = new Set(after.requests.map(({ contentId }) => contentId));
      const contents = left.flatMap(({ content }) => (used.has(content.id) ? [content] : []));
      const change = after === before ? null : { before, after, contents, texts: [], events };
      return { ...none, check: after, change, messages: [...messages, ...refused], allowedNow: [], code, notAsked };
    }
    refused.push(...closed);
  }
}

function make(
  errand: Errand,
  { facts }: NamedSubject,
  type: CheckType,
  before: Check | null,
  release: string | null,
  asks: readonly Ask[],
) {
  const { partner, practitioner: by } = errand.request.principal;
  const { managers } = errand.engine.policy.bundle.checks;
  const party: NonNullable<Standing> = {
    as: managers.includes(errand.request.view.role.name) ? 'MANAGER' : 'ASKER',
    by,
  };
  const moment = momentOf(errand);
  return before
    ? extendCheck(before, { release, asks }, party, moment)
    : askCheck({ person: facts?.person ?? '', partner, type, release, asks }, party, moment);
}

/** The same question keeps the hash that it has, by whichever key: it is not another because the key changed. */
function askOf(
  { request }: Errand,
  before: Check | null,
  responder: string,
  question: Question,
  contentId: string,
): Ask {
  const hashes = request.pseudonyms.everyOfIdentifier('question', questionIdentity(question)).map(({ ref }) => ref);
  const stands = before?.requests.find((each) => each.responder === responder && hashes.includes(each.question));
  return { responder, question: stands?.question ?? hashes.at(-1) ?? '', contentId };
}

function questionOf(type: CheckType, { question, childrenBelievedPresent }: Asked, known: Known): Question {
  const { name, dateOfBirth, addresses } = known;
  // A children's authority is asked by the children's names, or about whoever is thought to be at the address.
  const unnamed = type === 'CHILDRENS_SERVICES' && question.children.length === 0;
  return {
    ...question,
    name,
    dateOfBirth,
    addresses,
    childrenBelievedPresent: childrenBelievedPresent ?? unnamed,
  };
}

function groundOf({ engine, request }: Errand) {
  return { bundle: engine.policy.bundle, day: request.view.day, pseudonyms: request.pseudonyms };
}
