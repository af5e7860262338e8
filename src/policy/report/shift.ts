import { addDays } from '../../record/day.ts';
import { covers, type Span } from '../../record/facts.ts';
import type { Cell, Grant } from './cells.ts';

/** How one cell differs between two policies, on some days. */
export interface Shift extends Span {
  readonly kind: 'gained' | 'lost' | 'eased' | 'tightened' | 'emergency-gained' | 'emergency-lost' | 'agreement';
  readonly before: Grant | null;
  readonly after: Grant | null;
  /** Every span before, and after: whether it is a longer stay or a first entry. */
  readonly all: { readonly before: readonly Span[]; readonly after: readonly Span[] };
}

/** Every difference between a cell before and after; either may be missing. Days on which all is the same give none. */
export function shiftsOf(before: Pick<Cell, 'grants'> | undefined, after: Pick<Cell, 'grants'> | undefined): Shift[] {
  const [was, is] = [before?.grants ?? [], after?.grants ?? []];
  const all = { before: was.map(spanOf), after: is.map(spanOf) };
  const starts = [...was, ...is].flatMap(({ from, until }) => [from, ...(until === null ? [] : [addDays(until, 1)])]);
  const days = [...new Set(starts)].sort();
  const shifts: Shift[] = [];
  for (const [index, from] of days.entries()) {
    const next = days[index + 1];
    const until = next === undefined ? null : addDays(next, -1);
    const one = was.find((grant) => covers(grant, from)) ?? null;
    const other = is.find((grant) => covers(grant, from)) ?? null;
    for (const kind of kindsOf(one, other)) {
      const last = shifts.findLast((shift) => shift.kind === kind);
      const joins = last?.until && addDays(last.until, 1) === from && last.before === one && last.after === other;
      if (last && joins) shifts[shifts.indexOf(last)] = { ...last, until };
      else shifts.push({ kind, before: one, after: other, from, until, all });
    }
  }
  return shifts;
}

function kindsOf(before: Grant | null, after: Grant | null): Shift['kind'][] {
  if (before === null || after === null) return after ? ['gained'] : before ? ['lost'] : [];
  const kinds: Shift['kind'][] = [];
  if (!opensNoMoreThan(after.requires, before.requires)) kinds.push('eased');
  else if (!opensNoMoreThan(before.requires, after.requires)) kinds.push('tightened');
  if (after.emergency && !before.emergency) kinds.push('emergency-gained');
  if (before.emergency && !after.emergency) kinds.push('emergency-lost');
  if (kinds.length === 0 && before.agreement !== after.agreement) kinds.push('agreement');
  return kinds;
}

/** Whether whoever `one` lets see, `other` lets see too. Any of the permissions opens; none needed opens to all. */
function opensNoMoreThan(one: readonly string[], other: readonly string[]): boolean {
  return other.length === 0 || (one.length > 0 && one.every((type) => other.includes(type)));
}

function spanOf({ from, until }: Span): Span {
  return { from, until };
}
