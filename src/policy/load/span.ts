import type { Check } from './names.ts';
import type { Path, Yaml } from './yaml.ts';

/** The shape says four digits, two and two; this says that the calendar has the day. */
export function checkDay<T extends object>(check: Check, file: Yaml<T>, member: keyof T & string, day: string): void {
  if (!isDay(day)) check.report(file.problemAt([member], `${day} is not a day of the calendar`));
}

/** A file is found by what it is about. */
export function checkFileName(check: Check, file: Yaml<unknown>, member: string, value: string): void {
  if (file.name.endsWith(`/${value}.yaml`)) return;
  const path: Path = [member];
  check.report(file.problemAt(path, `${value} belongs in ${file.name.replace(/[^/]*$/, `${value}.yaml`)}`));
}

function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === day;
}
