import type { LoggedReason } from '../entry.ts';
import type { Read } from '../reading.ts';
import { csvLine } from './csv.ts';

/** What an officer may read of the log as comma-separated values. Lists have a blank between their items. */

/** In the order of the columns. */
const COLUMNS: Readonly<Record<string, (read: Read) => string | number | boolean | null | undefined>> = {
  at: (read) => read.at,
  kind: (read) => read.kind,
  outcome: (read) => read.outcome,
  side: (read) => read.side,
  partner: (read) => read.actor?.partner,
  practitioner: (read) => read.actor?.practitioner,
  role: (read) => read.actor?.role,
  purpose: (read) => read.purpose,
  subject: (read) => read.subject?.ref,
  subject_epoch: (read) => read.subject?.epoch,
  classes: (read) => read.classes.join(' '),
  released: (read) => read.released.join(' '),
  withheld: (read) => read.withheld.map(withheldOf).join(' '),
  reasons: (read) => read.reasons.map(reasonOf).join(' '),
  relationship: (read) => read.relationship?.type,
  evidence: (read) => read.relationship?.evidence,
  asserted_by: (read) => read.relationship?.assertedBy,
  agreements: (read) => read.agreements.join(' '),
  basis: (read) => read.basis.join(' '),
  recipient: (read) => read.recipient?.partner,
  break_glass: (read) => read.breakGlass,
  subjects: (read) => read.counts?.subjects,
  shown: (read) => read.counts?.shown,
  deed: (read) => read.deed?.field,
  deed_ok: (read) => read.deed?.ok,
  deed_code: (read) => read.deed?.code,
  field: (read) => read.field,
  from: (read) => read.from,
  to: (read) => read.to,
  found: (read) => read.found,
  reference: (read) => read.reference ?? read.deed?.reference,
  request_id: (read) => read.requestId,
  trace: (read) => read.trace,
  network: (read) => read.network,
  client: (read) => read.actor?.client,
  policy: (read) => read.policy,
  id: (read) => read.id,
};

export const readCsvHead = csvLine(Object.keys(COLUMNS));

export function readCsvRow(read: Read): string {
  return csvLine(Object.values(COLUMNS).map((cell) => cell(read)));
}

function reasonOf({ gate, outcome, code, ref }: LoggedReason): string {
  return `${gate}:${outcome}:${code}${ref === null ? '' : `(${ref})`}`;
}

function withheldOf({ field, holder, told, reason }: Read['withheld'][number]): string {
  return `${holder === null ? '' : `${holder}|`}${field}=${reason?.code ?? told ?? ''}`;
}
