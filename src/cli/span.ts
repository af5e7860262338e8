import { isDay } from '../record/day.ts';
import { londonDay } from '../record/london.ts';

/** What `--from` and `--to` say: from an instant up to, and without, another. */
export interface GivenSpan {
  readonly from?: Date;
  readonly to?: Date;
}

/** For the help of an option. */
export const INSTANT_OR_DAY =
  'a day in the United Kingdom such as 2026-05-31, or an instant such as 2026-05-31T09:00:00Z';

/** A day as `--to` is included. Each problem goes to `problems`, in words for the person at the terminal. */
export function spanOf(from: string | undefined, to: string | undefined, problems: string[]): GivenSpan {
  const ends = {
    from: from === undefined ? undefined : instantOf('--from', from, 0, problems),
    to: to === undefined ? undefined : instantOf('--to', to, 1, problems),
  };
  if (ends.from && ends.to && ends.from >= ends.to) problems.push('--from must be before --to');
  return { ...(ends.from && { from: ends.from }), ...(ends.to && { to: ends.to }) };
}

function instantOf(name: string, text: string, daysOn: number, problems: string[]): Date | undefined {
  if (isDay(text)) return beginningOf(text, daysOn);
  const instant = new Date(text);
  if (
    /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text) &&
    !Number.isNaN(instant.getTime())
  ) {
    return instant;
  }
  problems.push(`${name} must be ${INSTANT_OR_DAY}`);
  return undefined;
}

/** When a day begins in the United Kingdom: at midnight in winter, and at 23:00 UTC in summer. */
function beginningOf(day: string, daysOn: number): Date {
  const midnight = new Date(Date.parse(`${day}T00:00:00Z`) + daysOn * DAY);
  const inSummer = new Date(midnight.getTime() - HOUR);
  return londonDay(inSummer) === midnight.toISOString().slice(0, 10) ? inSummer : midnight;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
