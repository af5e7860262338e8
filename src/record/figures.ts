import type { Day } from './facts.ts';

/**
 * What is counted in the log, as `LogMeasure` of `schema/gateway/flags.graphql` says it; and `AGREEMENT_GIVEN`, what others
 * had of a holder's data, which its officers read as uses.
 */
export type Measure =
  | 'ACCESSES'
  | 'OUTCOMES'
  | 'REFUSALS'
  | 'REFUSED_BECAUSE'
  | 'WITHHELD'
  | 'BREAK_GLASS'
  | 'AGREEMENT_USES'
  | 'AGREEMENT_GIVEN'
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
   * @param readBy the partner whose practitioners' and whose data's they are; null for everybody's
   */
  rows(
    days: { readonly from: Day; readonly until: Day },
    by: 'DAY' | 'MONTH',
    readBy: string | null,
  ): Promise<readonly FigureRow[]>;
  /** Requests that were answered from one instant up to, and without, another. */
  answered(from: Date, to: Date): Promise<readonly Turnaround[]>;
}
