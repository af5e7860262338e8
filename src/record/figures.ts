import type { Day } from './facts.ts';

/** What is counted in the log, as `LogMeasure` of `schema/gateway/flags.graphql` says it. */
export type Measure =
  | 'ACCESSES'
  | 'OUTCOMES'
  | 'REFUSALS'
  | 'REFUSED_BECAUSE'
  | 'WITHHELD'
  | 'BREAK_GLASS'
  | 'AGREEMENT_USES'
  | 'EXPLANATIONS'
  | 'CHECK_TURNAROUND';

/** How often something was done on a day. */
export interface Figure {
  readonly day: Day;
  readonly measure: Measure;
  readonly partner: string;
  readonly key: string;
  readonly dataClass: string | null;
  readonly count: number;
}

export interface FigureRow extends Omit<Figure, 'day'> {
  /** `YYYY-MM-DD` or `YYYY-MM`. */
  readonly period: string;
}

/** A request of a check that was answered. */
export interface Turnaround {
  readonly responder: string;
  readonly person: string;
  readonly requestedAt: Date;
  readonly answeredAt: Date;
}

/** @throws GatewayError STORE_UNAVAILABLE */
export interface Figures {
  /**
   * Sums over days or months, by period, measure, partner and key.
   * @param readBy whose practitioners, data and agreements; null for everybody's
   */
  rows(
    days: { readonly from: Day; readonly until: Day },
    by: 'DAY' | 'MONTH',
    readBy: { readonly partner: string; readonly agreements: readonly string[] } | null,
  ): Promise<readonly FigureRow[]>;
  /** Requests that were answered from one instant up to, and without, another. */
  answered(from: Date, to: Date): Promise<readonly Turnaround[]>;
}
