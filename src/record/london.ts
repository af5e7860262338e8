import type { Day } from './facts.ts';

const LONDON = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const HOUR = 3_600_000;
const LAST_MINUTE = 59_000;

/** The calendar day in the United Kingdom, by which agreements, relationships and permissions begin and end. */
export function londonDay(instant: Date): Day {
  return written(instant).slice(0, 10);
}

/** The time of day that clocks in the United Kingdom show, `HH:MM`. */
export function londonTime(instant: Date): string {
  return written(instant).slice(12);
}

/**
 * The instant at which clocks in the United Kingdom show that time of that day. The hour that is shown twice in October
 * is the first one; the one that is left out in March is what it would have been without the change.
 * @param time `HH:MM`
 */
export function londonInstant(day: Day, time: string): Date {
  const inWinter = new Date(`${day}T${time}:00Z`);
  const inSummer = new Date(inWinter.getTime() - HOUR);
  return written(inSummer) === `${day}, ${time}` ? inSummer : inWinter;
}

/** The last second of the instant's day in the United Kingdom. */
export function endOfDay(instant: Date): Date {
  return new Date(londonInstant(londonDay(instant), '23:59').getTime() + LAST_MINUTE);
}

/** `YYYY-MM-DD, HH:MM` */
function written(instant: Date): string {
  return LONDON.format(instant);
}
