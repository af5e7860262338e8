import type { Day } from '../record/facts.ts';
import type { Logged } from './logged.ts';

/** One controller's part in one use of somebody's information: what the person is told, or is not told yet. */
export interface Use {
  /** The log's entry of it. */
  readonly entry: string;
  readonly requestId: string | null;
  /** RFC 3339. */
  readonly at: string;
  /** In the United Kingdom. */
  readonly day: Day;
  /** Who used it: the code of the partner whose practitioner asked, or that was told by another. */
  readonly recipient: string;
  /** Null where another partner was told, and not by one of its own. */
  readonly practitioner: string | null;
  readonly purpose: string;
  /** Whose information it was; null where nothing was shown. */
  readonly source: string | null;
  /** What of it, sorted. A field that no class has today stands as it is. */
  readonly classes: readonly string[];
  /** Why it waits, sorted; empty: it does not. */
  readonly because: readonly Because[];
  /** Partners that must all say so before the person is told of it, sorted. */
  readonly deciders: readonly string[];
}

/** By what it was recognised that something waits: who used it, what for, what it was, or how. */
export type Because = 'RECIPIENT' | 'PURPOSE' | 'CLASS' | 'BREAK_GLASS' | 'REFUSED';

/** What the register asks of policy. */
export interface RegisterRules {
  /** The class of `Type.field`, or of `Person.identifiers:TYPE`; null where none has it. */
  classOf(field: string): string | null;
  recipientWaits(partner: string): boolean;
  purposeWaits(purpose: string): boolean;
  classWaits(dataClass: string): boolean;
  dayOf(instant: Date): Day;
}

/**
 * The disclosure register of one person: a projection of the entries about them, oldest first, made anew whenever it is
 * asked for. It is kept nowhere, so it can never say anything else than the log does.
 * @param entries those about the person, by whatever key; others are passed over
 */
export function registerOf(entries: readonly Logged[], rules: RegisterRules): Use[] {
  return entries
    .flatMap((entry) => usesOf(entry, rules))
    .sort((one, other) => compare(one.at, other.at) || compare(one.entry, other.entry) || bySource(one, other));
}

function usesOf(entry: Logged, rules: RegisterRules): Use[] {
  const { id, requestId, at, kind, actor, purpose } = entry;
  const recipient = entry.recipient?.partner ?? actor?.partner ?? null;
  // Whoever was to be told, and was not, has learned nothing.
  if (entry.recipient !== null && kind !== 'disclosure') return [];
  // What nobody's practitioner did, under no purpose, is no use of anybody's information.
  if (!USES.has(kind) || entry.subject === null || recipient === null || purpose === null) return [];
  const released = kind === 'disclosure' ? bySourceOf(entry.released, rules) : [];
  const about: Because[] = [
    ...(rules.recipientWaits(recipient) ? (['RECIPIENT'] as const) : []),
    ...(rules.purposeWaits(purpose) ? (['PURPOSE'] as const) : []),
    ...(kind === 'break-glass' || wasBrokenFor(entry) ? (['BREAK_GLASS'] as const) : []),
    ...(released.length === 0 ? (['REFUSED'] as const) : []),
  ];
  const parts = released.length === 0 ? [[null, []] as const] : released;
  return parts.map(([source, classes]): Use => {
    const ofClass = classes.some((name) => !name.known || rules.classWaits(name.name));
    const because = [...about, ...(ofClass ? (['CLASS'] as const) : [])].sort();
    // Who used it knows what telling would harm; who holds it knows what the information itself would.
    const deciders = [...(about.length > 0 ? [recipient] : []), ...(because.length > 0 && source ? [source] : [])];
    return {
      entry: id,
      requestId,
      at,
      day: rules.dayOf(new Date(at)),
      recipient,
      practitioner: recipient === actor?.partner ? actor.practitioner : null,
      purpose,
      source,
      classes: classes.map(({ name }) => name),
      because,
      deciders: [...new Set(deciders)].sort(),
    };
  });
}

/**
 * Entries of the log about looking into the log, and about deciding, use nobody's record. What the gateway watches it
 * compares with what it saw before, and shows to nobody: whoever is told that something changed has an entry of that.
 */
const USES: ReadonlySet<string> = new Set(['disclosure', 'refusal', 'explanation', 'break-glass']);

/** Entries of before that did not name the break-glass have its gate among their reasons. */
function wasBrokenFor({ breakGlass, reasons }: Logged): boolean {
  return breakGlass !== null || reasons.some(({ gate, code }) => gate === 'break-glass' && code === 'GRANTED');
}

interface Named {
  readonly name: string;
  readonly known: boolean;
}

/** What was released, by whose it was. What the gateway itself holds, the opaque id among it, is nobody's information. */
function bySourceOf(released: readonly string[], { classOf }: RegisterRules): (readonly [string, readonly Named[]])[] {
  const sources = new Map<string, Map<string, Named>>();
  for (const each of released) {
    const bar = each.indexOf('|');
    if (bar === -1) continue;
    const [source, field] = [each.slice(0, bar), each.slice(bar + 1)];
    const found = classOf(field);
    const classes = sources.get(source) ?? new Map<string, Named>();
    classes.set(found ?? field, { name: found ?? field, known: found !== null });
    sources.set(source, classes);
  }
  return [...sources].map(([source, classes]) => [
    source,
    [...classes.values()].sort((one, other) => compare(one.name, other.name)),
  ]);
}

function bySource(one: Use, other: Use): number {
  return compare(one.source ?? '', other.source ?? '');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
