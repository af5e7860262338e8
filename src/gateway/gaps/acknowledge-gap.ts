import { namedPeople } from '../checks/find.ts';
import { type Errand, refusedAs } from '../errand.ts';
import { readIdempotencyKey } from '../input.ts';

interface AcknowledgeGapInput {
  readonly person: string;
  readonly rule: string;
  readonly idempotencyKey: string;
}

/**
 * Says that somebody of the caller's partner is at work on a gap, until the release has another day. A gap that is not
 * there and one of which the caller may not know are told alike. Done again, it is still the first who said so.
 * @throws GatewayError BAD_USER_INPUT
 */
export async function acknowledgeGap(errand: Errand): Promise<object> {
  const { engine, request, root, args, place, hold, afterRecorded } = errand;
  const input = args['input'] as AcknowledgeGapInput;
  const { practitioner, partner } = request.principal;
  readIdempotencyKey(input.idempotencyKey);
  if (engine.gapRules.of(request.view).some(({ isHidden }) => isHidden)) hold(request.view.holdMilliseconds);

  const [subject] = await namedPeople(errand, [input.person]);
  if (!subject?.decision.permitted) {
    root.subjects = subject ? [subject] : [];
    root.nodes = root.subjects.map(() => null);
    return refuse('NOTHING_TO_SHOW');
  }
  const node = place(subject, new Map());
  root.subjects = [subject];
  root.nodes = [node];
  const { gaps, release, toldBy, sections } = await node.gaps();
  const isThere = gaps?.items.some(({ rule }) => rule === input.rule) ?? false;
  // That there is no such gap tells as much as that there is one.
  root.told.set(node, toldBy.get(input.rule) ?? []);
  for (const { rows } of sections.values())
    for (const { status, holder } of rows) if (status === 'UNAVAILABLE' && holder) root.unavailable.add(holder);
  if (!isThere || release === null) return refuse('NOT_OPEN');

  const acknowledgement = {
    person: subject.facts?.person ?? '',
    partner,
    rule: input.rule,
    release,
    by: practitioner,
    at: request.now,
  };
  root.deed = { kind: 'acknowledgement', ok: true, code: null, reference: input.rule };
  afterRecorded(() => engine.gapAcknowledgements.keep(acknowledgement));
  return { ok: true, code: null, allowedNow: [] };

  function refuse(code: 'NOTHING_TO_SHOW' | 'NOT_OPEN'): object {
    root.deed = { kind: 'acknowledgement', ok: false, code, reference: null };
    return refusedAs(code);
  }
}
