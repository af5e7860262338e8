import type { CalendarPolicy, ResponderPolicy } from '../policy/practice.ts';
import { addDays } from '../record/day.ts';
import type { Day } from '../record/facts.ts';
import { londonDay, londonInstant } from '../record/london.ts';

const HOUR = 3_600_000;

/**
 * The instant so many hours later, by what the responder counts as an hour: any, or those between two times of day,
 * Monday to Friday, bank holidays left out (Europe/London). Working time that ends with the day ends that day; none at
 * all ends when work next goes on.
 * @param hours not negative; fractions count
 */
export function deadline(
  from: Date,
  hours: number,
  clock: ResponderPolicy['clock'],
  calendar: Pick<CalendarPolicy, 'holidays'>,
): Date {
  if (clock === 'any') return new Date(from.getTime() + hours * HOUR);
  if (clock.from >= clock.to) throw new RangeError('A working day must begin before it ends.');
  let left = hours * HOUR;
  for (let day = londonDay(from); ; day = addDays(day, 1)) {
    if (!isWorkingDay(day, calendar)) continue;
    const begins = Math.max(londonInstant(day, clock.from).getTime(), from.getTime());
    const ends = londonInstant(day, clock.to).getTime();
    if (begins >= ends) continue;
    if (left <= ends - begins) return new Date(begins + left);
    left -= ends - begins;
  }
}

/** Monday to Friday, and no bank holiday. */
export function isWorkingDay(day: Day, { holidays }: Pick<CalendarPolicy, 'holidays'>): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays.has(day);
}
