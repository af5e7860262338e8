import type { Actor, LoggedReason, Pseudonym } from './entry.ts';

/**
 * An entry as somebody reads it, of any kind and version. What its kind does not have, or its version did not have yet,
 * is null or empty: a reader asks for what it needs and never for the version.
 */
export interface Logged {
  readonly v: number;
  readonly id: string;
  /** RFC 3339 in UTC, with milliseconds. */
  readonly at: string;
  readonly kind: string;
  /** The word of the Data Protection Act 2018, section 62(1). */
  readonly processing: string | null;
  readonly node: string | null;
  readonly requestId: string | null;
  readonly trace: string | null;
  readonly network: string | null;
  readonly actor: Actor | null;
  readonly purpose: string | null;
  /** The hash of the policy it was decided by. */
  readonly policy: string | null;
  readonly operation: { readonly name: string | null; readonly hash: string | null } | null;
  readonly outcome: string | null;
  readonly status: number | null;
  readonly reasons: readonly LoggedReason[];
  readonly sources: readonly string[];
  readonly counts: { readonly subjects: number; readonly shown: number; readonly considered: number } | null;
  readonly deed: {
    readonly field: string;
    readonly ok: boolean;
    readonly code: string | null;
    readonly reference: string | null;
  } | null;
  readonly subject: Pseudonym | null;
  readonly relationship: { readonly type: string; readonly evidence: string; readonly assertedBy: string } | null;
  readonly agreements: readonly string[];
  readonly basis: readonly string[];
  readonly classes: readonly string[];
  readonly sections: readonly LoggedSection[];
  /** `holder|Type.field`, or `Type.field` for what the gateway itself holds. */
  readonly released: readonly string[];
  readonly withheld: readonly LoggedWithheld[];
  /** Who was told, or would have been, where it was not the actor's own answer. */
  readonly recipient: { readonly partner: string; readonly reference: string | null } | null;
  /** Others who were named in what was told. */
  readonly thirdParties: readonly Pseudonym[];
  readonly breakGlass: string | null;
  /** The code somebody gave for a break-glass, an erasure or a key-change. */
  readonly reason: string | null;
  readonly until: string | null;
  /** Of a search: the root field. */
  readonly field: string | null;
  /** Of a search, an export or a hold the span; of a change of policy or key what was before. */
  readonly from: string | null;
  readonly to: string | null;
  readonly found: number | null;
  readonly format: string | null;
  readonly entries: number | null;
  /** The entry that a review is about. */
  readonly entry: string | null;
  readonly reference: string | null;
  readonly what: string | null;
}

export interface LoggedSection {
  readonly section: string;
  readonly holder: string | null;
  readonly status: string;
  readonly asked: boolean;
}

export interface LoggedWithheld {
  readonly field: string;
  readonly holder: string | null;
  readonly reason: LoggedReason;
  /** The public code the caller was told; null where nothing was told. */
  readonly told: string | null;
}

/** Null for bytes that are no entry of ours: reading goes on past them, and `audit verify` is what tells of them. */
export function parseLogged(body: Uint8Array): Logged | null {
  const entry = objectOf(parse(body));
  const [id, at, kind] = [textOf(entry?.id), textOf(entry?.at), textOf(entry?.kind)];
  if (!entry || id === null || at === null || kind === null || Number.isNaN(Date.parse(at))) return null;
  const [operation, counts, deed] = [objectOf(entry.operation), objectOf(entry.counts), objectOf(entry.deed)];
  const relationship = objectOf(entry.relationship);
  const recipient = objectOf(entry.recipient);
  const told = textOf(recipient?.partner);
  const text = (key: keyof Loose): string | null => textOf(entry[key]);
  return {
    v: numberOf(entry.v) ?? 1,
    id,
    at,
    kind,
    processing: text('processing'),
    node: text('node'),
    requestId: text('requestId'),
    trace: text('trace'),
    network: text('network'),
    actor: actorOf(entry.actor),
    purpose: text('purpose'),
    policy: text('policy'),
    operation: operation && { name: textOf(operation.name), hash: textOf(operation.hash) },
    outcome: text('outcome'),
    status: numberOf(entry.status),
    reasons: listOf(entry.reasons, reasonOf),
    sources: listOf(entry.sources, textOf),
    counts: counts && {
      subjects: numberOf(counts.subjects) ?? 0,
      shown: numberOf(counts.shown) ?? 0,
      considered: numberOf(counts.considered) ?? 0,
    },
    deed: deed && {
      field: textOf(deed.field) ?? '',
      ok: deed.ok === true,
      code: textOf(deed.code),
      reference: textOf(deed.reference),
    },
    subject: pseudonymOf(entry.subject),
    relationship: relationship && {
      type: textOf(relationship.type) ?? '',
      evidence: textOf(relationship.evidence) ?? '',
      assertedBy: textOf(relationship.assertedBy) ?? '',
    },
    agreements: listOf(entry.agreements, textOf),
    basis: listOf(entry.basis, textOf),
    classes: listOf(entry.classes, textOf),
    sections: listOf(entry.sections, sectionOf),
    released: listOf(entry.released, textOf),
    withheld: listOf(entry.withheld, withheldOf),
    recipient: told === null ? null : { partner: told, reference: textOf(recipient?.reference) },
    thirdParties: listOf(entry.thirdParties, pseudonymOf),
    breakGlass: text('breakGlass'),
    reason: text('reason'),
    until: text('until'),
    field: text('field'),
    from: text('from'),
    to: text('to'),
    found: numberOf(entry.found),
    format: text('format'),
    entries: numberOf(entry.entries),
    entry: text('entry'),
    reference: text('reference'),
    what: text('what'),
  };
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return null;
  }
}

function actorOf(value: unknown): Actor | null {
  const actor = objectOf(value);
  return (
    actor && {
      practitioner: textOf(actor.practitioner),
      name: textOf(actor.name),
      subject: textOf(actor.subject),
      issuer: textOf(actor.issuer),
      role: textOf(actor.role),
      partner: textOf(actor.partner),
      client: textOf(actor.client),
      tokenId: textOf(actor.tokenId),
    }
  );
}

function pseudonymOf(value: unknown): Pseudonym | null {
  const pseudonym = objectOf(value);
  const [ref, epoch] = [textOf(pseudonym?.ref), numberOf(pseudonym?.epoch)];
  return ref === null || epoch === null ? null : { ref, epoch };
}

function reasonOf(value: unknown): LoggedReason | null {
  const reason = objectOf(value);
  const [gate, outcome, code] = [textOf(reason?.gate), textOf(reason?.outcome), textOf(reason?.code)];
  return gate === null || outcome === null || code === null ? null : { gate, outcome, code, ref: textOf(reason?.ref) };
}

function sectionOf(value: unknown): LoggedSection | null {
  const section = objectOf(value);
  const [name, status] = [textOf(section?.section), textOf(section?.status)];
  if (name === null || status === null) return null;
  return { section: name, holder: textOf(section?.holder), status, asked: section?.asked === true };
}

function withheldOf(value: unknown): LoggedWithheld | null {
  const withheld = objectOf(value);
  const [field, reason] = [textOf(withheld?.field), reasonOf(withheld?.reason)];
  if (field === null || reason === null) return null;
  return { field, holder: textOf(withheld?.holder), reason, told: textOf(withheld?.told) };
}

function listOf<T>(value: unknown, item: (value: unknown) => T | null): T[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((each) => item(each) ?? []);
}

/** An object that may have any of the properties that some part of an entry has. */
type Loose = Readonly<Partial<Record<Property, unknown>>>;
type Property = KeyOf<Logged | Actor | Pseudonym | LoggedReason | LoggedSection | LoggedWithheld | Inner>;
type Inner = NonNullable<Logged['operation'] | Logged['counts'] | Logged['deed'] | Logged['relationship']>;
type KeyOf<T> = T extends unknown ? keyof T : never;

function objectOf(value: unknown): Loose | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
