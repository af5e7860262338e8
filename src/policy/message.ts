import { covers, type Day, type SubjectFacts } from '../record/facts.ts';
import type { Agreement, Bundle } from './bundle.ts';
import { pass, type Reason, refuse } from './gates.ts';
import { closedClasses, typesInForce } from './permission.ts';
import { restrictionReasons } from './restriction.ts';
import { gives } from './view.ts';

/** What one partner is about to tell another of a person, and to whom there. */
export interface Message {
  /** The caller's partner: the source of what is told. */
  readonly from: string;
  readonly to: string;
  /** The role that will read it. */
  readonly role: string;
  /** `<partner>/<team>` of the desk that it goes to; null when it goes to no desk of its own. */
  readonly desk: string | null;
  readonly purpose: string;
  readonly day: Day;
  /** Message fields to be sent, such as `CheckRequest.address`. */
  readonly fields: readonly string[];
}

export interface MessageDecision {
  /** Whether everything asked may be sent. A message is never sent in part: half a question is another question. */
  readonly permitted: boolean;
  /** Gates that look at the parties and the person. */
  readonly reasons: readonly Reason[];
  readonly fields: ReadonlyMap<string, readonly Reason[]>;
}

/**
 * SHARE-11: what a request tells a responder passes the same two keys as what an answer tells a requester. The
 * responder's role needs it, an agreement of the sender gives it, and restrictions bind the responder.
 */
export function decideMessage(
  bundle: Bundle,
  message: Message,
  facts: Pick<SubjectFacts, 'restrictions' | 'permissions' | 'objections'>,
): MessageDecision {
  const { from, to, purpose, day } = message;
  const recipient = bundle.partners.get(to);
  const role = bundle.roles.get(message.role);
  const roleView = role?.partnerTypes.includes(recipient?.type ?? '') ? role?.purposes.get(purpose) : undefined;
  // A desk is one of the partner that is told: another's list of it says nothing of whom it goes to.
  const desks = message.desk?.startsWith(`${to}/`) ? [message.desk] : [];
  const reader = { partner: to, account: null, teams: desks };
  const reasons: Reason[] = [
    bundle.partners.has(from) && recipient ? pass('partner', 'KNOWN', to) : refuse('partner', 'UNKNOWN_PARTNER'),
    roleView ? pass('role', 'ACTIVE', message.role) : refuse('role', 'NOT_A_ROLE_OF_PARTNER', message.role),
    ...restrictionReasons({ restrictions: facts.restrictions, interests: [] }, reader, day),
  ];

  const seen = { day, partnerType: recipient?.type ?? '' };
  const inForce = typesInForce(bundle, seen, { holder: from }, facts.permissions);
  const objected = closedClasses(bundle, seen, { holder: from }, facts.objections);
  const fields = new Map<string, readonly Reason[]>();
  for (const field of message.fields) {
    const dataClass = bundle.messages.get(field);
    const needed = dataClass !== undefined && roleView?.receives.includes(dataClass) === true;
    const agreement = dataClass === undefined ? undefined : agreementFor(bundle, message, dataClass);
    fields.set(field, [
      needed ? pass('view', 'IN_VIEW') : refuse('view', 'NOT_IN_VIEW'),
      agreement ? pass('agreement', 'GIVEN', agreement.reference) : refuse('agreement', 'NO_AGREEMENT'),
      permission(agreement?.requires.get(dataClass ?? '') ?? [], inForce),
      ...(objected.has(dataClass ?? '') ? [refuse('permission', 'OBJECTION_UPHELD')] : []),
    ]);
  }
  const all = [...reasons, ...[...fields.values()].flat()];
  return {
    permitted: message.fields.length > 0 && all.every(({ outcome }) => outcome === 'pass'),
    reasons,
    fields,
  };
}

function agreementFor({ agreements }: Bundle, { from, to, purpose, day }: Message, dataClass: string) {
  const counts = (agreement: Agreement) =>
    covers(agreement, day) &&
    agreement.purposes.includes(purpose) &&
    agreement.classes.includes(dataClass) &&
    gives(agreement, from, to);
  return agreements.find(counts);
}

function permission(requires: readonly string[], inForce: ReadonlySet<string>): Reason {
  if (requires.length === 0) return pass('permission', 'NONE_NEEDED');
  const found = requires.find((type) => inForce.has(type));
  return found ? pass('permission', 'IN_FORCE', found) : refuse('permission', 'NO_PERMISSION', requires.join(' or '));
}
