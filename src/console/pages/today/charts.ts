import type { Bundle } from '../../../policy/bundle.ts';
import { wordsOf } from '../../words.ts';
import type { Figure } from './documents.ts';

/** Bars, and the same as a table. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** Heads of the table. */
  readonly columns: readonly string[];
  readonly bars: readonly Bar[];
  readonly height: number;
}

export interface Bar {
  readonly label: string;
  /** The cells after the label. */
  readonly cells: readonly string[];
  /** Where its words and its bar stand, in units of the drawing. */
  readonly textY: number;
  readonly barY: number;
  readonly width: number;
}

/** As wide as the drawing that `charts.njk` makes. */
const WIDEST = 600;
const ROW = 44;
const TEXT = 14;
const GAP = 20;

/** Accesses by partner, refusals by reason, the rate of break-glass and how soon checks are answered. */
export function chartsOf(figures: readonly Figure[], policy: Bundle): Chart[] {
  const { partnerName, outcomeWords } = wordsOf(policy);
  const of = (measure: string) => figures.filter((figure) => figure.measure === measure);
  const accesses = sums(of('ACCESSES'), ({ partner }) => partner);
  const attempts = sums(of('BREAK_GLASS'), ({ partner }) => partner);
  const turnaround = sums(of('CHECK_TURNAROUND'), ({ key }) => key);
  return [
    chart('accesses', 'Accesses by partner', ['Partner', 'Accesses'], ranked(accesses, partnerName)),
    chart(
      'refusals',
      'Refusals by reason',
      ['What the caller was told', 'Refusals'],
      ranked(
        sums(of('REFUSALS'), ({ key }) => key),
        outcomeWords,
      ),
    ),
    chart(
      'break-glass',
      'Break-glass by partner, for each 1,000 accesses',
      ['Partner', 'For each 1,000 accesses', 'Attempts', 'Accesses'],
      [...attempts]
        .map(([partner, count]) => {
          const all = accesses.get(partner) ?? 0;
          // Who was looked at under break-glass alone has no access besides: the attempts then are all there is.
          const rate = (1_000 * count) / Math.max(all, count);
          return { label: partnerName(partner), value: rate, cells: [rate.toFixed(1), number(count), number(all)] };
        })
        .sort((one, other) => other.value - one.value),
    ),
    chart(
      'turnaround',
      'How soon checks were answered',
      ['Answered within', 'Requests'],
      (turnaround.size > 0 ? TURNAROUND : []).map(([key, label]) => {
        const value = turnaround.get(key) ?? 0;
        return { label, value, cells: [number(value)] };
      }),
    ),
  ];
}

const TURNAROUND: readonly (readonly [key: string, label: string])[] = [
  ['SAME_DAY', 'The same day'],
  ['UP_TO_2_DAYS', '2 days'],
  ['UP_TO_5_DAYS', '5 days'],
  ['UP_TO_10_DAYS', '10 days'],
  ['LONGER', 'Longer'],
];

interface Value {
  readonly label: string;
  readonly value: number;
  readonly cells: readonly string[];
}

function chart(id: string, title: string, columns: readonly string[], values: readonly Value[]): Chart {
  const most = Math.max(...values.map(({ value }) => value), 0);
  return {
    id,
    title,
    columns,
    height: values.length * ROW,
    bars: values.map(({ label, value, cells }, index) => ({
      label,
      cells,
      textY: index * ROW + TEXT,
      barY: index * ROW + GAP,
      // What is there at all is seen.
      width: value === 0 ? 0 : Math.max(2, Math.round((WIDEST * value) / most)),
    })),
  };
}

function ranked(counts: ReadonlyMap<string, number>, wordsFor: (key: string) => string): Value[] {
  return [...counts]
    .map(([key, value]) => ({ label: wordsFor(key), value, cells: [number(value)] }))
    .sort((one, other) => other.value - one.value || (one.label < other.label ? -1 : 1));
}

function sums(figures: readonly Figure[], keyOf: (figure: Figure) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const figure of figures) counts.set(keyOf(figure), (counts.get(keyOf(figure)) ?? 0) + figure.count);
  return counts;
}

function number(count: number): string {
  return count.toLocaleString('en-GB');
}
