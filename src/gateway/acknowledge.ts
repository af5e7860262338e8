import { GatewayError } from '../errors.ts';
import type { WorkKind } from '../record/governance.ts';
import { type Errand, refusedAs } from './errand.ts';
import { UUID } from './input.ts';

interface AcknowledgeWorkItemInput {
  readonly kind: string;
  readonly reference: string;
}

/** What is done with once somebody has read it. The other kinds end when what they are about does. */
const TOLD: readonly WorkKind[] = ['BREAK_GLASS_DISCLOSED', 'RESTRICTION_APPROACHED'];

/**
 * Takes an item that only tells something off the caller's partner's list. Who did so is in the log. An item of another
 * partner, one that is gone and none at all are told alike.
 * @throws GatewayError BAD_USER_INPUT naming the kinds that the role may acknowledge
 */
export async function acknowledgeWorkItem({ engine, request, root, args, afterRecorded }: Errand): Promise<object> {
  const { governance } = engine;
  const { principal, view } = request;
  const { kind, reference } = args['input'] as AcknowledgeWorkItemInput;
  const kinds = TOLD.filter((each) => view.role.queues.includes(each));
  if (!kinds.some((each) => each === kind)) {
    throw new GatewayError('BAD_USER_INPUT', `"kind" needs one of: ${kinds.join(', ') || 'none, your role has none'}.`);
  }
  if (!UUID.test(reference) || !(await governance.isOpen(principal.partner, kind, reference))) {
    root.deed = { kind: 'acknowledgement', ok: false, code: 'NOT_OPEN', reference: null };
    return refusedAs('NOT_OPEN', 'workItems');
  }
  root.deed = { kind: 'acknowledgement', ok: true, code: null, reference };
  afterRecorded(() => governance.acknowledge(principal.partner, kind, reference));
  return { ok: true, code: null, allowedNow: ['workItems'] };
}
