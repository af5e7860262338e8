import { pass } from '../../policy/gates.ts';
import type { ReferralPack } from '../../record/referrals.ts';
import type { Selection } from '../../record/selection.ts';
import type { Keys } from '../checks/keys.ts';
import { addPlace } from '../checks/told.ts';
import type { Errand } from '../errand.ts';
import type { PersonNode, Subject } from '../person.ts';
import { type Contact, readContacts } from './contacts.ts';
import { answerKeys, arrivalKeys } from './messages.ts';
import { type Seen, stateOf } from './standing.ts';

/** A pack and the person's place beside it. */
type Placed = Seen & { readonly node: PersonNode };

/**
 * Makes the places of the people of some packs, for the answer and for its entries. Before anything is kept: it may refuse
 * the request.
 * @param selection of each pack; none where no pack is selected
 */
export function placePeople(errand: Errand, seen: readonly Seen[], selection: Selection = new Map()): Placed[] {
  const below = selection.get('person') ?? new Map();
  const nodes = new Map<string, PersonNode>();
  return seen.map((each) => {
    const { pack, subject } = each;
    let node = nodes.get(pack.person);
    if (!node) {
      // A place of its own: what was read of them before has another.
      node = subject.decision.permitted
        ? errand.place({ ...subject }, below)
        : errand.place(byOwnPack(subject, pack), new Map());
      nodes.set(pack.person, node);
      addPlace(errand.root, node.subject, node);
    }
    return { ...each, node };
  });
}

/** A pack as it stands in the answer, and notes what it tells. */
export async function tellPack(errand: Errand, placed: Placed, selection: Selection): Promise<object> {
  const { pack, subject, node, as } = placed;
  const { engine, request, root } = errand;
  const { facts } = subject;
  if (!facts) throw new Error('a pack about somebody of whom nothing is known');
  const reader = { role: request.view.role.name, purpose: request.view.purpose.code };
  const answer = as === 'SENDER' ? answerKeys(errand, pack, facts, reader) : null;
  const isAnswerTold = as === 'PROVIDER' || answer?.permitted === true;
  const told = new Map(
    [...selection].filter(([name]) => !UNTOLD.includes(name) && (isAnswerTold || !OF_ANSWER.includes(name))),
  );
  note(told, as === 'PROVIDER' ? arrivalKeys(errand, pack, facts) : answer);

  const contacts: readonly Contact[] = selection.has('contacts') ? await readContacts(engine.referrals, pack) : [];
  const hasText = isAnswerTold && pack.textId !== null && selection.has('text');
  return {
    id: pack.id,
    person: subject.decision.permitted ? node : null,
    provider: pack.provider,
    state: stateOf(pack, errand),
    sentBy: pack.sentBy,
    sentAt: pack.sentAt.toISOString(),
    arrivesAt: pack.arrivesAt.toISOString(),
    broughtBy: pack.broughtBy,
    contacts,
    answeredAt: pack.answeredAt?.toISOString() ?? null,
    reason: isAnswerTold ? pack.reason : null,
    text: hasText && pack.textId !== null ? await engine.texts.read(pack.textId) : null,
    version: pack.version,
    allowedNow: allowedOn(errand, placed),
  };

  function note(selected: Selection, keys: Keys | null): void {
    const fields = [...selected.keys()].map((name) => {
      const coordinate = `ReferralPack.${name}`;
      // What became of it is the gateway's own word; what it says is whoever's said it.
      if (!engine.policy.bundle.messages.has(coordinate)) return coordinate;
      return `${OF_ANSWER.includes(name) ? pack.provider : pack.partner}|${coordinate}`;
    });
    root.told.set(node, [...new Set([...(root.told.get(node) ?? []), ...fields])]);
    for (const [coordinate, grant] of keys?.given ?? []) root.given.set(coordinate, grant);
  }
}

/** The person is told about as anywhere; what one may do now tells of nobody. */
const UNTOLD = ['person', 'allowedNow'];
const OF_ANSWER = ['reason', 'text'];

export function allowedOn(errand: Errand, { pack, as }: Pick<Seen, 'pack' | 'as'>): string[] {
  const isOpen = stateOf(pack, errand) === 'SENT';
  const allowed = as === 'SENDER' ? ['sendReferralPack'] : isOpen ? ['answerReferral'] : [];
  return allowed.filter((action) => errand.request.view.role.actions.includes(action));
}

/** What carries a team to what it was asked, and to its own answer, is that it was asked. */
function byOwnPack({ decision, ...subject }: Subject, { id }: ReferralPack): Subject {
  const reasons = decision.reasons.map((reason) => {
    if (reason.gate === 'relationship') return pass('relationship', 'ASKED', id);
    return reason.gate === 'break-glass' ? pass('break-glass', 'NOT_NEEDED') : reason;
  });
  return { ...subject, decision: { ...decision, reasons } };
}
