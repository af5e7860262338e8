import type { Check } from './names.ts';
import type { Yaml } from './yaml.ts';

/** The shape says four digits, two and two; this says that the calendar has the day. */
export function checkDay<T extends object>(check: Check, file: Yaml<T>, member: keyof T & string, day: string): void {
  if (!isDay(day)) check.report(file.problemAt([member], `${day} is not a day of the calendar`));
}

function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === day;
}
