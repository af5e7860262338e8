import type { LoggedReason } from '../entry.ts';
import type { Logged, LoggedSection, LoggedWithheld } from '../logged.ts';

/** Comma-separated values, RFC 4180: one row an entry, its parts in cells. Lists have a blank between their items. */

type Cell = string | number | boolean | null | undefined;

/** In the order of the columns. docs/log-formats.md says what each is. */
const COLUMNS: Readonly<Record<string, (entry: Logged, index: number) => Cell>> = {
  index: (_, index) => index,
  v: (entry) => entry.v,
  id: (entry) => entry.id,
  at: (entry) => entry.at,
  kind: (entry) => entry.kind,
  processing: (entry) => entry.processing,
  outcome: (entry) => entry.outcome,
  status: (entry) => entry.status,
  reasons: (entry) => entry.reasons.map(reasonOf).join(' '),
  partner: (entry) => entry.actor?.partner,
  practitioner: (entry) => entry.actor?.practitioner,
  name: (entry) => entry.actor?.name,
  role: (entry) => entry.actor?.role,
  client: (entry) => entry.actor?.client,
  issuer: (entry) => entry.actor?.issuer,
  account: (entry) => entry.actor?.subject,
  token_id: (entry) => entry.actor?.tokenId,
  network: (entry) => entry.network,
  node: (entry) => entry.node,
  request_id: (entry) => entry.requestId,
  trace: (entry) => entry.trace,
  purpose: (entry) => entry.purpose,
  policy: (entry) => entry.policy,
  operation: (entry) => entry.operation?.name,
  operation_hash: (entry) => entry.operation?.hash,
  subject: (entry) => entry.subject?.ref,
  subject_epoch: (entry) => entry.subject?.epoch,
  relationship: (entry) => entry.relationship?.type,
  evidence: (entry) => entry.relationship?.evidence,
  asserted_by: (entry) => entry.relationship?.assertedBy,
  agreements: (entry) => entry.agreements.join(' '),
  basis: (entry) => entry.basis.join(' '),
  classes: (entry) => entry.classes.join(' '),
  sections: (entry) => entry.sections.map(sectionOf).join(' '),
  released: (entry) => entry.released.join(' '),
  withheld: (entry) => entry.withheld.map(withheldOf).join(' '),
  recipient: (entry) => entry.recipient?.partner,
  recipient_reference: (entry) => entry.recipient?.reference,
  third_parties: (entry) => entry.thirdParties.map(({ ref, epoch }) => `${epoch}:${ref}`).join(' '),
  sources: (entry) => entry.sources.join(' '),
  subjects: (entry) => entry.counts?.subjects,
  shown: (entry) => entry.counts?.shown,
  considered: (entry) => entry.counts?.considered,
  deed: (entry) => entry.deed?.field,
  deed_ok: (entry) => entry.deed?.ok,
  deed_code: (entry) => entry.deed?.code,
  deed_reference: (entry) => entry.deed?.reference,
  break_glass: (entry) => entry.breakGlass,
  until: (entry) => entry.until,
  field: (entry) => entry.field,
  from: (entry) => entry.from,
  to: (entry) => entry.to,
  found: (entry) => entry.found,
  format: (entry) => entry.format,
  entries: (entry) => entry.entries,
  entry: (entry) => entry.entry,
  reference: (entry) => entry.reference,
  reason: (entry) => entry.reason,
  what: (entry) => entry.what,
};

export const csvHead = rowOf(Object.keys(COLUMNS));

export function csvRow(entry: Logged, index: number): string {
  return rowOf(Object.values(COLUMNS).map((cell) => cell(entry, index)));
}

/** One line of any cells, safe to open: what nobody would see in a cell, and a line break, is written as `\u{...}`. */
export function csvLine(cells: readonly Cell[]): string {
  return rowOf(cells.map((cell) => String(cell ?? '').replace(UNSEEN, escapeOf)));
}

/** Controls, and what turns round or joins the letters beside it. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function rowOf(cells: readonly Cell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`;
}

/**
 * What a spreadsheet would take for a formula gets an apostrophe before it, as OWASP advises against CSV injection:
 * some of what stands in the log was chosen by those whom it is about.
 */
function cellOf(cell: Cell): string {
  const text = String(cell ?? '');
  const safe = /^[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function reasonOf({ gate, outcome, code, ref }: LoggedReason): string {
  return `${gate}:${outcome}:${code}${ref === null ? '' : `(${ref})`}`;
}

function sectionOf({ section, holder, status, asked }: LoggedSection): string {
  return `${holder === null ? '' : `${holder}|`}${section}=${status}${asked ? '' : '(not-asked)'}`;
}

function withheldOf({ field, holder, reason, told }: LoggedWithheld): string {
  return `${holder === null ? '' : `${holder}|`}${field}=${reason.code}${told === null ? '' : `(told:${told})`}`;
}
