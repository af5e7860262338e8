import type { Span } from '../audit/log-reader.ts';
import { londonDay, londonInstant } from '../record/london.ts';

/** A problem at a field, as the error summary of the layout takes it. */
export interface FieldProblem {
  readonly text: string;
  /** `#` and the field's id. */
  readonly href: string;
}

export interface ReadSpan {
  /** Null where something is wrong with what was typed. */
  readonly span: Span | null;
  /** For the two fields: what was typed, or the default. */
  readonly typed: { readonly from: string; readonly to: string };
  readonly problems: readonly FieldProblem[];
}

const DAY_MILLISECONDS = 86_400_000;
const MINUTE_MILLISECONDS = 60_000;
const TYPED = /^(\d{1,2})[/.\s-](\d{1,2})[/.\s-](\d{4})(?:[\s,]+(?:at\s+)?(\d{1,2})[:.](\d{2}))?$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[\sT](\d{2}):(\d{2}))?$/;

/**
 * Reads the fields `from` and `to` as somebody in the United Kingdom types them: `3/11/2026`, with a time or without. A
 * day without a time is the whole day, a minute the whole minute, both ends included.
 * @param options `defaultDays` up to today where nothing was typed
 */
export function readSpan(
  fields: URLSearchParams,
  options: { readonly defaultDays: number; readonly now: Date },
): ReadSpan {
  const today = londonDay(options.now);
  const first = londonDay(new Date(options.now.getTime() - (options.defaultDays - 1) * DAY_MILLISECONDS));
  const typed = {
    from: fields.get('from')?.trim() || slashed(first),
    to: fields.get('to')?.trim() || slashed(today),
  };
  const [from, to] = [readMoment(typed.from), readMoment(typed.to)];
  const problems = [
    ...(from === null ? [unreadable('from', 'From')] : []),
    ...(to === null ? [unreadable('to', 'To')] : []),
    ...(from !== null && to !== null && from.first >= to.past
      ? [{ text: '“To” must be the same as or after “From”', href: '#to' }]
      : []),
  ];
  const span = from && to && problems.length === 0 ? { from: from.first, to: to.past } : null;
  return { span, typed, problems };
}

/** `3/11/2026`, as the fields take it. @param day `YYYY-MM-DD` */
export function slashed(day: string): string {
  const [year, month, date] = day.split('-');
  return `${Number(date)}/${Number(month)}/${year}`;
}

/** `YYYY-MM-DD` of one field with a day; null for what is no day. */
export function readDay(typed: string): string | null {
  const moment = readMoment(typed.trim());
  return moment === null || moment.hasTime ? null : moment.day;
}

interface Moment {
  readonly day: string;
  readonly hasTime: boolean;
  readonly first: Date;
  /** The first instant that is not part of it. */
  readonly past: Date;
}

function readMoment(typed: string): Moment | null {
  const [, date, month, year, hour, minute] = TYPED.exec(typed) ?? reordered(ISO.exec(typed));
  if (date === undefined || month === undefined || year === undefined) return null;
  const day = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  const exact = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(exact.getTime()) || exact.toISOString().slice(0, 10) !== day) return null;
  if (hour === undefined || minute === undefined) {
    const next = new Date(exact.getTime() + DAY_MILLISECONDS).toISOString().slice(0, 10);
    return { day, hasTime: false, first: londonInstant(day, '00:00'), past: londonInstant(next, '00:00') };
  }
  if (Number(hour) > 23 || Number(minute) > 59) return null;
  const first = londonInstant(day, `${hour.padStart(2, '0')}:${minute}`);
  return { day, hasTime: true, first, past: new Date(first.getTime() + MINUTE_MILLISECONDS) };
}

function reordered(found: RegExpExecArray | null): readonly (string | undefined)[] {
  if (found === null) return [];
  const [all, year, month, date, hour, minute] = found;
  return [all, date, month, year, hour, minute];
}

function unreadable(id: string, label: string): FieldProblem {
  return { text: `“${label}” must be a real date, such as 3/11/2026, with a time if you want one`, href: `#${id}` };
}
