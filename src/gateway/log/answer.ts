import type { LoggedReason } from '../../audit/entry.ts';
import type { Read } from '../../audit/reading.ts';
import type { Reason } from '../../policy/gates.ts';
import { sentence } from '../../policy/sentence.ts';
import type { Selection } from '../../record/selection.ts';
import type { Errand } from '../errand.ts';
import { explanationsOf } from '../flags/explanations.ts';
import type { Look, Whom } from './look.ts';

/**
 * What answers each of some entries, with what explains them where that is selected.
 * @param selection of `LogEntry`
 * @param whom about whom all of them are; null where they are about several people
 */
export async function answerer(
  errand: Errand,
  look: Look,
  reads: readonly Read[],
  selection: Selection | null | undefined,
  whom: Whom | null = null,
): Promise<(read: Read) => object> {
  if (!selection?.has('explanation')) return answered;
  const explanations = await explanationsOf(errand, look, reads, whom);
  return (read) => ({ ...answered(read), explanation: explanations.get(read.id) ?? null });
}

/** An entry in the shape of `LogEntry`. */
export function answered(read: Read): object {
  return {
    id: read.id,
    at: read.at,
    kind: read.kind,
    processing: read.processing,
    side: read.side,
    own: read.isOwn,
    node: read.node,
    requestId: read.requestId,
    trace: read.trace,
    network: read.network,
    partner: read.actor?.partner ?? null,
    practitioner: read.actor?.practitioner ?? null,
    role: read.actor?.role ?? null,
    client: read.actor?.client ?? null,
    purpose: read.purpose,
    policy: read.policy,
    operation: read.operation?.hash ?? null,
    outcome: read.outcome,
    status: read.status,
    subject: read.subject?.ref ?? null,
    epoch: read.subject?.epoch ?? null,
    subjects: read.counts?.subjects ?? null,
    shown: read.counts?.shown ?? null,
    sources: read.sources,
    reasons: read.reasons.map(reasonOf),
    relationship: read.relationship && { ...read.relationship },
    agreements: read.agreements,
    basis: read.basis,
    classes: read.classes,
    sections: read.sections.map((section) => ({ ...section })),
    released: read.released,
    withheld: read.withheld.map(({ reason, ...rest }) => ({ ...rest, reason: reason && reasonOf(reason) })),
    recipient: read.recipient?.partner ?? null,
    thirdParties: read.thirdParties.map(({ ref }) => ref),
    breakGlass: read.breakGlass,
    deed: read.deed && { ...read.deed },
    reason: read.reason,
    until: read.until,
    field: read.field,
    from: read.from,
    to: read.to,
    found: read.found,
    entry: read.entry,
    reference: read.reference ?? read.recipient?.reference ?? null,
    what: read.what,
    format: read.format,
    entries: read.entries,
  };
}

function reasonOf(reason: LoggedReason): object {
  // A gate of an older policy that is not known any more is told by its code.
  return { ...reason, text: sentence(reason as Reason) };
}
