import { addDays } from '../../../record/day.ts';
import { londonInstant } from '../../../record/london.ts';
import { type FieldProblem, readDay } from '../../fields.ts';

/** A time of day on a clock of 24 hours: `09:10`, `9.10` or `0910`. @returns `HH:MM`; null for what is none */
export function readTime(typed: string): string | null {
  const match = /^(\d{1,2})[:.]?(\d{2})$/.exec(typed.trim());
  const [hours, minutes] = [Number(match?.[1]), Number(match?.[2])];
  return match === null || hours > 23 || minutes > 59 ? null : `${String(hours).padStart(2, '0')}:${match[2]}`;
}

/** An instant from two fields, each with its own problem. */
export function readInstant(
  form: URLSearchParams,
  fields: { readonly day: string; readonly time: string },
): { readonly value: Date | null; readonly problems: readonly FieldProblem[] } {
  const day = readDay(form.get(fields.day) ?? '');
  const time = readTime(form.get(fields.time) ?? '');
  const value = day !== null && time !== null ? londonInstant(day, time) : null;
  return { value, problems: [...dayProblem(day, fields.day), ...timeProblem(time, fields.time)] };
}

/** A window of misuse: on one day, or over midnight where it ends before it begins. The last minute is in it. */
export function readWindow(form: URLSearchParams): {
  readonly value: { readonly from: Date; readonly to: Date } | null;
  readonly problems: readonly FieldProblem[];
} {
  const day = readDay(form.get('day') ?? '');
  const [from, to] = [readTime(form.get('from') ?? ''), readTime(form.get('to') ?? '')];
  const problems = [
    ...dayProblem(day, 'day'),
    ...timeProblem(from, 'from', 'when it began'),
    ...timeProblem(to, 'to', 'when it ended'),
  ];
  if (day === null || from === null || to === null) return { value: null, problems };
  const end = londonInstant(to < from ? addDays(day, 1) : day, to).getTime() + MINUTE;
  return { value: { from: londonInstant(day, from), to: new Date(end) }, problems };
}

const MINUTE = 60_000;

function dayProblem(day: string | null, field: string): FieldProblem[] {
  return day === null ? [{ text: 'Enter a real date, such as 3/11/2026', href: `#${field}` }] : [];
}

function timeProblem(time: string | null, field: string, what = 'the time'): FieldProblem[] {
  return time === null ? [{ text: `Enter ${what} in hours and minutes, such as 09:10`, href: `#${field}` }] : [];
}
