import type { Day } from '../record/facts.ts';

const LONDON = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The calendar day in the United Kingdom, by which agreements, relationships and permissions begin and end. */
export function londonDay(instant: Date): Day {
  return LONDON.format(instant);
}

/** The last second of the instant's day in the United Kingdom. */
export function endOfDay(instant: Date): Date {
  const day = londonDay(instant);
  const inWinter = new Date(`${day}T23:59:59Z`);
  return londonDay(inWinter) === day ? inWinter : new Date(`${day}T22:59:59Z`);
}
