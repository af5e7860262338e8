import { wrap } from './policy-wrap.ts';

/** What the commands select of an entry of the log, and tell of it. */
export const ENTRY_FIELDS = `
  id at kind processing side own node requestId trace network partner practitioner role client purpose policy operation
  outcome status subject epoch subjects shown sources recipient thirdParties
  reasons { gate outcome code ref text }
  relationship { type evidence assertedBy }
  agreements basis classes
  sections { section holder status asked }
  released
  withheld { field holder told reason { gate outcome code ref text } }
  breakGlass
  deed { field ok code reference }
  reason until field from to found entry reference`;

export interface ToldReason {
  readonly gate: string;
  readonly outcome: string;
  readonly code: string;
  readonly text: string;
}

/** What of it a person at the terminal reads; `--json` has all. */
export interface ToldEntry {
  readonly at: string;
  readonly kind: string;
  readonly side: string;
  readonly own: boolean;
  readonly requestId: string | null;
  readonly partner: string | null;
  readonly practitioner: string | null;
  readonly role: string | null;
  readonly purpose: string | null;
  readonly policy: string | null;
  readonly outcome: string | null;
  readonly subject: string | null;
  readonly recipient: string | null;
  readonly reference: string | null;
  readonly deed: { readonly field: string; readonly ok: boolean; readonly code: string | null } | null;
  readonly reasons: readonly ToldReason[];
  readonly agreements: readonly string[];
  readonly basis: readonly string[];
  readonly classes: readonly string[];
  readonly released: readonly string[];
  readonly withheld: readonly {
    readonly field: string;
    readonly holder: string | null;
    readonly told: string | null;
    readonly reason: ToldReason | null;
  }[];
}

/** One entry: who, for what, what came of it, and every gate in a sentence. */
export function describeEntry(entry: ToldEntry): string {
  const { at, kind, outcome, partner, practitioner, role, purpose, requestId, subject, recipient, reference, deed } =
    entry;
  const who = [practitioner ?? 'nobody named', role, partner && `at ${partner}`].filter((word) => word !== null);
  const lines = [
    wrap(`${at} ${kind}: ${outcome ?? 'recorded'}${entry.own ? ' (your own doing)' : ''}`),
    wrap(`${who.join(', ')}${purpose === null ? '' : `, for ${purpose}`}`, '  '),
    ...(requestId === null ? [] : [wrap(`request ${requestId}`, '  ')]),
    ...(subject === null ? [] : [wrap(`about ${subject}`, '  ')]),
    ...(deed === null ? [] : [wrap(`did ${deed.field}: ${deed.ok ? 'ok' : deed.code}`, '  ')]),
    ...(recipient === null
      ? []
      : [wrap(`message to ${recipient}${reference === null ? '' : `, in ${reference}`}`, '  ')]),
    ...byHolder(entry.released).map(([holder, fields]) => wrap(`shown from ${holder}: ${fields.join(', ')}`, '  ')),
    ...(entry.classes.length === 0 ? [] : [wrap(`of the kinds: ${entry.classes.join(', ')}`, '  ')]),
    ...(entry.agreements.length === 0
      ? []
      : [wrap(`by the agreements ${entry.agreements.join(', ')} (${entry.basis.join(', ')})`, '  ')]),
    ...gates(entry.reasons, '  '),
    ...entry.withheld.flatMap(({ field, holder, told, reason }) => [
      wrap(
        `withheld: ${holder === null ? field : `${holder}|${field}`}, ${told === null ? 'which was not told' : `told as ${told}`}`,
        '  ',
      ),
      ...(reason === null ? [] : gates([reason], '    ')),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** `holder|Type.field`, as the log has it, holder by holder. */
function byHolder(released: readonly string[]): [string, string[]][] {
  const fields = Map.groupBy(released, (each) => each.slice(0, Math.max(each.indexOf('|'), 0)) || 'the gateway');
  return [...fields].map(([holder, each]) => [holder, each.map((field) => field.slice(field.indexOf('|') + 1))]);
}

function gates(reasons: readonly ToldReason[], indent: string): string[] {
  return reasons.map(({ gate, outcome, text }) =>
    wrap(text, `${indent}${outcome === 'pass' ? 'yes' : 'NO '} ${gate.padEnd(13)}`),
  );
}
