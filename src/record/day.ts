import type { Day } from './facts.ts';

const MILLISECONDS = 86_400_000;

/** Whether it is written as a day, and the calendar has it. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The day so many days later, or earlier when there are fewer than none. After the last day of year 9999 there is none. */
export function addDays(day: Day, days: number): Day {
  const written = new Date(Date.parse(`${day}T00:00:00Z`) + days * MILLISECONDS).toISOString();
  // Later years have a sign before them, and days are compared as text.
  return written.startsWith('+') ? LAST : written.slice(0, 10);
}

const LAST: Day = '9999-12-31';

/** How many days later the second is than the first. */
export function daysBetween(from: Day, to: Day): number {
  return (Date.parse(to) - Date.parse(from)) / MILLISECONDS;
}
