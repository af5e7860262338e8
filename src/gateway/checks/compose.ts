import { type Ask, askCheck, extendCheck, toAskAgain } from '../../checks/ask.ts';
import { parseQuestion, type Question, questionIdentity, writeQuestion } from '../../checks/question.ts';
import { isIncomplete, isLive } from '../../checks/state.ts';
import type { Check, CheckChange, CheckRequest, CheckType } from '../../record/checks.ts';
import type { Day } from '../../record/facts.ts';
import type { SealedText } from '../../record/governance.ts';
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
  /** Partners that could not be told (SHARE-11), and stand in the check as not asked. */
  readonly notAsked: readonly string[];
}

/** Everything that is known of whom is asked about: given, or read. */
export type Known = Pick<Values, 'name' | 'dateOfBirth' | 'tellAddresses' | 'tellAll'> & {
  readonly release: string | null;
  readonly addresses: Exclude<Values['addresses'], 'unknown'>;
};

/**
 * Asks one type of check anew, or once more. A check is asked of everybody whom it concerns or, until the asker chose or
 * the table knows, of nobody: one that lacks somebody could be done without them. Who may not be told stands in it as not
 * asked (SHARE-11).
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
  const { choices, responders, isOpen } = concernedBy(known.addresses, type, asked.responders, errand.engine.policy);
  const none = {
    type,
    check: before,
    change: null,
    messages: [],
    allowedNow: ['requestChecks'],
    choices,
    notAsked: [],
  };
  if (choices.length > 0) {
    known.tellAddresses();
    return { ...none, code: 'CHOOSE_RESPONDER' };
  }
  if (isOpen || responders.size === 0) return { ...none, code: 'NO_RESPONDER' };
  const wordings = [...responders].map(([responder, addresses]) => {
    const question = questionOf(type, asked, { ...known, addresses });
    return wordingOf(errand, responder, question, hashOf(errand, question, before, responder));
  });
  const composed = made(errand, subject, type, before, known.release, wordings);
  if (composed.messages.some(({ sent }) => sent)) known.tellAll();
  return composed;
}

/**
 * Asks once more, of an open check, those who gave no answer that counts, or could not be told: the very same as before. Of
 * who was told nothing only a hash is kept: where the record gives another question, what to ask is for the asker to say.
 */
export async function composeAgain(
  errand: Errand,
  subject: NamedSubject,
  check: Check,
  asked: Asked,
  known: Known,
): Promise<Composed> {
  const { policy, checks } = errand.engine;
  const { type } = check;
  const { responders } = concernedBy(known.addresses, type, asked.responders, policy);
  const wordings = toAskAgain(check, known.release, momentOf(errand)).map(async (request): Promise<Wording[]> => {
    const { responder, contentId } = request;
    const text = contentId && (await checks.contents.read(contentId));
    if (contentId && text) {
      return [{ responder, question: parseQuestion(text), hash: request.question, contentId, content: null }];
    }
    const addresses = responders.get(responder);
    if (!addresses) return [];
    const question = questionOf(type, asked, { ...known, addresses });
    const hash = hashOf(errand, question, check, responder);
    const isOther = request.state === 'NOT_ASKED' && hash !== request.question;
    return isOther ? [] : [wordingOf(errand, responder, question, hash)];
  });
  return made(errand, subject, type, check, known.release, (await Promise.all(wordings)).flat());
}

/** What one responder is to be asked. */
interface Wording {
  readonly responder: string;
  readonly question: Question;
  readonly hash: string;
  readonly contentId: string;
  /** Null where it is kept already. */
  readonly content: SealedText | null;
}

function wordingOf({ engine }: Errand, responder: string, question: Question, hash: string): Wording {
  const content = engine.checks.contents.seal(writeQuestion(question));
  return { responder, question, hash, contentId: content.id, content };
}

function made(
  errand: Errand,
  subject: NamedSubject,
  type: CheckType,
  before: Check | null,
  release: Day | null,
  wordings: readonly Wording[],
): Composed {
  const { partner } = errand.request.principal;
  const about = { person: subject.facts?.person ?? '', partner, type, release };
  const judged = wordings.map((wording) => ({ ...wording, message: messageOf(errand, subject, about, wording) }));
  const asks = judged.map(({ responder, hash, contentId, message }): Ask => {
    return { responder, question: hash, contentId: message.sent ? contentId : null };
  });
  const outcome = make(errand, about, before, asks);
  const none = { type, messages: [], choices: [], notAsked: [] };
  if (!outcome.ok) return { ...none, check: before, change: null, code: outcome.code, allowedNow: outcome.allowedNow };

  const { after, events } = outcome;
  const known = new Set(before?.requests.map(({ id }) => id));
  const messages = judged.flatMap(({ responder, message }): SentMessage[] => {
    const request = after.requests.find((each) => each.responder === responder && isLive(each));
    if (!request) throw new Error('a responder that was to be asked stands nowhere');
    if (!message.sent) return isLeftOut(request) ? [message] : [];
    return known.has(request.id) ? [] : [{ ...message, to: { ...message.to, reference: request.id } }];
  });
  const used = new Set(after.requests.map(({ contentId }) => contentId));
  const contents = judged.flatMap(({ content }) => (content && used.has(content.id) ? [content] : []));
  const change = after === before ? null : { before, after, contents, texts: [], events };
  const notAsked = after.requests.filter(isLeftOut).map(({ responder }) => responder);
  const code = notAsked.length > 0 ? 'NOT_SHARED' : null;
  return { ...none, check: after, change, messages, code, allowedNow: [], notAsked };
}

function isLeftOut(request: CheckRequest): boolean {
  return request.state === 'NOT_ASKED' && isIncomplete(request);
}

/** What a responder would be told, and whether it may be. Which request tells it is known when that is made. */
function messageOf(
  { engine, request }: Errand,
  { facts }: NamedSubject,
  about: Pick<Check, 'person' | 'partner' | 'type' | 'release'>,
  { responder, question }: Wording,
): SentMessage {
  const { bundle } = engine.policy;
  const ground = { bundle, day: request.view.day, pseudonyms: request.pseudonyms };
  const team = bundle.checks.responders.get(responder)?.team ?? '';
  return requestMessage(ground, about, { id: '', responder, team }, question, facts);
}

function make(
  errand: Errand,
  about: Pick<Check, 'person' | 'partner' | 'type' | 'release'>,
  before: Check | null,
  asks: readonly Ask[],
) {
  const { managers } = errand.engine.policy.bundle.checks;
  const party: NonNullable<Standing> = {
    as: managers.includes(errand.request.view.role.name) ? 'MANAGER' : 'ASKER',
    by: errand.request.principal.practitioner,
  };
  const moment = momentOf(errand);
  return before
    ? extendCheck(before, { release: about.release, asks }, party, moment)
    : askCheck({ ...about, asks }, party, moment);
}

/** The same question keeps the hash that it has, by whichever key: it is not another because the key changed. */
function hashOf({ request }: Errand, question: Question, before: Check | null, responder: string): string {
  const hashes = request.pseudonyms.everyOfIdentifier('question', questionIdentity(question)).map(({ ref }) => ref);
  const stands = before?.requests.find((each) => each.responder === responder && hashes.includes(each.question));
  return stands?.question ?? hashes.at(-1) ?? '';
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
