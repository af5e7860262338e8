import { type Policy, sourceOf } from '../territory.ts';
import { accessSentence } from './access-sentence.ts';
import { type Cell, effectiveCells } from './cells.ts';
import type { Change } from './change.ts';
import { type Pair, parts } from './pairs.ts';
import { type Shift, shiftsOf } from './shift.ts';

/** Cells of one role, section and class that shift alike, before they are said as one. */
export interface Group {
  readonly role: string;
  readonly section: string;
  readonly shift: Shift;
  /** Class to the items of it that shift; null for the whole class. */
  readonly classes: Map<string, readonly string[] | null>;
  readonly purposes: readonly string[];
  readonly pairs: readonly Pair[];
}

/** Every change of what somebody may see or be told. */
export function diffCells(before: Policy, after: Policy): Change[] {
  return groupedShifts(before, after).flatMap((group) =>
    parts(group.pairs).map((part): Change => {
      const classes = [...group.classes.keys()];
      const { before: was, after: is } = group.shift;
      const handling = classes.some((name) => isSensitive(before, name) || isSensitive(after, name));
      return {
        kind: KIND[group.shift.kind],
        sentence: accessSentence(before.bundle, after.bundle, group, part),
        role: group.role,
        purposes: group.purposes,
        partners: part.partners,
        holders: part.holders,
        classes,
        agreements: [...new Set([was, is].flatMap((grant) => grant?.agreement ?? []))],
        handling: handling ? 'OFFICIAL-SENSITIVE' : 'OFFICIAL',
        source: classes.map((name) => sourceOf(after, name) ?? sourceOf(before, name)).find(Boolean) ?? null,
      };
    }),
  );
}

/** Cells that shift, as few groups as say all of it. */
export function groupedShifts(before: Policy, after: Policy): Group[] {
  return grouped(cellShifts(before, after), before, after);
}

const KIND: Readonly<Record<Shift['kind'], Change['kind']>> = {
  gained: 'widening',
  eased: 'widening',
  'emergency-gained': 'widening',
  lost: 'narrowing',
  tightened: 'narrowing',
  'emergency-lost': 'narrowing',
  agreement: 'other',
};

type CellShift = Omit<Cell, 'grants'> & { readonly shift: Shift };

function cellShifts(before: Policy, after: Policy): CellShift[] {
  const [was, is] = [byKey(effectiveCells(before)), byKey(effectiveCells(after))];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [one, other] = [was.get(key), is.get(key)];
    const cell = other ?? one;
    return cell ? shiftsOf(one, other).map((shift) => ({ ...cell, shift })) : [];
  });
}

/** The class is not part of a cell's key: a field that only changes class is shown to the same people as before. */
function byKey(cells: readonly Cell[]): Map<string, Cell> {
  return new Map(
    cells.map((cell) => {
      const { role, purpose, partner, holder, section, item } = cell;
      return [[role, purpose, partner, holder, section, item].join('|'), cell];
    }),
  );
}

/** Twelve partners, three purposes and a class of ten fields that shift alike are one change. */
function grouped(shifts: readonly CellShift[], before: Policy, after: Policy): Group[] {
  const perCell = collect(
    shifts,
    ({ item: _, shift, ...cell }) => [...Object.values(cell), JSON.stringify(shift)].join('|'),
    (same) => {
      const { role, purpose, partner, holder, section, dataClass, shift } = same[0];
      const items = same.map(({ item }) => item).sort();
      const whole = itemsOf(shift.kind === 'lost' ? before : after, dataClass);
      const isWhole = whole.every((item) => items.includes(item));
      return { role, purpose, pair: { partner, holder }, section, dataClass, shift, items: isWhole ? null : items };
    },
  );
  const perPair = collect(
    perCell,
    ({ pair: _, ...rest }) => JSON.stringify(rest),
    (same) => ({ ...same[0], pairs: same.map(({ pair }) => pair) }),
  );
  const perPurpose = collect(
    perPair,
    ({ purpose: _, pair: __, ...rest }) => JSON.stringify(rest),
    (same) => ({ ...same[0], purposes: same.map(({ purpose }) => purpose) }),
  );
  return collect(
    perPurpose,
    ({ role, section, shift, purposes, pairs, dataClass }) =>
      JSON.stringify({ role, section, shift, purposes, pairs, guarded: isSensitive(after, dataClass) }),
    (same) => {
      const { role, section, shift, purposes, pairs } = same[0];
      const classes = new Map(same.map(({ dataClass, items }) => [dataClass, items] as const));
      return { role, section, shift, purposes, pairs, classes };
    },
  );
}

function itemsOf({ bundle }: Policy, dataClass: string): readonly string[] {
  const { fields = [], identifiers = [], messages = [] } = bundle.classes.get(dataClass) ?? {};
  return [...fields, ...identifiers, ...messages];
}

function isSensitive({ bundle }: Policy, dataClass: string): boolean {
  return bundle.classes.get(dataClass)?.handling === 'OFFICIAL-SENSITIVE';
}

function collect<T, U>(items: readonly T[], keyOf: (item: T) => string, merge: (same: [T, ...T[]]) => U): U[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()].map(merge);
}
