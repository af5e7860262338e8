import { hash, randomUUID } from 'node:crypto';
import { type Canonical, canonicalBytes } from './canonical.ts';
import type { EntryKind, Processing, StoredEntry } from './entry.ts';

/** What a command gives out of the log, recorded before it does. */
export interface ExportFacts {
  /** `bundle`, `ndjson`, `csv`, `fhir` or `ocsf`; `retire` for a month that leaves the database. */
  readonly format: string;
  /** RFC 3339, or a day; null where the span has no such end. */
  readonly from: string | null;
  readonly to: string | null;
  /** How many entries it holds; null where that shows only as it is given. */
  readonly entries: number | null;
  readonly outcome: string;
  /** By what else its entries were picked: names, such as `practitioner`, without what was looked for. */
  readonly filters?: readonly string[];
}

export function exportEntry(at: Date, node: string, facts: ExportFacts): StoredEntry {
  return sealOwn('export', facts.format === 'retire' ? 'erasure' : 'disclosure', at, node, { ...facts });
}

/** What an operator's command did to what is kept beside the log. */
export interface ReviewByCommandFacts {
  readonly outcome: 'TEXT_ERASED' | 'HOLD_PLACED' | 'HOLD_RELEASED';
  /** The entry whose text was erased. */
  readonly entry: string | null;
  /** Of a hold. */
  readonly reference: string | null;
  /** The months that it is placed over, `YYYY-MM`, both included. */
  readonly from: string | null;
  readonly to: string | null;
  /** A code; null for a hold, which its reference explains. */
  readonly reason: string | null;
}

export function reviewByCommandEntry(at: Date, node: string, facts: ReviewByCommandFacts): StoredEntry {
  return sealOwn('review', facts.outcome === 'TEXT_ERASED' ? 'erasure' : null, at, node, { ...facts });
}

/** What became of an attempt to put another policy in force. Written before it is in force. */
export interface PolicyChange {
  /** The hash in force. */
  readonly from: string;
  /** The hash that was to follow; null where the files say nothing that could be one. */
  readonly to: string | null;
  readonly outcome: 'taken' | 'refused';
  readonly node: string;
}

export function policyChangeEntry(at: Date, { node, ...change }: PolicyChange): StoredEntry {
  return sealOwn('policy-change', null, at, node, change);
}

/** A key came into use. `from` and `to` name keys by what may be public of them. */
export interface KeyChange {
  readonly what: 'signing' | 'pseudonym';
  readonly from: string | null;
  readonly to: string;
  /** `restored`: the log goes on, under a new name, from an older copy of itself. */
  readonly reason: 'first' | 'rotated' | 'restored';
  /** How many entries that copy had; absent where it was not restored. */
  readonly size?: number;
}

/** Its id follows from the key, so that of gateways that start at once with a new key one records it. */
export function keyChangeEntry(at: Date, node: string, change: KeyChange): StoredEntry {
  const digits = hash('sha256', `key-change ${change.what} ${change.to}`);
  // RFC 9562, version 8: of our own making.
  const id = digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-8$4-$5');
  return sealOwn('key-change', null, at, node, { ...change }, id);
}

/** The gateway began or ceased to serve. */
export function lifecycleEntry(
  at: Date,
  kind: 'start' | 'stop',
  { node, policy }: { readonly policy: string; readonly node: string },
): StoredEntry {
  return sealOwn(kind, null, at, node, { policy });
}

/** An entry of the gateway itself, or of a command: of no operation, and about nobody. */
function sealOwn(
  kind: EntryKind,
  processing: Processing,
  at: Date,
  node: string,
  facts: { readonly [key: string]: Canonical },
  id: string = randomUUID(),
): StoredEntry {
  const body = canonicalBytes({ v: 2, id, at: at.toISOString(), kind, processing, node, ...facts });
  return { id, at, kind, requestId: null, partner: null, practitioner: null, subject: null, body };
}
